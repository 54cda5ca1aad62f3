using System.Globalization;
using Dbt.Linux.Files;

namespace Dbt.Linux.Memory;

/// <summary>MAP_HUGETLB: the kernel maps whole pages of the size that the flags name, or of the default size.</summary>
static class HugePages
{
    const int SizeShift = 26, SizeMask = 63;

    /// <summary>The size that a mapping will have.</summary>
    public static ulong Up(ulong size, long flags)
    {
        int log = (int)(flags >> SizeShift) & SizeMask;
        ulong page = log != 0 ? 1UL << log : DefaultSize();
        return page <= AddressSpace.PageSize ? size : (size + page - 1) & ~(page - 1);
    }

    static ulong DefaultSize()
    {
        const string Name = "Hugepagesize:";
        foreach (string line in HostFile.Lines("/proc/meminfo"))
        {
            if (!line.StartsWith(Name, StringComparison.Ordinal)) continue;
            string number = line[Name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
            return ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ulong kilobytes) ? kilobytes << 10 : 0;
        }
        return 0;
    }
}
