using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Conversions with half precision, IEEE and alternative (FPCR.AHP: no infinities and NaNs, but one more binade). Arm ARM A1.4.3, C4.1.97.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("00011110 11 1 0001 0 opc 10000 Rn:5 Rd:5", Asm = "fcvt {Fp Rd opc}, {Scalar Rn 1}")]
    bool FcvtFromHalf(bool opc, int Rn, int Rd)
    {
        // Only the lowest element: the others would raise exceptions of their own.
        var half = ir.VFromScalar(ir.VExtract(IrType.I32, 1, V(Rn), 0));
        var single = ir.ScalarFromV(IrType.F32, HalfToSingle(half));
        return SetFp(Rd, opc ? ir.FConvert(IrType.F64, single) : single);
    }

    [Instruction("00011110 00 1 0001 11 10000 Rn:5 Rd:5", Asm = "fcvt {Scalar Rd 1}, {Fp Rn false}")]
    bool FcvtSingleToHalf(int Rn, int Rd)
    {
        SetV(Rd, SingleToHalf(ir.VFromScalar(Fp(Rn, false))));
        return true;
    }

    [Instruction("00011110 01 1 0001 11 10000 Rn:5 Rd:5", Asm = "fcvt {Scalar Rd 1}, {Fp Rn true}")]
    bool FcvtDoubleToHalf(int Rn, int Rd)
    {
        // By way of single precision without rounding twice: what single precision cannot hold becomes a sticky bit, and what is
        // far below the smallest half, where single precision would flush, is raised to something that rounds alike.
        const long lost = (1L << 29) - 1, tiny = 0x3BF0_0000_0000_0000;
        var bits = ir.VExtract(IrType.I64, 3, V(Rn), 0);
        var sign = ir.And(bits, ir.Const64(long.MinValue));
        var magnitude = ir.And(bits, ir.Const64(long.MaxValue));
        var least = ir.Const64(Mode.FlushToZero ? 0x0010_0000_0000_0000L : 1L);
        // For FPSR.IDC: the number itself meets no other floating-point operation.
        if (Mode.FlushToZero) ir.FlagsFloatCompare(Fp(Rn, true), Fp(Rn, true), signalling: false);
        var sticky = ir.And(ir.Add(ir.And(magnitude, ir.Const64(lost)), ir.Const64(lost)), ir.Const64(lost + 1));
        var odd = ir.Or(ir.And(magnitude, ir.Const64(~lost)), sticky);
        odd = ir.Select(Condition.CarryClear, ir.FlagsSub(magnitude, ir.Const64(tiny)), ir.Const64(tiny), odd);
        odd = ir.Select(Condition.CarryClear, ir.FlagsSub(magnitude, least), ir.Const64(0L), odd);
        if (Mode.AlternativeHalfPrecision)
        {
            // Too large for single precision is too large here, but is no overflow.
            const long large = 0x4130_0000_0000_0000, infinity = 0x7FF0_0000_0000_0000;
            var clamped = ir.Select(Condition.Higher, ir.FlagsSub(magnitude, ir.Const64(large)), ir.Const64(large), odd);
            odd = ir.Select(Condition.Higher, ir.FlagsSub(magnitude, ir.Const64(infinity)), odd, clamped);
        }
        // The sign of a NaN matters where the format has none: it becomes a zero.
        ir.DefaultNaN = Mode.DefaultNaN && !Mode.AlternativeHalfPrecision;
        var single = ir.FConvert(IrType.F32, ir.Bitcast(IrType.F64, ir.Or(odd, sign)));
        ir.DefaultNaN = Mode.DefaultNaN;
        SetV(Rd, SingleToHalf(ir.VFromScalar(single)));
        return true;
    }

    /// <summary>The low half's four elements.</summary>
    Value HalfToSingle(Value half)
    {
        if (!Mode.AlternativeHalfPrecision) return ir.VFloat(Opcode.VFWiden, 1, half);

        // The greatest exponent is one like the others.
        var wide = Widen(true, 1, half);
        var sign = VShl(2, ir.VAnd(wide, VConstant(2, 0x8000)), 16);
        var normal = VAdd(2, VShl(2, ir.VAnd(wide, VConstant(2, 0x7FFF)), 13), VConstant(2, 112UL << 23));
        var subnormal = ir.VUnary(Opcode.VIntegerToF, 2, ir.VAnd(wide, VConstant(2, 0x3FF)), 24 << 8);
        var isSubnormal = ir.VBinary(Opcode.VCompareEqual, 2, ir.VAnd(wide, VConstant(2, 0x7C00)), ir.VConst(0));
        return ir.VOr(sign, ir.VBitSelect(isSubnormal, subnormal, normal));
    }

    /// <summary>Four elements into the low half.</summary>
    Value SingleToHalf(Value single)
    {
        if (!Mode.AlternativeHalfPrecision) return ir.VFloat(Opcode.VFNarrow, 1, single);

        // From 1 on: half of the number as IEEE has it, with the exponent raised again. Too large gives the greatest number, NaN a zero; both are Invalid, and nothing else.
        var magnitude = FloatAbs(2, single);
        var sign = VShr(true, 2, ir.VAnd(single, SignBits(2)), 16);
        var isNaN = Greater(false, 2, magnitude, VConstant(2, 0x7F80_0000));
        var isLarge = Greater(false, 2, magnitude, VConstant(2, 0x3F7F_FFFF));
        var isTooLarge = IsTooLargeForHalf(single, magnitude);
        // A lane of all ones is a NaN, which this comparison signals.
        ir.VBinary(Opcode.VFCompareGreater, 2, ir.VOr(isNaN, isTooLarge), ir.VConst(0));
        var signed = ir.VAndNot(single, ir.VOr(isNaN, isTooLarge));
        var small = ir.VFloat(Opcode.VFNarrow, 1, ir.VAndNot(signed, isLarge));
        var halved = ir.VFloat(Opcode.VFNarrow, 1, ir.VFloat(Opcode.VFMul, 2, ir.VAnd(signed, isLarge), VConstant(2, 0x3F00_0000)));
        var large = ir.VAnd(Widen(true, 1, halved), VConstant(2, 0x7FFF));
        var number = ir.VBitSelect(isLarge, VAdd(2, large, VConstant(2, 0x400)), ir.VAnd(Widen(true, 1, small), VConstant(2, 0x7FFF)));
        number = ir.VBitSelect(isTooLarge, VConstant(2, 0x7FFF), number);
        return ir.VUnary(Opcode.VNarrow, 1, ir.VOr(sign, ir.VAndNot(number, isNaN)));
    }

    /// <summary>Lanes of single precision that the alternative format cannot hold: what rounds to 2^17 or more. 131008 is the greatest number, 131040 the middle between it and 2^17.</summary>
    Value IsTooLargeForHalf(Value single, Value magnitude)
    {
        const ulong greatest = 0x47FF_E000, belowMiddle = 0x47FF_EFFF, belowNext = 0x47FF_FFFF;
        switch (Mode.Rounding)
        {
            case Rounding.NearestEven: return Greater(false, 2, magnitude, VConstant(2, belowMiddle));
            case Rounding.TowardsZero: return Greater(false, 2, magnitude, VConstant(2, belowNext));
            default:
                var isNegative = ir.VUnary(Opcode.VSarImmediate, 2, single, 31);
                bool up = Mode.Rounding == Rounding.Up;
                return Greater(false, 2, magnitude, ir.VBitSelect(isNegative, VConstant(2, up ? belowNext : greatest), VConstant(2, up ? greatest : belowNext)));
        }
    }
}
