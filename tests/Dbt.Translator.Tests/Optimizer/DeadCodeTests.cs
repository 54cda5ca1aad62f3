using Dbt.Translator.Optimizer;

namespace Dbt.Translator.Tests.Optimizer;

public sealed class DeadCodeTests
{
    [Fact]
    public void Unused_operations_go_with_everything_that_only_they_used() => PassTest.Run(DeadCode.Run,
        before: """
            %1 = get x0 : i64
            %2 = add %1, 5 : i64
            %3 = flags.sub %2, 1
            %4 = get x1 : i64
            set x0, %4
            goto 0x0
            """,
        after: """
            %4 = get x1 : i64
            set x0, %4
            goto 0x0
            """);

    [Theory]
    [InlineData("%2 = load.64 [%1] : i64")]
    [InlineData("%2 = rmw.add.64 [%1], %1 : i64")]
    [InlineData("%2 = call %1, helper=0 : i64")]
    [InlineData("%2 = int_to_f %1 : f64")]
    public void What_does_more_than_define_its_value_stays(string operation) => PassTest.Run(DeadCode.Run,
        before: $"%1 = get x0 : i64\n{operation}\ngoto 0x0",
        after: $"%1 = get x0 : i64\n{operation}\ngoto 0x0");
}
