using System.Diagnostics;
using Dbt.Translator.CodeCache;
using Dbt.Translator.X64;

namespace Dbt.Translator.Execution;

/// <summary>What the translations of a process have made and cost. Stage times are ticks of <see cref="Stopwatch"/>, added by every context.</summary>
sealed unsafe class TranslationTotals
{
    public long Lift, Optimize, Emit, Publish;
    public long Blocks, Instructions, GuestBytes, HostBytes, DataBytes;

    /// <summary>Counts a published block. Under the cache's lock.</summary>
    public void Count(BlockInfo* info, in EmissionSpace space)
    {
        Blocks++;
        Instructions += info->InstructionCount;
        // The ranges also cover code that was only peeked at: every guest so far has four-byte instructions.
        GuestBytes += 4L * info->InstructionCount;
        HostBytes += space.CodeUsed;
        DataBytes += space.DataUsed;
    }

    /// <summary>Starts from zero.</summary>
    public void Reset()
    {
        Lift = Optimize = Emit = Publish = 0;
        Blocks = Instructions = GuestBytes = HostBytes = DataBytes = 0;
    }

    /// <summary>The figures for the user.</summary>
    public EngineStatistics Report(in ThreadCounters threads, TranslationCache cache) => new()
    {
        Blocks = Blocks,
        LoadedBlocks = cache.LoadedBlocks,
        GuestInstructions = Instructions,
        GuestBytes = GuestBytes,
        HostBytes = HostBytes,
        DataBytes = DataBytes,
        LiftTime = Time(Lift),
        OptimizeTime = Time(Optimize),
        EmitTime = Time(Emit),
        PublishTime = Time(Publish),
        ExecutionsLinked = threads.Linked,
        ExecutionsInlineCache = threads.InlineCache,
        ExecutionsReturn = threads.Return,
        ExecutionsTable = threads.Table,
        ExecutionsIndex = threads.Index,
        ExecutionsMiss = threads.Miss,
        Links = cache.Links,
        Invalidations = cache.Invalidations,
        InvalidatedBlocks = cache.InvalidatedBlocks,
        Evictions = cache.Evictions,
        Syscalls = threads.Syscalls,
        Faults = threads.Faults,
        Polls = threads.Polls,
        CacheBytes = cache.Size,
    };

    static TimeSpan Time(long ticks) => TimeSpan.FromTicks(ticks * TimeSpan.TicksPerSecond / Stopwatch.Frequency);
}
