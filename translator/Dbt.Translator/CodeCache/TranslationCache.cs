using System.Runtime.InteropServices;
using Dbt.Translator.X64;

namespace Dbt.Translator.CodeCache;

/// <summary>The published translations of a process: segments, the index, the links between blocks, and how all of that is taken apart again.</summary>
/// <remarks>
/// Every link remembers itself at its target (<see cref="BlockInfo.Incoming"/>: exit records, and indirect sites with the tag bit set), so discarding a block costs what was linked
/// to it and never a scan of the cache. A discarded block's code and records stay readable until its segment is evicted: a thread inside it runs on to its next exit, whose link
/// still works. Its own entries in other blocks' lists stay too, and are purged when the segment goes.
/// Everything but <see cref="Find"/> requires <see cref="Gate"/>.
/// </remarks>
sealed unsafe partial class TranslationCache : IDisposable
{
    const int SiteTag = 1;
    /// <summary>Values of <see cref="BlockInfo.Flags"/>: in the index; discarded.</summary>
    const int Live = 0, Dead = 1;
    /// <summary>In an image, not published yet.</summary>
    public const int Stored = 2;
    /// <summary>An indirect site that missed this often is megamorphic: left to the thread's table.</summary>
    const int MaxSiteMisses = 4;

    readonly BlockIndex index = new();
    readonly NodePool nodes = new();
    readonly PageMap pages;
    readonly List<CodeSegment> segments = [];
    readonly long limit;
    readonly bool linking;
    readonly int codeSize;
    readonly int dataSize;

    /// <summary>Makes an empty cache for at most <paramref name="limit"/> bytes of code and data (at least 1 MiB). Without <paramref name="linking"/> every exit goes to the engine.</summary>
    public TranslationCache(long limit, bool linking = true)
    {
        this.linking = linking;
        this.limit = Math.Max(limit, 1 << 20);
        int half = (int)Math.Clamp(this.limit / 16, CodeRegion.Unit, 1 << 20) & -CodeRegion.Unit;
        codeSize = dataSize = half;
        pages = new PageMap(nodes);
        // Code is mapped twice, hence 3/2; the rest is for segments that several threads fill at once.
        CodeRegion.Reserve((nint)Math.Max(this.limit / 2 * 3 + 8L * 3 * half, 32 << 20));
    }

    /// <summary>Taken for every change.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The pair that an indirect site has when it caches nothing. Its location matches no guest's.</summary>
    public static CodePair* NeverPair { get; } = MakeNeverPair();

    /// <summary>Grows with each eviction: pointers to blocks and records remembered from before may be gone.</summary>
    public int Generation { get; private set; }
    /// <summary>Number of live blocks.</summary>
    public int BlockCount => index.Count;
    /// <summary>Links stored so far.</summary>
    public long Links { get; private set; }
    /// <summary>Segments evicted so far.</summary>
    public long Evictions { get; private set; }
    /// <summary>Bytes of all segments.</summary>
    public long Size { get; private set; }
    /// <summary>Memory of replaced index tables that waits for <see cref="EvictOldest"/> or a stop.</summary>
    public long RetiredBytes => index.RetiredBytes;

    /// <summary>The live block at a location, or null. Lock-free; the caller must hold off evictions.</summary>
    public BlockInfo* Find(ulong location) => index.Find(location);

    /// <summary>A new segment, or null if the limit is reached and the oldest must be evicted first.</summary>
    public Segment? TryOpenSegment()
    {
        if (Size + codeSize + dataSize > limit) return null;
        var segment = Segment.TryCreate(codeSize, dataSize);
        if (segment == null) return segments.Count > 0 ? null : throw new OutOfMemoryException("No address space is left for translated code.");
        segments.Add(segment);
        Size += segment.Size;
        return segment;
    }

    /// <summary>Makes a block known and links what can be linked. If the location has got a live block meanwhile, that one is returned and the room is not used.
    /// Null if guest code that the block was made from has been invalidated since <paramref name="version"/>.</summary>
    public BlockInfo* Publish(Segment segment, in EmissionSpace space, BlockInfo* info, long version)
    {
        if (WasInvalidated(info, version)) return null;
        BlockInfo* existing = index.Find(info->Location);
        if (existing != null) return existing;
        segment.Commit(space, info);
        Add(info);
        return info;
    }

