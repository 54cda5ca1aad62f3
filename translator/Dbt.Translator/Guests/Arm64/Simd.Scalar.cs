using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Scalar forms of vector instructions. Arm ARM C4.1.96, "Advanced SIMD scalar three same", "scalar two-register miscellaneous".</summary>
/// <remarks>The integer ones work on 64 bits: they are the vector operation on doublewords with a zeroed upper half.</remarks>
sealed partial class Arm64Lifter
{
    [Instruction("01 U 11110 11 1 Rm:5 10000 1 Rn:5 Rd:5", Asm = "{Either U \"add\" \"sub\"} {Scalar Rd 3}, {Scalar Rn 3}, {Scalar Rm 3}")]
    bool AddSubScalar(bool U, int Rm, int Rn, int Rd) => SetV(Rd, false, AddSub(U, 3, V(Rn), V(Rm)));

    [Instruction("01 1 11110 11 1 Rm:5 10001 1 Rn:5 Rd:5", Asm = "cmeq {Scalar Rd 3}, {Scalar Rn 3}, {Scalar Rm 3}")]
    bool CompareEqualScalar(int Rm, int Rn, int Rd) => SetV(Rd, false, ir.VBinary(Opcode.VCompareEqual, 3, V(Rn), V(Rm)));

    [Instruction("01 0 11110 11 1 Rm:5 10001 1 Rn:5 Rd:5", Asm = "cmtst {Scalar Rd 3}, {Scalar Rn 3}, {Scalar Rm 3}")]
    bool CompareTestScalar(int Rm, int Rn, int Rd) => SetV(Rd, false, AnyBit(3, ir.VAnd(V(Rn), V(Rm))));

    [Instruction("01 U 11110 11 1 Rm:5 00110 1 Rn:5 Rd:5", Asm = "{Either U \"cmgt\" \"cmhi\"} {Scalar Rd 3}, {Scalar Rn 3}, {Scalar Rm 3}")]
    bool CompareGreaterScalar(bool U, int Rm, int Rn, int Rd) => SetV(Rd, false, Greater(U, 3, V(Rn), V(Rm)));

    [Instruction("01 U 11110 11 1 Rm:5 00111 1 Rn:5 Rd:5", Asm = "{Either U \"cmge\" \"cmhs\"} {Scalar Rd 3}, {Scalar Rn 3}, {Scalar Rm 3}")]
    bool CompareGreaterOrEqualScalar(bool U, int Rm, int Rn, int Rd) => SetV(Rd, false, GreaterOrEqual(U, 3, V(Rn), V(Rm)));

    [Instruction("01 U 11110 11 1 Rm:5 01000 1 Rn:5 Rd:5", Asm = "{SU U}shl {Scalar Rd 3}, {Scalar Rn 3}, {Scalar Rm 3}")]
    bool ShiftScalar(bool U, int Rm, int Rn, int Rd) => SetV(Rd, false, ir.VBinary(U ? Opcode.VShiftUnsigned : Opcode.VShiftSigned, 3, V(Rn), V(Rm)));

    [Instruction("01 U 11110 11 10000 01000 10 Rn:5 Rd:5", Asm = "{Either U \"cmgt\" \"cmge\"} {Scalar Rd 3}, {Scalar Rn 3}, #0")]
    bool CompareGreaterZeroScalar(bool U, int Rn, int Rd) => CompareGreaterZero(false, U, 3, Rn, Rd);

    [Instruction("01 U 11110 11 10000 01001 10 Rn:5 Rd:5", Asm = "{Either U \"cmeq\" \"cmle\"} {Scalar Rd 3}, {Scalar Rn 3}, #0")]
    bool CompareEqualZeroScalar(bool U, int Rn, int Rd) => CompareEqualZero(false, U, 3, Rn, Rd);

    [Instruction("01 0 11110 11 10000 01010 10 Rn:5 Rd:5", Asm = "cmlt {Scalar Rd 3}, {Scalar Rn 3}, #0")]
    bool CompareLessZeroScalar(int Rn, int Rd) => CompareLessZero(false, 3, Rn, Rd);

