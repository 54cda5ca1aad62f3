using Dbt.Linux.Memory;

namespace Dbt.Linux.Tests.Memory;

public sealed class MemoryMapTests
{
    const ulong Page = 4096;
    const int Pages = 64;

    // The map against an array of pages.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_changes_agree_with_a_table_of_pages(int seed)
    {
        var random = new Random(seed);
        var map = new MemoryMap();
        var model = new (bool Mapped, Protection Protection, ulong Inode, ulong Offset)[Pages];
        for (int round = 0; round < 3000; round++)
        {
            int start = random.Next(Pages), end = random.Next(start, Pages + 1);
            var protection = (Protection)random.Next(8);
            switch (random.Next(3))
            {
                case 0:
                    ulong inode = (ulong)random.Next(3);
                    ulong offset = inode == 0 ? 0 : (ulong)random.Next(4) * Page;
                    map.Set(new Region((ulong)start * Page, (ulong)end * Page, protection, false, inode == 0 ? default : new Backing(1, inode, offset)));
                    for (int i = start; i < end; i++) model[i] = (true, protection, inode, inode == 0 ? 0 : offset + (ulong)(i - start) * Page);
                    break;
                case 1:
                    map.Remove((ulong)start * Page, (ulong)end * Page);
                    for (int i = start; i < end; i++) model[i] = default;
                    break;
                default:
                    map.Protect((ulong)start * Page, (ulong)end * Page, protection);
                    for (int i = start; i < end; i++)
                    {
                        if (model[i].Mapped) model[i].Protection = protection;
                    }
                    break;
            }
            Compare(map, model);
            int from = random.Next(Pages), to = random.Next(from, Pages + 1);
            bool allows = true, any = false;
            for (int i = from; i < to; i++)
            {
                allows &= model[i].Mapped && (model[i].Protection & Protection.Execute) != 0;
                any |= model[i].Mapped && (model[i].Protection & Protection.Execute) != 0;
            }
            Assert.Equal(allows, map.Allows((ulong)from * Page, (ulong)to * Page, Protection.Execute));
            Assert.Equal(any, map.ContainsAny((ulong)from * Page, (ulong)to * Page, Protection.Execute));
        }
    }

    static void Compare(MemoryMap map, (bool Mapped, Protection Protection, ulong Inode, ulong Offset)[] model)
    {
        ulong previous = 0;
        foreach (var region in map.Regions)
        {
            Assert.True(region.Start >= previous && region.End > region.Start);
            previous = region.End;
        }
        for (int i = 0; i < model.Length; i++)
        {
            bool found = map.TryFind((ulong)i * Page + 8, out Region region);
            Assert.Equal(model[i].Mapped, found);
            if (!found) continue;
            Assert.Equal(model[i].Protection, region.Protection);
            Assert.Equal(model[i].Inode, region.Backing.Inode);
            if (model[i].Inode != 0) Assert.Equal(model[i].Offset, region.Backing.Offset + (ulong)i * Page - region.Start);
        }
    }

    [Fact]
    public void Neighbours_with_the_same_properties_are_one_region()
    {
        var map = new MemoryMap();
        map.Set(new Region(0x1000, 0x2000, Protection.Read, false, default));
        map.Set(new Region(0x3000, 0x4000, Protection.Read, false, default));
        map.Set(new Region(0x2000, 0x3000, Protection.Read, false, default));
        Assert.Equal(1, map.Regions.Length);
        map.Set(new Region(0x4000, 0x5000, Protection.Read, false, new Backing(1, 1, 0)));
        map.Set(new Region(0x5000, 0x6000, Protection.Read, false, new Backing(1, 1, 0x1000)));
        map.Set(new Region(0x6000, 0x7000, Protection.Read, false, new Backing(1, 1, 0x9000)));
        Assert.Equal(3, map.Regions.Length);
    }

    [Fact]
    public void Gaps_are_found()
    {
        var map = new MemoryMap();
        map.Set(new Region(0x2000, 0x3000, Protection.None, false, default));
        Assert.True(map.TryFindGap(0x1000, 0x4000, out ulong start, out ulong end));
        Assert.Equal((0x1000UL, 0x2000UL), (start, end));
        Assert.True(map.TryFindGap(0x2000, 0x4000, out start, out end));
        Assert.Equal((0x3000UL, 0x4000UL), (start, end));
        Assert.False(map.TryFindGap(0x2000, 0x3000, out _, out _));
    }
}