    // Into the index, with links to what is there.
    void Add(BlockInfo* info)
    {
        info->Flags = Live;
        info->Incoming = 0;
        index.Insert(info);
        pages.Add(info);
        for (int i = 0; i < info->ExitCount; i++)
        {
            ExitRecord* exit = info->Exits + i;
            if (exit->Kind is not (ExitKind.Link or ExitKind.Syscall)) continue;
            BlockInfo* target = index.Find(exit->Location);
            if (target != null) Link(exit, target);
        }
    }

    /// <summary>Links an exit to its target's block.</summary>
    public void Link(ExitRecord* exit, BlockInfo* target)
    {
        if (!linking || exit->Target != exit->Unlinked || target->Flags == Dead) return;
        nodes.Push(ref target->Incoming, (nint)exit);
        Volatile.Write(ref exit->Target, target->Entry);
        Links++;
    }

    /// <summary>Caches a block at an indirect branch site, unless the site keeps changing. The pair is the head of the block's record: location and entry never change.</summary>
    public void Cache(IndirectSite* site, BlockInfo* target)
    {
        if (!linking || target->Flags == Dead || site->Pair == target || ++site->Misses > MaxSiteMisses) return;
        nodes.Push(ref target->Incoming, (nint)site | SiteTag);
        Volatile.Write(ref *(nint*)&site->Pair, (nint)target);
    }

    /// <summary>Whether a block has been discarded.</summary>
    public static bool IsDead(BlockInfo* info) => Volatile.Read(ref info->Flags) == Dead;

    /// <summary>The block whose code contains a host address, or null. The caller must hold off evictions.</summary>
    public BlockInfo* FindByCode(nint address)
    {
        foreach (var segment in segments)
        {
            if (segment.ContainsCode(address)) return segment.FindBlock(address);
        }
        return null;
    }

    /// <summary>In a forked child: no segment of the parent is written any more.</summary>
    public void SealAll()
    {
        foreach (var segment in segments) (segment as Segment)?.Inherit();
    }

    /// <summary>Discards the oldest segment with all its blocks. No other thread may be in translated code or hold a pointer into the cache; the caller then clears every
    /// thread's table.</summary>
    public void EvictOldest()
    {
        index.FreeRetired();
        if (segments.Count == 0) return;
        var segment = segments[0];
        segments.RemoveAt(0);
        Forget(segment);
        for (int i = 0; i < segment.BlockCount; i++)
        {
            if (segment[i]->Flags == Live) Discard(segment[i]);
        }
        foreach (var other in segments)
        {
            for (int i = 0; i < other.BlockCount; i++) nodes.RemoveInside(ref other[i]->Incoming, segment);
        }
        Size -= segment.Size;
        segment.Dispose();
        Evictions++;
        Generation++;
    }

    /// <summary>Frees replaced index tables. Only while no other thread can look up.</summary>
    public void FreeRetired() => index.FreeRetired();

    /// <summary>Frees everything.</summary>
    public void Dispose()
    {
        foreach (var segment in segments) segment.Dispose();
        segments.Clear();
        index.Dispose();
        pages.Dispose();
        nodes.Dispose();
    }

    // Out of the index first, so that nobody finds it while its incoming links are undone.
    void Discard(BlockInfo* info)
    {
        Volatile.Write(ref info->Flags, Dead);
        index.Remove(info);
        pages.Remove(info);
        while (nodes.TryPop(ref info->Incoming, out nint item))
        {
            if ((item & SiteTag) != 0)
            {
                var site = (IndirectSite*)(item & ~SiteTag);
                if (site->Pair == (CodePair*)info) Volatile.Write(ref *(nint*)&site->Pair, (nint)NeverPair);
            }
            else
            {
                var exit = (ExitRecord*)item;
                if (exit->Target == info->Entry) Volatile.Write(ref exit->Target, exit->Unlinked);
            }
        }
    }

    static CodePair* MakeNeverPair()
    {
        var pair = (CodePair*)NativeMemory.Alloc((nuint)sizeof(CodePair));
        *pair = new CodePair { Location = ulong.MaxValue };
        return pair;
    }
}
