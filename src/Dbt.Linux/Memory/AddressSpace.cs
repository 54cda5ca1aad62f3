using Dbt.Linux.Host;

namespace Dbt.Linux.Memory;

/// <summary>Told about guest code that is no longer what it was.</summary>
interface ICodeWatcher
{
    /// <summary>Discards what was translated from [start, start + length).</summary>
    void Invalidate(ulong start, ulong length);

    /// <summary>A private mapping of a file that may be executed and not be written has appeared. The address space is locked.</summary>
    void Mapped(in Region region, int descriptor);
}

/// <summary>
/// The guest's memory calls on an identity-mapped host: guest addresses are host addresses, and the host kernel chooses places.
/// </summary>
/// <remarks>
/// Invariants: pages of the guest are in <see cref="Map"/>; nothing outside of it is ever unmapped, protected or mapped over on the guest's behalf; the host never maps guest pages
/// executable (translated code lives elsewhere; guest code is only read), so what the guest sees as PROT_EXEC is kept in the map and becomes PROT_READ on the host.
/// Calls that change the space run one at a time (<see cref="Gate"/>, as under the kernel's mmap_lock); the engine's locks are taken inside of it.
/// </remarks>
sealed unsafe partial class AddressSpace(MemoryMap map)
{
    public const ulong PageSize = 4096;

    const long MapShared = 1, MapPrivate = 2, MapSharedValidate = 3, MapTypeMask = 3, MapFixed = 0x10, MapAnonymous = 0x20, MapHostOnly = 0x40 | 0x80, MapNoReserve = 0x4000, MapHuge = 0x40000, MapFixedNoReplace = 0x100000;
    const long MremapMayMove = 1, MremapFixed = 2, MremapDontUnmap = 4;
    const int ProtMask = 7;

    const ulong FirstAnonymousInode = 1UL << 40;

    readonly FlushedPages flushed = new();
    ulong programBreakStart, programBreak, anonymousFiles;

    public MemoryMap Map { get; } = map;

    /// <summary>Held while the space changes, and by whoever walks the map's regions.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Who has translated the code.</summary>
    public ICodeWatcher? Watcher { get; set; }

    public static ulong PageUp(ulong address) => (address + PageSize - 1) & ~(PageSize - 1);
    public static ulong PageDown(ulong address) => address & ~(PageSize - 1);

    static long HostProtection(long guest) => (guest & 4) != 0 ? (guest & ~4) | 1 : guest;

    /// <summary>mmap(2): returns the address or a negative errno.</summary>
    public long MapPages(ulong address, ulong length, long protection, long flags, long descriptor, ulong offset)
    {
        lock (Gate) return MapPagesLocked(address, length, protection, flags, descriptor, offset);
    }

