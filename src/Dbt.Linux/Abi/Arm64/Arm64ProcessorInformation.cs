using System.Globalization;
using System.Numerics;
using System.Text;
using Dbt.Translator.Guests.Arm64;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>The text of /proc/cpuinfo as Linux on AArch64 makes it: <c>c_show</c> of <c>arch/arm64/kernel/cpuinfo.c</c>.</summary>
static class Arm64ProcessorInformation
{
    // In the order of the bits; uapi/asm/hwcap.h.
    static readonly string[] Capabilities =
    [
        "fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2", "crc32", "atomics", "fphp", "asimdhp", "cpuid", "asimdrdm", "jscvt", "fcma", "lrcpc", "dcpop", "sha3", "sm3", "sm4", "asimddp", "sha512",
        "sve", "asimdfhm", "dit", "uscat", "ilrcpc", "flagm", "ssbs", "sb", "paca", "pacg",
    ];

    static readonly string[] MoreCapabilities =
    [
        "dcpodp", "sve2", "sveaes", "svepmull", "svebitperm", "svesha3", "svesm4", "flagm2", "frint", "svei8mm", "svef32mm", "svef64mm", "svebf16", "i8mm", "bf16", "dgh", "rng", "bti", "mte", "ecv", "afp",
        "rpres", "mte3", "sme", "smei16i64", "smef64f64", "smei8i32", "smef16f32", "smeb16f32", "smef32f32", "smefa64", "wfxt", "ebf16", "sveebf16", "cssc", "rprfm", "sve2p1", "sme2", "sme2p1", "smei16i32",
        "smebi32i32", "smeb16b16", "smef16f16", "mops", "hbc",
    ];

    /// <summary>One block per processor.</summary>
    /// <param name="processors">The processors that are online, by number.</param>
    public static string Text(IEnumerable<int> processors)
    {
        const ulong ticksPerLoop = 500_000;
        var rest = new StringBuilder();
        rest.Append(CultureInfo.InvariantCulture, $"BogoMIPS\t: {Arm64Features.CounterFrequency / ticksPerLoop}.{Arm64Features.CounterFrequency / (ticksPerLoop / 100) % 100:00}\nFeatures\t:");
        AppendNames(rest, Arm64Features.HwCap, Capabilities);
        AppendNames(rest, Arm64Features.HwCap2, MoreCapabilities);
        ulong id = Arm64Features.ReadId(0, 0);
        rest.Append(CultureInfo.InvariantCulture, $"\nCPU implementer\t: 0x{id >> 24 & 0xFF:x2}\nCPU architecture: 8\nCPU variant\t: 0x{id >> 20 & 15:x}\nCPU part\t: 0x{id >> 4 & 0xFFF:x3}\nCPU revision\t: {id & 15}\n\n");
        string same = rest.ToString();
        var text = new StringBuilder();
        foreach (int processor in processors) text.Append(CultureInfo.InvariantCulture, $"processor\t: {processor}\n").Append(same);
        return text.ToString();
    }

    static void AppendNames(StringBuilder text, ulong capabilities, string[] names)
    {
        for (ulong rest = capabilities; rest != 0; rest &= rest - 1) text.Append(' ').Append(names[BitOperations.TrailingZeroCount(rest)]);
    }
}
