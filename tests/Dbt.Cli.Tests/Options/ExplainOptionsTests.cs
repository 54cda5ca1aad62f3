using Dbt.Cli.Options;

namespace Dbt.Cli.Tests.Options;

public sealed class ExplainOptionsTests
{
    [Fact]
    public void Options_stand_before_between_and_after_the_operands()
    {
        var options = ExplainOptions.Parse(["--bytes", "program", "--blocks=3", "main+8", "--passes", "all"]);
        Assert.Equal("program", options.Program);
        Assert.Equal("main+8", options.Address);
        Assert.True(options.ShowBytes);
        Assert.Equal(3, options.Blocks);
        Assert.Equal(ShownPasses.All, options.Passes);
    }

    [Fact]
    public void By_default_one_block_is_shown_with_the_passes_that_change_it()
    {
        var options = ExplainOptions.Parse(["program", "0x1000"]);
        Assert.Equal(1, options.Blocks);
        Assert.Equal(ShownPasses.Changing, options.Passes);
        Assert.False(options.ShowBytes);
    }

    [Fact]
    public void Two_hyphens_end_the_options() => Assert.Equal("--bytes", ExplainOptions.Parse(["--", "--bytes", "1000"]).Program);

    [Theory]
    [InlineData("the program to explain is missing")]
    [InlineData("the address to explain is missing: hexadecimal, or a symbol of the program", "program")]
    [InlineData("explain takes a program and one address; '3' is too much", "program", "1", "3")]
    [InlineData("explain has no option '--colour'", "program", "1", "--colour")]
    [InlineData("option --blocks needs a value: --blocks N", "program", "1", "--blocks")]
    [InlineData("'0' is not a number of blocks from 1 to 10000", "program", "1", "--blocks=0")]
    [InlineData("the passes to show are 'all' or 'none', not 'some'", "program", "1", "--passes=some")]
    [InlineData("option --bytes has no value", "program", "1", "--bytes=yes")]
    public void What_makes_no_sense_is_named(string message, params string[] words) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => ExplainOptions.Parse(words)).Message);
}
