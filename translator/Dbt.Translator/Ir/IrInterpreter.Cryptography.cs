using System.Numerics;

namespace Dbt.Translator.Ir;

/// <summary>Rotation, choice and cryptography, as their standards define them: FIPS 197, FIPS 180-4, GB/T 32907-2016.</summary>
public sealed partial class IrInterpreter
{
    UInt128 Cryptography(in IrOp op)
    {
        UInt128 a = values[op.A], b = op.B == 0 ? 0 : values[op.B], c = op.C == 0 ? 0 : values[op.C];
        int imm = (int)op.Imm;
        switch (op.Opcode)
        {
            case Opcode.VRotateRight: return RotateLanes(a, op.Aux, imm);
            case Opcode.VShuffleWords:
                UInt128 shuffled = 0;
                for (int lane = 0; lane < 4; lane++) shuffled = WithLane(shuffled, 2, lane, Lane(lane < 2 ? a : b, 2, (imm >> (2 * lane)) & 3));
                return shuffled;
            case Opcode.VLogic3:
                UInt128 chosen = 0;
                for (int row = 0; row < 8; row++)
                {
                    if ((imm >> row & 1) != 0) chosen |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
                }
                return chosen;
            case Opcode.VPolyMul or Opcode.VPolyMulWide: return PolyMulBytes(a, b, op.Opcode == Opcode.VPolyMulWide);
            case Opcode.VPolyMul64: return PolynomialProduct((ulong)((imm & 1) != 0 ? a >> 64 : a), (ulong)((imm & 2) != 0 ? b >> 64 : b));
            case Opcode.VAesEncrypt: return AesCipher.MixColumns(AesCipher.Substitute(a)) ^ b;
            case Opcode.VAesEncryptLast: return AesCipher.Substitute(a) ^ b;
            case Opcode.VAesDecrypt: return AesCipher.InverseMixColumns(AesCipher.InverseSubstitute(a)) ^ b;
            case Opcode.VAesDecryptLast: return AesCipher.InverseSubstitute(a) ^ b;
            case Opcode.VAesMixColumns: return AesCipher.MixColumns(a);
            case Opcode.VAesInverseMixColumns: return AesCipher.InverseMixColumns(a);
            case Opcode.VSha1Rounds: return Sha1Rounds(a, b, imm);
            case Opcode.VSha1Schedule: return Sha1Schedule(a, b);
            case Opcode.VSha256Rounds: return Sha256Rounds(a, b, c, imm);
            case Opcode.VSha256Schedule0: return Sha256Schedule0(a, b);
            case Opcode.VSha256Schedule1: return Sha256Schedule1(a, b);
            default:
                UInt128 substituted = 0;
                for (int lane = 0; lane < 16; lane++) substituted = WithLane(substituted, 0, lane, Sm4Cipher.Substitution[(int)Lane(a, 0, lane)]);
                return substituted;
        }
    }

    static UInt128 RotateLanes(UInt128 a, int size, int amount)
    {
        UInt128 result = 0;
        for (int lane = 0; lane < 16 >> size; lane++)
        {
            ulong element = Lane(a, size, lane);
            result = WithLane(result, size, lane, size == 2 ? BitOperations.RotateRight((uint)element, amount) : BitOperations.RotateRight(element, amount));
        }
        return result;
    }

    static UInt128 PolyMulBytes(UInt128 a, UInt128 b, bool wide)
    {
        UInt128 result = 0;
        for (int lane = 0; lane < (wide ? 8 : 16); lane++) result = WithLane(result, wide ? 1 : 0, lane, (ulong)PolynomialProduct(Lane(a, 0, lane), Lane(b, 0, lane)));
        return result;
    }

    static UInt128 PolynomialProduct(ulong a, ulong b)
    {
        UInt128 product = 0;
        for (int bit = 0; bit < 64; bit++)
        {
            if ((b >> bit & 1) != 0) product ^= (UInt128)a << bit;
        }
        return product;
    }

    static uint Word(UInt128 vector, int lane) => (uint)(vector >> (32 * lane));

    static UInt128 Words(uint w0, uint w1, uint w2, uint w3) => new(((ulong)w3 << 32) | w2, ((ulong)w1 << 32) | w0);

    static uint Choose(uint x, uint y, uint z) => (x & y) | (~x & z);

    static uint Majority(uint x, uint y, uint z) => (x & y) | (x & z) | (y & z);

    static UInt128 Sha1Schedule(UInt128 a, UInt128 b)
    {
        uint w0 = BitOperations.RotateLeft(Word(a, 3) ^ Word(b, 2), 1);
        return Words(BitOperations.RotateLeft(Word(a, 0) ^ w0, 1), BitOperations.RotateLeft(Word(a, 1) ^ Word(b, 0), 1), BitOperations.RotateLeft(Word(a, 2) ^ Word(b, 1), 1), w0);
    }

    static UInt128 Sha1Rounds(UInt128 state, UInt128 words, int function)
    {
        uint constant = function switch { 0 => 0x5A82_7999, 1 => 0x6ED9_EBA1, 2 => 0x8F1B_BCDC, _ => 0xCA62_C1D6 };
        uint d = Word(state, 0), c = Word(state, 1), b = Word(state, 2), a = Word(state, 3), e = 0;
        for (int round = 0; round < 4; round++)
        {
            uint f = function switch { 0 => Choose(b, c, d), 2 => Majority(b, c, d), _ => b ^ c ^ d };
            uint next = BitOperations.RotateLeft(a, 5) + f + e + constant + Word(words, 3 - round);
            (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
        }
        return Words(d, c, b, a);
    }

    static UInt128 Sha256Rounds(UInt128 hgdc, UInt128 feba, UInt128 words, int half)
    {
        uint h = Word(hgdc, 0), g = Word(hgdc, 1), d = Word(hgdc, 2), c = Word(hgdc, 3), f = Word(feba, 0), e = Word(feba, 1), b = Word(feba, 2), a = Word(feba, 3);
        for (int round = 0; round < 2; round++)
        {
            uint sigma1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
            uint sigma0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
            uint t1 = h + sigma1 + Choose(e, f, g) + Word(words, (2 * half) + round);
            uint t2 = sigma0 + Majority(a, b, c);
            (h, g, f, e, d, c, b, a) = (g, f, e, d + t1, c, b, a, t1 + t2);
        }
        return Words(f, e, b, a);
    }

    static UInt128 Sha256Schedule0(UInt128 a, UInt128 b)
    {
        uint Part(int lane)
        {
            uint next = lane == 3 ? Word(b, 0) : Word(a, lane + 1);
            return Word(a, lane) + (BitOperations.RotateRight(next, 7) ^ BitOperations.RotateRight(next, 18) ^ next >> 3);
        }
        return Words(Part(0), Part(1), Part(2), Part(3));
    }

    static UInt128 Sha256Schedule1(UInt128 a, UInt128 b)
    {
        static uint Sigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ x >> 10;
        uint w0 = Word(a, 0) + Sigma1(Word(b, 2)), w1 = Word(a, 1) + Sigma1(Word(b, 3));
        return Words(w0, w1, Word(a, 2) + Sigma1(w0), Word(a, 3) + Sigma1(w1));
    }
}
