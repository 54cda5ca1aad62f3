using Dbt.Translator.CodeCache;

namespace Dbt.Translator.Tests.CodeCache;

/// <summary>Blocks without meaning, to see how they are linked and taken apart.</summary>
public sealed unsafe class TranslationCacheTests : IDisposable
{
    const int BlockSize = 64;
    readonly TranslationCache cache = new(1 << 20);
    Segment segment;

    public TranslationCacheTests() => segment = cache.TryOpenSegment()!;

    public void Dispose() => cache.Dispose();

    // A block of guest bytes [start, start + length) with direct exits to the given places and one indirect site behind its record.
    BlockInfo* Make(ulong start, ulong length = 16, params ulong[] exits)
    {
        var space = segment.Space();
        int size = sizeof(BlockInfo) + exits.Length * sizeof(ExitRecord) + sizeof(IndirectSite);
        if (space.CodeAvailable < BlockSize || space.DataAvailable < size) return null;
        var info = (BlockInfo*)space.Data;
        *info = new BlockInfo { Location = start, Entry = space.CodeExecute, CodeSize = BlockSize, RangeCount = 1, ExitCount = exits.Length, Exits = (ExitRecord*)(info + 1) };
        info->Ranges[0] = start;
        info->Ranges[1] = start + length;
        for (int i = 0; i < exits.Length; i++)
        {
            nint stub = info->Entry + 16 + i;
            info->Exits[i] = new ExitRecord { Kind = ExitKind.Link, Location = exits[i], Target = stub, Unlinked = stub };
        }
        *SiteOf(info) = new IndirectSite { Pair = TranslationCache.NeverPair };
        space.CodeUsed = BlockSize;
        space.DataUsed = size;
        return cache.Publish(segment, space, info, cache.Version);
    }

    static IndirectSite* SiteOf(BlockInfo* info) => (IndirectSite*)(info->Exits + info->ExitCount);

    static bool IsLinked(BlockInfo* from, int exit, BlockInfo* to) => from->Exits[exit].Target == to->Entry;

    static bool IsUnlinked(BlockInfo* from, int exit) => from->Exits[exit].Target == from->Exits[exit].Unlinked;

    [Fact]
    public void A_new_block_is_linked_to_the_blocks_that_exist_and_to_itself()
    {
        var target = Make(0x1000);
        var block = Make(0x2000, 16, 0x1000, 0x2000, 0x3000);
        Assert.True(IsLinked(block, 0, target) && IsLinked(block, 1, block) && IsUnlinked(block, 2));
        Assert.True(cache.Find(0x2000) == block && cache.Find(0x3000) == null);
    }

    [Fact]
    public void The_second_translation_of_a_location_gives_way_to_the_first()
    {
        var first = Make(0x1000);
        var second = Make(0x1000);
        Assert.True(first == second);
        Assert.Equal(1, cache.BlockCount);
    }

    [Fact]
    public void Invalidation_discards_what_overlaps_and_undoes_links_and_caches_to_it()
    {
        var target = Make(0x1000);
        var other = Make(0x1010);
        var block = Make(0x2000, 16, 0x1000, 0x1010);
        cache.Cache(SiteOf(block), target);
        Assert.True(SiteOf(block)->Pair == (CodePair*)target);

        Assert.Single(cache.Invalidate(0x100C, 0x1010));
        Assert.True(cache.Find(0x1000) == null && cache.Find(0x1010) == other && TranslationCache.IsDead(target));
        Assert.True(IsUnlinked(block, 0) && IsLinked(block, 1, other));
        Assert.True(SiteOf(block)->Pair == TranslationCache.NeverPair);

        var again = Make(0x1000);
        cache.Link(block->Exits, again);
        Assert.True(IsLinked(block, 0, again));
    }

