using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Floating-point vector operations on one source, conversions among them. Arm ARM C4.1.96, "Advanced SIMD two-register miscellaneous".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U 01110 1 type 10000 01111 10 Rn:5 Rd:5", Asm = "{Either U \"fabs\" \"fneg\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FabsFnegVector(bool Q, bool U, bool type, int Rn, int Rd) => SetV(Rd, Q, U ? ir.VXor(V(Rn), SignBits(FloatSize(type))) : FloatAbs(FloatSize(type), V(Rn)));

    [Instruction("0 Q 1 01110 1 type 10000 11111 10 Rn:5 Rd:5", Asm = "fsqrt {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FsqrtVector(bool Q, bool type, int Rn, int Rd) => SetV(Rd, true, ir.VFloat(Opcode.VFSqrt, FloatSize(type), VFloat(Rn, Q)));

    [Instruction("0 Q U 01110 1 type 10000 01100 10 Rn:5 Rd:5", Asm = "{Either U \"fcmgt\" \"fcmge\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, #0.0", When = "Q || !type")]
    bool FcmgtFcmgeZero(bool Q, bool U, bool type, int Rn, int Rd) => FloatCompareZero(U ? Opcode.VFCompareGreaterOrEqual : Opcode.VFCompareGreater, false, Q, type, Rn, Rd);

    [Instruction("0 Q 0 01110 1 type 10000 01101 10 Rn:5 Rd:5", Asm = "fcmeq {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, #0.0", When = "Q || !type")]
    bool FcmeqZero(bool Q, bool type, int Rn, int Rd) => FloatCompareZero(Opcode.VFCompareEqual, false, Q, type, Rn, Rd);

    [Instruction("0 Q 1 01110 1 type 10000 01101 10 Rn:5 Rd:5", Asm = "fcmle {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, #0.0", When = "Q || !type")]
    bool FcmleZero(bool Q, bool type, int Rn, int Rd) => FloatCompareZero(Opcode.VFCompareGreaterOrEqual, true, Q, type, Rn, Rd);

    [Instruction("0 Q 0 01110 1 type 10000 01110 10 Rn:5 Rd:5", Asm = "fcmlt {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, #0.0", When = "Q || !type")]
    bool FcmltZero(bool Q, bool type, int Rn, int Rd) => FloatCompareZero(Opcode.VFCompareGreater, true, Q, type, Rn, Rd);

    [Instruction("0 Q 0 01110 odd type 10000 1100 down 10 Rn:5 Rd:5", Asm = "frint{Pick (odd|down<<1) \"n,p,m,z\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FrintVector(bool Q, int odd, bool type, int down, int Rn, int Rd) => FloatRound((Rounding)(odd | down << 1), false, Q, type, Rn, Rd);

    [Instruction("0 Q 1 01110 0 type 10000 11000 10 Rn:5 Rd:5", Asm = "frinta {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FrintaVector(bool Q, bool type, int Rn, int Rd) => FloatRound(Rounding.NearestAway, false, Q, type, Rn, Rd);

    [Instruction("0 Q 1 01110 s type 10000 11001 10 Rn:5 Rd:5", Asm = "{Either s \"frintx\" \"frinti\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FrintxFrintiVector(bool Q, bool s, bool type, int Rn, int Rd) => FloatRound(Rounding.Dynamic, !s, Q, type, Rn, Rd);

    [Instruction("0 Q U 01110 odd type 10000 1101 down 10 Rn:5 Rd:5", Asm = "fcvt{Pick (odd|down<<1) \"n,p,m,z\"}{SU U} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FloatToIntegerVector(bool Q, bool U, int odd, bool type, int down, int Rn, int Rd) => FloatToInteger((Rounding)(odd | down << 1), U, 0, Q, type, Rn, Rd);

    [Instruction("0 Q U 01110 0 type 10000 11100 10 Rn:5 Rd:5", Asm = "fcvta{SU U} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool FloatToIntegerAwayVector(bool Q, bool U, bool type, int Rn, int Rd) => FloatToInteger(Rounding.NearestAway, U, 0, Q, type, Rn, Rd);

    [Instruction("0 Q U 01110 0 type 10000 11101 10 Rn:5 Rd:5", Asm = "{SU U}cvtf {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}", When = "Q || !type")]
    bool IntegerToFloatVector(bool Q, bool U, bool type, int Rn, int Rd) => IntegerToFloat(U, 0, Q, type, Rn, Rd);

    [Instruction("0 Q 0 01110 0 type 10000 10111 10 Rn:5 Rd:5", Asm = "fcvtl{Two Q} {V Rd (type?3:2) true}, {V Rn (type?2:1) Q}")]
    bool FloatWiden(bool Q, bool type, int Rn, int Rd) => SetV(Rd, true, type ? ir.VFloat(Opcode.VFWiden, 2, Half(Rn, Q)) : HalfToSingle(Half(Rn, Q)));

    [Instruction("0 Q 0 01110 0 type 10000 10110 10 Rn:5 Rd:5", Asm = "fcvtn{Two Q} {V Rd (type?2:1) Q}, {V Rn (type?3:2) true}")]
    bool FloatNarrow(bool Q, bool type, int Rn, int Rd) => SetHalf(Rd, Q, type ? ir.VFloat(Opcode.VFNarrow, 2, V(Rn)) : SingleToHalf(V(Rn)));

    bool FloatCompareZero(Opcode opcode, bool zeroFirst, bool Q, bool type, int Rn, int Rd)
    {
        Value a = VFloat(Rn, Q), zero = ir.VConst(0);
        return SetV(Rd, Q, zeroFirst ? ir.VBinary(opcode, FloatSize(type), zero, a) : ir.VBinary(opcode, FloatSize(type), a, zero));
    }

    bool FloatRound(Rounding rounding, bool raiseInexact, bool Q, bool type, int Rn, int Rd) =>
        SetV(Rd, true, ir.VFloat(Opcode.VFRound, FloatSize(type), VFloat(Rn, Q), imm: (int)rounding | (raiseInexact ? 8 : 0)));

    bool FloatToInteger(Rounding rounding, bool unsigned, int fractionBits, bool Q, bool type, int Rn, int Rd) =>
        SetV(Rd, true, ir.VUnary(Opcode.VFToInteger, FloatSize(type), VFloat(Rn, Q), (int)rounding | (unsigned ? 8 : 0) | fractionBits << 8));

    bool IntegerToFloat(bool unsigned, int fractionBits, bool Q, bool type, int Rn, int Rd) =>
        SetV(Rd, true, ir.VUnary(Opcode.VIntegerToF, FloatSize(type), VFloat(Rn, Q), (unsigned ? 8 : 0) | fractionBits << 8));
}
