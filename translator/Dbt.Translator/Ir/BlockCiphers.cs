using System.Numerics;

namespace Dbt.Translator.Ir;

/// <summary>The steps of AES (FIPS 197) on a state of 16 bytes: byte 4 c + r is row r of column c. The tables are computed, not typed.</summary>
static class AesCipher
{
    static readonly byte[] Forward = MakeSubstitution();
    static readonly byte[] Backward = Invert(Forward);

    /// <summary>SubBytes(ShiftRows(state)); the two commute.</summary>
    public static UInt128 Substitute(UInt128 state) => Permute(state, Forward, 1);

    /// <summary>InvSubBytes(InvShiftRows(state)).</summary>
    public static UInt128 InverseSubstitute(UInt128 state) => Permute(state, Backward, 3);

    /// <summary>MixColumns.</summary>
    public static UInt128 MixColumns(UInt128 state) => Mix(state, 0x0301_0102);

    /// <summary>InvMixColumns.</summary>
    public static UInt128 InverseMixColumns(UInt128 state) => Mix(state, 0x0B0D_090E);

    /// <summary>The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.</summary>
    public static byte Multiply(byte a, byte b) => GaloisField.Multiply(a, b, 0x1B);

    static UInt128 Permute(UInt128 state, byte[] table, int columnStep)
    {
        UInt128 result = 0;
        for (int i = 0; i < 16; i++)
        {
            int from = (i + (4 * columnStep * (i & 3))) & 15;
            result |= (UInt128)table[(byte)(state >> (8 * from))] << (8 * i);
        }
        return result;
    }

    // Row r of a column becomes the sum of the rows, each multiplied by byte (r - row) mod 4 of the polynomial.
    static UInt128 Mix(UInt128 state, uint polynomial)
    {
        UInt128 result = 0;
        for (int i = 0; i < 16; i++)
        {
            byte sum = 0;
            for (int row = 0; row < 4; row++) sum ^= Multiply((byte)(state >> (8 * ((i & 12) + row))), (byte)(polynomial >> (8 * ((i - row) & 3))));
            result |= (UInt128)sum << (8 * i);
        }
        return result;
    }

    static byte[] MakeSubstitution()
    {
        var table = new byte[256];
        for (int x = 0; x < 256; x++)
        {
            byte y = GaloisField.Inverse((byte)x, 0x1B);
            int rotations = y * 0x101;
            table[x] = (byte)(0x63 ^ y ^ rotations >> 4 ^ rotations >> 5 ^ rotations >> 6 ^ rotations >> 7);
        }
        return table;
    }

    static byte[] Invert(byte[] table)
    {
        var inverse = new byte[256];
        for (int x = 0; x < 256; x++) inverse[table[x]] = (byte)x;
        return inverse;
    }
}

/// <summary>The S-box of SM4 (GB/T 32907-2016): an affine map, the inverse modulo x^8 + x^7 + x^6 + x^5 + x^4 + x^2 + 1, and the affine map again.</summary>
static class Sm4Cipher
{
    /// <summary>The S-box.</summary>
    public static readonly byte[] Substitution = MakeSubstitution();

    static byte[] MakeSubstitution()
    {
        var table = new byte[256];
        for (int x = 0; x < 256; x++) table[x] = Affine(GaloisField.Inverse(Affine((byte)x), 0xF5));
        return table;
    }

    static byte Affine(byte x)
    {
        int result = 0xD3;
        for (int row = 0; row < 8; row++)
        {
            int mask = (0xA7 * 0x101) >> (8 - row) & 0xFF;
            result ^= (BitOperations.PopCount((uint)(mask & x)) & 1) << row;
        }
        return (byte)result;
    }
}

/// <summary>GF(2^8) with the low byte of a reduction polynomial.</summary>
static class GaloisField
{
    /// <summary>The product.</summary>
    public static byte Multiply(byte a, byte b, byte polynomial)
    {
        int product = 0, power = a;
        for (int bit = 0; bit < 8; bit++)
        {
            if ((b >> bit & 1) != 0) product ^= power;
            power = (power & 0x80) != 0 ? (power << 1 & 0xFF) ^ polynomial : power << 1;
        }
        return (byte)product;
    }

    /// <summary>The inverse, which is the 254th power; 0 for 0.</summary>
    public static byte Inverse(byte a, byte polynomial)
    {
        byte result = 1;
        for (int bit = 7; bit >= 0; bit--)
        {
            result = Multiply(result, result, polynomial);
            if ((254 >> bit & 1) != 0) result = Multiply(result, a, polynomial);
        }
        return result;
    }
}
