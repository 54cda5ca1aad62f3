using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Estimates of reciprocals and reciprocal square roots, and the steps that refine them. Arm ARM C4.1.96, "Advanced SIMD two-register miscellaneous", "three same" and their scalar forms.</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U scalar=0 1110 1 type 10000 11101 10 Rn:5 Rd:5", Asm = "{Either U \"frecpe\" \"frsqrte\"} {VOrScalar Rd (type?3:2) Q scalar}, {VOrScalar Rn (type?3:2) Q scalar}", When = "Q || !type")]
    [Instruction("0 Q=1 U scalar=1 1110 1 type 10000 11101 10 Rn:5 Rd:5", Asm = "{Either U \"frecpe\" \"frsqrte\"} {VOrScalar Rd (type?3:2) Q scalar}, {VOrScalar Rn (type?3:2) Q scalar}")]
    bool FloatEstimate(bool Q, bool U, bool scalar, bool type, int Rn, int Rd)
    {
        // The elements that take no part must raise nothing, not even as zeroes: so it is said how many do.
        int size = FloatSize(type), elements = scalar ? 1 : (Q ? 16 : 8) >> size;
        return SetV(Rd, true, ir.VFloat(U ? Opcode.VFRecipSqrtEstimate : Opcode.VFRecipEstimate, size, V(Rn), imm: elements));
    }

    [Instruction("01 0 11110 1 type 10000 11111 10 Rn:5 Rd:5", Asm = "frecpx {Fp Rd type}, {Fp Rn type}")]
    bool FloatReciprocalExponent(bool type, int Rn, int Rd) => SetV(Rd, true, ir.VFloat(Opcode.VFRecipExponent, FloatSize(type), V(Rn), imm: 1));

    [Instruction("0 Q U 01110 1 0 10000 11100 10 Rn:5 Rd:5", Asm = "{Either U \"urecpe\" \"ursqrte\"} {V Rd 2 Q}, {V Rn 2 Q}")]
    bool FixedEstimate(bool Q, bool U, int Rn, int Rd) => SetV(Rd, Q, ir.VUnary(U ? Opcode.VRecipSqrtEstimate : Opcode.VRecipEstimate, 2, V(Rn)));

    [Instruction("0 Q 0 scalar=0 1110 sqrt type 1 Rm:5 11111 1 Rn:5 Rd:5", Asm = "{Either sqrt \"frecps\" \"frsqrts\"} {VOrScalar Rd (type?3:2) Q scalar}, {VOrScalar Rn (type?3:2) Q scalar}, {VOrScalar Rm (type?3:2) Q scalar}", When = "Q || !type")]
    [Instruction("0 Q=1 0 scalar=1 1110 sqrt type 1 Rm:5 11111 1 Rn:5 Rd:5", Asm = "{Either sqrt \"frecps\" \"frsqrts\"} {VOrScalar Rd (type?3:2) Q scalar}, {VOrScalar Rn (type?3:2) Q scalar}, {VOrScalar Rm (type?3:2) Q scalar}")]
    bool FloatStep(bool Q, bool scalar, bool sqrt, bool type, int Rm, int Rn, int Rd)
    {
        var opcode = sqrt ? Opcode.VFRecipSqrtStep : Opcode.VFRecipStep;
        if (!scalar) return SetV(Rd, Q, ir.VFloat(opcode, FloatSize(type), VFloat(Rn, Q), VFloat(Rm, Q)));
        return SetFp(Rd, ir.ScalarFromV(FloatType(type), ir.VFloat(opcode, FloatSize(type), Low(Rn, type), Low(Rm, type))));
    }
}
