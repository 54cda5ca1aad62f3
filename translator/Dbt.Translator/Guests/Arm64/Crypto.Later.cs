using Dbt.Decoding;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>SHA-512, SHA-3, SM3 and SM4. Arm ARM C4.1.96, "Cryptographic three-register SHA 512" to "Cryptographic two-register SHA 512".</summary>
/// <remarks>All of these are built from vector operations. A scalar of an algorithm is the first element of a vector whose other elements mean nothing.</remarks>
sealed partial class Arm64Lifter
{
    // ---- SHA-512: two rounds at a time, the second of which needs the first one's result ----

    [Instruction("1100 1110 011 Rm:5 1 0 00 00 Rn:5 Rd:5", Asm = "sha512h {Scalar Rd 4}, {Scalar Rn 4}, {V Rm 3 true}", Feature = "FEAT_SHA512")]
    bool Sha512Hash1(int Rm, int Rn, int Rd)
    {
        var (w0, w1) = Doublewords(V(Rd));
        var (x0, x1) = Doublewords(V(Rn));
        var (y0, y1) = Doublewords(V(Rm));
        // The second round waits for the sum only: what else goes into it is added before.
        Value chosen = ir.VBitSelect(y1, x0, x1), sigma = Sigma(3, y1, 14, 18, 41);
        Value first = VAdd(3, VAdd(3, chosen, w1), sigma), sum = VAdd(3, VAdd(3, chosen, VAdd(3, w1, y0)), sigma);
        Value second = VAdd(3, VAdd(3, ir.VBitSelect(sum, y1, x0), w0), Sigma(3, sum, 14, 18, 41));
        return SetV(Rd, true, ir.VBinary(Opcode.VCombineLow, 0, second, first));
    }

    [Instruction("1100 1110 011 Rm:5 1 0 00 01 Rn:5 Rd:5", Asm = "sha512h2 {Scalar Rd 4}, {Scalar Rn 4}, {V Rm 3 true}", Feature = "FEAT_SHA512")]
    bool Sha512Hash2(int Rm, int Rn, int Rd)
    {
        var (w0, w1) = Doublewords(V(Rd));
        var (y0, y1) = Doublewords(V(Rm));
        Value first = VAdd(3, VAdd(3, Majority(ir.LowElement(V(Rn)), y1, y0), Sigma(3, y0, 28, 34, 39)), w1);
        Value second = VAdd(3, VAdd(3, Majority(first, y0, y1), Sigma(3, first, 28, 34, 39)), w0);
        return SetV(Rd, true, ir.VBinary(Opcode.VCombineLow, 0, second, first));
    }

    [Instruction("1100 1110 110 00000 1000 00 Rn:5 Rd:5", Asm = "sha512su0 {V Rd 3 true}, {V Rn 3 true}", Feature = "FEAT_SHA512")]
    bool Sha512Schedule0(int Rn, int Rd)
    {
        Value next = Following(V(Rd), V(Rn), 8);
        return SetV(Rd, true, VAdd(3, V(Rd), ir.VXor(ir.VXor(ir.VRotateRight(3, next, 1), ir.VRotateRight(3, next, 8)), VShr(true, 3, next, 7))));
    }

    [Instruction("1100 1110 011 Rm:5 1 0 00 10 Rn:5 Rd:5", Asm = "sha512su1 {V Rd 3 true}, {V Rn 3 true}, {V Rm 3 true}", Feature = "FEAT_SHA512")]
    bool Sha512Schedule1(int Rm, int Rn, int Rd)
    {
        Value x = V(Rn);
        Value sigma = ir.VXor(ir.VXor(ir.VRotateRight(3, x, 19), ir.VRotateRight(3, x, 61)), VShr(true, 3, x, 6));
        return SetV(Rd, true, VAdd(3, VAdd(3, V(Rd), V(Rm)), sigma));
    }

    // ---- SHA-3 ----

    [Instruction("1100 1110 000 Rm:5 0 Ra:5 Rn:5 Rd:5", Asm = "eor3 {V Rd 0 true}, {V Rn 0 true}, {V Rm 0 true}, {V Ra 0 true}", Feature = "FEAT_SHA3")]
    bool ExclusiveOr3(int Rm, int Ra, int Rn, int Rd) => SetV(Rd, true, ir.VXor(ir.VXor(V(Rn), V(Rm)), V(Ra)));

