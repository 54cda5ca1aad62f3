using Dbt.Cli.Options;
using Dbt.Translator.X64;

namespace Dbt.Cli.Tests.Options;

public sealed class RunOptionsTests
{
    [Theory]
    [InlineData("-L", "/sys")]
    [InlineData("-L/sys")]
    [InlineData("--sysroot", "/sys")]
    [InlineData("--sysroot=/sys")]
    public void A_value_follows_or_is_attached(params string[] words) =>
        Assert.Equal("/sys", CommandLine.Text(CommandLine.Parse([.. words, "program"]).Sysroot));

    [Fact]
    public void Options_end_at_the_program()
    {
        var options = CommandLine.Parse(["--strace", "program", "--check"], [], out int program);
        Assert.Equal(1, program);
        Assert.True(options.Trace);
        Assert.False(options.Check);
    }

    [Fact]
    public void Two_hyphens_end_the_options()
    {
        CommandLine.Parse(["--", "--check"], [], out int program);
        Assert.Equal(1, program);
    }

    [Fact]
    public void A_single_hyphen_is_a_program()
    {
        CommandLine.Parse(["-"], [], out int program);
        Assert.Equal(0, program);
    }

    [Theory]
    [InlineData("--stats", "Text")]
    [InlineData("--stats=text", "Text")]
    [InlineData("--stats=json", "Json")]
    public void Statistics_are_text_unless_json_is_asked_for(string word, string expected) =>
        Assert.Equal(expected, CommandLine.Parse(word, "program").Statistics.ToString());

    [Fact]
    public void Statistics_are_off_by_default() => Assert.Equal(StatisticsFormat.None, CommandLine.Parse("program").Statistics);

    [Theory]
    [InlineData("1048576", 1L << 20)]
    [InlineData("64K", 64L << 10)]
    [InlineData("3m", 3L << 20)]
    [InlineData("2G", 2L << 30)]
    public void Sizes_have_suffixes(string text, long expected) => Assert.Equal(expected, CommandLine.Parse("--cache-size", text, "program").CacheSize);

    [Fact]
    public void Variables_set_options()
    {
        var options = CommandLine.Parse(["program"], ["DBT_STATS=json", "QEMU_LD_PREFIX=/sys", "DBT_CACHE_SIZE=8M"], out _);
        Assert.Equal(StatisticsFormat.Json, options.Statistics);
        Assert.Equal("/sys", CommandLine.Text(options.Sysroot));
        Assert.Equal(8L << 20, options.CacheSize);
    }

    [Fact]
    public void The_command_line_wins_over_variables()
    {
        var options = CommandLine.Parse(["-L", "/line", "--stats=text", "program"], ["DBT_SYSROOT=/variable", "DBT_STATS=json"], out _);
        Assert.Equal("/line", CommandLine.Text(options.Sysroot));
        Assert.Equal(StatisticsFormat.Text, options.Statistics);
    }

    [Fact]
    public void Variables_of_dbt_win_over_those_of_qemu() =>
        Assert.Equal("/dbt", CommandLine.Text(CommandLine.Parse(["program"], ["QEMU_LD_PREFIX=/qemu", "DBT_SYSROOT=/dbt"], out _).Sysroot));

    [Fact]
    public void A_list_in_a_variable_is_split_at_commas() =>
        Assert.Equal(["A=1", "B=2"], CommandLine.Parse(["program"], ["QEMU_SET_ENV=A=1,B=2"], out _).SetVariables.Select(CommandLine.Text));

    [Fact]
    public void Host_features_are_switched_off_by_name()
    {
        HostFeatures host = HostFeatures.Detect();
        Assert.Equal(host, CommandLine.Parse("program").HostFeatures);
        Assert.Equal(host.Without(HostFeature.Avx512).Without(HostFeature.Aes), CommandLine.Parse("--host-features=-avx512,-aes", "program").HostFeatures);
        Assert.Equal(host.Without(HostFeature.Fma), CommandLine.Parse(["program"], ["DBT_HOST_FEATURES=-fma"], out _).HostFeatures);
        Assert.Equal(HostFeatures.Required, CommandLine.Parse("--host-features", "-all", "program").HostFeatures);
        Assert.Equal(host, CommandLine.Parse("--host-features", "-all,+all", "program").HostFeatures);
    }

    [Fact]
    public void An_unknown_host_feature_is_named_with_the_known_ones()
    {
        string message = Assert.Throws<UsageException>(() => CommandLine.Parse("--host-features=-avx3", "program")).Message;
        Assert.StartsWith("there is no host feature 'avx3'; there are movbe, lzcnt, bmi1,", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there is no option '--nonsense'", "--nonsense")]
    [InlineData("there is no option '-x'", "-x")]
    [InlineData("option -L needs a value: -L DIR", "-L")]
    [InlineData("statistics are printed as text or json, not as 'xml'", "--stats=xml")]
    [InlineData("'12Q' is not a size; it is a number of bytes, with a suffix K, M or G", "--cache-size", "12Q")]
    [InlineData("'0' is not a size; it is a number of bytes, with a suffix K, M or G", "--cache-size=0")]
    public void What_makes_no_sense_is_named(string message, params string[] words) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => CommandLine.Parse(words)).Message);

    [Fact]
    public void Every_option_has_a_name_that_no_other_has()
    {
        var names = RunOptions.Table.SelectMany(option => option.Names).ToList();
        Assert.Equal(names.Distinct(), names);
    }
}