    long MapPagesLocked(ulong address, ulong length, long protection, long flags, long descriptor, ulong offset)
    {
        if ((offset & (PageSize - 1)) != 0) return -Errno.EINVAL;
        ulong size = PageUp(length);
        if ((flags & (MapHuge | MapAnonymous)) == (MapHuge | MapAnonymous)) size = HugePages.Up(size, flags);
        if (size == 0) return length == 0 ? -Errno.EINVAL : -Errno.ENOMEM;
        LearnGrowth();
        // Bits that mean something to the host only; MAP_SHARED_VALIDATE refuses bits without a meaning.
        if ((flags & MapTypeMask) == MapSharedValidate && (flags & MapHostOnly) != 0) return -Errno.EOPNOTSUPP;
        flags &= ~MapHostOnly;
        if (Exceeds(size - ((flags & MapFixed) != 0 ? Map.Size(address, address + size) : 0), isData: (protection & 2) != 0 && (flags & MapTypeMask) == MapPrivate)) return -Errno.ENOMEM;
        bool reservedGaps = false;
        if ((flags & MapFixedNoReplace) == 0 && (flags & MapFixed) != 0)
        {
            if ((address & (PageSize - 1)) != 0) return -Errno.EINVAL;
            if (address + size < address) return -Errno.ENOMEM;
            long reserved = ReserveGaps(address, address + size);
            if (reserved < 0) return reserved;
            reservedGaps = reserved > 0;
        }
        long result = -Errno.EEXIST;
        if (address == 0 && ImagePlacement.IsImage(size, protection, flags, offset) && ImagePlacement.TryFind(Map, size, out ulong place))
        {
            result = Kernel.Call(Sys.mmap, (long)place, (long)length, HostProtection(protection), flags | MapFixedNoReplace, descriptor, (long)offset);
        }
        if (result == -Errno.EEXIST) result = Kernel.Call(Sys.mmap, (long)address, (long)length, HostProtection(protection), flags, descriptor, (long)offset);
        if (IsError(result))
        {
            if (reservedGaps) ReleaseGaps(address, address + size);
            return result;
        }
        Record((ulong)result, size, protection, flags, BackingOf(flags, descriptor, offset));
        if ((flags & MapGrowsDown) != 0) growing.Add((ulong)result);
        LockNew((ulong)result, size);
        if ((protection & ProtMask) is 4 or 5 && (flags & (MapTypeMask | MapAnonymous)) == MapPrivate && Map.TryFind((ulong)result, out Region region))
        {
            Watcher?.Mapped(region.Clip((ulong)result, (ulong)result + size), (int)descriptor);
        }
        return result;
    }

    static bool IsError(long result) => result is < 0 and >= -4095;

    void Record(ulong start, ulong size, long protection, long flags, Backing backing)
    {
        if ((protection & 4) != 0) Watcher?.Invalidate(start, size);
        else Forget(start, start + size);
        flushed.Remove(start, start + size);
        Map.Set(new Region(start, start + size, (Protection)(protection & ProtMask), (flags & MapTypeMask & MapShared) != 0, backing));
    }

    // Shared anonymous memory is a nameless file of the kernel's tmpfs (device 0:1): mremap with old size 0 maps it a second time.
    Backing BackingOf(long flags, long descriptor, ulong offset)
    {
        if ((flags & MapAnonymous) != 0) return (flags & MapShared) != 0 ? new Backing(1, FirstAnonymousInode + anonymousFiles++, 0) : default;
        HostStat stat;
        if (Kernel.Call(Sys.fstat, descriptor, (long)&stat) < 0) return default;
        return new Backing(stat.Device, stat.Inode, offset);
    }

    // A fixed mapping may replace the guest's pages and fill free space, but never hit dbt's: the parts that are not the guest's are claimed first without replacing anything.
    // Returns how many gaps were claimed.
    long ReserveGaps(ulong start, ulong end)
    {
        long claimed = 0;
        ulong at = start;
        while (Map.TryFindGap(at, end, out ulong gapStart, out ulong gapEnd))
        {
            long result = Kernel.Call(Sys.mmap, (long)gapStart, (long)(gapEnd - gapStart), 0, 2 | MapAnonymous | MapNoReserve | MapFixedNoReplace, -1, 0);
            if (result != (long)gapStart)
            {
                if (!IsError(result)) Kernel.Call(Sys.munmap, result, (long)(gapEnd - gapStart));
                ReleaseGaps(start, gapStart);
                return IsError(result) && result != -Errno.EEXIST ? result : -Errno.ENOMEM;
            }
            claimed++;
            at = gapEnd;
        }
        return claimed;
    }

    void ReleaseGaps(ulong start, ulong end)
    {
        while (Map.TryFindGap(start, end, out ulong gapStart, out ulong gapEnd))
        {
            Kernel.Call(Sys.munmap, (long)gapStart, (long)(gapEnd - gapStart));
            start = gapEnd;
        }
    }

    /// <summary>munmap(2): only the guest's own pages go.</summary>
    public long Unmap(ulong address, ulong length)
    {
        lock (Gate) return UnmapLocked(address, length);
    }