    [Instruction("1100 1110 001 Rm:5 0 Ra:5 Rn:5 Rd:5", Asm = "bcax {V Rd 0 true}, {V Rn 0 true}, {V Rm 0 true}, {V Ra 0 true}", Feature = "FEAT_SHA3")]
    bool BitClearExclusiveOr(int Rm, int Ra, int Rn, int Rd) => SetV(Rd, true, ir.VXor(V(Rn), ir.VAndNot(V(Rm), V(Ra))));

    [Instruction("1100 1110 011 Rm:5 1 0 00 11 Rn:5 Rd:5", Asm = "rax1 {V Rd 3 true}, {V Rn 3 true}, {V Rm 3 true}", Feature = "FEAT_SHA3")]
    bool RotateExclusiveOr(int Rm, int Rn, int Rd) => SetV(Rd, true, ir.VXor(V(Rn), ir.VRotateLeft(3, V(Rm), 1)));

    [Instruction("1100 1110 100 Rm:5 imm6:6 Rn:5 Rd:5", Asm = "xar {V Rd 3 true}, {V Rn 3 true}, {V Rm 3 true}, #{imm6}", Feature = "FEAT_SHA3")]
    bool ExclusiveOrRotate(int Rm, int imm6, int Rn, int Rd) => SetV(Rd, true, ir.VRotateRight(3, ir.VXor(V(Rn), V(Rm)), imm6));

    // ---- SM3 ----

    [Instruction("1100 1110 010 Rm:5 0 Ra:5 Rn:5 Rd:5", Asm = "sm3ss1 {V Rd 2 true}, {V Rn 2 true}, {V Rm 2 true}, {V Ra 2 true}", Feature = "FEAT_SM3")]
    bool Sm3Sum(int Rm, int Ra, int Rn, int Rd)
    {
        Value sum = VAdd(2, VAdd(2, ir.VRotateLeft(2, V(Rn), 12), V(Rm)), V(Ra));
        return SetV(Rd, true, ir.VInsertLane(2, ir.VConst(0), 3, ir.VRotateLeft(2, sum, 7), 3));
    }

    [Instruction("1100 1110 010 Rm:5 10 imm2:2 0 B Rn:5 Rd:5", Asm = "sm3tt1{Either B \"a\" \"b\"} {V Rd 2 true}, {V Rn 2 true}, {Lane Rm 2 imm2}", Feature = "FEAT_SM3")]
    bool Sm3Round1(int Rm, int imm2, bool B, int Rn, int Rd)
    {
        Value d = V(Rd), d1 = Word(d, 1), d2 = Word(d, 2), d3 = Word(d, 3);
        Value mixed = B ? Majority(d3, d1, d2) : ir.VXor(ir.VXor(d1, d3), d2);
        Value sum = VAdd(2, VAdd(2, mixed, d), VAdd(2, ir.VXor(Word(V(Rn), 3), ir.VRotateLeft(2, d3, 12)), Word(V(Rm), imm2)));
        return SetV(Rd, true, FromWords(d1, ir.VRotateLeft(2, d2, 9), d3, sum));
    }

    [Instruction("1100 1110 010 Rm:5 10 imm2:2 1 B Rn:5 Rd:5", Asm = "sm3tt2{Either B \"a\" \"b\"} {V Rd 2 true}, {V Rn 2 true}, {Lane Rm 2 imm2}", Feature = "FEAT_SM3")]
    bool Sm3Round2(int Rm, int imm2, bool B, int Rn, int Rd)
    {
        Value d = V(Rd), d1 = Word(d, 1), d2 = Word(d, 2), d3 = Word(d, 3);
        Value mixed = B ? ir.VBitSelect(d3, d2, d1) : ir.VXor(ir.VXor(d1, d3), d2);
        Value sum = VAdd(2, VAdd(2, mixed, d), VAdd(2, Word(V(Rn), 3), Word(V(Rm), imm2)));
        return SetV(Rd, true, FromWords(d1, ir.VRotateLeft(2, d2, 19), d3, SpreadBits(sum, 9, 17)));
    }

