namespace Dbt.Translator.Execution;

/// <summary>What the engine has done so far: plain counters, summed over all threads when read.</summary>
/// <remarks>Execution counts and stage times stay zero unless <see cref="EngineOptions.Statistics"/> is set.</remarks>
public sealed record EngineStatistics
{
    /// <summary>Blocks translated.</summary>
    public long Blocks { get; init; }
    /// <summary>Blocks that another process had translated.</summary>
    public long LoadedBlocks { get; init; }
    /// <summary>Guest instructions translated.</summary>
    public long GuestInstructions { get; init; }
    /// <summary>Bytes of guest code translated.</summary>
    public long GuestBytes { get; init; }
    /// <summary>Bytes of host code made.</summary>
    public long HostBytes { get; init; }
    /// <summary>Bytes of links, inline caches, block records and state maps made.</summary>
    public long DataBytes { get; init; }
    /// <summary>Time spent lifting.</summary>
    public TimeSpan LiftTime { get; init; }
    /// <summary>Time spent in the optimizer.</summary>
    public TimeSpan OptimizeTime { get; init; }
    /// <summary>Time spent lowering, allocating registers and emitting.</summary>
    public TimeSpan EmitTime { get; init; }
    /// <summary>Time spent publishing.</summary>
    public TimeSpan PublishTime { get; init; }
    /// <summary>Block executions reached by a link.</summary>
    public long ExecutionsLinked { get; init; }
    /// <summary>Block executions reached by an inline cache.</summary>
    public long ExecutionsInlineCache { get; init; }
    /// <summary>Block executions reached by a return that found its target in the thread's table.</summary>
    public long ExecutionsReturn { get; init; }
    /// <summary>Block executions reached through a thread's table.</summary>
    public long ExecutionsTable { get; init; }
    /// <summary>Block executions that the engine found in the shared index.</summary>
    public long ExecutionsIndex { get; init; }
    /// <summary>Block executions that had to translate first.</summary>
    public long ExecutionsMiss { get; init; }
    /// <summary>Links stored.</summary>
    public long Links { get; init; }
    /// <summary>Calls of <see cref="Engine.Invalidate"/> that discarded at least one block.</summary>
    public long Invalidations { get; init; }
    /// <summary>Blocks discarded by invalidation.</summary>
    public long InvalidatedBlocks { get; init; }
    /// <summary>Segments evicted because the cache was full.</summary>
    public long Evictions { get; init; }
    /// <summary>System calls of the guest.</summary>
    public long Syscalls { get; init; }
    /// <summary>Memory faults of the guest.</summary>
    public long Faults { get; init; }
    /// <summary>Poll exits taken.</summary>
    public long Polls { get; init; }
    /// <summary>Bytes of segments in use now.</summary>
    public long CacheBytes { get; init; }
    /// <summary>Blocks that <see cref="EngineOptions.Check"/> compared.</summary>
    public long CheckedBlocks { get; init; }
}
