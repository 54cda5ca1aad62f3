namespace Dbt.Linux.Memory;

/// <summary>What the guest is allowed to do with a page, as the guest sees it (PROT_ bits).</summary>
[Flags]
enum Protection
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}

/// <summary>The file behind a mapping: two mappings of one file page are aliases, and translations of either depend on both.</summary>
/// <param name="Device">st_dev, or 0 with <paramref name="Inode"/> 0 for anonymous memory.</param>
/// <param name="Inode">st_ino.</param>
/// <param name="Offset">File offset of the region's first byte.</param>
readonly record struct Backing(ulong Device, ulong Inode, ulong Offset)
{
    public bool IsFile => Inode != 0;
    public Backing At(ulong delta) => IsFile ? this with { Offset = Offset + delta } : this;
}

/// <summary>A range of guest pages with one protection and one backing: [Start, End).</summary>
readonly record struct Region(ulong Start, ulong End, Protection Protection, bool Shared, Backing Backing)
{
    public Region Clip(ulong start, ulong end)
    {
        ulong from = Math.Max(Start, start);
        return this with { Start = from, End = Math.Min(End, end), Backing = Backing.At(from - Start) };
    }

    public bool Continues(in Region before) =>
        before.End == Start && before.Protection == Protection && before.Shared == Shared && before.Backing.At(before.End - before.Start) == Backing;
}

/// <summary>
/// Which address ranges belong to the guest. Everything else in the address space is dbt's own or free, and the guest can neither map over it nor unmap it.
/// </summary>
/// <remarks>
/// A sorted array of disjoint regions, neighbours merged: lookups are a binary search without allocation. Whoever changes it, or walks <see cref="Regions"/>, holds its owner's lock; the questions
/// (<see cref="TryFind"/> and the like) may be asked by any thread without one: a sequence number, odd during a change, tells them to ask again.
/// </remarks>
sealed unsafe class MemoryMap
{
    // Pinned: other processes may read them.
    Region[] regions = GC.AllocateArray<Region>(64, pinned: true);
    int count;
    int sequence;
    bool isPublished;

    /// <summary>The regions in ascending order.</summary>
    public ReadOnlySpan<Region> Regions => regions.AsSpan(0, count);

    // The count first: an array is published before a count that needs it.
    ReadOnlySpan<Region> Glance()
    {
        int length = Volatile.Read(ref count);
        return Volatile.Read(ref regions).AsSpan(0, length);
    }

    /// <summary>Begins a question of a thread without the lock.</summary>
    int BeginRead()
    {
        var wait = new SpinWait();
        while (true)
        {
            int before = Volatile.Read(ref sequence);
            if ((before & 1) == 0) return before;
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>False if the map has changed since: the answer is worth nothing.</summary>
    bool EndRead(int before)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref sequence) == before;
    }

    void BeginChange()
    {
        Interlocked.Increment(ref sequence);
        if (isPublished) Volatile.Write(ref PublishedSpace.Own->Sequence, sequence);
    }

