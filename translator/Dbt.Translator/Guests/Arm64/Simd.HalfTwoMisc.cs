using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Half-precision vector operations on one source. Arm ARM C4.1.96, "Advanced SIMD two-register miscellaneous (FP16)" and its scalar form, "shift by immediate".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U 01110 1 111100 01111 10 Rn:5 Rd:5", Asm = "{Either U \"fabs\" \"fneg\"} {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FabsFnegHalves(bool Q, bool U, int Rn, int Rd) => SetV(Rd, Q, U ? ir.VXor(V(Rn), SignBits(1)) : FloatAbs(1, V(Rn)));

    [Instruction("0 Q 1 01110 1 111100 11111 10 Rn:5 Rd:5", Asm = "fsqrt {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FsqrtHalves(bool Q, int Rn, int Rd) => SetV(Rd, Q, ir.VHalf(Opcode.VFSqrt, Halves(Rn, Q)));

    // ---- Comparisons with zero ----

    [Instruction("0 Q U 01110 1 111100 01100 10 Rn:5 Rd:5", Asm = "{Either U \"fcmgt\" \"fcmge\"} {V Rd 1 Q}, {V Rn 1 Q}, #0.0", Feature = "FEAT_FP16")]
    bool FcmgtFcmgeZeroHalves(bool Q, bool U, int Rn, int Rd) => SetV(Rd, Q, ir.VHalfCompare(U ? Opcode.VFCompareGreaterOrEqual : Opcode.VFCompareGreater, Halves(Rn, Q), ir.VConst(0)));

    [Instruction("0 Q U 01110 1 111100 01101 10 Rn:5 Rd:5", Asm = "{Either U \"fcmeq\" \"fcmle\"} {V Rd 1 Q}, {V Rn 1 Q}, #0.0", Feature = "FEAT_FP16")]
    bool FcmeqFcmleZeroHalves(bool Q, bool U, int Rn, int Rd) => SetV(Rd, Q, EqualOrNotAboveZero(U, Halves(Rn, Q)));

    [Instruction("0 Q 0 01110 1 111100 01110 10 Rn:5 Rd:5", Asm = "fcmlt {V Rd 1 Q}, {V Rn 1 Q}, #0.0", Feature = "FEAT_FP16")]
    bool FcmltZeroHalves(bool Q, int Rn, int Rd) => SetV(Rd, Q, ir.VHalfCompare(Opcode.VFCompareGreater, ir.VConst(0), Halves(Rn, Q)));

    [Instruction("01 U 11110 1 111100 01100 10 Rn:5 Rd:5", Asm = "{Either U \"fcmgt\" \"fcmge\"} {Scalar Rd 1}, {Scalar Rn 1}, #0.0", Feature = "FEAT_FP16")]
    bool FcmgtFcmgeZeroHalf(bool U, int Rn, int Rd) => SetHalfScalar(Rd, ir.VHalfCompare(U ? Opcode.VFCompareGreaterOrEqual : Opcode.VFCompareGreater, HalfScalar(Rn), ir.VConst(0)));

    [Instruction("01 U 11110 1 111100 01101 10 Rn:5 Rd:5", Asm = "{Either U \"fcmeq\" \"fcmle\"} {Scalar Rd 1}, {Scalar Rn 1}, #0.0", Feature = "FEAT_FP16")]
    bool FcmeqFcmleZeroHalf(bool U, int Rn, int Rd) => SetHalfScalar(Rd, EqualOrNotAboveZero(U, HalfScalar(Rn)));

    [Instruction("01 0 11110 1 111100 01110 10 Rn:5 Rd:5", Asm = "fcmlt {Scalar Rd 1}, {Scalar Rn 1}, #0.0", Feature = "FEAT_FP16")]
    bool FcmltZeroHalf(int Rn, int Rd) => SetHalfScalar(Rd, ir.VHalfCompare(Opcode.VFCompareGreater, ir.VConst(0), HalfScalar(Rn)));

    Value EqualOrNotAboveZero(bool notAbove, Value halves) =>
        notAbove ? ir.VHalfCompare(Opcode.VFCompareGreaterOrEqual, ir.VConst(0), halves) : ir.VHalfCompare(Opcode.VFCompareEqual, halves, ir.VConst(0));

    // ---- Rounding and conversions ----

    [Instruction("0 Q 0 01110 odd 111100 1100 down 10 Rn:5 Rd:5", Asm = "frint{Pick (odd|down<<1) \"n,p,m,z\"} {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FrintHalves(bool Q, int odd, int down, int Rn, int Rd) => RoundHalves((Rounding)(odd | down << 1), false, Q, Rn, Rd);

    [Instruction("0 Q 1 01110 0 111100 11000 10 Rn:5 Rd:5", Asm = "frinta {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FrintaHalves(bool Q, int Rn, int Rd) => RoundHalves(Rounding.NearestAway, false, Q, Rn, Rd);

    [Instruction("0 Q 1 01110 s 111100 11001 10 Rn:5 Rd:5", Asm = "{Either s \"frintx\" \"frinti\"} {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FrintxFrintiHalves(bool Q, bool s, int Rn, int Rd) => RoundHalves(Rounding.Dynamic, !s, Q, Rn, Rd);

    bool RoundHalves(Rounding rounding, bool raiseInexact, bool Q, int Rn, int Rd) =>
        SetV(Rd, Q, ir.VHalf(Opcode.VFRound, Halves(Rn, Q), imm: (int)rounding | (raiseInexact ? 8 : 0)));

    [Instruction("0 Q U 01110 odd 111100 1101 down 10 Rn:5 Rd:5", Asm = "fcvt{Pick (odd|down<<1) \"n,p,m,z\"}{SU U} {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool HalvesToIntegers(bool Q, bool U, int odd, int down, int Rn, int Rd) => SetV(Rd, Q, HalvesToIntegers((Rounding)(odd | down << 1), U, 0, Halves(Rn, Q)));

    [Instruction("0 Q U 01110 0 111100 11100 10 Rn:5 Rd:5", Asm = "fcvta{SU U} {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool HalvesToIntegersAway(bool Q, bool U, int Rn, int Rd) => SetV(Rd, Q, HalvesToIntegers(Rounding.NearestAway, U, 0, Halves(Rn, Q)));

    [Instruction("0 Q U 01110 0 111100 11101 10 Rn:5 Rd:5", Asm = "{SU U}cvtf {V Rd 1 Q}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool IntegersToHalves(bool Q, bool U, int Rn, int Rd) => SetV(Rd, Q, IntegersToHalves(U, 0, Halves(Rn, Q)));

    [Instruction("01 U 11110 odd 111100 1101 down 10 Rn:5 Rd:5", Asm = "fcvt{Pick (odd|down<<1) \"n,p,m,z\"}{SU U} {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool ScalarHalfToInteger(bool U, int odd, int down, int Rn, int Rd) => SetHalfScalar(Rd, HalvesToIntegers((Rounding)(odd | down << 1), U, 0, HalfScalar(Rn)));

    [Instruction("01 U 11110 0 111100 11100 10 Rn:5 Rd:5", Asm = "fcvta{SU U} {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool ScalarHalfToIntegerAway(bool U, int Rn, int Rd) => SetHalfScalar(Rd, HalvesToIntegers(Rounding.NearestAway, U, 0, HalfScalar(Rn)));

    [Instruction("01 U 11110 0 111100 11101 10 Rn:5 Rd:5", Asm = "{SU U}cvtf {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool ScalarIntegerToHalf(bool U, int Rn, int Rd) => SetHalfScalar(Rd, IntegersToHalves(U, 0, HalfScalar(Rn)));

    [Instruction("0 Q U 011110 001 immh immb:3 11100 1 Rn:5 Rd:5", Asm = "{SU U}cvtf {V Rd 1 Q}, {V Rn 1 Q}, {ShiftRight (2|immh) immb}", Feature = "FEAT_FP16")]
    bool FixedToHalves(bool Q, bool U, int immh, int immb, int Rn, int Rd) => SetV(Rd, Q, IntegersToHalves(U, RightShift(2 | immh, immb), Halves(Rn, Q)));

    [Instruction("0 Q U 011110 001 immh immb:3 11111 1 Rn:5 Rd:5", Asm = "fcvtz{SU U} {V Rd 1 Q}, {V Rn 1 Q}, {ShiftRight (2|immh) immb}", Feature = "FEAT_FP16")]
    bool HalvesToFixed(bool Q, bool U, int immh, int immb, int Rn, int Rd) =>
        SetV(Rd, Q, HalvesToIntegers(Rounding.TowardsZero, U, RightShift(2 | immh, immb), Halves(Rn, Q)));

    [Instruction("01 U 111110 001 immh immb:3 11100 1 Rn:5 Rd:5", Asm = "{SU U}cvtf {Scalar Rd 1}, {Scalar Rn 1}, {ShiftRight (2|immh) immb}", Feature = "FEAT_FP16")]
    bool ScalarFixedToHalf(bool U, int immh, int immb, int Rn, int Rd) => SetHalfScalar(Rd, IntegersToHalves(U, RightShift(2 | immh, immb), HalfScalar(Rn)));

    [Instruction("01 U=0 111110 001 immh immb:3 11111 1 Rn:5 Rd:5", Asm = "fcvtzs {Scalar Rd 1}, {Scalar Rn 1}, {ShiftRight (2|immh) immb}", Feature = "FEAT_FP16")]
    [Instruction("01 U=1 111110 001 immh immb:3 11111 1 Rn:5 Rd:5", Asm = "fcvtzu {Scalar Rd 1}, {Scalar Rn 1}, {ShiftRight (2|immh) immb}", Feature = "FEAT_FP16")]
    bool ScalarHalfToFixed(bool U, int immh, int immb, int Rn, int Rd) =>
        SetHalfScalar(Rd, HalvesToIntegers(Rounding.TowardsZero, U, RightShift(2 | immh, immb), HalfScalar(Rn)));

    Value HalvesToIntegers(Rounding rounding, bool unsigned, int fractionBits, Value halves) =>
        ir.VHalfCompare(Opcode.VFToInteger, halves, imm: (int)rounding | (unsigned ? 8 : 0) | fractionBits << 8);

    Value IntegersToHalves(bool unsigned, int fractionBits, Value integers) => ir.VHalfCompare(Opcode.VIntegerToF, integers, imm: (unsigned ? 8 : 0) | fractionBits << 8);
}
