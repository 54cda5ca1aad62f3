using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Floating-point vector operations on three registers. Arm ARM C4.1.96, "Advanced SIMD three same".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 0 01110 s type 1 Rm:5 11010 1 Rn:5 Rd:5", Asm = "{Either s \"fadd\" \"fsub\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FaddFsubVector(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatThreeSame(s ? Opcode.VFSub : Opcode.VFAdd, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 0 type 1 Rm:5 11011 1 Rn:5 Rd:5", Asm = "fmul {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FmulVector(bool Q, bool type, int Rm, int Rn, int Rd) => FloatThreeSame(Opcode.VFMul, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 0 type 1 Rm:5 11111 1 Rn:5 Rd:5", Asm = "fdiv {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FdivVector(bool Q, bool type, int Rm, int Rn, int Rd)
    {
        // The unused half divides by something that raises no exception.
        var divisor = Q ? V(Rm) : ir.VBinary(Opcode.VCombineLow, 0, V(Rm), ir.VConst(0x3F80_0000_3F80_0000));
        return SetV(Rd, Q, ir.VFloat(Opcode.VFDiv, FloatSize(type), VFloat(Rn, Q), divisor));
    }

    [Instruction("0 Q 0 01110 s type 1 Rm:5 11110 1 Rn:5 Rd:5", Asm = "{Either s \"fmax\" \"fmin\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FmaxFminVector(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatThreeSame(s ? Opcode.VFMin : Opcode.VFMax, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 0 01110 s type 1 Rm:5 11000 1 Rn:5 Rd:5", Asm = "{Either s \"fmaxnm\" \"fminnm\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FmaxnmFminnmVector(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatThreeSame(s ? Opcode.VFMinNumber : Opcode.VFMaxNumber, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 0 01110 s type 1 Rm:5 11001 1 Rn:5 Rd:5", Asm = "{Either s \"fmla\" \"fmls\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FmlaFmlsVector(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VFloat(Opcode.VFMulAdd, FloatSize(type), VFloat(Rn, Q), VFloat(Rm, Q), VFloat(Rd, Q), s ? 1 : 0));

    [Instruction("0 Q 1 01110 1 type 1 Rm:5 11010 1 Rn:5 Rd:5", Asm = "fabd {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FabdVector(bool Q, bool type, int Rm, int Rn, int Rd) => SetV(Rd, Q, FloatAbs(FloatSize(type), ir.VFloat(Opcode.VFSub, FloatSize(type), VFloat(Rn, Q), VFloat(Rm, Q))));

    [Instruction("0 Q 0 01110 0 type 1 Rm:5 11100 1 Rn:5 Rd:5", Asm = "fcmeq {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FcmeqVector(bool Q, bool type, int Rm, int Rn, int Rd) => FloatCompare(Opcode.VFCompareEqual, false, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 s type 1 Rm:5 11100 1 Rn:5 Rd:5", Asm = "{Either s \"fcmge\" \"fcmgt\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FcmgeFcmgtVector(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatCompare(s ? Opcode.VFCompareGreater : Opcode.VFCompareGreaterOrEqual, false, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 s type 1 Rm:5 11101 1 Rn:5 Rd:5", Asm = "{Either s \"facge\" \"facgt\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FacgeFacgtVector(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatCompare(s ? Opcode.VFCompareGreater : Opcode.VFCompareGreaterOrEqual, true, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 0 type 1 Rm:5 11010 1 Rn:5 Rd:5", Asm = "faddp {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FaddPairs(bool Q, bool type, int Rm, int Rn, int Rd) => FloatPairs(Opcode.VFAdd, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 s type 1 Rm:5 11110 1 Rn:5 Rd:5", Asm = "{Either s \"fmaxp\" \"fminp\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FmaxFminPairs(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatPairs(s ? Opcode.VFMin : Opcode.VFMax, Q, type, Rm, Rn, Rd);

    [Instruction("0 Q 1 01110 s type 1 Rm:5 11000 1 Rn:5 Rd:5", Asm = "{Either s \"fmaxnmp\" \"fminnmp\"} {V Rd (type?3:2) Q}, {V Rn (type?3:2) Q}, {V Rm (type?3:2) Q}", When = "Q || !type")]
    bool FmaxnmFminnmPairs(bool Q, bool s, bool type, int Rm, int Rn, int Rd) => FloatPairs(s ? Opcode.VFMinNumber : Opcode.VFMaxNumber, Q, type, Rm, Rn, Rd);

    static int FloatSize(bool type) => type ? 3 : 2;

    bool FloatThreeSame(Opcode opcode, bool Q, bool type, int Rm, int Rn, int Rd)
    {
        // Zeroes in the upper halves of the operands give zeroes there, but for 0 - 0, which is -0 when rounding down.
        return SetV(Rd, Q || opcode != Opcode.VFSub, ir.VFloat(opcode, FloatSize(type), VFloat(Rn, Q), VFloat(Rm, Q)));
    }

    bool FloatCompare(Opcode opcode, bool absolute, bool Q, bool type, int Rm, int Rn, int Rd)
    {
        int size = FloatSize(type);
        Value a = VFloat(Rn, Q), b = VFloat(Rm, Q);
        if (absolute) (a, b) = (FloatAbs(size, a), FloatAbs(size, b));
        return SetV(Rd, Q, ir.VBinary(opcode, size, a, b));
    }

    Value FloatAbs(int size, Value a) => ir.VAndNot(a, SignBits(size));

    bool FloatPairs(Opcode opcode, bool Q, bool type, int Rm, int Rn, int Rd)
    {
        int size = FloatSize(type);
        Value n = V(Rn), m = V(Rm);
        if (!Q)
        {
            n = ir.VBinary(Opcode.VCombineLow, 0, n, m);
            m = ir.VConst(0);
        }

        SetV(Rd, ir.VFloat(opcode, size, ir.VBinary(Opcode.VUnzipEven, size, n, m), ir.VBinary(Opcode.VUnzipOdd, size, n, m)));
        return true;
    }
}
