using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Results that are tested together, emitted, against the interpreter: NaNs, infinities, zeroes and least normals as operands of every member, which pass into later ones.</summary>
public sealed class FloatGroupTests
{
    const int V = Arm64State.V0;

    static readonly Opcode[] Scalars = [Opcode.FAdd, Opcode.FSub, Opcode.FMul, Opcode.FDiv];
    static readonly Opcode[] Vectors = [Opcode.VFAdd, Opcode.VFSub, Opcode.VFMul, Opcode.VFDiv];

    static void ForAll(Rounding rounding, int size, Action<Action<string, Action<IrBuilder>>> check)
    {
        foreach (HostFeatures features in (HostFeatures[])(rounding == Rounding.NearestEven ? [HostFeatures.Detect(), HostFeatures.Required] : [HostFeatures.Detect()]))
        {
            using var harness = new FloatVectorHarness(features);
            var operands = FloatVectorHarness.Floats(size, 20 + size);
            check((what, build) => harness.Check(what, build, operands, rounding: rounding));
        }
    }

    [Theory]
    [InlineData(Rounding.NearestEven)]
    [InlineData(Rounding.Up)]
    [InlineData(Rounding.Down)]
    [InlineData(Rounding.TowardsZero)]
    public void Scalars_made_of_each_other_agree_with_the_interpreter(Rounding rounding)
    {
        foreach (IrType type in (IrType[])[IrType.F32, IrType.F64])
        {
            ForAll(rounding, type == IrType.F64 ? 3 : 2, check =>
            {
                for (int first = 0; first < 4; first++)
                {
                    for (int second = 0; second < 4; second++)
                    {
                        check($"{type} {Scalars[first]} {Scalars[second]}", ir =>
                        {
                            Value a = ir.GetSlot(V, type), b = ir.GetSlot(V + 1, type), c = ir.ScalarFromV(type, ir.GetSlot(V + 2));
                            Value one = ir.FBinary(Scalars[first], a, b), two = ir.FBinary(Scalars[second], one, c);
                            Value three = ir.FBinary(Scalars[second], b, one), four = ir.FUnary(Opcode.FSqrt, a);
                            SetScalars(ir, one, two, three, four);
                        });
                    }
                    check($"{type} fmul_add {first}", ir =>
                    {
                        Value a = ir.GetSlot(V, type), b = ir.GetSlot(V + 1, type), c = ir.GetSlot(V + 2, type);
                        bool product = (first & 1) != 0, addend = (first & 2) != 0;
                        Value one = ir.FMulAdd(a, b, c, product, addend), two = ir.FMulAdd(a, c, one, product, addend), three = ir.FMulAdd(two, b, c, product, addend);
                        SetScalars(ir, one, two, three, ir.FBinary(Opcode.FMul, three, three));
                    });
                }
            });
        }
    }

    [Theory]
    [InlineData(Rounding.NearestEven)]
    [InlineData(Rounding.Up)]
    [InlineData(Rounding.Down)]
    [InlineData(Rounding.TowardsZero)]
    public void Vectors_made_of_each_other_agree_with_the_interpreter(Rounding rounding)
    {
        foreach (int size in (int[])[2, 3])
        {
            ForAll(rounding, size, check =>
            {
                for (int first = 0; first < 4; first++)
                {
                    for (int second = 0; second < 4; second++)
                    {
                        check($"{size} {Vectors[first]} {Vectors[second]}", ir =>
                        {
                            Value a = ir.GetSlot(V), b = ir.GetSlot(V + 1), c = ir.GetSlot(V + 2);
                            Value one = ir.VFloat(Vectors[first], size, a, b), two = ir.VFloat(Vectors[second], size, one, c);
                            Value three = ir.VFloat(Opcode.VFMulAdd, size, b, one, c, second & 1), four = ir.VFloat(Opcode.VFSqrt, size, a);
                            ir.SetSlot(V + 16, one);
                            ir.SetSlot(V + 17, two);
                            ir.SetSlot(V + 18, three);
                            ir.SetSlot(V + 19, four);
                        });
                    }
                }
            });
        }
    }

    static void SetScalars(IrBuilder ir, params ReadOnlySpan<Value> values)
    {
        for (int k = 0; k < values.Length; k++) ir.SetSlot(V + 16 + k, ir.VFromScalar(values[k]));
    }
}
