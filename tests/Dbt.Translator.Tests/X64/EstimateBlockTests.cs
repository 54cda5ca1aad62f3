using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Estimates and their steps, emitted, against the interpreter: every entry of the tables, every exponent, and what is no ordinary number.</summary>
public sealed class EstimateBlockTests
{
    const int V = Arm64State.V0;

    static void ForAll(Func<int, IEnumerable<(UInt128, UInt128, UInt128)>> operands, Action<IrBuilder, int> build)
    {
        foreach (HostFeatures features in FloatVectorHarness.FeatureSets())
        {
            using var harness = new FloatVectorHarness(features);
            for (int size = 2; size <= 3; size++)
            {
                int element = size;
                foreach (bool defaultNaN in (bool[])[false, true]) harness.Check($"size {size}", ir => build(ir, element), operands(size), defaultNaN);
            }
        }
    }

    /// <summary>Every exponent with the first and last fractions, every table entry at some exponents; two numbers at a time, the others ones.</summary>
    static IEnumerable<(UInt128, UInt128, UInt128)> Everything(int size)
    {
        int fraction = size == 3 ? 52 : 23, exponents = size == 3 ? 2048 : 256, width = 8 << size;
        UInt128 rest = size == 3 ? 0 : (UInt128)0x3F80_0000_4000_0000 << 64;
        var numbers = new List<ulong>();
        for (int exponent = 0; exponent < exponents; exponent++)
        {
            foreach (ulong low in (ulong[])[0, 1, (1ul << fraction) - 1, 1ul << (fraction - 1), 1ul << (fraction - 2), (1ul << (fraction - 2)) - 1]) numbers.Add(((ulong)exponent << fraction) | low);
        }
        foreach (int exponent in (int[])[1, 2, exponents / 2, (exponents / 2) + 1, exponents - 3, exponents - 2])
        {
            for (ulong entry = 0; entry < 256; entry++) numbers.Add(((ulong)exponent << fraction) | (entry << (fraction - 8)) | 3);
        }
        foreach (ulong number in numbers)
        {
            yield return (rest | ((UInt128)number << width) | number | (1ul << (width - 1)), number, rest | number);
        }
    }

    [Fact]
    public void Estimates_agree_with_the_interpreter_for_every_table_entry_and_exponent() => ForAll(Everything, (ir, size) =>
    {
        int to = V + 8;
        foreach (var opcode in (Opcode[])[Opcode.VFRecipEstimate, Opcode.VFRecipSqrtEstimate, Opcode.VFRecipExponent])
        {
            for (int elements = 1; elements <= 16 >> size; elements *= 2)
            {
                ir.SetSlot(to++, ir.VFloat(opcode, size, ir.GetSlot(V), imm: elements));
                ir.SetSlot(to++, ir.VFloat(opcode, size, ir.GetSlot(V + 1), imm: elements));
            }
        }
    });

    [Fact]
    public void Steps_agree_with_the_interpreter() => ForAll(size => FloatVectorHarness.Floats(size, 31), (ir, size) =>
    {
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
        ir.SetSlot(V + 8, ir.VFloat(Opcode.VFRecipStep, size, a, b));
        ir.SetSlot(V + 9, ir.VFloat(Opcode.VFRecipSqrtStep, size, a, b));
        ir.SetSlot(V + 10, ir.VFloat(Opcode.VFRecipStep, size, b, c));
        ir.SetSlot(V + 11, ir.VFloat(Opcode.VFRecipSqrtStep, size, c, c));
    });

    [Fact]
    public void Variants_of_multiplication_and_conversion_agree_with_the_interpreter() => ForAll(size => FloatVectorHarness.Floats(size, 32), (ir, size) =>
    {
        Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
        ir.SetSlot(V + 8, ir.VFloat(Opcode.VFMulExtended, size, a, b));
        ir.SetSlot(V + 9, ir.VFloat(Opcode.VFMulExtended, size, c, b));
        ir.SetSlot(V + 10, ir.VFloat(Opcode.VFNarrowToOdd, 3, a, imm: 1));
        ir.SetSlot(V + 11, ir.VFloat(Opcode.VFNarrowToOdd, 3, b, imm: 2));
        for (int form = 0; form < 4; form++) ir.SetSlot(V + 12 + form, ir.VFloat(Opcode.VFRoundBounded, size, a, imm: form));
        ir.SetSlot(Arm64State.X0 + 2, ir.ZeroExtend32(ir.FToIntegerModular(a)));
        ir.SetSlot(Arm64State.X0 + 3, ir.ZeroExtend32(ir.FToIntegerModular(c)));
    });

    [Fact]
    public void Dot_products_of_bytes_agree_with_the_interpreter()
    {
        foreach (HostFeatures features in FloatVectorHarness.FeatureSets())
        {
            using var harness = new FloatVectorHarness(features.Without(HostFeature.AvxVnni));
            using var other = new FloatVectorHarness(features.Without(HostFeature.AvxVnni).Without(HostFeature.Vnni));
            using var whole = new FloatVectorHarness(features);
            foreach (var each in (FloatVectorHarness[])[harness, other, whole])
            {
                each.Check("dot", ir =>
                {
                    for (int signs = 0; signs < 4; signs++) ir.SetSlot(V + 8 + signs, ir.VTernary(Opcode.VDot, 0, ir.GetSlot(V), ir.GetSlot(V + 1), ir.GetSlot(V + 2), signs));
                }, FloatVectorHarness.Integers(0, 33));
            }
        }
    }

    [Fact]
    public void Fixed_point_estimates_agree_with_the_interpreter_for_every_table_entry()
    {
        using var harness = new FloatVectorHarness(HostFeatures.Detect());
        var operands = Enumerable.Range(0, 512).Select(top => ((UInt128)(uint)(top << 23) << 96 | (UInt128)((uint)(top << 23) | 0x7F_FFFF) << 64 | (uint)(top << 22), UInt128.Zero, UInt128.Zero));
        harness.Check("fixed point", ir =>
        {
            ir.SetSlot(V + 8, ir.VUnary(Opcode.VRecipEstimate, 2, ir.GetSlot(V)));
            ir.SetSlot(V + 9, ir.VUnary(Opcode.VRecipSqrtEstimate, 2, ir.GetSlot(V)));
        }, operands);
    }
}
