using System.Runtime.InteropServices;
using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>The tables that emitted code looks estimates up in, made once per process; <see cref="Execution.ThreadBlock.EstimateTables"/> points to them.</summary>
/// <remarks>
/// Two tables of 256 quadwords, so that one shape serves elements of all sizes. An entry is what is to be added at the eighth fraction bit from the top: the fraction bits of the
/// estimate, and above them a correction of the exponent that is the same in every format.
/// </remarks>
static unsafe class EstimateTables
{
    /// <summary>Offset of the table of reciprocals: index = the 8 highest fraction bits; entry = estimate's fraction - 2 units of the exponent.</summary>
    public const int Recip = 0;
    /// <summary>Offset of the table of reciprocal square roots: index = lowest exponent bit, 7 highest fraction bits; entry = estimate's fraction - 1 unit of the exponent if that bit is set.</summary>
    public const int RecipSqrt = 256 * 8;

    /// <summary>The tables.</summary>
    public static long* Data { get; } = Make();

    static long* Make()
    {
        var data = (long*)NativeMemory.AlignedAlloc(2 * 256 * 8, 64);
        for (int i = 0; i < 256; i++)
        {
            data[i] = (SoftFloat.RecipEstimate(256 | i) & 0xFF) - 0x200;
            int sqrt = i < 128 ? SoftFloat.RecipSqrtEstimate(256 | (i << 1)) & 0xFF : (SoftFloat.RecipSqrtEstimate(i) & 0xFF) - 0x100;
            data[256 + i] = sqrt;
        }
        return data;
    }
}