    [Instruction("01 U 11110 11 10000 01011 10 Rn:5 Rd:5", Asm = "{Either U \"abs\" \"neg\"} {Scalar Rd 3}, {Scalar Rn 3}")]
    bool AbsNegScalar(bool U, int Rn, int Rd) => AbsNegVector(false, U, 3, Rn, Rd);

    [Instruction("01 1 11110 1 type 1 Rm:5 11010 1 Rn:5 Rd:5", Asm = "fabd {Fp Rd type}, {Fp Rn type}, {Fp Rm type}")]
    bool FabdScalar(bool type, int Rm, int Rn, int Rd) => SetFp(Rd, ir.FSign(Opcode.FAbs, ir.FBinary(Opcode.FSub, Fp(Rn, type), Fp(Rm, type))));

    [Instruction("01 0 11110 0 type 1 Rm:5 11100 1 Rn:5 Rd:5", Asm = "fcmeq {Fp Rd type}, {Fp Rn type}, {Fp Rm type}")]
    bool FcmeqScalar(bool type, int Rm, int Rn, int Rd) => FloatCompareScalar(Opcode.VFCompareEqual, false, type, Low(Rn, type), Low(Rm, type), Rd);

    [Instruction("01 1 11110 s type 1 Rm:5 11100 1 Rn:5 Rd:5", Asm = "{Either s \"fcmge\" \"fcmgt\"} {Fp Rd type}, {Fp Rn type}, {Fp Rm type}")]
    bool FcmgeFcmgtScalar(bool s, bool type, int Rm, int Rn, int Rd) =>
        FloatCompareScalar(s ? Opcode.VFCompareGreater : Opcode.VFCompareGreaterOrEqual, false, type, Low(Rn, type), Low(Rm, type), Rd);

    [Instruction("01 1 11110 s type 1 Rm:5 11101 1 Rn:5 Rd:5", Asm = "{Either s \"facge\" \"facgt\"} {Fp Rd type}, {Fp Rn type}, {Fp Rm type}")]
    bool FacgeFacgtScalar(bool s, bool type, int Rm, int Rn, int Rd) =>
        FloatCompareScalar(s ? Opcode.VFCompareGreater : Opcode.VFCompareGreaterOrEqual, true, type, Low(Rn, type), Low(Rm, type), Rd);

    [Instruction("01 U 11110 1 type 10000 01100 10 Rn:5 Rd:5", Asm = "{Either U \"fcmgt\" \"fcmge\"} {Fp Rd type}, {Fp Rn type}, #0.0")]
    bool FcmgtFcmgeZeroScalar(bool U, bool type, int Rn, int Rd) =>
        FloatCompareScalar(U ? Opcode.VFCompareGreaterOrEqual : Opcode.VFCompareGreater, false, type, Low(Rn, type), ir.VConst(0), Rd);

    [Instruction("01 U 11110 1 type 10000 01101 10 Rn:5 Rd:5", Asm = "{Either U \"fcmeq\" \"fcmle\"} {Fp Rd type}, {Fp Rn type}, #0.0")]
    bool FcmeqFcmleZeroScalar(bool U, bool type, int Rn, int Rd) => U
        ? FloatCompareScalar(Opcode.VFCompareGreaterOrEqual, false, type, ir.VConst(0), Low(Rn, type), Rd)
        : FloatCompareScalar(Opcode.VFCompareEqual, false, type, Low(Rn, type), ir.VConst(0), Rd);

    [Instruction("01 0 11110 1 type 10000 01110 10 Rn:5 Rd:5", Asm = "fcmlt {Fp Rd type}, {Fp Rn type}, #0.0")]
    bool FcmltZeroScalar(bool type, int Rn, int Rd) => FloatCompareScalar(Opcode.VFCompareGreater, false, type, ir.VConst(0), Low(Rn, type), Rd);

    /// <summary>The scalar with zeroes above, so that the other elements raise nothing.</summary>
    Value Low(int n, bool type) => ir.VFromScalar(Fp(n, type));

    bool FloatCompareScalar(Opcode opcode, bool absolute, bool type, Value a, Value b, int Rd)
    {
        int size = FloatSize(type);
        if (absolute) (a, b) = (FloatAbs(size, a), FloatAbs(size, b));
        return SetFp(Rd, ir.ScalarFromV(FloatType(type), ir.VBinary(opcode, size, a, b)));
    }
}
