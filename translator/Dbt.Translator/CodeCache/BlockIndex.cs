using System.Runtime.InteropServices;

namespace Dbt.Translator.CodeCache;

/// <summary>All live blocks by location: an open-addressing hash table of <see cref="BlockInfo"/> pointers with lock-free lookup.</summary>
/// <remarks>
/// Linear probing; an entry is 0 (never used), <see cref="Removed"/>, or a block. A lookup may run while a writer (under the cache's lock) inserts, removes or replaces the table:
/// entries are single words, a block's key never changes, and a replaced table stays readable until <see cref="FreeRetired"/>, which the owner calls when no lookup can be running.
/// <code>
///   table: [ mask | next retired table | entry 0 | entry 1 | ... | entry mask ]
/// </code>
/// </remarks>
sealed unsafe class BlockIndex : IDisposable
{
    const nint Removed = 1;
    const int Header = 2;

    nint table;
    nint retired;
    int occupied;

    /// <summary>Makes an empty index; <paramref name="capacity"/> is a power of two.</summary>
    public BlockIndex(int capacity = 2048) => table = (nint)Allocate(capacity);

    /// <summary>Number of blocks.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of replaced tables that are not yet freed.</summary>
    public long RetiredBytes { get; private set; }

    /// <summary>The block at a location, or null. Callable without the lock.</summary>
    public BlockInfo* Find(ulong location)
    {
        nint* t = (nint*)Volatile.Read(ref table);
        nint mask = t[0];
        for (nint i = Hash(location); ; i++)
        {
            nint entry = Volatile.Read(ref t[Header + (i & mask)]);
            if (entry == 0) return null;
            if (entry != Removed && ((BlockInfo*)entry)->Location == location) return (BlockInfo*)entry;
        }
    }

    /// <summary>Adds a block whose location is not in the index. Under the lock.</summary>
    public void Insert(BlockInfo* info)
    {
        nint capacity = *(nint*)table + 1;
        if (occupied >= capacity - capacity / 4) Replace(Count >= capacity / 2 ? 2 * capacity : capacity);
        Place((nint*)table, info);
        occupied++;
        Count++;
    }

    /// <summary>Removes a block. Under the lock.</summary>
    public void Remove(BlockInfo* info)
    {
        nint* t = (nint*)table;
        for (nint i = Hash(info->Location); ; i++)
        {
            ref nint entry = ref t[Header + (i & t[0])];
            if (entry == 0) return;
            if (entry != (nint)info) continue;
            Volatile.Write(ref entry, Removed);
            Count--;
            return;
        }
    }

    /// <summary>Frees replaced tables. Only while no other thread can be inside <see cref="Find"/>.</summary>
    public void FreeRetired()
    {
        while (retired != 0)
        {
            nint next = ((nint*)retired)[1];
            NativeMemory.Free((void*)retired);
            retired = next;
        }
        RetiredBytes = 0;
    }

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        FreeRetired();
        NativeMemory.Free((void*)table);
        table = 0;
    }

    void Replace(nint capacity)
    {
        nint* old = (nint*)table;
        nint* larger = Allocate(capacity);
        for (nint i = 0; i <= old[0]; i++)
            if (old[Header + i] > Removed) Place(larger, (BlockInfo*)old[Header + i]);
        occupied = Count;
        Volatile.Write(ref table, (nint)larger);
        old[1] = retired;
        retired = (nint)old;
        RetiredBytes += (old[0] + 1 + Header) * sizeof(nint);
    }

    static void Place(nint* t, BlockInfo* info)
    {
        nint i = Hash(info->Location);
        while (t[Header + (i & t[0])] != 0) i++;
        Volatile.Write(ref t[Header + (i & t[0])], (nint)info);
    }

    static nint* Allocate(nint capacity)
    {
        nint* t = (nint*)NativeMemory.AllocZeroed((nuint)(capacity + Header), (nuint)sizeof(nint));
        t[0] = capacity - 1;
        return t;
    }

    // Fibonacci hashing; instruction addresses differ mostly in their low bits.
    static nint Hash(ulong location) => (nint)((location * 0x9E37_79B9_7F4A_7C15) >> 34);
}