    [Instruction("1100 1110 011 Rm:5 1 1 00 00 Rn:5 Rd:5", Asm = "sm3partw1 {V Rd 2 true}, {V Rn 2 true}, {V Rm 2 true}", Feature = "FEAT_SM3")]
    bool Sm3Schedule1(int Rm, int Rn, int Rd)
    {
        Value late = Following(V(Rm), ir.VConst(0), 4);
        Value words = SpreadBits(ir.VXor(ir.VXor(V(Rd), V(Rn)), ir.VRotateLeft(2, late, 15)), 15, 23);
        // The last word also takes the first one of the result.
        return SetV(Rd, true, ir.VXor(words, SpreadBits(ir.VRotateLeft(2, FirstWordLast(words), 15), 15, 23)));
    }

    [Instruction("1100 1110 011 Rm:5 1 1 00 01 Rn:5 Rd:5", Asm = "sm3partw2 {V Rd 2 true}, {V Rn 2 true}, {V Rm 2 true}", Feature = "FEAT_SM3")]
    bool Sm3Schedule2(int Rm, int Rn, int Rd)
    {
        Value mixed = ir.VXor(V(Rn), ir.VRotateLeft(2, V(Rm), 7));
        return SetV(Rd, true, ir.VXor(ir.VXor(V(Rd), mixed), SpreadBits(ir.VRotateLeft(2, FirstWordLast(mixed), 15), 15, 23)));
    }

    // ---- SM4 ----

    [Instruction("1100 1110 110 00000 1000 01 Rn:5 Rd:5", Asm = "sm4e {V Rd 2 true}, {V Rn 2 true}", Feature = "FEAT_SM4")]
    bool Sm4Encrypt(int Rn, int Rd) => SetV(Rd, true, Sm4Rounds(V(Rd), V(Rn), isKey: false));

    [Instruction("1100 1110 011 Rm:5 1 1 00 10 Rn:5 Rd:5", Asm = "sm4ekey {V Rd 2 true}, {V Rn 2 true}, {V Rm 2 true}", Feature = "FEAT_SM4")]
    bool Sm4Key(int Rm, int Rn, int Rd) => SetV(Rd, true, Sm4Rounds(V(Rn), V(Rm), isKey: true));

    /// <summary>Four rounds on the words of a state, with a word of the keys (or of the constants of the key schedule) each.</summary>
    Value Sm4Rounds(Value state, Value keys, bool isKey)
    {
        Value w0 = state, w1 = Word(state, 1), w2 = Word(state, 2), w3 = Word(state, 3);
        for (int round = 0; round < 4; round++)
        {
            Value mixed = ir.VXor(ir.VXor(w1, w2), ir.VXor(w3, Word(keys, round)));
            Value substituted = ir.VUnary(Opcode.VSm4Substitute, 0, mixed);
            Value spread = isKey
                ? SpreadBits(substituted, 13, 23)
                : ir.VXor(SpreadBits(substituted, 2, 10), ir.VXor(ir.VRotateLeft(2, substituted, 18), ir.VRotateLeft(2, substituted, 24)));
            (w0, w1, w2, w3) = (w1, w2, w3, ir.VXor(w0, spread));
        }
        return FromWords(w0, w1, w2, w3);
    }

    // ---- Parts ----

    /// <summary>Both halves of a vector as first elements.</summary>
    (Value Low, Value High) Doublewords(Value a) => (ir.LowElement(a), ir.HighElement(a));

    /// <summary>A word as the first element.</summary>
    Value Word(Value a, int index) => index == 0 ? a : ir.VUnary(Opcode.VBroadcastLane, 2, a, index);

    Value FromWords(Value w0, Value w1, Value w2, Value w3) =>
        ir.VBinary(Opcode.VCombineLow, 0, ir.VBinary(Opcode.VZipLow, 2, w0, w1), ir.VBinary(Opcode.VZipLow, 2, w2, w3));

    /// <summary>The exclusive or of three right rotations.</summary>
    Value Sigma(int size, Value a, int r1, int r2, int r3) => ir.VXor(ir.VXor(ir.VRotateRight(size, a, r1), ir.VRotateRight(size, a, r2)), ir.VRotateRight(size, a, r3));

    /// <summary>The exclusive or of words and two left rotations of theirs.</summary>
    Value SpreadBits(Value a, int l1, int l2) => ir.VXor(ir.VXor(a, ir.VRotateLeft(2, a, l1)), ir.VRotateLeft(2, a, l2));

    /// <summary>What two of three say: a, except where the others agree.</summary>
    Value Majority(Value a, Value b, Value c) => ir.VBitSelect(ir.VXor(b, c), a, b);
}
