using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Half-precision vector operations on three registers. Arm ARM C4.1.96, "Advanced SIMD three same (FP16)" and its scalar form, "vector x indexed element".</summary>
/// <remarks>Where only four elements or one take part they fill the vector: the others compute the same, and raise nothing of their own.</remarks>
sealed partial class Arm64Lifter
{
    Value Halves(int n, bool Q) => Q ? V(n) : ir.VBinary(Opcode.VCombineLow, 0, V(n), V(n));

    bool HalfThreeSame(Opcode opcode, bool Q, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VHalf(opcode, Halves(Rn, Q), Halves(Rm, Q)));

    [Instruction("0 Q 0 01110 s 10 Rm:5 00010 1 Rn:5 Rd:5", Asm = "{Either s \"fadd\" \"fsub\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FaddFsubHalves(bool Q, bool s, int Rm, int Rn, int Rd) => HalfThreeSame(s ? Opcode.VFSub : Opcode.VFAdd, Q, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 0 10 Rm:5 00011 1 Rn:5 Rd:5", Asm = "fmul {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmulHalves(bool Q, int Rm, int Rn, int Rd) => HalfThreeSame(Opcode.VFMul, Q, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 0 10 Rm:5 00111 1 Rn:5 Rd:5", Asm = "fdiv {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FdivHalves(bool Q, int Rm, int Rn, int Rd) => HalfThreeSame(Opcode.VFDiv, Q, Rm, Rn, Rd);

    [Instruction("0 Q 0 01110 s 10 Rm:5 00110 1 Rn:5 Rd:5", Asm = "{Either s \"fmax\" \"fmin\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmaxFminHalves(bool Q, bool s, int Rm, int Rn, int Rd) => HalfThreeSame(s ? Opcode.VFMin : Opcode.VFMax, Q, Rm, Rn, Rd);

    [Instruction("0 Q 0 01110 s 10 Rm:5 00000 1 Rn:5 Rd:5", Asm = "{Either s \"fmaxnm\" \"fminnm\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmaxnmFminnmHalves(bool Q, bool s, int Rm, int Rn, int Rd) => HalfThreeSame(s ? Opcode.VFMinNumber : Opcode.VFMaxNumber, Q, Rm, Rn, Rd);

    [Instruction("0 Q 0 01110 s 10 Rm:5 00001 1 Rn:5 Rd:5", Asm = "{Either s \"fmla\" \"fmls\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmlaFmlsHalves(bool Q, bool s, int Rm, int Rn, int Rd) =>
        SetV(Rd, Q, ir.VHalf(Opcode.VFMulAdd, Halves(Rn, Q), Halves(Rm, Q), Halves(Rd, Q), s ? 1 : 0));

    [Instruction("0 Q 1 01110 1 10 Rm:5 00010 1 Rn:5 Rd:5", Asm = "fabd {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FabdHalves(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, Q, FloatAbs(1, ir.VHalf(Opcode.VFSub, Halves(Rn, Q), Halves(Rm, Q))));

    [Instruction("01 1 11110 1 10 Rm:5 00010 1 Rn:5 Rd:5", Asm = "fabd {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}", Feature = "FEAT_FP16")]
    bool FabdHalf(int Rm, int Rn, int Rd) => SetHalfScalar(Rd, FloatAbs(1, ir.VHalf(Opcode.VFSub, HalfScalar(Rn), HalfScalar(Rm))));

    // ---- Comparisons ----

    [Instruction("0 Q 0 01110 0 10 Rm:5 00100 1 Rn:5 Rd:5", Asm = "fcmeq {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FcmeqHalves(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, Q, CompareHalves(Opcode.VFCompareEqual, false, Halves(Rn, Q), Halves(Rm, Q)));

    [Instruction("0 Q 1 01110 s 10 Rm:5 0010 absolute 1 Rn:5 Rd:5", Asm = "f{Either absolute \"cm\" \"ac\"}{Either s \"ge\" \"gt\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FcmgeFcmgtHalves(bool Q, bool s, int Rm, bool absolute, int Rn, int Rd) =>
        SetV(Rd, Q, CompareHalves(s ? Opcode.VFCompareGreater : Opcode.VFCompareGreaterOrEqual, absolute, Halves(Rn, Q), Halves(Rm, Q)));

    [Instruction("01 0 11110 0 10 Rm:5 00100 1 Rn:5 Rd:5", Asm = "fcmeq {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}", Feature = "FEAT_FP16")]
    bool FcmeqHalf(int Rm, int Rn, int Rd) => SetHalfScalar(Rd, CompareHalves(Opcode.VFCompareEqual, false, HalfScalar(Rn), HalfScalar(Rm)));

    [Instruction("01 1 11110 s 10 Rm:5 0010 absolute 1 Rn:5 Rd:5", Asm = "f{Either absolute \"cm\" \"ac\"}{Either s \"ge\" \"gt\"} {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}", Feature = "FEAT_FP16")]
    bool FcmgeFcmgtHalf(bool s, int Rm, bool absolute, int Rn, int Rd) =>
        SetHalfScalar(Rd, CompareHalves(s ? Opcode.VFCompareGreater : Opcode.VFCompareGreaterOrEqual, absolute, HalfScalar(Rn), HalfScalar(Rm)));

    Value CompareHalves(Opcode opcode, bool absolute, Value a, Value b)
    {
        if (absolute) (a, b) = (FloatAbs(1, a), FloatAbs(1, b));
        return ir.VHalfCompare(opcode, a, b);
    }

    // ---- Pairs and reductions ----

    [Instruction("0 Q 1 01110 0 10 Rm:5 00010 1 Rn:5 Rd:5", Asm = "faddp {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FaddPairsOfHalves(bool Q, int Rm, int Rn, int Rd) => HalfPairs(Opcode.VFAdd, Q, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 s 10 Rm:5 00110 1 Rn:5 Rd:5", Asm = "{Either s \"fmaxp\" \"fminp\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmaxFminPairsOfHalves(bool Q, bool s, int Rm, int Rn, int Rd) => HalfPairs(s ? Opcode.VFMin : Opcode.VFMax, Q, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 s 10 Rm:5 00000 1 Rn:5 Rd:5", Asm = "{Either s \"fmaxnmp\" \"fminnmp\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmaxnmFminnmPairsOfHalves(bool Q, bool s, int Rm, int Rn, int Rd) => HalfPairs(s ? Opcode.VFMinNumber : Opcode.VFMaxNumber, Q, Rm, Rn, Rd);

    bool HalfPairs(Opcode opcode, bool Q, int Rm, int Rn, int Rd)
    {
        Value n = V(Rn), m = V(Rm);
        if (!Q) n = m = ir.VBinary(Opcode.VCombineLow, 0, n, m);
        return SetV(Rd, Q, PairHalves(opcode, n, m));
    }

    Value PairHalves(Opcode opcode, Value a, Value b) => ir.VHalf(opcode, ir.VBinary(Opcode.VUnzipEven, 1, a, b), ir.VBinary(Opcode.VUnzipOdd, 1, a, b));

    [Instruction("0 Q 0 01110 s 0 11000 01111 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxv\" \"fminv\"} {Scalar Rd 1}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FmaxFminAcrossHalves(bool Q, bool s, int Rn, int Rd) => HalfAcross(s ? Opcode.VFMin : Opcode.VFMax, Q, Rn, Rd);

    [Instruction("0 Q 0 01110 s 0 11000 01100 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxnmv\" \"fminnmv\"} {Scalar Rd 1}, {V Rn 1 Q}", Feature = "FEAT_FP16")]
    bool FmaxnmFminnmAcrossHalves(bool Q, bool s, int Rn, int Rd) => HalfAcross(s ? Opcode.VFMinNumber : Opcode.VFMaxNumber, Q, Rn, Rd);

    /// <summary>The manual's Reduce: each half of the vector by itself, then both, lower elements first. That is pairs, then pairs of pairs.</summary>
    bool HalfAcross(Opcode opcode, bool Q, int Rn, int Rd)
    {
        var value = Halves(Rn, Q);
        for (int elements = Q ? 8 : 4; elements > 1; elements /= 2) value = PairHalves(opcode, value, value);
        return SetHalfScalar(Rd, value);
    }

    [Instruction("01 0 11110 00 11000 01101 10 Rn:5 Rd:5", Asm = "faddp {Scalar Rd 1}, v{Rn}.2h", Feature = "FEAT_FP16")]
    bool FaddPairHalf(int Rn, int Rd) => HalfPairScalar(Opcode.VFAdd, Rn, Rd);

    [Instruction("01 0 11110 s 0 11000 01111 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxp\" \"fminp\"} {Scalar Rd 1}, v{Rn}.2h", Feature = "FEAT_FP16")]
    bool FmaxFminPairHalf(bool s, int Rn, int Rd) => HalfPairScalar(s ? Opcode.VFMin : Opcode.VFMax, Rn, Rd);

    [Instruction("01 0 11110 s 0 11000 01100 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxnmp\" \"fminnmp\"} {Scalar Rd 1}, v{Rn}.2h", Feature = "FEAT_FP16")]
    bool FmaxnmFminnmPairHalf(bool s, int Rn, int Rd) => HalfPairScalar(s ? Opcode.VFMinNumber : Opcode.VFMaxNumber, Rn, Rd);

    bool HalfPairScalar(Opcode opcode, int Rn, int Rd) => SetHalfScalar(Rd, ir.VHalf(opcode, HalfScalar(Rn), ir.VUnary(Opcode.VBroadcastLane, 1, V(Rn), 1)));

    // ---- By element ----

    [Instruction("0 Q 0 01111 00 L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = "fmul {V Rd 1 Q}, {V Rn 1 Q}, {Indexed 1 H L M Rm}", Feature = "FEAT_FP16")]
    bool FmulHalvesByElement(bool Q, bool L, bool M, int Rm, bool H, int Rn, int Rd) =>
        SetV(Rd, Q, ir.VHalf(Opcode.VFMul, Halves(Rn, Q), IndexedElement(1, H, L, M, Rm)));

    [Instruction("0 Q 0 01111 00 L M Rm:4 0 sub 01 H 0 Rn:5 Rd:5", Asm = "{Either sub \"fmla\" \"fmls\"} {V Rd 1 Q}, {V Rn 1 Q}, {Indexed 1 H L M Rm}", Feature = "FEAT_FP16")]
    bool FmulAddHalvesByElement(bool Q, bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetV(Rd, Q, ir.VHalf(Opcode.VFMulAdd, Halves(Rn, Q), IndexedElement(1, H, L, M, Rm), Halves(Rd, Q), sub ? 1 : 0));

    [Instruction("01 0 11111 00 L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = "fmul {Scalar Rd 1}, {Scalar Rn 1}, {Indexed 1 H L M Rm}", Feature = "FEAT_FP16")]
    bool FmulHalfByElement(bool L, bool M, int Rm, bool H, int Rn, int Rd) => SetHalfScalar(Rd, ir.VHalf(Opcode.VFMul, HalfScalar(Rn), IndexedElement(1, H, L, M, Rm)));

    [Instruction("01 0 11111 00 L M Rm:4 0 sub 01 H 0 Rn:5 Rd:5", Asm = "{Either sub \"fmla\" \"fmls\"} {Scalar Rd 1}, {Scalar Rn 1}, {Indexed 1 H L M Rm}", Feature = "FEAT_FP16")]
    bool FmulAddHalfByElement(bool L, bool M, int Rm, bool sub, bool H, int Rn, int Rd) =>
        SetHalfScalar(Rd, ir.VHalf(Opcode.VFMulAdd, HalfScalar(Rn), IndexedElement(1, H, L, M, Rm), HalfScalar(Rd), sub ? 1 : 0));

    [Instruction("0 Q 0 0111100000 imm8:3 1111 1 1 imm8:5 Rd:5", Asm = "fmov {V Rd 1 Q}, #{FpImmediate imm8}", Feature = "FEAT_FP16")]
    bool FmovImmediateHalves(bool Q, int imm8, int Rd) => SetImmediate(Q, Rd, false, Replicate(1, ExpandFloat(imm8, 1)));
}
