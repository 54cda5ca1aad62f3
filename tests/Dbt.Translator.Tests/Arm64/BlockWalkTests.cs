using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Arm64;

/// <summary>How far a block goes.</summary>
public sealed class BlockWalkTests
{
    const uint Nop = 0xd503201f, Ret = 0xd65f03c0, BranchEqual8 = 0x54000040, Branch8 = 0x14000002, BranchBack4 = 0x17ffffff, BranchNotEqualBack12 = 0x54ffffa1, Undefined = 0;

    static string Walk(ulong pc, int maxInstructions, out ulong[] ranges, params uint[] code) =>
        GuestCode.Lift(new Location(pc), maxInstructions, out ranges, code);

    [Fact]
    public void A_conditional_branch_is_a_side_exit_and_the_block_goes_on()
    {
        Assert.Equal("""
            @0x1000
            %1 = get flags : flags
            exit_if eq %1 -> 0x1008
            @0x1004
            @0x1008
            %2 = get x30 : i64
            %3 = ubfx %2, lsb=0, width=48 : i64
            indirect return %3

            """, Walk(0x1000, 64, out var ranges, BranchEqual8, Nop, Ret));
        Assert.Equal([0x1000UL, 0x100c], ranges);
    }

    // loop: b.eq on; ret; on: nop; b.ne loop. What falls through leaves the loop.
    [Fact]
    public void A_forward_branch_is_followed_where_it_is_taken_if_only_that_way_loops()
    {
        Assert.Equal("""
            @0x1000
            %1 = get flags : flags
            exit_if ne %1 -> 0x1004
            @0x1008
            @0x100c
            exit_if ne %1 -> 0x1000
            goto 0x1010

            """, Walk(0x1000, 64, out var ranges, BranchEqual8, Ret, Nop, BranchNotEqualBack12, Ret));
        Assert.Equal([0x1000UL, 0x1004, 0x1008, 0x1010], ranges);
    }

    // loop: b.eq on; nop; on: b.ne loop. Both ways loop.
    [Fact]
    public void A_forward_branch_over_a_part_of_the_loop_is_not_followed()
    {
        string text = Walk(0x1000, 64, out var ranges, BranchEqual8, Nop, Nop, BranchNotEqualBack12, Ret);
        Assert.StartsWith("@0x1000\n%1 = get flags : flags\nexit_if eq %1 -> 0x1008\n@0x1004\n@0x1008\n", text);
        Assert.Equal([0x1000UL, 0x1010], ranges);
    }

    [Fact]
    public void A_forward_jump_is_followed_and_begins_a_range()
    {
        string text = Walk(0x1000, 64, out var ranges, Branch8, Undefined, Branch8, Undefined, Branch8, Undefined, Branch8, Undefined, Ret);
        Assert.Equal("@0x1000\n@0x1008\n@0x1010\n@0x1018\ngoto 0x1020\n", text);
        Assert.Equal([0x1000UL, 0x1004, 0x1008, 0x100c, 0x1010, 0x1014, 0x1018, 0x101c], ranges);
    }

    [Fact]
    public void A_backward_jump_ends_the_block() =>
        Assert.Equal("@0x1004\ngoto 0x1000\n", Walk(0x1004, 64, out _, Nop, BranchBack4));

    [Fact]
    public void A_call_pushes_its_return_location() =>
        Assert.Equal("@0x1000\nset x30, 0x1004\ngoto 0x1008\n", Walk(0x1000, 64, out _, 0x94000002));

    [Fact]
    public void The_block_ends_at_its_limit() =>
        Assert.Equal("@0x1000\n@0x1004\ngoto 0x1008\n", Walk(0x1000, 2, out _, Nop, Nop, Nop));

    [Fact]
    public void Code_that_cannot_be_fetched_is_left_to_its_own_block()
    {
        uint[] code = [.. Enumerable.Repeat(Nop, 1024)];
        Assert.Equal("@0x1ffc\ngoto 0x2000\n", Walk(0x1ffc, 64, out _, code));
        Assert.Equal("@0x2000\ntrap instruction_fetch\n", Walk(0x2000, 64, out var ranges, code));
        Assert.Equal([0x2000UL, 0x2004], ranges);
    }

    [Fact]
    public void A_misaligned_pc_traps() => Assert.Equal("@0x1002\ntrap misaligned\n", Walk(0x1002, 64, out _, Nop));

    [Fact]
    public void An_undefined_instruction_traps_where_it_stands() => Assert.Equal("@0x1000\n@0x1004\ntrap undefined\n", Walk(0x1000, 64, out _, Nop, Undefined));

    [Fact]
    public void Exits_stay_in_the_mode_of_the_block()
    {
        var location = new Location(0x1000, Arm64Mode.FromFpcr(0x0080_0000).Bits);
        Assert.Equal("@0x1000/2\n%1 = get flags : flags\nexit_if eq %1 -> 0x1008/2\n@0x1004/2\ngoto 0x1000/2\n",
            GuestCode.Lift(location, 64, out _, BranchEqual8, BranchBack4));
    }
}
