using Dbt.Translator.Guests;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;

namespace Dbt.Translator.Tests.Optimizer;

public sealed class DeadFlagsTests
{
    /// <summary>Flags are dead at 0x1000 and above.</summary>
    static void Pass(IrBlock block)
    {
        CodeReader code = default;
        DeadFlags.Run(block, new FlagsOracle(location => location.Pc >= 0x1000), ref code);
    }

    [Fact]
    public void A_flag_write_overwritten_before_any_read_is_removed() => PassTest.Run(Pass,
        before: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            set flags, %2
            %3 = flags.sub %1, 2
            set flags, %3
            exit_if eq %3 -> 0x10
            goto 0x20
            """,
        after: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            %3 = flags.sub %1, 2
            set flags, %3
            exit_if eq %3 -> 0x10
            goto 0x20
            """);

    [Fact]
    public void A_flag_write_is_removed_where_every_successor_overwrites_the_flags() => PassTest.Run(Pass,
        before: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            set flags, %2
            exit_if eq %2 -> 0x1000
            goto 0x2000
            """,
        after: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            exit_if.flags_dead eq %2 -> 0x1000
            goto.flags_dead 0x2000
            """);

    [Fact]
    public void A_flag_write_that_one_exit_may_show_stays() => PassTest.Run(Pass,
        before: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            set flags, %2
            exit_if eq %2 -> 0x10
            goto 0x2000
            """,
        after: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            set flags, %2
            exit_if eq %2 -> 0x10
            goto.flags_dead 0x2000
            """);

    [Fact]
    public void A_flag_write_that_a_fault_could_show_stays() => PassTest.Run(Pass,
        before: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            set flags, %2
            %3 = load.64 [%1] : i64
            %4 = flags.logic %3
            set flags, %4
            goto 0x20
            """,
        after: """
            %1 = get x0 : i64
            %2 = flags.sub %1, 1
            set flags, %2
            %3 = load.64 [%1] : i64
            %4 = flags.logic %3
            set flags, %4
            goto 0x20
            """);

    [Theory]
    [InlineData("indirect jump %1")]
    [InlineData("syscall 0x1000")]
    [InlineData("trap undefined")]
    public void A_flag_write_before_any_other_way_out_stays(string terminal) => PassTest.Run(Pass,
        before: $"%1 = get x0 : i64\n%2 = flags.sub %1, 1\nset flags, %2\n{terminal}",
        after: $"%1 = get x0 : i64\n%2 = flags.sub %1, 1\nset flags, %2\n{terminal}");

    [Fact]
    public void Exits_before_the_first_flag_write_are_not_asked_about() => PassTest.Run(Pass,
        before: "%1 = get flags\nexit_if eq %1 -> 0x1000\ngoto 0x1000",
        after: "%1 = get flags\nexit_if eq %1 -> 0x1000\ngoto 0x1000");
}
