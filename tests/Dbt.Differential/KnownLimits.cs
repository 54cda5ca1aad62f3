using System.Runtime.InteropServices;

namespace Dbt.Differential;

/// <summary>Status that dbt does not keep as the manual says, and says so: bits of FPSR, and when. Results are always compared.</summary>
static class KnownLimits
{
    /// <param name="Bits">Of FPSR.</param>
    /// <param name="Applies">Whether a case can show it.</param>
    sealed record Limit(string What, uint Bits, Func<Case, bool> Applies)
    {
        public int Cases { get; set; }
    }

    const uint Invalid = 1 << 0, Overflow = 1 << 2, Underflow = 1 << 3, Inexact = 1 << 4, InputDenormal = 1 << 7;

    static readonly Limit[] All =
    [
    ];

    const int Flush = 24, AlternativeHalf = 26;

    /// <summary>The bits of FPSR that are not compared in a case.</summary>
    public static uint Ignored(Case item)
    {
        uint bits = 0;
        foreach (var limit in All)
        {
            if (limit.Applies(item)) bits |= limit.Bits;
        }

        return bits;
    }

    static bool IsRounding(int encoding) =>
        Name(encoding) is "FcvtSingleDouble" or "FcvtSingleToHalf" or "FcvtDoubleToHalf" or "FloatNarrow" or "FloatTwoSources" or "FloatThreeSources" ||
        Name(encoding).StartsWith("Fm", StringComparison.Ordinal) || Name(encoding).StartsWith("Fdiv", StringComparison.Ordinal);

    static string Name(int encoding) => Arm64Encodings.All[encoding].Name;
    static bool Has(Case item, Func<int, bool> isSuch) => item.Encodings.Any(encoding => encoding >= 0 && isSuch(encoding));
    static bool MayFlush(Case item) => MaySet(item, Flush);

    // The bit of FPCR is set at the start, or FPCR is written on the way.
    static bool MaySet(Case item, int bit)
    {
        Span<byte> input = stackalloc byte[MachineState.InputSize];
        MachineState.Randomize(input, item.Seed);
        return (MemoryMarshal.Read<uint>(input[MachineState.Fpcr..]) >> bit & 1) != 0 || Has(item, encoding => Name(encoding) == "WriteFpcr");
    }

    /// <summary>Counts a case whose FPSR differs in ignored bits only.</summary>
    public static void Count(Case item, uint differing)
    {
        foreach (var limit in All)
        {
            if ((differing & limit.Bits) != 0 && limit.Applies(item)) limit.Cases++;
        }
    }

    public static void Report(TextWriter output)
    {
        foreach (var limit in All) output.WriteLine($"known limit, not compared: {limit.What} ({limit.Cases} cases)");
    }
}