    long UnmapLocked(ulong address, ulong length)
    {
        ulong size = PageUp(length);
        if ((address & (PageSize - 1)) != 0 || size == 0 || address + size < address || address + size > 1UL << 47) return -Errno.EINVAL;
        LearnGrowth();
        ulong end = address + size;
        for (ulong at = address; at < end;)
        {
            int i = Map.IndexAfter(at);
            if (i == Map.Regions.Length || Map.Regions[i].Start >= end) break;
            Region part = Map.Regions[i].Clip(at, end);
            long result = Kernel.Call(Sys.munmap, (long)part.Start, (long)(part.End - part.Start));
            if (result < 0) return result;
            Forget(part.Start, part.End);
            Map.Remove(part.Start, part.End);
            at = part.End;
        }
        return 0;
    }

    /// <summary>mprotect(2) and pkey_mprotect(2) without a key.</summary>
    public long Protect(ulong address, ulong length, long protection)
    {
        lock (Gate) return ProtectLocked(address, length, protection);
    }

    long ProtectLocked(ulong address, ulong length, long protection)
    {
        if ((address & (PageSize - 1)) != 0) return -Errno.EINVAL;
        if (length == 0) return 0;
        ulong end = address + PageUp(length);
        if (end <= address) return -Errno.ENOMEM;
        LearnGrowth();
        if (!TryExtendProtection(ref address, end, ref protection)) return -Errno.EINVAL;
        // Like the kernel: everything before the first hole is changed, then ENOMEM.
        bool hole = Map.TryFindGap(address, end, out ulong gapStart, out _);
        ulong changedEnd = hole ? gapStart : end;
        if (changedEnd > address)
        {
            long result = Kernel.Call(Sys.mprotect, (long)address, (long)(changedEnd - address), HostProtection(protection));
            if (result < 0) return result;
            if ((protection & 4) == 0) Forget(address, changedEnd);
            // Becoming writable is not a reason to discard for a guest that flushes, becoming executable is: the bytes may have changed unseen.
            else ForgetUnlessExecutable(address, changedEnd);
            if ((protection & 4) != 0) ForgetUnflushed(address, changedEnd, (protection & 2) != 0);
            Map.Protect(address, changedEnd, (Protection)(protection & ProtMask));
        }
        return hole ? -Errno.ENOMEM : 0;
    }

    /// <summary>mremap(2).</summary>
    public long Remap(ulong address, ulong oldLength, ulong newLength, long flags, ulong newAddress)
    {
        lock (Gate) return RemapLocked(address, oldLength, newLength, flags, newAddress);
    }

    long RemapLocked(ulong address, ulong oldLength, ulong newLength, long flags, ulong newAddress)
    {
        ulong oldSize = PageUp(oldLength), newSize = PageUp(newLength);
        if ((address & (PageSize - 1)) != 0 || newSize == 0 || (flags & ~(MremapMayMove | MremapFixed | MremapDontUnmap)) != 0) return -Errno.EINVAL;
        if ((flags & (MremapFixed | MremapDontUnmap)) != 0 && (flags & MremapMayMove) == 0) return -Errno.EINVAL;
        if ((flags & MremapFixed) != 0 && address + oldSize > newAddress && newAddress + newSize > address) return -Errno.EINVAL;
        if (!Map.TryFind(address, out Region region)) return -Errno.EFAULT;
        if (address + oldSize < address || Map.TryFindGap(address, address + oldSize, out _, out _)) return -Errno.EFAULT;
        bool reservedGaps = false;
        if ((flags & MremapFixed) != 0)
        {
            if ((newAddress & (PageSize - 1)) != 0 || newAddress + newSize < newAddress) return -Errno.EINVAL;
            long reserved = ReserveGaps(newAddress, newAddress + newSize);
            if (reserved < 0) return reserved;
            reservedGaps = reserved > 0;
        }
        if (newSize > oldSize && Exceeds(newSize - oldSize, isData: !region.Shared && (region.Protection & Protection.Write) != 0)) return -Errno.ENOMEM;
        long result = Kernel.Call(Sys.mremap, (long)address, (long)oldLength, (long)newLength, flags, (long)newAddress);
        if (IsError(result))
        {
            if (reservedGaps) ReleaseGaps(newAddress, newAddress + newSize);
            return result;
        }
        ulong moved = (ulong)result;
        region = region.Clip(address, region.End);
        if (oldSize > 0) Forget(address, address + oldSize);
        if (moved != address)
        {
            if (oldSize > 0 && (flags & MremapDontUnmap) == 0) Map.Remove(address, address + oldSize);
        }
        else if (newSize < oldSize)
        {
            Map.Remove(address + newSize, address + oldSize);
        }
        // Also where nothing was: a fetch from there may have been translated to a fault.
        if ((region.Protection & Protection.Execute) != 0) Watcher?.Invalidate(moved, newSize);
        else Forget(moved, moved + newSize);
        flushed.Remove(moved, moved + newSize);
        Map.Set(region with { Start = moved, End = moved + newSize });
        return result;
    }

