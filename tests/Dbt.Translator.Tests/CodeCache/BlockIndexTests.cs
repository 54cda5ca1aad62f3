using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;

namespace Dbt.Translator.Tests.CodeCache;

public sealed unsafe class BlockIndexTests
{
    [Fact]
    public void Blocks_are_found_through_growth_and_removal()
    {
        const int count = 20000;
        var blocks = (BlockInfo*)NativeMemory.AllocZeroed(count, (nuint)sizeof(BlockInfo));
        using var index = new BlockIndex();
        for (int i = 0; i < count; i++)
        {
            blocks[i].Location = 0x40_0000 + 4 * (ulong)i;
            index.Insert(blocks + i);
        }
        for (int i = 0; i < count; i += 3) index.Remove(blocks + i);
        for (int i = 0; i < count; i++) Assert.True(index.Find(blocks[i].Location) == (i % 3 == 0 ? null : blocks + i));
        Assert.True(index.Find(0x40_0002) == null);
        Assert.Equal(count - (count + 2) / 3, index.Count);
        NativeMemory.Free(blocks);
    }

    [Fact]
    public void Removed_entries_are_reclaimed_when_blocks_come_and_go()
    {
        BlockInfo block = default;
        using var index = new BlockIndex();
        for (ulong i = 1; i < 100_000; i++)
        {
            block.Location = i * 4;
            index.Insert(&block);
            Assert.True(index.Find(i * 4) == &block);
            index.Remove(&block);
            Assert.True(index.Find(i * 4) == null);
        }
        index.FreeRetired();
        Assert.Equal(0, index.RetiredBytes);
    }

    [Fact]
    public void A_reader_finds_what_stays_while_a_writer_replaces_the_table()
    {
        const int stable = 500, passing = 50_000;
        var blocks = (BlockInfo*)NativeMemory.AllocZeroed(stable + passing, (nuint)sizeof(BlockInfo));
        var index = new BlockIndex();
        for (int i = 0; i < stable + passing; i++) blocks[i].Location = 0x1000 + 4 * (ulong)i;
        for (int i = 0; i < stable; i++) index.Insert(blocks + i);
        bool done = false, missed = false;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                for (int i = 0; i < stable; i++) missed |= index.Find(0x1000 + 4 * (ulong)i) != blocks + i;
            }
        });
        reader.Start();
        for (int i = stable; i < stable + passing; i++) index.Insert(blocks + i);
        for (int i = stable; i < stable + passing; i++) index.Remove(blocks + i);
        Volatile.Write(ref done, true);
        reader.Join();
        Assert.False(missed);
        index.Dispose();
        NativeMemory.Free(blocks);
    }
}
