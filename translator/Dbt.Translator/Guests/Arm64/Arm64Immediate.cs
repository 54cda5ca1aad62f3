using System.Numerics;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Immediates that are stored in a coded form.</summary>
static class Arm64Immediate
{
    /// <summary>Whether (N, imms) is a bit mask for registers of that width: the element must not be all ones and must fit. Arm ARM DecodeBitMasks.</summary>
    public static bool IsBitmask(bool sf, bool n, int imms)
    {
        if (n && !sf) return false;
        int length = ElementSizeLog2(n, imms);
        return length >= 1 && (imms & ((1 << length) - 1)) != (1 << length) - 1;
    }

    /// <summary>The bit mask of a valid (N, imms, immr): a run of ones in an element of 2 to 64 bits, rotated right by immr, and replicated.</summary>
    public static ulong Bitmask(bool sf, bool n, int imms, int immr)
    {
        int size = 1 << ElementSizeLog2(n, imms);
        int ones = (imms & (size - 1)) + 1;
        int rotation = immr & (size - 1);
        ulong element = (1UL << ones) - 1;
        if (rotation != 0) element = (element >> rotation) | (element << (size - rotation));
        if (size < 64) element &= (1UL << size) - 1;
        for (int filled = size; filled < 64; filled *= 2) element |= element << filled;
        return sf ? element : (uint)element;
    }

    /// <summary>Whether one MOVZ or MOVN gives the value of a bit mask, so that ORR with the zero register is not called MOV. Arm ARM MoveWidePreferred.</summary>
    public static bool IsMoveWide(bool sf, bool n, int imms, int immr)
    {
        ulong value = Bitmask(sf, n, imms, immr);
        return IsOneHalfword(value) || IsOneHalfword(sf ? ~value : (uint)~value);
    }

    static bool IsOneHalfword(ulong value) => value == 0 || (BitOperations.TrailingZeroCount(value) / 16 == BitOperations.Log2(value) / 16);

    static int ElementSizeLog2(bool n, int imms) => BitOperations.Log2((uint)((n ? 64 : 0) | (~imms & 0x3F)));

    /// <summary>The value that MOVZ or MOVN writes.</summary>
    public static ulong MoveWide(bool sf, bool inverted, int imm16, int hw)
    {
        ulong value = (ulong)imm16 << (16 * hw);
        if (inverted) value = ~value;
        return sf ? value : (uint)value;
    }

    /// <summary>A two's complement field.</summary>
    public static long Signed(int value, int bits) => (long)value << (64 - bits) >> (64 - bits);
}