    /// <summary>RLIMIT_AS and RLIMIT_DATA as the guest has set them: dbt needs more than the guest, so the host does not know of them.</summary>
    public ulong SizeLimit { get; set; } = ulong.MaxValue;
    public ulong DataLimit { get; set; } = ulong.MaxValue;

    bool Exceeds(ulong more, bool isData)
    {
        if (SizeLimit != ulong.MaxValue && Map.Size(0, ulong.MaxValue) + more > SizeLimit) return true;
        return isData && DataLimit != ulong.MaxValue && Map.DataSize() + more > DataLimit;
    }

    /// <summary>Where the heap begins: the end of the program's bss.</summary>
    public void StartProgramBreak(ulong address)
    {
        programBreakStart = programBreak = address;
        PublishedSpace.Own->HeapStart = PublishedSpace.Own->HeapEnd = address;
    }

    /// <summary>The heap that brk makes.</summary>
    public (ulong Start, ulong End) ProgramBreakRange => (programBreakStart, programBreak);

    /// <summary>brk(2): returns the new break, or the old one if it cannot be had.</summary>
    public long SetProgramBreak(ulong wanted)
    {
        lock (Gate) return SetProgramBreakLocked(wanted);
    }

    long SetProgramBreakLocked(ulong wanted)
    {
        if (wanted < programBreakStart || wanted > 1UL << 47) return (long)programBreak;
        ulong oldEnd = PageUp(programBreak), newEnd = PageUp(wanted);
        if (newEnd > oldEnd && Exceeds(newEnd - oldEnd, isData: true)) return (long)programBreak;
        if (newEnd > oldEnd)
        {
            // The kernel keeps a gap before the next mapping; without NOREPLACE a heap would grow over dbt.
            long result = Kernel.Call(Sys.mmap, (long)oldEnd, (long)(newEnd - oldEnd), 3, 2 | MapAnonymous | MapFixedNoReplace, -1, 0);
            if (result != (long)oldEnd)
            {
                if (!IsError(result)) Kernel.Call(Sys.munmap, result, (long)(newEnd - oldEnd));
                return (long)programBreak;
            }
            Map.Set(new Region(oldEnd, newEnd, Protection.Read | Protection.Write, false, default));
            LockNew(oldEnd, newEnd - oldEnd);
        }
        else if (newEnd < oldEnd)
        {
            Unmap(newEnd, oldEnd - newEnd);
        }
        programBreak = wanted;
        PublishedSpace.Own->HeapEnd = wanted;
        return (long)wanted;
    }

    /// <summary>Records pages that dbt itself has mapped for the guest (program, stack).</summary>
    public void Adopt(in Region region)
    {
        lock (Gate)
        {
            if ((region.Protection & Protection.Execute) != 0) Watcher?.Invalidate(region.Start, region.End - region.Start);
            flushed.Remove(region.Start, region.End);
            Map.Set(region);
        }
    }

    /// <summary>Before a call on the host that replaces whatever is in a range: claims what is not the guest's. Negative errno if dbt's own memory is there.</summary>
    public long Claim(ulong start, ulong end) => ReserveGaps(start, end);

