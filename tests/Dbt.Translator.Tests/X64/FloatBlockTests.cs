using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Scalar floating point, emitted, against the interpreter: bit for bit, for every feature set.</summary>
public sealed class FloatBlockTests
{
    const int V = Arm64State.V0, X = Arm64State.X0;

    static IEnumerable<IrType> Types => [IrType.F32, IrType.F64];

    static int SizeOf(IrType type) => type == IrType.F64 ? 3 : 2;

    static void ForAll(Action<FloatVectorHarness, bool> check)
    {
        foreach (HostFeatures features in FloatVectorHarness.FeatureSets())
        {
            using var harness = new FloatVectorHarness(features);
            check(harness, false);
            check(harness, true);
        }
    }

    [Theory]
    [InlineData(Opcode.FAdd)]
    [InlineData(Opcode.FSub)]
    [InlineData(Opcode.FMul)]
    [InlineData(Opcode.FDiv)]
    [InlineData(Opcode.FMax)]
    [InlineData(Opcode.FMin)]
    [InlineData(Opcode.FMaxNumber)]
    [InlineData(Opcode.FMinNumber)]
    public void Operations_of_two_operands_agree_with_the_interpreter(Opcode opcode) => ForAll((harness, defaultNaN) =>
    {
        foreach (IrType type in Types)
        {
            harness.Check($"{opcode} {type}", ir =>
            {
                Value a = ir.GetSlot(V, type), b = ir.GetSlot(V + 1, type);
                ir.SetSlot(V + 16, ir.VFromScalar(ir.FBinary(opcode, a, b)));
                // From vectors: the registers have something above the operands.
                Value left = ir.ScalarFromV(type, ir.GetSlot(V)), right = ir.ScalarFromV(type, ir.GetSlot(V + 2));
                ir.SetSlot(V + 17, ir.VFromScalar(ir.FBinary(opcode, left, right)));
                ir.SetSlot(V + 18, ir.VFromScalar(ir.FBinary(opcode, ir.GetSlot(V + 2, type), ir.GetSlot(V + 1, type))));
            }, FloatVectorHarness.Floats(SizeOf(type), 1), defaultNaN);
        }
    });

    [Fact]
    public void Square_roots_and_signs_agree_with_the_interpreter() => ForAll((harness, defaultNaN) =>
    {
        foreach (IrType type in Types)
        {
            harness.Check($"signs {type}", ir =>
            {
                Value a = ir.GetSlot(V, type), b = ir.ScalarFromV(type, ir.GetSlot(V + 2));
                ir.SetSlot(V + 16, ir.VFromScalar(ir.FUnary(Opcode.FSqrt, a)));
                ir.SetSlot(V + 17, ir.VFromScalar(ir.FSign(Opcode.FNeg, a)));
                ir.SetSlot(V + 18, ir.VFromScalar(ir.FSign(Opcode.FAbs, a)));
                ir.SetSlot(V + 19, ir.VFromScalar(ir.FUnary(Opcode.FSqrt, b)));
                ir.SetSlot(V + 20, ir.VFromScalar(ir.FSign(Opcode.FNeg, b)));
                ir.SetSlot(V + 21, ir.VFromScalar(ir.FSign(Opcode.FAbs, b)));
            }, FloatVectorHarness.Floats(SizeOf(type), 2), defaultNaN);
        }
    });

    [Fact]
    public void Fused_multiplication_and_addition_agrees_with_the_interpreter() => ForAll((harness, defaultNaN) =>
    {
        foreach (IrType type in Types)
        {
            for (int negate = 0; negate < 4; negate++)
            {
                int signs = negate;
                harness.Check($"fmadd {type} {negate}", ir =>
                {
                    Value a = ir.GetSlot(V, type), b = ir.GetSlot(V + 1, type), c = ir.GetSlot(V + 2, type);
                    ir.SetSlot(V + 16, ir.VFromScalar(ir.FMulAdd(a, b, c, (signs & 1) != 0, (signs & 2) != 0)));
                    ir.SetSlot(V + 17, ir.VFromScalar(ir.FMulAdd(c, b, a, (signs & 1) != 0, (signs & 2) != 0)));
                    ir.SetSlot(V + 18, ir.VFromScalar(ir.FMulAdd(b, a, ir.ScalarFromV(type, ir.GetSlot(V + 2)), (signs & 1) != 0, (signs & 2) != 0)));
                }, FloatVectorHarness.Floats(SizeOf(type), 3), defaultNaN);
            }
        }
    });

    [Fact]
    public void Rounding_to_integral_values_agrees_with_the_interpreter() => ForAll((harness, defaultNaN) =>
    {
        foreach (IrType type in Types)
        {
            harness.Check($"fround {type}", ir =>
            {
                for (int rounding = 0; rounding <= (int)Rounding.Dynamic; rounding++)
                {
                    ir.SetSlot(V + 16 + rounding, ir.VFromScalar(ir.FRound(ir.GetSlot(V, type), (Rounding)rounding, rounding == 5)));
                }
            }, FloatVectorHarness.Floats(SizeOf(type), 4), defaultNaN);
        }
    });

