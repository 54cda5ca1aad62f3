using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Floating-point vectors, emitted, against the interpreter: bit for bit, for every feature set.</summary>
public sealed class VectorFloatBlockTests
{
    const int V = Arm64State.V0;

    static void ForAll(Action<FloatVectorHarness, bool, int> check)
    {
        foreach (HostFeatures features in FloatVectorHarness.FeatureSets())
        {
            using var harness = new FloatVectorHarness(features);
            for (int size = 2; size <= 3; size++)
            {
                check(harness, false, size);
                check(harness, true, size);
            }
        }
    }

    [Theory]
    [InlineData(Opcode.VFAdd)]
    [InlineData(Opcode.VFSub)]
    [InlineData(Opcode.VFMul)]
    [InlineData(Opcode.VFDiv)]
    [InlineData(Opcode.VFMax)]
    [InlineData(Opcode.VFMin)]
    [InlineData(Opcode.VFMaxNumber)]
    [InlineData(Opcode.VFMinNumber)]
    public void Operations_of_two_operands_agree_with_the_interpreter(Opcode opcode) => ForAll((harness, defaultNaN, size) =>
        harness.Check($"{opcode} {size}", ir =>
        {
            Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1);
            ir.SetSlot(V + 16, ir.VFloat(opcode, size, a, b));
            ir.SetSlot(V + 17, ir.VFloat(opcode, size, b, a));
            ir.SetSlot(V + 18, ir.VFloat(opcode, size, ir.GetSlot(V + 2), ir.GetSlot(V + 1)));
        }, FloatVectorHarness.Floats(size, 11), defaultNaN));

    [Fact]
    public void Square_roots_comparisons_and_fused_multiplication_agree_with_the_interpreter() => ForAll((harness, defaultNaN, size) =>
        harness.Check($"vector float {size}", ir =>
        {
            Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
            ir.SetSlot(V + 16, ir.VFloat(Opcode.VFSqrt, size, a));
            ir.SetSlot(V + 17, ir.VFloat(Opcode.VFMulAdd, size, a, b, c));
            ir.SetSlot(V + 18, ir.VFloat(Opcode.VFMulAdd, size, a, b, c, imm: 1));
            ir.SetSlot(V + 19, ir.VFloat(Opcode.VFMulAdd, size, c, b, a));
            ir.SetSlot(V + 20, ir.VBinary(Opcode.VFCompareEqual, size, a, b));
            ir.SetSlot(V + 21, ir.VBinary(Opcode.VFCompareGreater, size, a, b));
            ir.SetSlot(V + 22, ir.VBinary(Opcode.VFCompareGreaterOrEqual, size, a, b));
            ir.SetSlot(V + 23, ir.VFloat(Opcode.VFMulAdd, size, b, ir.GetSlot(V + 2), ir.GetSlot(V + 1)));
        }, FloatVectorHarness.Floats(size, 12), defaultNaN));

    [Fact]
    public void Rounding_agrees_with_the_interpreter() => ForAll((harness, defaultNaN, size) =>
        harness.Check($"vfround {size}", ir =>
        {
            for (int rounding = 0; rounding <= (int)Rounding.Dynamic; rounding++)
            {
                ir.SetSlot(V + 16 + rounding, ir.VFloat(Opcode.VFRound, size, ir.GetSlot(V), imm: rounding | (rounding == 5 ? 8 : 0)));
            }
        }, FloatVectorHarness.Floats(size, 13), defaultNaN));

    [Fact]
    public void Conversions_to_integers_agree_with_the_interpreter() => ForAll((harness, defaultNaN, size) =>
    {
        if (defaultNaN) return;
        foreach (int fraction in (int[])[0, 1, 16, 8 << size])
        {
            harness.Check($"vf_to_int {size} {fraction}", ir =>
            {
                for (int rounding = 0; rounding <= (int)Rounding.Dynamic; rounding++)
                {
                    ir.SetSlot(V + 10 + rounding, ir.VUnary(Opcode.VFToInteger, size, ir.GetSlot(V), rounding | (fraction << 8)));
                    ir.SetSlot(V + 20 + rounding, ir.VUnary(Opcode.VFToInteger, size, ir.GetSlot(V), rounding | 8 | (fraction << 8)));
                }
            }, FloatVectorHarness.Floats(size, 14));
        }
    });

    [Fact]
    public void Conversions_from_integers_agree_with_the_interpreter() => ForAll((harness, defaultNaN, size) =>
    {
        if (defaultNaN) return;
        harness.Check($"vint_to_f {size}", ir =>
        {
            int slot = V + 10;
            foreach (int fraction in (int[])[0, 1, 16, 8 << size])
            {
                ir.SetSlot(slot++, ir.VUnary(Opcode.VIntegerToF, size, ir.GetSlot(V), fraction << 8));
                ir.SetSlot(slot++, ir.VUnary(Opcode.VIntegerToF, size, ir.GetSlot(V), 8 | (fraction << 8)));
            }
        }, FloatVectorHarness.Integers(size, 15));
    });

    [Fact]
    public void Conversions_between_formats_agree_with_the_interpreter() => ForAll((harness, defaultNaN, size) =>
    {
        harness.Check($"vfnarrow to {size - 1}", ir => ir.SetSlot(V + 16, ir.VFloat(Opcode.VFNarrow, size - 1, ir.GetSlot(V))), FloatVectorHarness.Floats(size, 16), defaultNaN);
        harness.Check($"vfwiden from {size - 1}", ir => ir.SetSlot(V + 16, ir.VFloat(Opcode.VFWiden, size - 1, ir.GetSlot(V))), FloatVectorHarness.Floats(size - 1, 17), defaultNaN);
    });
}