    /// <summary>madvise(2) on a range with holes: the kernel goes on behind them and tells of them in the end.</summary>
    public long AdviseParts(ulong start, ulong end, int advice)
    {
        lock (Gate)
        {
            while (start < end)
            {
                bool hole = Map.TryFindGap(start, end, out ulong gapStart, out ulong gapEnd);
                ulong partEnd = hole ? gapStart : end;
                long result = partEnd > start ? Kernel.Call(Sys.madvise, (long)start, (long)(partEnd - start), advice) : 0;
                if (result < 0) return result;
                start = hole ? gapEnd : end;
            }
            return -Errno.ENOMEM;
        }
    }

    /// <summary>Takes pages out that a call on the host has unmapped already.</summary>
    public void Release(in Region region)
    {
        lock (Gate)
        {
            Forget(region.Start, region.End);
            Map.Remove(region.Start, region.End);
        }
    }

    /// <summary>Whether all of a range belongs to the guest, so that calls that only advise (madvise, mlock, msync, mincore) may go to the host.</summary>
    public bool Owns(ulong address, ulong length) => length == 0 || (address + length > address && Map.Allows(PageDown(address), PageUp(address + length), Protection.None));

    /// <summary>Discards what was translated from executable pages of [start, end).</summary>
    public void Forget(ulong start, ulong end)
    {
        if (Watcher is not null && Map.ContainsAny(start, end, Protection.Execute)) Watcher.Invalidate(start, end - start);
    }

    void ForgetUnlessExecutable(ulong start, ulong end)
    {
        if (Watcher is not null && !Map.Allows(start, end, Protection.Execute)) Watcher.Invalidate(start, end - start);
    }

    // Executable pages that become writable, or are no longer, are compared while they run, or no longer.
    void ForgetUnflushed(ulong start, ulong end, bool writable)
    {
        while (Map.NextPart(start, end, out Region part))
        {
            start = part.End;
            bool changes = ((part.Protection & Protection.Write) != 0) != writable;
            if (changes && (part.Protection & Protection.Execute) != 0 && !flushed.ContainsAll(part.Start, part.End)) Watcher?.Invalidate(part.Start, part.End - part.Start);
        }
    }

    /// <summary>Whether code of a page can be written without being seen: through this mapping or another one, by system calls or by other processes; and nobody has flushed it yet.</summary>
    public bool ChangesSilently(ulong address) =>
        Map.TryFind(address, out Region region) && (region.Shared || (region.Protection & Protection.Write) != 0) && !flushed.Contains(address);

    /// <summary>The guest has flushed its instruction cache for a range: the same file pages mapped elsewhere hold the same code (a JIT with one writable and one executable view).</summary>
    public void Flush(ulong start, ulong end)
    {
        Announce(start, end);
        lock (Gate) FlushAliasesLocked(start, end);
    }

    // At its first flush the whole page is translated anew, as one that changes no more without a flush.
    void Announce(ulong start, ulong end)
    {
        bool isFirst = flushed.Add(start, end);
        if (isFirst) Watcher?.Invalidate(PageDown(start), PageUp(end) - PageDown(start));
        else Watcher?.Invalidate(start, end - start);
    }

    void FlushAliasesLocked(ulong start, ulong end)
    {
        if (Watcher is null) return;
        for (int i = Map.IndexAfter(start); i < Map.Regions.Length && Map.Regions[i].Start < end; i++)
        {
            Region part = Map.Regions[i].Clip(start, end);
            if (!part.Backing.IsFile) continue;
            ulong from = part.Backing.Offset, to = from + (part.End - part.Start);
            foreach (ref readonly Region other in Map.Regions)
            {
                if (other.Backing.Device != part.Backing.Device || other.Backing.Inode != part.Backing.Inode || (other.Protection & Protection.Execute) == 0) continue;
                ulong low = Math.Max(from, other.Backing.Offset), high = Math.Min(to, other.Backing.Offset + (other.End - other.Start));
                if (low < high) Announce(other.Start + (low - other.Backing.Offset), other.Start + (high - other.Backing.Offset));
            }
        }
    }
}
