namespace Dbt.Translator.Execution;

/// <summary>What one thread counts in managed code; summed by <see cref="Engine.Statistics"/>.</summary>
struct ThreadCounters
{
    public long Index, Miss, Syscalls, Faults, Polls;
    /// <summary>Counted by translated code; copied here when the thread goes.</summary>
    public long Linked, InlineCache, Return, Table;

    public void Add(in ThreadCounters other)
    {
        Index += other.Index;
        Miss += other.Miss;
        Syscalls += other.Syscalls;
        Faults += other.Faults;
        Polls += other.Polls;
        Linked += other.Linked;
        InlineCache += other.InlineCache;
        Return += other.Return;
        Table += other.Table;
    }

    /// <summary>These counters with those that translated code keeps in the block.</summary>
    public readonly unsafe ThreadCounters With(ThreadBlock* block)
    {
        var sum = this;
        sum.Linked += (long)block->CountLinked;
        sum.InlineCache += (long)block->CountInlineCache;
        sum.Return += (long)block->CountReturn;
        sum.Table += (long)block->CountTable;
        return sum;
    }
}
