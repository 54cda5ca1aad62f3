using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Half-precision estimates and their steps, FMULX, and complex numbers of halves. Arm ARM C4.1.96.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U scalar=0 1110 1 111100 11101 10 Rn:5 Rd:5", Asm = "{Either U \"frecpe\" \"frsqrte\"} {VOrScalar Rd 1 Q scalar}, {VOrScalar Rn 1 Q scalar}", Feature = "FEAT_FP16")]
    [Instruction("0 Q=1 U scalar=1 1110 1 111100 11101 10 Rn:5 Rd:5", Asm = "{Either U \"frecpe\" \"frsqrte\"} {VOrScalar Rd 1 Q scalar}, {VOrScalar Rn 1 Q scalar}", Feature = "FEAT_FP16")]
    bool HalfEstimate(bool Q, bool U, bool scalar, int Rn, int Rd) =>
        SetV(Rd, true, ir.VHalf(U ? Opcode.VFRecipSqrtEstimate : Opcode.VFRecipEstimate, V(Rn), imm: scalar ? 1 : Q ? 8 : 4));

    [Instruction("01 0 11110 1 111100 11111 10 Rn:5 Rd:5", Asm = "frecpx {Scalar Rd 1}, {Scalar Rn 1}", Feature = "FEAT_FP16")]
    bool HalfReciprocalExponent(int Rn, int Rd) => SetV(Rd, true, ir.VHalf(Opcode.VFRecipExponent, V(Rn), imm: 1));

    [Instruction("0 Q 0 01110 sqrt 10 Rm:5 00111 1 Rn:5 Rd:5", Asm = "{Either sqrt \"frecps\" \"frsqrts\"} {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool HalfStep(bool Q, bool sqrt, int Rm, int Rn, int Rd) => HalfThreeSame(sqrt ? Opcode.VFRecipSqrtStep : Opcode.VFRecipStep, Q, Rm, Rn, Rd);

    [Instruction("01 0 11110 sqrt 10 Rm:5 00111 1 Rn:5 Rd:5", Asm = "{Either sqrt \"frecps\" \"frsqrts\"} {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}", Feature = "FEAT_FP16")]
    bool HalfStepScalar(bool sqrt, int Rm, int Rn, int Rd) =>
        SetHalfScalar(Rd, ir.VHalf(sqrt ? Opcode.VFRecipSqrtStep : Opcode.VFRecipStep, HalfScalar(Rn), HalfScalar(Rm)));

    // ---- FMULX ----

    [Instruction("0 Q 0 01110 0 10 Rm:5 00011 1 Rn:5 Rd:5", Asm = "fmulx {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}", Feature = "FEAT_FP16")]
    bool FmulxHalves(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, Q, MultiplyExtended(Halves(Rn, Q), Halves(Rm, Q)));

    [Instruction("01 0 11110 0 10 Rm:5 00011 1 Rn:5 Rd:5", Asm = "fmulx {Scalar Rd 1}, {Scalar Rn 1}, {Scalar Rm 1}", Feature = "FEAT_FP16")]
    bool FmulxHalf(int Rm, int Rn, int Rd) => SetHalfScalar(Rd, MultiplyExtended(HalfScalar(Rn), HalfScalar(Rm)));

    [Instruction("0 Q 1 01111 00 L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = "fmulx {V Rd 1 Q}, {V Rn 1 Q}, {Indexed 1 H L M Rm}", Feature = "FEAT_FP16")]
    bool FmulxHalvesByElement(bool Q, bool L, bool M, int Rm, bool H, int Rn, int Rd) => SetV(Rd, Q, MultiplyExtended(Halves(Rn, Q), IndexedElement(1, H, L, M, Rm)));

    [Instruction("01 1 11111 00 L M Rm:4 1001 H 0 Rn:5 Rd:5", Asm = "fmulx {Scalar Rd 1}, {Scalar Rn 1}, {Indexed 1 H L M Rm}", Feature = "FEAT_FP16")]
    bool FmulxHalfByElement(bool L, bool M, int Rm, bool H, int Rn, int Rd) => SetHalfScalar(Rd, MultiplyExtended(HalfScalar(Rn), IndexedElement(1, H, L, M, Rm)));

    /// <summary>Products, but zero times infinity is 2 with the product's sign: such factors are replaced by 2 and 1.</summary>
    Value MultiplyExtended(Value a, Value b)
    {
        Value magnitudeA = FloatAbs(1, FlushedHalves(a)), magnitudeB = FloatAbs(1, FlushedHalves(b)), infinity = VConstant(1, 0x7C00), zero = ir.VConst(0);
        Value Is(Value halves, Value what) => ir.VBinary(Opcode.VCompareEqual, 1, halves, what);
        var special = ir.VOr(ir.VAnd(Is(magnitudeA, infinity), Is(magnitudeB, zero)), ir.VAnd(Is(magnitudeA, zero), Is(magnitudeB, infinity)));
        Value Replaced(Value halves, ulong number) => ir.VBitSelect(special, ir.VOr(ir.VAnd(halves, SignBits(1)), VConstant(1, number)), halves);
        return ir.VHalf(Opcode.VFMul, Replaced(a, 0x4000), Replaced(b, 0x3C00));
    }

    // ---- Complex numbers: real parts in the even elements ----

    [Instruction("0 Q 1 01110 01 0 Rm:5 111 rot 01 Rn:5 Rd:5", Asm = "fcadd {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}, #{Either rot \"90\" \"270\"}", Feature = "FEAT_FCMA")]
    bool FcaddHalves(bool Q, int Rm, bool rot, int Rn, int Rd) => SetV(Rd, Q, ir.VHalf(Opcode.VFAdd, Halves(Rn, Q), RotatedHalves(rot ? 3 : 1, Halves(Rm, Q))));

    [Instruction("0 Q 1 01110 01 0 Rm:5 110 rot:2 1 Rn:5 Rd:5", Asm = "fcmla {V Rd 1 Q}, {V Rn 1 Q}, {V Rm 1 Q}, #{Text (rot*90)}", Feature = "FEAT_FCMA")]
    bool FcmlaHalves(bool Q, int Rm, int rot, int Rn, int Rd) => MultiplyComplexHalves(Q, rot, Rn, Halves(Rm, Q), Rd);

    [Instruction("0 Q 1 01111 01 L M Rm:4 0 rot:2 1 H 0 Rn:5 Rd:5", Asm = "fcmla {V Rd 1 Q}, {V Rn 1 Q}, {Lane (Rm|(M?16:0)) 1 (H<<1|L)}, #{Text (rot*90)}", When = "Q || !H", Feature = "FEAT_FCMA")]
    bool FcmlaHalvesByElement(bool Q, bool L, bool M, int Rm, int rot, bool H, int Rn, int Rd) =>
        MultiplyComplexHalves(Q, rot, Rn, ir.VUnary(Opcode.VBroadcastLane, 2, V(Rm | (M ? 16 : 0)), (H ? 2 : 0) | (L ? 1 : 0)), Rd);

    bool MultiplyComplexHalves(bool Q, int rot, int Rn, Value m, int Rd)
    {
        var n = Halves(Rn, Q);
        var part = ir.VBinary((rot & 1) != 0 ? Opcode.VTransposeOdd : Opcode.VTransposeEven, 1, n, n);
        return SetV(Rd, Q, ir.VHalf(Opcode.VFMulAdd, part, RotatedHalves(rot, m), Halves(Rd, Q)));
    }

    /// <summary>Complex numbers times i^rot: turned by rot right angles.</summary>
    Value RotatedHalves(int rot, Value halves)
    {
        if ((rot & 1) != 0) halves = ir.VUnary(Opcode.VReverse, 1, halves, 2);
        return rot switch
        {
            0 => halves,
            1 => ir.VXor(halves, VConstant(2, 0x0000_8000)),
            2 => ir.VXor(halves, SignBits(1)),
            _ => ir.VXor(halves, VConstant(2, 0x8000_0000)),
        };
    }
}