    void EndChange()
    {
        Interlocked.Increment(ref sequence);
        if (!isPublished) return;
        PublishedSpace.Own->Regions = (Region*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(regions, 0);
        PublishedSpace.Own->Count = count;
        Volatile.Write(ref PublishedSpace.Own->Sequence, sequence);
    }

    /// <summary>Lets other processes read this map.</summary>
    public void Publish()
    {
        isPublished = true;
        BeginChange();
        EndChange();
        PublishedSpace.Publish();
    }

    static int IndexAfter(ReadOnlySpan<Region> regions, ulong address)
    {
        int low = 0, high = regions.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (regions[middle].End <= address) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Index of the first region that ends after <paramref name="address"/>.</summary>
    public int IndexAfter(ulong address) => IndexAfter(Regions, address);

    /// <summary>Whether every page of [start, end) is the guest's and allows <paramref name="needed"/>. From any thread.</summary>
    public bool Allows(ulong start, ulong end, Protection needed)
    {
        while (true)
        {
            int before = BeginRead();
            bool allowed = AllAllow(Glance(), start, end, needed);
            if (EndRead(before)) return allowed;
        }
    }

    static bool AllAllow(ReadOnlySpan<Region> regions, ulong start, ulong end, Protection needed)
    {
        for (int i = IndexAfter(regions, start); start < end; i++)
        {
            if (i >= regions.Length || regions[i].Start > start || (regions[i].Protection & needed) != needed) return false;
            start = regions[i].End;
        }
        return true;
    }

    /// <summary>Whether any page of [start, end) is the guest's and allows <paramref name="wanted"/>. From any thread.</summary>
    public bool ContainsAny(ulong start, ulong end, Protection wanted = Protection.None)
    {
        while (true)
        {
            int before = BeginRead();
            bool contains = AnyAllows(Glance(), start, end, wanted);
            if (EndRead(before)) return contains;
        }
    }

    static bool AnyAllows(ReadOnlySpan<Region> regions, ulong start, ulong end, Protection wanted)
    {
        for (int i = IndexAfter(regions, start); start < end && i < regions.Length && regions[i].Start < end; i++)
        {
            if ((regions[i].Protection & wanted) == wanted) return true;
        }
        return false;
    }

    /// <summary>The region that contains an address; false if the address is not the guest's. From any thread.</summary>
    public bool TryFind(ulong address, out Region region)
    {
        while (true)
        {
            int before = BeginRead();
            var glance = Glance();
            int i = IndexAfter(glance, address);
            bool found = i < glance.Length && glance[i].Start <= address;
            region = found ? glance[i] : default;
            if (EndRead(before)) return found;
        }
    }

    /// <summary>The guest's first pages in [start, end), as far as they are one region; false if there are none. From any thread.</summary>
    public bool NextPart(ulong start, ulong end, out Region part)
    {
        while (true)
        {
            int before = BeginRead();
            var glance = Glance();
            int i = IndexAfter(glance, start);
            bool found = start < end && i < glance.Length && glance[i].Start < end;
            part = found ? glance[i].Clip(start, end) : default;
            if (EndRead(before)) return found;
        }
    }

    /// <summary>The first part of [start, end) that is not the guest's; false if there is none.</summary>
    public bool TryFindGap(ulong start, ulong end, out ulong gapStart, out ulong gapEnd)
    {
        int i = IndexAfter(start);
        while (start < end && i < count && regions[i].Start <= start) start = regions[i++].End;
        gapStart = start;
        gapEnd = i < count ? Math.Min(end, regions[i].Start) : end;
        return start < end;
    }

    /// <summary>Bytes of [start, end) that are the guest's.</summary>
    public ulong Size(ulong start, ulong end)
    {
        ulong size = 0;
        for (int i = IndexAfter(start); i < count && regions[i].Start < end; i++) size += Math.Min(end, regions[i].End) - Math.Max(start, regions[i].Start);
        return size;
    }

    /// <summary>Bytes of private writable memory.</summary>
    public ulong DataSize()
    {
        ulong size = 0;
        foreach (ref readonly Region region in Regions)
        {
            if (!region.Shared && (region.Protection & Protection.Write) != 0) size += region.End - region.Start;
        }
        return size;
    }

    /// <summary>Removes [start, end) from the map.</summary>
    public void Remove(ulong start, ulong end)
    {
        if (start >= end) return;
        BeginChange();
        Cut(start, end);
        EndChange();
    }

    void Cut(ulong start, ulong end)
    {
        int first = IndexAfter(start);
        int last = first;
        while (last < count && regions[last].Start < end) last++;
        if (first == last) return;
        Region head = regions[first], tail = regions[last - 1];
        bool keepHead = head.Start < start, keepTail = tail.End > end;
        int kept = (keepHead ? 1 : 0) + (keepTail ? 1 : 0);
        Resize(first, last - first, kept);
        if (keepHead) regions[first++] = head.Clip(head.Start, start);
        if (keepTail) regions[first] = tail.Clip(end, tail.End);
    }

    /// <summary>Makes [region.Start, region.End) this region, whatever was there before.</summary>
    public void Set(Region region)
    {
        if (region.Start >= region.End) return;
        BeginChange();
        Cut(region.Start, region.End);
        int at = IndexAfter(region.Start);
        int replaced = 0;
        if (at > 0 && region.Continues(regions[at - 1]))
        {
            region = regions[at - 1] with { End = region.End };
            at--;
            replaced++;
        }
        if (at + replaced < count && regions[at + replaced].Continues(region))
        {
            region = region with { End = regions[at + replaced].End };
            replaced++;
        }
        Resize(at, replaced, 1);
        regions[at] = region;
        EndChange();
    }

    /// <summary>Changes the protection of the guest's pages in [start, end).</summary>
    public void Protect(ulong start, ulong end, Protection protection)
    {
        while (start < end)
        {
            int i = IndexAfter(start);
            if (i == count || regions[i].Start >= end) return;
            Region part = regions[i].Clip(start, end);
            if (part.Protection != protection) Set(part with { Protection = protection });
            start = part.End;
        }
    }

    // Replaces `removed` entries at `at` by `added` unset ones.
    void Resize(int at, int removed, int added)
    {
        int newCount = count - removed + added;
        if (newCount > regions.Length)
        {
            var larger = GC.AllocateUninitializedArray<Region>(Math.Max(newCount, regions.Length * 2), pinned: true);
            regions.AsSpan(0, count).CopyTo(larger);
            regions = larger;
        }
        Array.Copy(regions, at + removed, regions, at + added, count - at - removed);
        count = newCount;
    }
}
