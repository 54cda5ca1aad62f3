using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Polynomial products, AES, SHA-1 and SHA-256. Arm ARM C4.1.96, "Cryptographic AES", "Cryptographic three-register SHA", "Cryptographic two-register SHA".</summary>
sealed partial class Arm64Lifter
{
    // ---- Polynomial products ----

    [Instruction("0 Q 1 01110 size:2 1 Rm:5 10011 1 Rn:5 Rd:5", Asm = "pmul {V Rd size Q}, {V Rn size Q}, {V Rm size Q}", When = "size == 0")]
    bool PolynomialMultiply(bool Q, int size, int Rm, int Rn, int Rd) => SetV(Rd, Q, ir.VBinary(Opcode.VPolyMul, 0, V(Rn), V(Rm)));

    [Instruction("0 Q 0 01110 00 1 Rm:5 1110 00 Rn:5 Rd:5", Asm = "pmull{Two Q} {V Rd 1 true}, {V Rn 0 Q}, {V Rm 0 Q}")]
    bool PolynomialMultiplyLong(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, true, ir.VBinary(Opcode.VPolyMulWide, 0, Half(Rn, Q), Half(Rm, Q)));

    [Instruction("0 Q 0 01110 11 1 Rm:5 1110 00 Rn:5 Rd:5", Asm = "pmull{Two Q} {V Rd 4 true}, {V Rn 3 Q}, {V Rm 3 Q}", Feature = "FEAT_PMULL")]
    bool PolynomialMultiplyLong64(bool Q, int Rm, int Rn, int Rd) => SetV(Rd, true, ir.VPolyMul64(V(Rn), Q, V(Rm), Q));

    // ---- AES ----

    [Instruction("0100 1110 00 10100 0010 d 10 Rn:5 Rd:5", Asm = "aes{Either d \"e\" \"d\"} {V Rd 0 true}, {V Rn 0 true}", Feature = "FEAT_AES")]
    bool AesRound(bool d, int Rn, int Rd) =>
        SetV(Rd, true, ir.VBinary(d ? Opcode.VAesDecryptLast : Opcode.VAesEncryptLast, 0, ir.VXor(V(Rd), V(Rn)), ir.VConst(0)));

    [Instruction("0100 1110 00 10100 0011 i 10 Rn:5 Rd:5", Asm = "aes{Either i \"mc\" \"imc\"} {V Rd 0 true}, {V Rn 0 true}", Feature = "FEAT_AES")]
    bool AesMixColumns(bool i, int Rn, int Rd) => SetV(Rd, true, ir.VUnary(i ? Opcode.VAesInverseMixColumns : Opcode.VAesMixColumns, 0, V(Rn)));

    // ---- SHA-1 ----

    [Instruction("0101 1110 00 0 Rm:5 0 0 opc:2!=11 00 Rn:5 Rd:5", Asm = "sha1{Pick opc \"c,p,m\"} {Scalar Rd 4}, {Scalar Rn 2}, {V Rm 2 true}", Feature = "FEAT_SHA1")]
    bool Sha1Hash(int Rm, int opc, int Rn, int Rd)
    {
        // The IR has the words in the opposite order, adds the constant by itself (the guest has added it already), and wants e in the first round's word.
        ulong constant = opc switch { 0 => 0x5A82_7999, 1 => 0x6ED9_EBA1, _ => 0x8F1B_BCDC };
        Value words = ReverseWords(VSub(2, V(Rm), VConstant(2, constant)));
        Value e = ir.VInsertLane(2, ir.VConst(0), 3, V(Rn), 0);
        return SetV(Rd, true, ReverseWords(ir.VSha1Rounds(ReverseWords(V(Rd)), VAdd(2, words, e), opc)));
    }

    [Instruction("0101 1110 00 0 Rm:5 0 011 00 Rn:5 Rd:5", Asm = "sha1su0 {V Rd 2 true}, {V Rn 2 true}, {V Rm 2 true}", Feature = "FEAT_SHA1")]
    bool Sha1Schedule0(int Rm, int Rn, int Rd) => SetV(Rd, true, ir.VXor(ir.VXor(Following(V(Rd), V(Rn), 8), V(Rd)), V(Rm)));

