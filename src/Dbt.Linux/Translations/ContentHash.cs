using System.Numerics;
using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;

namespace Dbt.Linux.Translations;

/// <summary>A hash of 128 bits that names things: not for secrets. What it names is compared byte by byte before it is used.</summary>
struct ContentHash()
{
    const ulong First = 0x9E37_79B9_7F4A_7C15, Second = 0xC2B2_AE3D_27D4_EB4F;

    ulong high = First, low = Second;

    /// <summary>The hash of what was added so far.</summary>
    public readonly CodeImageKey Key => new(Mix(high + low), Mix(low ^ BitOperations.RotateLeft(high, 32)));

    /// <summary>Adds a number.</summary>
    public void Add(ulong value)
    {
        high = BitOperations.RotateLeft((high ^ value) * First, 29) + low;
        low = BitOperations.RotateLeft((low + value) * Second, 31) ^ high;
    }

    /// <summary>Adds bytes and their number.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) Add(word);
        ulong rest = 0;
        foreach (byte value in bytes[(words.Length * sizeof(ulong))..]) rest = rest << 8 | value;
        Add(rest);
    }

    static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 32)) * Second;
        value = (value ^ (value >> 29)) * First;
        return value ^ (value >> 32);
    }
}
