using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Scalar floating-point data processing, half precision. Arm ARM C4.1.97 with ftype = 11.</summary>
/// <remarks>A scalar is computed as a vector with the same half in every element, which raises what one of them raises.</remarks>
sealed partial class Arm64Lifter
{
    /// <summary>The H register in every element.</summary>
    Value HalfScalar(int n) => ir.VUnary(Opcode.VBroadcastLane, 1, V(n), 0);

    /// <summary>Writes the H register; the rest of the vector register becomes zero.</summary>
    bool SetHalfScalar(int n, Value halves)
    {
        SetV(n, ir.VInsertLane(1, ir.VConst(0), 0, halves, 0));
        return true;
    }

    /// <summary>Halves with subnormal ones made zero, where FPCR.FZ16 asks for it.</summary>
    Value FlushedHalves(Value halves)
    {
        if (!Mode.FlushHalf) return halves;
        var isSmall = ir.VBinary(Opcode.VCompareEqual, 1, ir.VAnd(halves, VConstant(1, 0x7C00)), ir.VConst(0));
        return ir.VAndNot(halves, VShr(true, 1, isSmall, 1));
    }

    /// <summary>The H register as a single, which it is exactly; a signalling NaN raises Invalid.</summary>
    Value HalfAsSingle(int n) => ir.ScalarFromV(IrType.F32, ir.VFloat(Opcode.VFWiden, 1, FlushedHalves(HalfScalar(n))));

    /// <summary>A single that compares as the H register does, made without raising anything.</summary>
    Value HalfToCompare(int n)
    {
        // One exponent is as good as another as long as the order stays; subnormal halves become normal, so that FPCR.FZ does not matter.
        var wide = Widen(true, 1, FlushedHalves(HalfScalar(n)));
        var sign = VShl(2, ir.VAnd(wide, VConstant(2, 0x8000)), 16);
        var magnitude = ir.VAnd(wide, VConstant(2, 0x7FFF));
        var bias = VConstant(2, 112UL << 23);
        var number = VAdd(2, VShl(2, magnitude, 13), ir.VAnd(Greater(false, 2, magnitude, ir.VConst(0)), bias));
        number = VAdd(2, number, ir.VAnd(Greater(false, 2, magnitude, VConstant(2, 0x7BFF)), bias));
        return ir.ScalarFromV(IrType.F32, ir.VOr(sign, number));
    }

