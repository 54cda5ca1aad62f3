using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Reductions of all elements of a vector, and of the two of a scalar pair. Arm ARM C4.1.96, "Advanced SIMD across lanes", "Advanced SIMD scalar pairwise".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 0 01110 size:2!=11 11000 11011 10 Rn:5 Rd:5", Asm = "addv {Scalar Rd size}, {V Rn size Q}", When = "size != 2 || Q")]
    bool AddAcross(bool Q, int size, int Rn, int Rd) => SetReduced(Opcode.VAdd, Q, size, Rn, Rd);

    [Instruction("0 Q U 01110 size:2!=11 11000 01010 10 Rn:5 Rd:5", Asm = "{SU U}maxv {Scalar Rd size}, {V Rn size Q}", When = "size != 2 || Q")]
    bool MaxAcross(bool Q, bool U, int size, int Rn, int Rd) => SetReduced(U ? Opcode.VMaxUnsigned : Opcode.VMaxSigned, Q, size, Rn, Rd);

    [Instruction("0 Q U 01110 size:2!=11 11000 11010 10 Rn:5 Rd:5", Asm = "{SU U}minv {Scalar Rd size}, {V Rn size Q}", When = "size != 2 || Q")]
    bool MinAcross(bool Q, bool U, int size, int Rn, int Rd) => SetReduced(U ? Opcode.VMinUnsigned : Opcode.VMinSigned, Q, size, Rn, Rd);

    [Instruction("0 Q U 01110 size:2!=11 11000 00011 10 Rn:5 Rd:5", Asm = "{SU U}addlv {Scalar Rd size+1}, {V Rn size Q}", When = "size != 2 || Q")]
    bool AddLongAcross(bool Q, bool U, int size, int Rn, int Rd)
    {
        // Sums of pairs at double size, then those are added; the unused upper half counts as zero.
        var pairs = LongPairs(U, size, VFloat(Rn, Q));
        return SetLowest(size + 1, Rd, Reduce(Opcode.VAdd, size + 1, 8, pairs));
    }

    bool SetReduced(Opcode opcode, bool Q, int size, int Rn, int Rd) => SetLowest(size, Rd, Reduce(opcode, size, Q ? 8 : 4, V(Rn)));

    /// <summary>Combines a vector with itself rotated by half of what remains; <paramref name="distance"/> is half the number of bytes that take part.</summary>
    Value Reduce(Opcode opcode, int size, int distance, Value a)
    {
        for (; distance >= 1 << size; distance >>= 1) a = ir.VBinary(opcode, size, a, ir.VBinary(Opcode.VExtractBytes, 0, a, a, distance));
        return a;
    }

    bool SetLowest(int size, int Rd, Value vector)
    {
        SetV(Rd, ir.VFromScalar(ir.VExtract(IntegerType(size == 3), size, vector, 0)));
        return true;
    }

    [Instruction("0 1 1 01110 s 0 11000 01111 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxv\" \"fminv\"} {Scalar Rd 2}, {V Rn 2 true}")]
    bool FmaxFminAcross(bool s, int Rn, int Rd) => FloatAcross(s ? Opcode.FMin : Opcode.FMax, Rn, Rd);

    [Instruction("0 1 1 01110 s 0 11000 01100 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxnmv\" \"fminnmv\"} {Scalar Rd 2}, {V Rn 2 true}")]
    bool FmaxnmFminnmAcross(bool s, int Rn, int Rd) => FloatAcross(s ? Opcode.FMinNumber : Opcode.FMaxNumber, Rn, Rd);

    /// <summary>The manual's Reduce: each half by itself, then both, lower elements first.</summary>
    bool FloatAcross(Opcode opcode, int Rn, int Rd)
    {
        Value low = ir.FBinary(opcode, FloatLane(false, Rn, 0), FloatLane(false, Rn, 1));
        Value high = ir.FBinary(opcode, FloatLane(false, Rn, 2), FloatLane(false, Rn, 3));
        return SetFp(Rd, ir.FBinary(opcode, low, high));
    }

    Value FloatLane(bool type, int n, int lane) =>
        lane == 0 ? Fp(n, type) : ir.ScalarFromV(FloatType(type), ir.VUnary(Opcode.VBroadcastLane, FloatSize(type), V(n), lane));

    [Instruction("01 0 11110 11 11000 11011 10 Rn:5 Rd:5", Asm = "addp {Scalar Rd 3}, {V Rn 3 true}")]
    bool AddPairScalar(int Rn, int Rd) => SetV(Rd, false, VAdd(3, V(Rn), Half(Rn, true)));

    [Instruction("01 1 11110 0 type 11000 01101 10 Rn:5 Rd:5", Asm = "faddp {Fp Rd type}, {V Rn (type?3:2) type}")]
    bool FaddPairScalar(bool type, int Rn, int Rd) => FloatPairScalar(Opcode.FAdd, type, Rn, Rd);

    [Instruction("01 1 11110 s type 11000 01111 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxp\" \"fminp\"} {Fp Rd type}, {V Rn (type?3:2) type}")]
    bool FmaxFminPairScalar(bool s, bool type, int Rn, int Rd) => FloatPairScalar(s ? Opcode.FMin : Opcode.FMax, type, Rn, Rd);

    [Instruction("01 1 11110 s type 11000 01100 10 Rn:5 Rd:5", Asm = "{Either s \"fmaxnmp\" \"fminnmp\"} {Fp Rd type}, {V Rn (type?3:2) type}")]
    bool FmaxnmFminnmPairScalar(bool s, bool type, int Rn, int Rd) => FloatPairScalar(s ? Opcode.FMinNumber : Opcode.FMaxNumber, type, Rn, Rd);

    bool FloatPairScalar(Opcode opcode, bool type, int Rn, int Rd) => SetFp(Rd, ir.FBinary(opcode, FloatLane(type, Rn, 0), FloatLane(type, Rn, 1)));
}
