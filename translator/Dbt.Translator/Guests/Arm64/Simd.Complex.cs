using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Arithmetic on complex numbers, pairs of a real and an imaginary element. Arm ARM C4.1.96, "Advanced SIMD three same extra" and "vector x indexed element".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q 1 01110 size:2!=00,01 0 Rm:5 111 rot 0 1 Rn:5 Rd:5", Asm = "fcadd {V Rd size Q}, {V Rn size Q}, {V Rm size Q}, #{Either rot \"90\" \"270\"}", When = "size != 3 || Q", Feature = "FEAT_FCMA")]
    bool FloatComplexAdd(bool Q, int size, int Rm, bool rot, int Rn, int Rd)
    {
        // i (a + b i) = -b + a i, and the opposite for 270 degrees.
        var turned = ir.VXor(Swapped(size, VFloat(Rm, Q)), ComplexSigns(size, real: !rot, imaginary: rot));
        return SetV(Rd, Q, ir.VFloat(Opcode.VFAdd, size, VFloat(Rn, Q), turned));
    }

    [Instruction("0 Q 1 01110 size:2!=00,01 0 Rm:5 110 rot:2 1 Rn:5 Rd:5", Asm = "fcmla {V Rd size Q}, {V Rn size Q}, {V Rm size Q}, #{Pick rot \"0,90,180,270\"}", When = "size != 3 || Q", Feature = "FEAT_FCMA")]
    bool FloatComplexMulAdd(bool Q, int size, int Rm, int rot, int Rn, int Rd) => ComplexMulAdd(Q, size, rot, Rd, VFloat(Rn, Q), VFloat(Rm, Q));

    [Instruction("0 1 1 01111 10 0 M Rm:4 0 rot:2 1 H 0 Rn:5 Rd:5", Asm = "fcmla {V Rd 2 true}, {V Rn 2 true}, {Lane (Rm|M<<4) 2 H}, #{Pick rot \"0,90,180,270\"}", Feature = "FEAT_FCMA")]
    bool FloatComplexMulAddByElement(bool M, int Rm, int rot, bool H, int Rn, int Rd) =>
        ComplexMulAdd(true, 2, rot, Rd, V(Rn), ir.VUnary(Opcode.VBroadcastLane, 3, V(IndexedRegister(2, M, Rm)), H ? 1 : 0));

    /// <summary>Adds one of the two halves of a complex product: the real (0 and 180 degrees) or the imaginary part of n times m, turned.</summary>
    bool ComplexMulAdd(bool Q, int size, int rotation, int Rd, Value n, Value m)
    {
        bool imaginary = (rotation & 1) != 0;
        var factor = ir.VBinary(imaginary ? Opcode.VTransposeOdd : Opcode.VTransposeEven, size, n, n);
        if (imaginary) m = Swapped(size, m);
        // The signs of the real and the imaginary part: + +, - +, - -, + -.
        var turned = rotation == 0 ? m : ir.VXor(m, ComplexSigns(size, real: rotation is 1 or 2, imaginary: rotation is 2 or 3));
        return SetV(Rd, Q, ir.VFloat(Opcode.VFMulAdd, size, factor, turned, VFloat(Rd, Q)));
    }

    /// <summary>Real and imaginary parts exchanged.</summary>
    Value Swapped(int size, Value a) => size == 3 ? ir.VBinary(Opcode.VExtractBytes, 0, a, a, 8) : ir.VUnary(Opcode.VReverse, size, a, size + 1);

    /// <summary>Sign bits of the real or the imaginary elements.</summary>
    Value ComplexSigns(int size, bool real, bool imaginary)
    {
        ulong sign = 1UL << ((8 << size) - 1);
        if (size == 3) return ir.VFromPair(ir.Const64(real ? sign : 0), ir.Const64(imaginary ? sign : 0));
        return VConstant(size + 1, (real ? sign : 0) | (imaginary ? sign << (8 << size) : 0));
    }
}
