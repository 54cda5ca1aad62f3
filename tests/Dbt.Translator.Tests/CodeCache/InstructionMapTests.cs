using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.CodeCache;

public sealed unsafe class InstructionMapTests
{
    static IrBlock BlockAt(params ulong[] locations)
    {
        var block = new IrBlock(Arm64State.Layout);
        foreach (ulong location in locations) block.BeginInstruction(new Location(location));
        return block;
    }

    [Fact]
    public void Every_instruction_has_its_location_over_jumps_and_mode_changes()
    {
        ulong[] locations = [0x1000, 0x1004, 0x1006, 0x1104, 0x9000, 0x9004, 0x0001_0000_0000_9008, 0x0001_0000_0000_900A, 0x500];
        using var block = BlockAt(locations);
        byte* map = stackalloc byte[InstructionMap.MaxSize(locations.Length)];
        int size = InstructionMap.Write(block, map);
        Assert.True(size <= InstructionMap.MaxSize(locations.Length));
        var info = new BlockInfo { Location = locations[0], Instructions = map };
        for (int i = 0; i < locations.Length; i++) Assert.Equal(locations[i], InstructionMap.Read(&info, i).Bits);
    }

    [Fact]
    public void Ranges_join_what_is_contiguous_and_merge_what_is_too_many()
    {
        Span<ulong> ranges = stackalloc ulong[2 * BlockInfo.MaxLiftedRanges];
        using var two = BlockAt(0x1000, 0x1004, 0x1006, 0x100A, 0x2000, 0x2004);
        Assert.Equal(4, CodeRanges.Find(two, ranges));
        Assert.Equal([0x1000ul, 0x100E, 0x2000, 0x2008], ranges[..4].ToArray());

        using var six = BlockAt(0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000);
        Assert.Equal(8, CodeRanges.Find(six, ranges));
        Assert.Equal((0x4000ul, 0x6004ul), (ranges[6], ranges[7]));
    }
}
