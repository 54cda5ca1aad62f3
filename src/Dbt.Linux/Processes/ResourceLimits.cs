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
/// Limits that would hit dbt itself are not imposed on the host process: address space and data, of which it needs more than the guest, are kept by <see cref="Memory.AddressSpace"/>; and core files have no memory
/// in them, because dbt's says nothing about the guest. Programs that are executed get the limits that the guest set.
/// </summary>
sealed unsafe class ResourceLimits(Memory.AddressSpace space)
{
    const int Data = 2, Core = 4, AddressSpace = 9;

    readonly Lock gate = new();
    readonly ResourceLimit[] kept = new ResourceLimit[16];
    int keptSet;

    readonly CoreFilter filter = new();
    bool writesOwnCore;

    /// <summary>At the start: a core file of dbt, which is written so that the status says so, has no memory in it; none is written if dbt writes one of the guest.</summary>
    public void SuppressCores(bool writesOwn)
    {
        writesOwnCore = writesOwn;
        ResourceLimit limit;
        if (Kernel.Call(Sys.prlimit64, 0, Core, 0, (long)&limit) < 0 || limit.Soft == 0) return;
        kept[Core] = limit;
        keptSet |= 1 << Core;
        ImposeCore();
    }

    /// <summary>Before an execve: the next program has the guest's limit.</summary>
    public void BeforeExecute()
    {
        if ((keptSet & (1 << Core)) == 0) return;
        filter.Restore();
        ImposeCore(kept[Core].Soft);
    }

    /// <summary>After an execve that failed.</summary>
    public void AfterFailedExecute() => ImposeCore();

    /// <summary>Before a vfork: what the child may change, although its limits are its own.</summary>
    public (ResourceLimit[] Kept, int Set) Save()
    {
        lock (gate) return ((ResourceLimit[])kept.Clone(), keptSet);
    }

    /// <summary>After a vfork, in the parent.</summary>
    public void Restore(in (ResourceLimit[] Kept, int Set) saved)
    {
        lock (gate)
        {
            saved.Kept.CopyTo(kept, 0);
            keptSet = saved.Set;
            space.DataLimit = (keptSet & (1 << Data)) != 0 ? kept[Data].Soft : ulong.MaxValue;
            space.SizeLimit = (keptSet & (1 << AddressSpace)) != 0 ? kept[AddressSpace].Soft : ulong.MaxValue;
            // Of the core filter, which belongs to the memory, there is one for both.
            ImposeCore();
        }
    }

    void ImposeCore()
    {
        if ((keptSet & (1 << Core)) == 0) return;
        ulong soft = kept[Core].Soft;
        ImposeCore(soft != 0 && !writesOwnCore && filter.TryNarrow() ? soft : 0);
    }

    void ImposeCore(ulong soft)
    {
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
            if (resource == Core) ImposeCore();
            else if (resource == Data) space.DataLimit = wanted->Soft;
            else space.SizeLimit = wanted->Soft;
        }
        if (old != null) *old = current;
        return 0;
    }
}