    [Fact]
    public void Conversions_between_formats_agree_with_the_interpreter() => ForAll((harness, defaultNaN) =>
    {
        foreach (IrType type in Types)
        {
            IrType other = type == IrType.F64 ? IrType.F32 : IrType.F64;
            harness.Check($"fconvert from {type}", ir =>
            {
                ir.SetSlot(V + 16, ir.VFromScalar(ir.FConvert(other, ir.GetSlot(V, type))));
                ir.SetSlot(V + 17, ir.VFromScalar(ir.FConvert(other, ir.ScalarFromV(type, ir.GetSlot(V + 1)))));
            }, FloatVectorHarness.Floats(SizeOf(type), 5), defaultNaN);
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(64)]
    public void Conversions_to_integers_agree_with_the_interpreter(int fractionBits) => ForAll((harness, _) =>
    {
        foreach (IrType type in Types)
        {
            for (int rounding = 0; rounding <= (int)Rounding.Dynamic; rounding++)
            {
                var mode = (Rounding)rounding;
                harness.Check($"f_to_int {type} {mode} {fractionBits}", ir =>
                {
                    Value a = ir.GetSlot(V, type), b = ir.ScalarFromV(type, ir.GetSlot(V + 1));
                    ir.SetSlot(X + 2, ir.ZeroExtend32(ir.FToInteger(IrType.I32, a, mode, unsigned: false, Math.Min(fractionBits, 32))));
                    ir.SetSlot(X + 3, ir.ZeroExtend32(ir.FToInteger(IrType.I32, a, mode, unsigned: true, Math.Min(fractionBits, 32))));
                    ir.SetSlot(X + 4, ir.FToInteger(IrType.I64, a, mode, unsigned: false, fractionBits));
                    ir.SetSlot(X + 5, ir.FToInteger(IrType.I64, a, mode, unsigned: true, fractionBits));
                    ir.SetSlot(X + 6, ir.FToInteger(IrType.I64, b, mode, unsigned: true, fractionBits));
                }, FloatVectorHarness.Floats(SizeOf(type), 6));
            }
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32)]
    public void Conversions_from_integers_agree_with_the_interpreter(int fractionBits) => ForAll((harness, _) =>
    {
        foreach (IrType type in Types)
        {
            harness.Check($"int_to_f {type} {fractionBits}", ir =>
            {
                Value wide = ir.GetSlot(X), narrow = ir.Truncate(wide);
                ir.SetSlot(V + 16, ir.VFromScalar(ir.IntegerToF(type, wide, unsigned: false, fractionBits)));
                ir.SetSlot(V + 17, ir.VFromScalar(ir.IntegerToF(type, wide, unsigned: true, fractionBits)));
                ir.SetSlot(V + 18, ir.VFromScalar(ir.IntegerToF(type, narrow, unsigned: false, fractionBits)));
                ir.SetSlot(V + 19, ir.VFromScalar(ir.IntegerToF(type, narrow, unsigned: true, fractionBits)));
            }, FloatVectorHarness.Integers(3, 7));
        }
    });

    [Fact]
    public void Comparisons_of_every_condition_agree_with_the_interpreter() => ForAll((harness, _) =>
    {
        foreach (IrType type in Types)
        {
            harness.Check($"fcmp {type}", ir =>
            {
                Value a = ir.GetSlot(V, type), b = ir.GetSlot(V + 1, type), c = ir.ScalarFromV(type, ir.GetSlot(V + 2));
                Value flags = ir.FlagsFloatCompare(a, b, signalling: false);
                for (int condition = 0; condition < 14; condition++)
                {
                    ir.SetSlot(X + 2 + condition, ir.SetCondition(IrType.I64, (Condition)condition, flags));
                }
                ir.SetSlot(V + 16, ir.VFromScalar(ir.Select(Condition.Greater, flags, a, c)));
                Value second = ir.FlagsFloatCompareIf(Condition.LessOrEqual, flags, b, c, 0b1010, signalling: true);
                ir.SetSlot(V + 17, ir.VFromScalar(ir.Select(Condition.Negative, second, b, c)));
                ir.SetSlot(Arm64State.Flags, ir.FlagsFloatCompare(b, c, signalling: true));
            }, FloatVectorHarness.Floats(SizeOf(type), 8));
        }
    });

    [Fact]
    public void Values_stay_whole_when_there_are_more_than_registers() => ForAll((harness, _) =>
    {
        foreach (IrType type in Types)
        {
            harness.Check($"pressure {type}", ir =>
            {
                var sums = new Value[20];
                for (int k = 0; k < sums.Length; k++) sums[k] = ir.FBinary(Opcode.FAdd, ir.GetSlot(V + k % 3, type), ir.GetSlot(V + k, type));
                for (int k = 0; k < sums.Length; k++) ir.SetSlot(V + 31 - k, ir.VFromScalar(sums[sums.Length - 1 - k]));
                ir.SetSlot(V + 5, ir.VXor(ir.VFromScalar(sums[3]), ir.VFromScalar(sums[4])));
                ir.SetSlot(V, ir.VFromScalar(ir.GetSlot(V, type)));
                ir.SetSlot(V + 7, ir.VFromScalar(ir.ConstF(type, 0)));
                ir.SetSlot(V + 8, ir.VFromScalar(ir.ConstF(type, 0x4049_0FDB)));
            }, FloatVectorHarness.Floats(SizeOf(type), 9).GetRange(0, 400));
        }
    });
}
