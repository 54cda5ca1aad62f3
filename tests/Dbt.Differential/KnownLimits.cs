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
        new("FPSR.IDC where FPCR.FZ = 1: the host flushes operands without a trace", InputDenormal, MayFlush),
        new("FPSR.UFC and IXC where FPCR.FZ = 1: the host calls a flushed result inexact, too", Underflow | Inexact, MayFlush),
        new("FPSR.IOC, OFC and IXC of conversions to integers out of range", Invalid | Overflow | Inexact, item => Has(item, encoding => Name(encoding).StartsWith("FloatTo", StringComparison.Ordinal) || Name(encoding).StartsWith("HalfTo", StringComparison.Ordinal) || Name(encoding).StartsWith("ScalarFloatTo", StringComparison.Ordinal))),
        new("FPSR.IOC, OFC, UFC and IXC of conversions to half precision where FPCR.AHP = 1", Invalid | Overflow | Underflow | Inexact, item => MaySet(item, AlternativeHalf) && Has(item, encoding => Name(encoding) is "FcvtSingleToHalf" or "FcvtDoubleToHalf" or "FloatNarrow")),
        new("FPSR.IOC of a comparison whose flags nothing reads", Invalid, item => item.Instances > 1 && Has(item, encoding => Name(encoding) is "Fcmp" or "FcmpZero" or "Fccmp")),
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
