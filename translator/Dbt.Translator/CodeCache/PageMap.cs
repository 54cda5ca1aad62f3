using System.Runtime.InteropServices;

namespace Dbt.Translator.CodeCache;

/// <summary>Which blocks were made from each guest page of 4 KiB: what invalidation by address asks.</summary>
/// <remarks>Open addressing on the page number; a page whose list ran empty keeps its entry until the table grows. Belongs to the cache's lock.</remarks>
sealed unsafe class PageMap(NodePool nodes) : IDisposable
{
    /// <summary>log2 of the page size.</summary>
    public const int PageShift = 12;

    struct Entry
    {
        public ulong Page;
        public nint Blocks;
        public bool InUse;
    }

    Entry* entries = (Entry*)NativeMemory.AllocZeroed(256, (nuint)sizeof(Entry));
    int capacity = 256;
    int count;

    /// <summary>Adds a block to the list of each page that its ranges touch.</summary>
    public void Add(BlockInfo* info)
    {
        ulong last = ulong.MaxValue;
        for (int i = 0; i < info->RangeCount; i++)
        {
            for (ulong page = info->Ranges[2 * i] >> PageShift; page <= (info->Ranges[2 * i + 1] - 1) >> PageShift; page++)
            {
                if (page == last) continue;
                last = page;
                nodes.Push(ref GetOrAdd(page)->Blocks, (nint)info);
            }
        }
    }

    /// <summary>Takes a block out of every page's list.</summary>
    public void Remove(BlockInfo* info)
    {
        for (int i = 0; i < info->RangeCount; i++)
        {
            for (ulong page = info->Ranges[2 * i] >> PageShift; page <= (info->Ranges[2 * i + 1] - 1) >> PageShift; page++)
            {
                Entry* entry = Find(page);
                if (entry != null) nodes.Remove(ref entry->Blocks, (nint)info);
            }
        }
    }

    /// <summary>Appends to <paramref name="found"/> the blocks that read a byte of [start, end); a block that spans pages may be appended more than once.</summary>
    public void Collect(ulong start, ulong end, List<nint> found)
    {
        if (start >= end || count == 0) return;
        ulong firstPage = start >> PageShift, lastPage = (end - 1) >> PageShift;
        if (lastPage - firstPage < (ulong)capacity)
        {
            for (ulong page = firstPage; page <= lastPage; page++)
            {
                Entry* entry = Find(page);
                if (entry != null) Collect(entry, start, end, found);
            }
            return;
        }
        for (int i = 0; i < capacity; i++)
        {
            if (entries[i].InUse && entries[i].Page >= firstPage && entries[i].Page <= lastPage) Collect(entries + i, start, end, found);
        }
    }

    /// <summary>Frees the table; the nodes belong to their pool.</summary>
    public void Dispose()
    {
        NativeMemory.Free(entries);
        entries = null;
        capacity = count = 0;
    }

    static void Collect(Entry* entry, ulong start, ulong end, List<nint> found)
    {
        for (nint at = entry->Blocks; at != 0; at = ((Node*)at)->Next)
        {
            var info = (BlockInfo*)((Node*)at)->Item;
            for (int i = 0; i < info->RangeCount; i++)
            {
                if (info->Ranges[2 * i] >= end || info->Ranges[2 * i + 1] <= start) continue;
                found.Add((nint)info);
                break;
            }
        }
    }

    Entry* Find(ulong page)
    {
        for (int i = Hash(page); ; i++)
        {
            Entry* entry = entries + (i & (capacity - 1));
            if (!entry->InUse) return null;
            if (entry->Page == page) return entry;
        }
    }

    Entry* GetOrAdd(ulong page)
    {
        Entry* entry = Find(page);
        if (entry != null) return entry;
        if (count >= capacity / 2) Grow();
        int i = Hash(page);
        while (entries[i & (capacity - 1)].InUse) i++;
        entry = entries + (i & (capacity - 1));
        *entry = new Entry { Page = page, InUse = true };
        count++;
        return entry;
    }

    void Grow()
    {
        Entry* old = entries;
        int oldCapacity = capacity, live = 0;
        for (int i = 0; i < oldCapacity; i++)
            if (old[i].Blocks != 0) live++;
        capacity = Math.Max(256, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)live * 4));
        entries = (Entry*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Entry));
        count = live;
        for (int i = 0; i < oldCapacity; i++)
        {
            if (old[i].Blocks == 0) continue;
            int j = Hash(old[i].Page);
            while (entries[j & (capacity - 1)].InUse) j++;
            entries[j & (capacity - 1)] = old[i];
        }
        NativeMemory.Free(old);
    }

    static int Hash(ulong page) => (int)((page * 0x9E37_79B9_7F4A_7C15) >> 40);
}
