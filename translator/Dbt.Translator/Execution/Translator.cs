using System.Diagnostics;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;
using Microsoft.Extensions.ObjectPool;

namespace Dbt.Translator.Execution;

/// <summary>Turns guest code into published blocks. Any number of threads at once: each translation has a context of its own, with a segment of its own to write into.</summary>
sealed unsafe class Translator(TranslationCache cache, ICodeSource source, TranslationTotals totals, Func<ICodeGenerator> generators, bool measure)
{
    readonly ObjectPool<Context> contexts = new DefaultObjectPool<Context>(new ContextPolicy(generators), maximumRetained: 256);

    /// <summary>Translates the block at a location and publishes it. Null if the cache is full: evict, then call again.</summary>
    public BlockInfo* Translate(Location location)
    {
        var context = contexts.Get();
        try
        {
            while (true)
            {
                long version = cache.Version;
                if (!TryEmit(context, location, out var space, out var info)) return null;
                BlockInfo* published = Publish(context.Segment!, space, info, version);
                if (published != null) return published;
            }
        }
        finally
        {
            contexts.Return(context);
        }
    }

    /// <summary>See <see cref="ICodeGenerator.Restore"/>.</summary>
    public Location Restore(BlockInfo* info, HostContext* host, ThreadBlock* block)
    {
        var context = contexts.Get();
        try
        {
            return context.Generator.Restore(info, host, block);
        }
        finally
        {
            contexts.Return(context);
        }
    }

    // Into the context's segment if there is room, else into a new one; false if the cache is full.
    bool TryEmit(Context context, Location location, out EmissionSpace space, out BlockInfo* info)
    {
        if (context.Segment is { IsSealed: false } segment)
        {
            context.Generator.Prepare(location, source);
            space = segment.Space();
            if (context.Generator.TryEmit(ref space, out info)) return true;
            segment.Seal();
        }
        lock (cache.Gate) context.Segment = cache.TryOpenSegment();
        space = default;
        info = null;
        if (context.Segment == null) return false;
        context.Generator.Prepare(location, source);
        space = context.Segment.Space();
        if (context.Generator.TryEmit(ref space, out info)) return true;
        throw new InvalidOperationException($"The block at {location} does not fit an empty segment of the code cache.");
    }

    BlockInfo* Publish(Segment segment, in EmissionSpace space, BlockInfo* info, long version)
    {
        long start = measure ? Stopwatch.GetTimestamp() : 0;
        lock (cache.Gate)
        {
            BlockInfo* published = cache.Publish(segment, space, info, version);
            if (published == info) totals.Count(info, space);
            if (measure) totals.Publish += Stopwatch.GetTimestamp() - start;
            return published;
        }
    }

    sealed class Context(ICodeGenerator generator)
    {
        public ICodeGenerator Generator { get; } = generator;
        public Segment? Segment { get; set; }
    }

    sealed class ContextPolicy(Func<ICodeGenerator> generators) : PooledObjectPolicy<Context>
    {
        public override Context Create() => new(generators());
        public override bool Return(Context context) => true;
    }
}
