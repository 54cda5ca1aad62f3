using System.Runtime.InteropServices;

namespace Dbt.Differential;

/// <summary>Status that dbt does not keep as the manual says, and says so: bits of FPSR, and when. Results are always compared.</summary>
static class KnownLimits
{
    /// <param name="Bits">Of FPSR.</param>
    /// <param name="OnlyFlushing">Only where FPCR.FZ is, or may become, 1.</param>
    sealed record Limit(string What, uint Bits, bool OnlyFlushing)
    {
        public int Cases { get; set; }
    }

    const uint InputDenormal = 1 << 7, Inexact = 1 << 4, Underflow = 1 << 3;

    static readonly Limit[] All =
    [
        new("FPSR.IDC where FPCR.FZ = 1: the host flushes operands without a trace", InputDenormal, OnlyFlushing: true),
        new("FPSR.UFC and IXC where FPCR.FZ = 1: the host calls a flushed result inexact, too", Underflow | Inexact, OnlyFlushing: true),
    ];

    /// <summary>The bits of FPSR that are not compared in a case.</summary>
    public static uint Ignored(Case item)
    {
        bool flushing = MayFlush(item);
        uint bits = 0;
        foreach (var limit in All)
        {
            if (!limit.OnlyFlushing || flushing) bits |= limit.Bits;
        }

        return bits;
    }

    // FZ is set at the start, or FPCR is written on the way.
    static bool MayFlush(Case item)
    {
        Span<byte> input = stackalloc byte[MachineState.InputSize];
        MachineState.Randomize(input, item.Seed);
        return (MemoryMarshal.Read<uint>(input[MachineState.Fpcr..]) >> 24 & 1) != 0 || item.Encodings.Any(encoding => encoding >= 0 && Arm64Encodings.All[encoding].Name == "WriteFpcr");
    }

    /// <summary>Counts a case whose FPSR differs in ignored bits only.</summary>
    public static void Count(uint differing)
    {
        foreach (var limit in All)
        {
            if ((differing & limit.Bits) != 0) limit.Cases++;
        }
    }

    public static void Report(TextWriter output)
    {
        foreach (var limit in All) output.WriteLine($"known limit, not compared: {limit.What} ({limit.Cases} cases)");
    }
}