    [Instruction("00011110 11 1 000000 10000 Rn:5 Rd:5", Asm = "fmov {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool FmovRegisterHalf(int Rn, int Rd) => SetHalfScalar(Rd, V(Rn));

    [Instruction("00011110 11 1 imm8:8 100 00000 Rd:5", Asm = "fmov {Scalar Rd 1}, #{FpImmediate imm8}", Feature = "FEAT_FP16")]
    bool FmovImmediateHalf(int imm8, int Rd)
    {
        SetV(Rd, ir.VFromScalar(ir.Const32((int)ExpandFloat(imm8, 1))));
        return true;
    }

    [Instruction("sf 0011110 11 1 00 110 000000 Rn:5 Rd:5", Asm = "fmov {Rd:sf}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool FmovHalfToGeneral(bool sf, int Rn, int Rd)
    {
        SetX(Rd, ir.VExtract(IntegerType(sf), 1, V(Rn), 0));
        return true;
    }

    [Instruction("sf 0011110 11 1 00 111 000000 Rn:5 Rd:5", Asm = "fmov {Scalar Rd 1}, {Rn:sf}", Feature = "FEAT_FP16")]
    bool FmovHalfFromGeneral(bool sf, int Rn, int Rd)
    {
        SetV(Rd, ir.VFromScalar(ir.ExtractUnsigned(X(Rn, sf), 0, 16)));
        return true;
    }

    [Instruction("00011110 11 1 Rm:5 opcode:4 10 Rn:5 Rd:5", Asm = "{Pick opcode \"fmul,fdiv,fadd,fsub,fmax,fmin,fmaxnm,fminnm,fnmul\"} {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}", When = "opcode <= 8", Feature = "FEAT_FP16")]
    bool HalfTwoSources(int Rm, int opcode, int Rn, int Rd)
    {
        var operation = opcode switch
        {
            1 => Opcode.VFDiv,
            2 => Opcode.VFAdd,
            3 => Opcode.VFSub,
            4 => Opcode.VFMax,
            5 => Opcode.VFMin,
            6 => Opcode.VFMaxNumber,
            7 => Opcode.VFMinNumber,
            _ => Opcode.VFMul,
        };
        var result = ir.VHalf(operation, HalfScalar(Rn), HalfScalar(Rm));
        return SetHalfScalar(Rd, opcode == 8 ? ir.VXor(result, SignBits(1)) : result);
    }

    [Instruction("00011111 11 negate Rm:5 o0 Ra:5 Rn:5 Rd:5", Asm = "{Pick (negate<<1|o0) \"fmadd,fmsub,fnmadd,fnmsub\"} {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}, {Scalar Ra 1}", Feature = "FEAT_FP16")]
    bool HalfThreeSources(bool negate, int Rm, bool o0, int Ra, int Rn, int Rd)
    {
        var addend = HalfScalar(Ra);
        if (negate) addend = ir.VXor(addend, SignBits(1));
        return SetHalfScalar(Rd, ir.VHalf(Opcode.VFMulAdd, HalfScalar(Rn), HalfScalar(Rm), addend, o0 != negate ? 1 : 0));
    }

    [Instruction("00011110 11 1 000001 10000 Rn:5 Rd:5", Asm = "fabs {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool FabsHalf(int Rn, int Rd) => SetHalfScalar(Rd, FloatAbs(1, V(Rn)));

    [Instruction("00011110 11 1 000010 10000 Rn:5 Rd:5", Asm = "fneg {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool FnegHalf(int Rn, int Rd) => SetHalfScalar(Rd, ir.VXor(V(Rn), SignBits(1)));

    [Instruction("00011110 11 1 000011 10000 Rn:5 Rd:5", Asm = "fsqrt {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool FsqrtHalf(int Rn, int Rd) => SetHalfScalar(Rd, ir.VHalf(Opcode.VFSqrt, HalfScalar(Rn)));

    [Instruction("00011110 11 1 001 mode:3!=101 10000 Rn:5 Rd:5", Asm = "frint{Pick mode \"n,p,m,z,a,,x,i\"} {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool FrintHalf(int mode, int Rn, int Rd) =>
        SetHalfScalar(Rd, ir.VHalf(Opcode.VFRound, HalfScalar(Rn), imm: (int)(mode <= 4 ? (Rounding)mode : Rounding.Dynamic) | (mode == 6 ? 8 : 0)));

    [Instruction("00011110 11 1 Rm:5 00 1000 Rn:5 signalling 0 000", Asm = "fcmp{Either signalling \"\" \"e\"} {Scalar Rn 1}, {Scalar Rm 1}", Feature = "FEAT_FP16")]
    bool FcmpHalf(int Rm, int Rn, bool signalling)
    {
        SetFlags(ir.FlagsFloatCompare(HalfAsSingle(Rn), HalfAsSingle(Rm), signalling));
        return true;
    }

    [Instruction("00011110 11 1 (0)(0)(0)(0)(0) 00 1000 Rn:5 signalling 1 000", Asm = "fcmp{Either signalling \"\" \"e\"} {Scalar Rn 1}, #0.0", Feature = "FEAT_FP16")]
    bool FcmpZeroHalf(int Rn, bool signalling)
    {
        SetFlags(ir.FlagsFloatCompare(HalfAsSingle(Rn), ir.ConstF(IrType.F32, 0), signalling));
        return true;
    }

    [Instruction("00011110 11 1 Rm:5 cond:4 01 Rn:5 signalling nzcv:4", Asm = "fccmp{Either signalling \"\" \"e\"} {Scalar Rn 1}, {Scalar Rm 1}, #0x{HexDigits nzcv}, {Condition cond}", Feature = "FEAT_FP16")]
    bool FccmpHalf(int Rm, Condition cond, int Rn, bool signalling, int nzcv)
    {
        // Nothing may be raised unless the condition holds.
        Value a = HalfToCompare(Rn), b = HalfToCompare(Rm);
        SetFlags(cond >= Condition.Always ? ir.FlagsFloatCompare(a, b, signalling) : ir.FlagsFloatCompareIf(cond, Flags, a, b, nzcv, signalling));
        return true;
    }

    [Instruction("00011110 11 1 Rm:5 cond:4 11 Rn:5 Rd:5", Asm = "fcsel {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}, {Condition cond}", Feature = "FEAT_FP16")]
    bool FcselHalf(int Rm, Condition cond, int Rn, int Rd) => SetHalfScalar(Rd, Choose(cond, V(Rn), V(Rm)));

    // ---- Conversions with general registers ----

    [Instruction("sf 0011110 11 1 rmode:2 00 U 000000 Rn:5 Rd:5", Asm = "fcvt{Pick rmode \"n,p,m,z\"}{SU U} {Rd:sf}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool HalfToInteger(bool sf, Rounding rmode, bool U, int Rn, int Rd) => HalfToInteger(sf, rmode, U, 0, Rn, Rd);

    [Instruction("sf 0011110 11 1 00 10 U 000000 Rn:5 Rd:5", Asm = "fcvta{SU U} {Rd:sf}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool HalfToIntegerAway(bool sf, bool U, int Rn, int Rd) => HalfToInteger(sf, Rounding.NearestAway, U, 0, Rn, Rd);

    [Instruction("sf 0011110 11 0 11 00 U scale:6 Rn:5 Rd:5", Asm = "fcvtz{SU U} {Rd:sf}, {Scalar Rn 1}, #{Text (64-scale)}", When = "sf || scale >= 32", Feature = "FEAT_FP16")]
    bool HalfToFixed(bool sf, bool U, int scale, int Rn, int Rd) => HalfToInteger(sf, Rounding.TowardsZero, U, 64 - scale, Rn, Rd);

    bool HalfToInteger(bool sf, Rounding rounding, bool unsigned, int fractionBits, int Rn, int Rd)
    {
        SetX(Rd, ir.FToInteger(IntegerType(sf), HalfAsSingle(Rn), rounding, unsigned, fractionBits));
        return true;
    }

    [Instruction("sf 0011110 11 1 00 01 U 000000 Rn:5 Rd:5", Asm = "{SU U}cvtf {Scalar Rd 1}, {Rn:sf}", Feature = "FEAT_FP16")]
    bool IntegerToHalf(bool sf, bool U, int Rn, int Rd) => IntegerToHalf(sf, U, 0, Rn, Rd);

    [Instruction("sf 0011110 11 0 00 01 U scale:6 Rn:5 Rd:5", Asm = "{SU U}cvtf {Scalar Rd 1}, {Rn:sf}, #{Text (64-scale)}", When = "sf || scale >= 32", Feature = "FEAT_FP16")]
    bool FixedToHalf(bool sf, bool U, int scale, int Rn, int Rd) => IntegerToHalf(sf, U, 64 - scale, Rn, Rd);

    bool IntegerToHalf(bool sf, bool unsigned, int fractionBits, int Rn, int Rd)
    {
        // One rounding, the last: on the way through double and single precision what does not fit becomes a sticky lowest bit (rounding to odd).
        const long lost = (1L << 29) - 1, beyond = (1L << 11) - 1;
        var integer = X(Rn, sf);
        if (sf)
        {
            var odd = ir.Or(ir.And(integer, ir.Const64(~beyond)), Sticky(integer, beyond));
            var fits = unsigned ? ir.FlagsSub(integer, ir.Const64(1L << 53)) : ir.FlagsSub(ir.Add(integer, ir.Const64(1L << 53)), ir.Const64(1L << 54));
            integer = ir.Select(Condition.CarryClear, fits, integer, odd);
        }

        var bits = ir.Bitcast(IrType.I64, ir.IntegerToF(IrType.F64, integer, unsigned, fractionBits));
        bits = ir.Or(ir.And(bits, ir.Const64(~lost)), Sticky(bits, lost));
        SetV(Rd, ir.VNarrowToHalf(ir.VFromScalar(ir.FConvert(IrType.F32, ir.Bitcast(IrType.F64, bits)))));
        return true;
    }

    /// <summary>The bit above the mask if any bit in the mask is set.</summary>
    Value Sticky(Value value, long mask) => ir.And(ir.Add(ir.And(value, ir.Const64(mask)), ir.Const64(mask)), ir.Const64(mask + 1));
}
