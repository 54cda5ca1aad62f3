using Dbt.Translator.CodeCache;

namespace Dbt.Translator.Execution;

/// <summary>A thread's direct-mapped table from location to code, probed by translated code at indirect branches that miss their inline cache.</summary>
/// <remarks>
/// Entries are written by the owning thread and cleared by whoever discards a block. The memory starts as zeroes and is touched only where entries go: an entry of location 0 matches
/// nothing, because location 0 itself probes only entry 0, which starts as <see cref="Empty"/>. Grows when entries keep displacing each other.
/// </remarks>
unsafe struct ThreadTable
{
    const ulong Empty = ulong.MaxValue;
    const int InitialEntries = 4096;
    const int MaxEntries = 1 << 20;
    int entries;
    int displaced;

    /// <summary>Makes the first table of a thread.</summary>
    public void Initialize(ThreadBlock* block) => Allocate(block, InitialEntries);

    /// <summary>Frees the table.</summary>
    public readonly void Free(ThreadBlock* block) => HostMemory.Free((nint)block->Table, (nint)entries * sizeof(CodePair));

    /// <summary>Remembers a block. On the owning thread.</summary>
    public void Insert(ThreadBlock* block, BlockInfo* info, Lock gate)
    {
        CodePair* entry = At(block, info->Location);
        if (entry->Location != Empty && entry->Location != 0 && entry->Location != info->Location && ++displaced > entries / 2 && entries < MaxEntries)
        {
            lock (gate) Grow(block);
            entry = At(block, info->Location);
        }
        Volatile.Write(ref entry->Location, Empty);
        entry->Code = info->Entry;
        Volatile.Write(ref entry->Location, info->Location);
        // Against one who discards the block just now: either it sees the entry, or we see that the block is dead.
        Interlocked.MemoryBarrier();
        if (TranslationCache.IsDead(info)) Forget(block, info);
    }

    /// <summary>Drops a discarded block. From any thread, under the cache's lock or on the owning thread.</summary>
    public static void Forget(ThreadBlock* block, BlockInfo* info) =>
        Interlocked.CompareExchange(ref At(block, info->Location)->Location, Empty, info->Location);

    /// <summary>Drops everything. Only while the owning thread is stopped or on it.</summary>
    public void Clear(ThreadBlock* block)
    {
        Free(block);
        Allocate(block, entries);
    }

    static CodePair* At(ThreadBlock* block, ulong location) => (CodePair*)((byte*)block->Table + ((location << 2) & block->TableMask));

    void Allocate(ThreadBlock* block, int count)
    {
        entries = count;
        displaced = 0;
        block->Table = (CodePair*)HostMemory.Allocate(0, (nint)count * sizeof(CodePair));
        block->Table->Location = Empty;
        block->TableMask = (ulong)(count - 1) * (ulong)sizeof(CodePair);
    }

    void Grow(ThreadBlock* block)
    {
        CodePair* old = block->Table;
        int count = entries;
        Allocate(block, 2 * count);
        for (int i = 0; i < count; i++)
        {
            if (old[i].Location is not (Empty or 0)) *At(block, old[i].Location) = old[i];
        }
        HostMemory.Free((nint)old, (nint)count * sizeof(CodePair));
    }
}
