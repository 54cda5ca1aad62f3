using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Dot products and matrix products of bytes. Arm ARM C4.1.96, "Advanced SIMD three same extra" and "vector x indexed element".</summary>
sealed partial class Arm64Lifter
{
    [Instruction("0 Q U 01110 10 0 Rm:5 100101 Rn:5 Rd:5", Asm = "{SU U}dot {V Rd 2 Q}, {V Rn 0 Q}, {V Rm 0 Q}", Feature = "FEAT_DotProd")]
    bool DotProduct(bool Q, bool U, int Rm, int Rn, int Rd) => SetV(Rd, Q, Dot(!U, !U, V(Rd), V(Rn), V(Rm)));

    [Instruction("0 Q U 01111 10 L M Rm:4 1110 H 0 Rn:5 Rd:5", Asm = "{SU U}dot {V Rd 2 Q}, {V Rn 0 Q}, {Bytes (Rm|M<<4) (H<<1|L)}", Feature = "FEAT_DotProd")]
    bool DotProductByElement(bool Q, bool U, bool L, bool M, int Rm, bool H, int Rn, int Rd) => SetV(Rd, Q, Dot(!U, !U, V(Rd), V(Rn), IndexedElement(2, H, L, M, Rm)));

    [Instruction("0 Q 0 01110 10 0 Rm:5 100111 Rn:5 Rd:5", Asm = "usdot {V Rd 2 Q}, {V Rn 0 Q}, {V Rm 0 Q}", Feature = "FEAT_I8MM")]
    bool DotProductMixed(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, Q, Dot(false, true, V(Rd), V(Rn), V(Rm)));

    [Instruction("0 Q 0 01111 us 0 L M Rm:4 1111 H 0 Rn:5 Rd:5", Asm = "{Either us \"sudot\" \"usdot\"} {V Rd 2 Q}, {V Rn 0 Q}, {Bytes (Rm|M<<4) (H<<1|L)}", Feature = "FEAT_I8MM")]
    bool DotProductMixedByElement(bool Q, bool us, bool L, bool M, int Rm, bool H, int Rn, int Rd) => SetV(Rd, Q, Dot(!us, us, V(Rd), V(Rn), IndexedElement(2, H, L, M, Rm)));

    [Instruction("0 1 U 01110 10 0 Rm:5 1010 mixed 1 Rn:5 Rd:5", Asm = "{Pick (U|mixed<<1) \"smmla,ummla,usmmla\"} {V Rd 2 true}, {V Rn 0 true}, {V Rm 0 true}", When = "!mixed || !U", Feature = "FEAT_I8MM")]
    bool MatrixProduct(bool U, bool mixed, int Rm, int Rn, int Rd)
    {
        // 2 by 2 sums of 8 products: rows of n meet rows of m, four bytes at a time.
        Value n = V(Rn), m = V(Rm);
        bool signedN = !U && !mixed;
        var first = Dot(signedN, !U, V(Rd), ir.VBinary(Opcode.VTransposeEven, 2, n, n), ir.VBinary(Opcode.VUnzipEven, 2, m, m));
        return SetV(Rd, true, Dot(signedN, !U, first, ir.VBinary(Opcode.VTransposeOdd, 2, n, n), ir.VBinary(Opcode.VUnzipOdd, 2, m, m)));
    }

    Value Dot(bool signedA, bool signedB, Value sum, Value a, Value b) => ir.VTernary(Opcode.VDot, 0, a, b, sum, (signedA ? 1 : 0) | (signedB ? 2 : 0));
}
