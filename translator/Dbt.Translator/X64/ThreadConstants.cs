namespace Dbt.Translator.X64;

/// <summary>The 128-bit constants that translated code uses most. They lie in every thread's block, reached through the state pointer, so that blocks need no copies of their own.</summary>
public static unsafe class ThreadConstants
{
    const ulong Sign64 = 1ul << 63, Signs32 = 0x8000_0000_8000_0000, Least64 = 1ul << 52, Least32 = 0x0080_0000;

    static ReadOnlySpan<ulong> Values =>
    [
        Sign64, 0, 0x8000_0000, 0, Sign64, Sign64, Signs32, Signs32,
        ~Sign64, 0, 0x7FFF_FFFF, 0, ~Sign64, ~Sign64, ~Signs32, ~Signs32,
        Least64, Least64, Least32 * 0x1_0000_0001, Least32 * 0x1_0000_0001,
        0x7FF8_0000_0000_0000, 0x7FF8_0000_0000_0000, 0x7FC0_0000_7FC0_0000, 0x7FC0_0000_7FC0_0000,
    ];

    /// <summary>How many there are.</summary>
    public const int Count = 12;

    /// <summary>Writes them to <see cref="Execution.ThreadBlock.Constants"/>.</summary>
    public static void CopyTo(byte* constants) => Values.CopyTo(new Span<ulong>(constants, 2 * Count));

    /// <summary>The number of a constant, or -1.</summary>
    public static int Find(ulong low, ulong high)
    {
        for (int k = 0; k < Count; k++)
        {
            if (Values[2 * k] == low && Values[(2 * k) + 1] == high) return k;
        }
        return -1;
    }

    /// <summary>A constant by its number.</summary>
    public static (ulong Low, ulong High) Get(int number) => (Values[2 * number], Values[(2 * number) + 1]);
}
