using Dbt.Linux.Host;

namespace Dbt.Linux.Memory;

/// <summary>mlock and its relatives (mm/mlock.c): the guest's pages only. A host mlockall would lock dbt's own memory too, of which there is far more than any limit allows.</summary>
sealed unsafe partial class AddressSpace
{
    const long LockCurrent = 1, LockFuture = 2, LockOnFault = 4;
    const int LockLimit = 8;

    /// <summary>What mlockall asked for new mappings: <see cref="LockFuture"/>, <see cref="LockOnFault"/>.</summary>
    long futureLocks;

    /// <summary>mlock(2), mlock2(2), munlock(2): everything before the first hole is done, then ENOMEM.</summary>
    public long LockPages(Sys call, ulong address, ulong length, long flags)
    {
        ulong start = PageDown(address), end = start + PageUp(length + (address - start));
        if (end < start) return -Errno.EINVAL;
        lock (Gate)
        {
            bool hole = Map.TryFindGap(start, end, out ulong gapStart, out _);
            // Also with nothing to do: the host may have other objections.
            long result = Kernel.Call(call, (long)start, (long)((hole ? gapStart : end) - start), flags);
            return result < 0 ? result : hole ? -Errno.ENOMEM : 0;
        }
    }

    /// <summary>mlockall(2).</summary>
    public long LockAll(long flags)
    {
        if (flags == 0 || (flags & ~(LockCurrent | LockFuture | LockOnFault)) != 0 || flags == LockOnFault) return -Errno.EINVAL;
        lock (Gate)
        {
            if (!IsPrivileged())
            {
                ulong* limit = stackalloc ulong[2];
                Kernel.Call(Sys.prlimit64, 0, LockLimit, 0, (long)limit);
                if (limit[0] == 0) return -Errno.EPERM;
                if ((flags & LockCurrent) != 0 && Map.Size(0, ulong.MaxValue) > limit[0]) return -Errno.ENOMEM;
            }
            futureLocks = (flags & LockFuture) != 0 ? flags & (LockFuture | LockOnFault) : 0;
            if ((flags & LockCurrent) == 0) return 0;
            // As in the kernel, a mapping whose pages cannot be had is locked all the same.
            foreach (ref readonly Region region in Map.Regions) Kernel.Call(Sys.mlock2, (long)region.Start, (long)(region.End - region.Start), OnFault(flags));
            return 0;
        }
    }

    /// <summary>munlockall(2).</summary>
    public long UnlockAll()
    {
        lock (Gate)
        {
            futureLocks = 0;
            foreach (ref readonly Region region in Map.Regions) Kernel.Call(Sys.munlock, (long)region.Start, (long)(region.End - region.Start));
            return 0;
        }
    }

    static long OnFault(long flags) => (flags & LockOnFault) != 0 ? 1 : 0;

    void LockNew(ulong start, ulong size)
    {
        if (futureLocks != 0) Kernel.Call(Sys.mlock2, (long)start, (long)size, OnFault(futureLocks));
    }

    // CAP_IPC_LOCK.
    static bool IsPrivileged()
    {
        const uint Version3 = 0x20080522;
        const int LockCapability = 14;
        uint* header = stackalloc uint[2] { Version3, 0 };
        uint* sets = stackalloc uint[6];
        return Kernel.Call(Sys.capget, (long)header, (long)sets) == 0 && (sets[0] >> LockCapability & 1) != 0;
    }
}
