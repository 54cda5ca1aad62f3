using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>FMULX, FCVTXN, FRINT32 and FRINT64, FJCVTZS, SQRDMLAH and SQRDMLSH: variants of common instructions. Arm ARM C4.1.96 and C4.1.97.</summary>
sealed partial class Arm64Lifter
{
    const string MulExtendedAsm = "fmulx {VOrScalar Rd (type?3:2) Q scalar}, {VOrScalar Rn (type?3:2) Q scalar}, ";

    [Instruction("0 Q 0 scalar=0 1110 0 type 1 Rm:5 11011 1 Rn:5 Rd:5", Asm = MulExtendedAsm + "{VOrScalar Rm (type?3:2) Q scalar}", When = "Q || !type")]
    [Instruction("0 Q=1 0 scalar=1 1110 0 type 1 Rm:5 11011 1 Rn:5 Rd:5", Asm = MulExtendedAsm + "{VOrScalar Rm (type?3:2) Q scalar}")]
    bool FloatMulExtended(bool Q, bool scalar, bool type, int Rm, int Rn, int Rd) => SetMulExtended(Rd, Q, scalar, type, Rn, scalar ? Low(Rm, type) : VFloat(Rm, Q));

    [Instruction("0 Q 1 scalar=0 1111 1 type L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = MulExtendedAsm + "{Indexed (type?3:2) H L M Rm}", When = "!type || (Q && !L)")]
    [Instruction("0 Q=1 1 scalar=1 1111 1 type L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = MulExtendedAsm + "{Indexed (type?3:2) H L M Rm}", When = "!type || !L")]
    bool FloatMulExtendedByElement(bool Q, bool scalar, bool type, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetMulExtended(Rd, Q, scalar, type, Rn, scalar ? ir.VFromScalar(IndexedScalar(type, H, L, M, Rm)) : VFloatElement(type, Q, H, L, M, Rm));

    // Zeroes in the elements that take no part stay zeroes.
    bool SetMulExtended(int Rd, bool Q, bool scalar, bool type, int Rn, Value m) =>
        SetV(Rd, true, ir.VFloat(Opcode.VFMulExtended, FloatSize(type), scalar ? Low(Rn, type) : VFloat(Rn, Q), m));

    [Instruction("0 Q 1 scalar=0 1110 01 10000 10110 10 Rn:5 Rd:5", Asm = "fcvtxn{TwoOrScalar Q scalar} {VOrScalar Rd 2 Q scalar}, {VOrScalar Rn 3 true scalar}")]
    [Instruction("0 Q=1 1 scalar=1 1110 01 10000 10110 10 Rn:5 Rd:5", Asm = "fcvtxn{TwoOrScalar Q scalar} {VOrScalar Rd 2 Q scalar}, {VOrScalar Rn 3 true scalar}")]
    bool FloatNarrowToOdd(bool Q, bool scalar, int Rn, int Rd) => SetHalf(Rd, Q && !scalar, ir.VFloat(Opcode.VFNarrowToOdd, 3, V(Rn), imm: scalar ? 1 : 2));

    [Instruction("0 Q asMode 01110 0 type 10000 1111 wide 10 Rn:5 Rd:5", Asm = "frint{Either wide \"32\" \"64\"}{Either asMode \"z\" \"x\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type", Feature = "FEAT_FRINTTS")]
    bool FloatRoundBounded(bool Q, bool asMode, bool type, bool wide, int Rn, int Rd) => SetV(Rd, true, RoundBounded(asMode, wide, FloatSize(type), VFloat(Rn, Q)));

    [Instruction("00011110 0 type 1 0100 wide asMode 10000 Rn:5 Rd:5", Asm = "frint{Either wide \"32\" \"64\"}{Either asMode \"z\" \"x\"} {Fp Rd type}, {Fp Rn type}", Feature = "FEAT_FRINTTS")]
    bool FloatRoundBoundedScalar(bool type, bool wide, bool asMode, int Rn, int Rd) => SetFp(Rd, ir.ScalarFromV(FloatType(type), RoundBounded(asMode, wide, FloatSize(type), Low(Rn, type))));

    Value RoundBounded(bool asMode, bool wide, int size, Value a) => ir.VFloat(Opcode.VFRoundBounded, size, a, imm: (wide ? 1 : 0) | (asMode ? 2 : 0));

    /// <summary>JavaScript's conversion; Z tells that nothing was lost, not even the sign of a zero.</summary>
    [Instruction("0 0011110 01 1 11 110 000000 Rn:5 Rd:5", Asm = "fjcvtzs {Rd:W}, {Fp Rn true}", Feature = "FEAT_JSCVT")]
    bool FloatToJavaScript(int Rn, int Rd)
    {
        var number = V(Rn);
        var integer = ir.FToIntegerModular(number);
        var back = ir.Bitcast(IrType.I64, ir.IntegerToF(IrType.F64, integer, unsigned: false));
        var same = ir.SetCondition(IrType.I32, Condition.Equal, ir.FlagsSub(back, ir.VExtract(IrType.I64, 3, number, 0)));
        SetX(Rd, integer);
        SetFlags(ir.FlagsFromNzcv(ir.Shl(same, 30)));
        return true;
    }

    const string RoundingMulAddAsm = "sqrdml{Either sub \"a\" \"s\"}h {VOrScalar Rd size Q scalar}, {VOrScalar Rn size Q scalar}, ";

    [Instruction("0 Q 1 scalar=0 1110 size:2!=00,11 0 Rm:5 1000 sub 1 Rn:5 Rd:5", Asm = RoundingMulAddAsm + "{VOrScalar Rm size Q scalar}", Feature = "FEAT_RDM")]
    [Instruction("0 Q=1 1 scalar=1 1110 size:2!=00,11 0 Rm:5 1000 sub 1 Rn:5 Rd:5", Asm = RoundingMulAddAsm + "{VOrScalar Rm size Q scalar}", Feature = "FEAT_RDM")]
    bool RoundingMulAddHigh(bool Q, bool scalar, int size, int Rm, bool sub, int Rn, int Rd) => SetMulAddHigh(Rd, Q, scalar, sub, size, Rn, Elements(Rm, size, scalar));

    [Instruction("0 Q 1 scalar=0 1111 size:2!=00,11 L M Rm:4 11 sub 1 H 0 Rn:5 Rd:5", Asm = RoundingMulAddAsm + "{Indexed size H L M Rm}", Feature = "FEAT_RDM")]
    [Instruction("0 Q=1 1 scalar=1 1111 size:2!=00,11 L M Rm:4 11 sub 1 H 0 Rn:5 Rd:5", Asm = RoundingMulAddAsm + "{Indexed size H L M Rm}", Feature = "FEAT_RDM")]
    bool RoundingMulAddHighByElement(bool Q, bool scalar, int size, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetMulAddHigh(Rd, Q, scalar, sub, size, Rn, IndexedElement(size, H, L, M, Rm));

    bool SetMulAddHigh(int Rd, bool Q, bool scalar, bool sub, int size, int Rn, Value m)
    {
        Value d = Elements(Rd, size, scalar), n = Elements(Rn, size, scalar);
        var low = RoundedSum(sub, size, d, n, m);
        if (!Q || scalar)
        {
            NoteSaturation(true, Clamped(false, false, size, low), low);
            return SetV(Rd, true, ir.VUnary(Opcode.VNarrow, size, Clamped(false, false, size, low)));
        }

        Value High(Value a) => ir.VUnary(Opcode.VHighHalf, 0, a);
        var high = RoundedSum(sub, size, High(d), High(n), High(m));
        Value clampedLow = Clamped(false, false, size, low), clampedHigh = Clamped(false, false, size, high);
        NoteSaturation(true, clampedLow, low);
        NoteSaturation(true, clampedHigh, high);
        return SetV(Rd, true, ir.VBinary(Opcode.VUnzipEven, size, clampedLow, clampedHigh));
    }

    /// <summary>Accumulator and doubled product of the low halves as the high half of a rounded sum, at double size. Half of it all is computed, which fits.</summary>
    Value RoundedSum(bool sub, int size, Value d, Value n, Value m)
    {
        int width = 8 << size;
        var sum = AddSub(sub, size + 1, VShl(size + 1, Widen(false, size, d), width - 1), MulLong(false, size, n, m));
        return VShr(false, size + 1, VAdd(size + 1, sum, VConstant(size + 1, 1UL << (width - 2))), width - 1);
    }
}