    [Fact]
    public void A_block_over_a_page_border_is_found_from_both_pages()
    {
        Make(0x1FF8);
        Assert.NotEmpty(cache.Invalidate(0x2000, 0x2001));
        Make(0x1FF8);
        Assert.NotEmpty(cache.Invalidate(0x1000, 0x2000));
        Make(0x1FF8);
        Assert.Empty(cache.Invalidate(0x2008, 0x3000));
        Assert.NotEmpty(cache.Invalidate(0, ulong.MaxValue));
        Assert.Equal(0, cache.BlockCount);
    }

    [Fact]
    public void Bytes_invalidated_during_translation_refuse_the_block()
    {
        var space = segment.Space();
        var info = (BlockInfo*)space.Data;
        *info = new BlockInfo { Location = 0x1000, Entry = space.CodeExecute, RangeCount = 1 };
        (info->Ranges[0], info->Ranges[1]) = (0x1000, 0x1010);
        long version = cache.Version;
        cache.Invalidate(0x5000, 0x6000);
        cache.Invalidate(0x1008, 0x1009);
        Assert.True(cache.Publish(segment, space, info, version) == null);
        version = cache.Version;
        cache.Invalidate(0x5000, 0x6000);
        Assert.True(cache.Publish(segment, space, info, version) == info);
    }

    [Fact]
    public void A_site_that_keeps_changing_is_left_alone()
    {
        var block = Make(0x2000);
        var targets = Enumerable.Range(0, 8).Select(i => (nint)Make(0x4000 + 0x100 * (ulong)i)).ToArray();
        foreach (nint target in targets) cache.Cache(SiteOf(block), (BlockInfo*)target);
        nint settled = (nint)SiteOf(block)->Pair;
        cache.Cache(SiteOf(block), (BlockInfo*)targets[7]);
        Assert.Equal(settled, (nint)SiteOf(block)->Pair);
        cache.Invalidate(((BlockInfo*)settled)->Location, ((BlockInfo*)settled)->Location + 1);
        Assert.True(SiteOf(block)->Pair == TranslationCache.NeverPair);
    }

    [Fact]
    public void Eviction_takes_the_oldest_segment_and_no_pointer_into_it_stays()
    {
        var oldest = segment;
        var early = Make(0x1000, 16, 0x2000);
        segment = cache.TryOpenSegment()!;
        var late = Make(0x2000, 16, 0x1000);
        cache.Link(early->Exits, late);
        Assert.True(IsLinked(late, 0, early) && IsLinked(early, 0, late));

        cache.EvictOldest();
        Assert.True(oldest.IsSealed && IsUnlinked(late, 0) && cache.Find(0x1000) == null && cache.Find(0x2000) == late);
        // Would write into the unmapped segment if late still knew of early's exit.
        cache.Invalidate(0x2000, 0x2001);
        Assert.Equal(0, cache.BlockCount);
    }

    [Fact]
    public void The_limit_is_kept_by_evicting()
    {
        int published = 0;
        for (ulong i = 1; i <= 50_000; i++)
        {
            while (Make(i * 0x20, 16, (i - 1) * 0x20, (i + 1) * 0x20) == null)
            {
                segment.Seal();
                var next = cache.TryOpenSegment();
                if (next == null) cache.EvictOldest();
                else segment = next;
            }
            published++;
        }
        Assert.Equal(50_000, published);
        Assert.True(cache.Evictions > 10 && cache.Size <= 1 << 20);
        Assert.True(cache.Find(50_000 * 0x20) != null && cache.Find(0x20) == null);
    }

    [Fact]
    public void Code_is_written_through_one_view_and_seen_through_the_other()
    {
        var space = segment.Space();
        *space.CodeWrite = 0xC3;
        Assert.Equal(0xC3, *(byte*)space.CodeExecute);
        ((delegate* unmanaged<void>)space.CodeExecute)();
    }

    [Fact]
    public void A_host_address_finds_its_block()
    {
        var first = Make(0x1000);
        var second = Make(0x2000);
        Assert.True(cache.FindByCode(first->Entry + 5) == first && cache.FindByCode(second->Entry) == second);
        Assert.True(cache.FindByCode(second->Entry + BlockSize) == null);
    }
}
