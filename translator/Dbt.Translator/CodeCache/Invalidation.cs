namespace Dbt.Translator.CodeCache;

/// <summary>Discarding blocks whose guest code changes.</summary>
/// <remarks>
/// A translation in progress on another thread may have read the old bytes and not be published yet, so it is not found here: the newest ranges are remembered with a version
/// that translators read before they read guest code, and a block made from such bytes is refused at publication.
/// </remarks>
sealed unsafe partial class TranslationCache
{
    const int RecentRanges = 16;
    readonly (ulong Start, ulong End)[] recent = new (ulong, ulong)[RecentRanges];
    readonly List<nint> discarded = [];
    long version;

    /// <summary>Number of invalidations; read before guest code is read for a translation.</summary>
    public long Version => Volatile.Read(ref version);
    /// <summary>Invalidations that discarded at least one block.</summary>
    public long Invalidations { get; private set; }
    /// <summary>Blocks discarded by invalidation.</summary>
    public long InvalidatedBlocks { get; private set; }

    /// <summary>Discards the blocks that were made from a byte of [start, end); returns them, valid until the next call, so that the threads' tables can forget them. Requires <see cref="Gate"/>.</summary>
    public List<nint> Invalidate(ulong start, ulong end)
    {
        recent[version % RecentRanges] = (start, end);
        Volatile.Write(ref version, version + 1);
        discarded.Clear();
        pages.Collect(start, end, discarded);
        int count = 0;
        foreach (nint block in discarded)
        {
            var info = (BlockInfo*)block;
            if (info->Flags == Dead) continue;
            Discard(info);
            count++;
        }
        if (count > 0) Invalidations++;
        InvalidatedBlocks += count;
        return discarded;
    }

    /// <summary>In a forked child: counts from zero.</summary>
    public void ResetCounters() => Links = LoadedBlocks = Evictions = Invalidations = InvalidatedBlocks = 0;

    bool WasInvalidated(BlockInfo* info, long since)
    {
        if (version - since > RecentRanges) return true;
        for (long v = since; v < version; v++)
        {
            var (start, end) = recent[v % RecentRanges];
            for (int i = 0; i < info->RangeCount; i++)
            {
                if (info->Ranges[2 * i] < end && info->Ranges[2 * i + 1] > start) return true;
            }
        }
        return false;
    }
}
