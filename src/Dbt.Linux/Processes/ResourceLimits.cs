using System.Runtime.InteropServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Processes;

/// <summary>struct rlimit64.</summary>
[StructLayout(LayoutKind.Sequential)]
struct ResourceLimit
{
    public ulong Soft, Hard;
}

/// <summary>
/// Limits that would hit dbt itself are not imposed on the host process: address space and data, of which it needs more than the guest, are kept by <see cref="Memory.AddressSpace"/>; and the size of core files is kept here,
/// because a core of dbt says nothing about the guest. Programs that are executed get the limits that the guest set.
/// </summary>
sealed unsafe class ResourceLimits(Memory.AddressSpace space)
{
    const int Data = 2, Core = 4, AddressSpace = 9;

    readonly Lock gate = new();
    readonly ResourceLimit[] kept = new ResourceLimit[16];
    int keptSet;

    /// <summary>At the start: no core files from here on.</summary>
    public void SuppressCores()
    {
        ResourceLimit limit;
        if (Kernel.Call(Sys.prlimit64, 0, Core, 0, (long)&limit) < 0 || limit.Soft == 0) return;
        kept[Core] = limit;
        keptSet |= 1 << Core;
        ImposeCore(0);
    }

    /// <summary>Before an execve: the next program has the guest's limit.</summary>
    public void BeforeExecute() => ImposeCore(kept[Core].Soft);

    /// <summary>After an execve that failed.</summary>
    public void AfterFailedExecute() => ImposeCore(0);

    void ImposeCore(ulong soft)
    {
        if ((keptSet & (1 << Core)) == 0) return;
        var limit = kept[Core] with { Soft = soft };
        Kernel.Call(Sys.prlimit64, 0, Core, (long)&limit);
    }

    /// <summary>prlimit64 on this process; null pointers mean "not asked" and "not changed".</summary>
    public long Change(int resource, ResourceLimit* wanted, ResourceLimit* old)
    {
        if (resource is not (Data or Core or AddressSpace)) return Kernel.Call(Sys.prlimit64, 0, resource, (long)wanted, (long)old);
        lock (gate) return ChangeKept(resource, wanted, old);
    }

    /// <summary>/proc/self/limits with what is kept here.</summary>
    public byte[] Text()
    {
        const int SoftColumn = 26, HardColumn = 47, UnitColumn = 68;
        var text = new System.Text.StringBuilder();
        foreach (string line in Files.HostFile.Lines("/proc/self/limits"))
        {
            int resource = line.StartsWith("Max core file size ", StringComparison.Ordinal) ? Core
                : line.StartsWith("Max data size ", StringComparison.Ordinal) ? Data
                : line.StartsWith("Max address space ", StringComparison.Ordinal) ? AddressSpace : -1;
            bool isKept = resource >= 0 && (keptSet & (1 << resource)) != 0 && line.Length > UnitColumn;
            text.Append(isKept ? line[..SoftColumn] + Show(kept[resource].Soft).PadRight(HardColumn - SoftColumn) + Show(kept[resource].Hard).PadRight(UnitColumn - HardColumn) + line[UnitColumn..] : line).Append('\n');
        }
        return System.Text.Encoding.Latin1.GetBytes(text.ToString());
    }

    static string Show(ulong limit) => limit == ulong.MaxValue ? "unlimited" : limit.ToString(System.Globalization.CultureInfo.InvariantCulture);

    long ChangeKept(int resource, ResourceLimit* wanted, ResourceLimit* old)
    {
        ResourceLimit current = kept[resource];
        if ((keptSet & (1 << resource)) == 0)
        {
            long result = Kernel.Call(Sys.prlimit64, 0, resource, 0, (long)&current);
            if (result < 0) return result;
        }
        if (wanted != null)
        {
            if (wanted->Soft > wanted->Hard) return -Errno.EINVAL;
            if (wanted->Hard > current.Hard && Kernel.Call(Sys.geteuid) != 0) return -Errno.EPERM;
            kept[resource] = *wanted;
            keptSet |= 1 << resource;
            if (resource == Core) ImposeCore(0);
            else if (resource == Data) space.DataLimit = wanted->Soft;
            else space.SizeLimit = wanted->Soft;
        }
        if (old != null) *old = current;
        return 0;
    }
}
