using System.Text.Json;

namespace Dbt.EndToEnd.Tests;

/// <summary><c>--stats</c> and <c>dbt explain</c> of the published binary.</summary>
public sealed class StatisticsTests
{
    static string Busybox => Workplace.Made("guest-binaries/roots/arm64/bin/busybox", "guest-binaries/fetch arm64 busybox-static");
    static string Program(string name) => Path.Combine(Workplace.GuestBinaries, "bin/arm64", name);

    static Outcome Run(params string[] arguments)
    {
        Outcome? outcome = null;
        Workplace.InScratch(directory => outcome = Workplace.RunDbt(arguments, directory, new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }));
        return outcome!;
    }

    static JsonElement[] Reports(Outcome outcome) =>
        [.. outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement)];

    [Theory]
    [InlineData("fib")]
    [InlineData("memory")]
    [InlineData("processes")]
    [InlineData("fault")]
    [InlineData("selfmodify")]
    public void Statistics_do_not_change_what_a_program_prints(string name)
    {
        var plain = Run("run", Program(name), "first");
        var counted = Run("run", "--stats", Program(name), "first");
        Assert.Equal($"{plain.Output}{plain.End}", $"{counted.Output}{counted.End}");
    }

    [Fact]
    public void A_process_that_a_sent_signal_kills_reports_too()
    {
        var outcome = Run("run", "--stats=json", Busybox, "sh", "-c", "kill -TERM $$");
        Assert.Equal("signal 15", outcome.End);
        Assert.Single(Reports(outcome));
    }

    [Fact]
    public void Every_process_reports_itself()
    {
        var reports = Reports(Run("run", "--stats=json", Busybox, "sh", "-c", "(exit 3); (exit 4); true"));
        Assert.Equal(3, reports.Length);
        Assert.Equal(3, reports.Select(report => report.GetProperty("pid").GetInt32()).Distinct().Count());
    }

    [Fact]
    public void A_loop_runs_by_links()
    {
        var executions = Assert.Single(Reports(Run("run", "--stats=json", Program("fib")))).GetProperty("executions");
        string[] ways = ["link", "inline_cache", "return", "table", "index", "miss"];
        Assert.Equal(executions.GetProperty("total").GetInt64(), ways.Sum(way => executions.GetProperty(way).GetInt64()));
        Assert.True(executions.GetProperty("chain_rate").GetDouble() > 0.99);
    }

    [Fact]
    public void Explain_prints_to_stdout_only()
    {
        var outcome = Run("explain", Program("fib"), "0x400230");
        Assert.Equal("exit 0", outcome.End);
        Assert.Equal("", outcome.Error);
        Assert.StartsWith("program ", outcome.Output);
    }

    [Fact]
    public void Explain_fails_as_run_does()
    {
        Assert.Equal("exit 127", Run("explain", "/no/such/program", "0x1000").End);
        Assert.Equal("exit 126", Run("explain", Workplace.Root, "0x1000").End);
        Assert.Equal("exit 121", Run("explain", Program("fib"), "nowhere").End);
    }
}
