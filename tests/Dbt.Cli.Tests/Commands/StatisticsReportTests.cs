using System.Text.Json;
using Dbt.Cli.Commands;
using Dbt.Translator.Execution;

namespace Dbt.Cli.Tests.Commands;

public sealed class StatisticsReportTests
{
    static readonly EngineStatistics Figures = new()
    {
        Blocks = 1200, LoadedBlocks = 300, GuestInstructions = 10_000, GuestBytes = 40_000, HostBytes = 150_000, DataBytes = 60_000,
        LiftTime = TimeSpan.FromMicroseconds(4000), OptimizeTime = TimeSpan.FromMicroseconds(1000), EmitTime = TimeSpan.FromMicroseconds(5000), PublishTime = TimeSpan.FromMicroseconds(20),
        ExecutionsLinked = 900_000, ExecutionsInlineCache = 50_000, ExecutionsReturn = 40_000, ExecutionsTable = 9000, ExecutionsIndex = 700, ExecutionsMiss = 300,
        Links = 2000, Invalidations = 1, InvalidatedBlocks = 2, Evictions = 3, Syscalls = 42, Faults = 5, Polls = 6, CacheBytes = 2 << 20, CheckedBlocks = 7,
    };

    static StatisticsReport Report()
    {
        var report = new StatisticsReport { Program = "bin/\"quoted\"", ProcessId = 77 };
        report.Fill(Figures, TimeSpan.FromMilliseconds(31), 12 << 20, [(450, 2), (999, 1)]);
        return report;
    }

    [Fact]
    public void The_json_form_is_one_line_with_stable_names()
    {
        string text = System.Text.Encoding.UTF8.GetString(Report().Json());
        Assert.Equal(text.Length - 1, text.IndexOf('\n'));
        var root = JsonDocument.Parse(text).RootElement;
        Assert.Equal("bin/\"quoted\"", root.GetProperty("program").GetString());
        Assert.Equal(77, root.GetProperty("pid").GetInt32());
        Assert.Equal(
        [
            "translation.blocks=1200", "translation.blocks_loaded=300", "translation.guest_instructions=10000", "translation.guest_bytes=40000", "translation.host_bytes=150000", "translation.data_bytes=60000", "translation.expansion=3.75",
            "time.processor_ns=31000000", "time.lift_ns=4000000", "time.optimize_ns=1000000", "time.emit_ns=5000000", "time.publish_ns=20000", "time.translation_ns=10020000",
            "time.per_guest_instruction_ns=1002",
            "executions.link=900000", "executions.inline_cache=50000", "executions.return=40000", "executions.table=9000", "executions.index=700", "executions.miss=300",
            "executions.total=1000000", "executions.chain_rate=0.999",
            "cache.links=2000", "cache.invalidations=1", "cache.invalidated_blocks=2", "cache.evictions=3", "cache.size=2097152",
            "guest.system_calls=42", "guest.unknown_system_calls=3", "guest.faults=5", "guest.polls=6", "guest.checked_blocks=7", "guest.peak_memory=12582912",
            "unknown_system_calls.450=2", "unknown_system_calls.999=1",
        ], Leaves(root));
    }

    static IEnumerable<string> Leaves(JsonElement root) =>
        from child in root.EnumerateObject()
        where child.Value.ValueKind == JsonValueKind.Object
        from leaf in child.Value.EnumerateObject()
        select $"{child.Name}.{leaf.Name}={leaf.Value.GetRawText()}";

    [Fact]
    public void The_text_form_is_a_table_whose_columns_stand_below_each_other()
    {
        string[] lines = Report().Text().TrimEnd('\n').Split('\n');
        Assert.Equal("dbt: statistics of bin/\"quoted\" (process 77)", lines[0]);
        Assert.Equal("  translation blocks                            1,200", lines[1]);
        Assert.Contains("              host bytes                      150,000 B", lines);
        Assert.Contains("              lift                              4,000 us", lines);
        Assert.Contains("              publish                          20,000 ns", lines);
        Assert.Contains("  executions  link                            900,000", lines);
        Assert.Contains("              chain rate                       99.900 %", lines);
        Assert.Equal("                number 999                          1", lines[^1]);
    }

    [Fact]
    public void A_process_that_ran_nothing_has_no_rates()
    {
        var report = new StatisticsReport { Program = "p", ProcessId = 1 };
        report.Fill(new EngineStatistics(), TimeSpan.Zero, 0, []);
        var root = JsonDocument.Parse(report.Json()).RootElement;
        Assert.Equal(0, root.GetProperty("executions").GetProperty("chain_rate").GetDouble());
        Assert.Equal(0, root.GetProperty("translation").GetProperty("expansion").GetDouble());
    }
}