    [Instruction("0101 1110 00 10100 00000 10 Rn:5 Rd:5", Asm = "sha1h {Scalar Rd 2}, {Scalar Rn 2}", Feature = "FEAT_SHA1")]
    bool Sha1Fixed(int Rn, int Rd) => SetV(Rd, true, ir.VRotateLeft(2, LowWord(V(Rn)), 30));

    [Instruction("0101 1110 00 10100 00001 10 Rn:5 Rd:5", Asm = "sha1su1 {V Rd 2 true}, {V Rn 2 true}", Feature = "FEAT_SHA1")]
    bool Sha1Schedule1(int Rn, int Rd) => SetV(Rd, true, ReverseWords(ir.VBinary(Opcode.VSha1Schedule, 0, ReverseWords(V(Rd)), ReverseWords(V(Rn)))));

    // ---- SHA-256 ----

    [Instruction("0101 1110 00 0 Rm:5 0 10 p 00 Rn:5 Rd:5", Asm = "sha256h{Either p \"\" \"2\"} {Scalar Rd 4}, {Scalar Rn 4}, {V Rm 2 true}", Feature = "FEAT_SHA256")]
    bool Sha256Hash(int Rm, bool p, int Rn, int Rd)
    {
        // SHA256H and SHA256H2 make the two halves of the same result; its operations are shared.
        Value abcd = V(p ? Rn : Rd), efgh = V(p ? Rd : Rn), words = V(Rm);
        Value feba = ir.VShuffleWords(efgh, abcd, SwapLow), hgdc = ir.VShuffleWords(efgh, abcd, SwapHigh);
        Value second = ir.VSha256Rounds(hgdc, feba, words, highWords: false);
        Value fourth = ir.VSha256Rounds(feba, second, words, highWords: true);
        return SetV(Rd, true, ir.VShuffleWords(fourth, second, p ? SwapLow : SwapHigh));
    }

    [Instruction("0101 1110 00 10100 00010 10 Rn:5 Rd:5", Asm = "sha256su0 {V Rd 2 true}, {V Rn 2 true}", Feature = "FEAT_SHA256")]
    bool Sha256Schedule0(int Rn, int Rd) => SetV(Rd, true, ir.VBinary(Opcode.VSha256Schedule0, 0, V(Rd), V(Rn)));

    [Instruction("0101 1110 00 0 Rm:5 0 110 00 Rn:5 Rd:5", Asm = "sha256su1 {V Rd 2 true}, {V Rn 2 true}, {V Rm 2 true}", Feature = "FEAT_SHA256")]
    bool Sha256Schedule1(int Rm, int Rn, int Rd) =>
        SetV(Rd, true, ir.VBinary(Opcode.VSha256Schedule1, 0, VAdd(2, V(Rd), Following(V(Rn), V(Rm), 4)), V(Rm)));

    // ---- Words of a vector ----

    /// <summary>Selectors of <see cref="IrBuilder.VShuffleWords"/>: elements 1, 0 or 3, 2 of both operands.</summary>
    const int SwapLow = 0b00_01_00_01, SwapHigh = 0b10_11_10_11;

    Value ReverseWords(Value a) => ir.VShuffleWords(a, a, 0b00_01_10_11);

    /// <summary>The first word, with zeroes above it.</summary>
    Value LowWord(Value a) => ir.VInsertLane(2, ir.VConst(0), 0, a, 0);

    /// <summary>The vector that begins <paramref name="bytes"/> bytes into b:a.</summary>
    Value Following(Value a, Value b, int bytes) => ir.VBinary(Opcode.VExtractBytes, 0, a, b, bytes);

    /// <summary>The first word as the last one, zeroes elsewhere.</summary>
    Value FirstWordLast(Value a) => Following(ir.VConst(0), a, 4);
}
