using Dbt.Translator.Optimizer;

namespace Dbt.Translator.Tests.Optimizer;

public sealed class DeadSlotsTests
{
    [Fact]
    public void A_write_overwritten_before_anything_sees_it_is_removed() => PassTest.Run(DeadSlots.Run,
        before: """
            set x0, 1
            set x1, 2
            set x0, 3
            goto 0x0
            """,
        after: """
            set x1, 2
            set x0, 3
            goto 0x0
            """);

    [Theory]
    [InlineData("%2 = get x0 : i64")]
    [InlineData("%2 = load.64 [%1] : i64")]
    [InlineData("store.64 [%1], %1")]
    [InlineData("exit_if eq %9 -> 0x10")]
    [InlineData("trap_if eq undefined %9")]
    [InlineData("call.reads helper=0")]
    [InlineData("call.faults helper=0")]
    public void A_write_that_something_in_between_sees_stays(string between) => PassTest.Run(DeadSlots.Run,
        before: $"%9 = get flags\n%1 = get x1 : i64\nset x0, 1\n{between}\nset x0, 3\ngoto 0x0",
        after: $"%9 = get flags\n%1 = get x1 : i64\nset x0, 1\n{between}\nset x0, 3\ngoto 0x0");

    [Theory]
    [InlineData("%2 = get x2 : i64")]
    [InlineData("fence")]
    [InlineData("call.writes helper=0")]
    public void What_sees_no_slot_does_not_keep_a_write(string between) => PassTest.Run(DeadSlots.Run,
        before: $"set x0, 1\n{between}\nset x0, 3\ngoto 0x0",
        after: $"{between}\nset x0, 3\ngoto 0x0");
}
