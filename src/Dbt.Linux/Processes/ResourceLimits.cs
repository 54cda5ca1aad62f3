using System.Runtime.InteropServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Processes;

/// <summary>struct rlimit64.</summary>
[StructLayout(LayoutKind.Sequential)]
struct ResourceLimit
{
    public ulong Soft, Hard;
}

/// <summary>Limits that would hit dbt itself (address space, data) are remembered and reported, but not imposed on the host process, which needs more than the guest.</summary>
sealed unsafe class ResourceLimits
{
    const int Data = 2, AddressSpace = 9;

    readonly ResourceLimit[] kept = new ResourceLimit[16];
    int keptSet;

    /// <summary>prlimit64 on this process; null pointers mean "not asked" and "not changed".</summary>
    public long Change(int resource, ResourceLimit* wanted, ResourceLimit* old)
    {
        if (resource is not (Data or AddressSpace)) return Kernel.Call(Sys.prlimit64, 0, resource, (long)wanted, (long)old);
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
        }
        if (old != null) *old = current;
        return 0;
    }
}
