using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dbt.Translator.Execution;

namespace Dbt.Cli.Commands;

/// <summary>The statistics of one guest process as <c>dbt run --stats</c> prints them when it ends. One table of rows feeds both forms.</summary>
sealed class StatisticsReport
{
    enum Unit
    {
        Count,
        Bytes,
        Nanoseconds,
        Ratio,
        Percent,
    }

    // Group: heading, and the object in JSON. Name: label; with underscores, the name in JSON.
    readonly record struct Row(string Group, string Name, double Value, Unit Unit);

    readonly List<Row> rows = [];
    readonly List<(int Number, long Count)> unknownSyscalls = [];

    /// <summary>Path of the program.</summary>
    public required string Program { get; init; }
    /// <summary>Process id.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Collects the figures.</summary>
    /// <param name="engine">What the engine counted.</param>
    /// <param name="processor">Processor time of the process.</param>
    /// <param name="peakMemory">Bytes.</param>
    /// <param name="unknown">Calls of unknown system calls: number and count.</param>
    public void Fill(EngineStatistics engine, TimeSpan processor, long peakMemory, IEnumerable<(int Number, long Count)> unknown)
    {
        unknownSyscalls.AddRange(unknown);
        TimeSpan translation = engine.LiftTime + engine.OptimizeTime + engine.EmitTime + engine.PublishTime;
        Add("translation", "blocks", engine.Blocks);
        Add("translation", "blocks loaded", engine.LoadedBlocks);
        Add("translation", "guest instructions", engine.GuestInstructions);
        Add("translation", "guest bytes", engine.GuestBytes, Unit.Bytes);
        Add("translation", "host bytes", engine.HostBytes, Unit.Bytes);
        Add("translation", "data bytes", engine.DataBytes, Unit.Bytes);
        Add("translation", "expansion", Ratio(engine.HostBytes, engine.GuestBytes), Unit.Ratio);

        Add("time", "processor", processor);
        Add("time", "lift", engine.LiftTime);
        Add("time", "optimize", engine.OptimizeTime);
        Add("time", "emit", engine.EmitTime);
        Add("time", "publish", engine.PublishTime);
        Add("time", "translation", translation);
        Add("time", "per guest instruction", Ratio(translation.Ticks * TimeSpan.NanosecondsPerTick, engine.GuestInstructions), Unit.Nanoseconds);

        long chained = engine.ExecutionsLinked + engine.ExecutionsInlineCache + engine.ExecutionsReturn + engine.ExecutionsTable;
        long total = chained + engine.ExecutionsIndex + engine.ExecutionsMiss;
        Add("executions", "link", engine.ExecutionsLinked);
        Add("executions", "inline cache", engine.ExecutionsInlineCache);
        Add("executions", "return", engine.ExecutionsReturn);
        Add("executions", "table", engine.ExecutionsTable);
        Add("executions", "index", engine.ExecutionsIndex);
        Add("executions", "miss", engine.ExecutionsMiss);
        Add("executions", "total", total);
        Add("executions", "chain rate", Ratio(chained, total), Unit.Percent);

        Add("cache", "links", engine.Links);
        Add("cache", "invalidations", engine.Invalidations);
        Add("cache", "invalidated blocks", engine.InvalidatedBlocks);
        Add("cache", "evictions", engine.Evictions);
        Add("cache", "size", engine.CacheBytes, Unit.Bytes);

        Add("guest", "system calls", engine.Syscalls);
        Add("guest", "unknown system calls", unknownSyscalls.Sum(call => call.Count));
        Add("guest", "faults", engine.Faults);
        Add("guest", "polls", engine.Polls);
        Add("guest", "checked blocks", engine.CheckedBlocks);
        Add("guest", "peak memory", peakMemory, Unit.Bytes);
    }

    void Add(string group, string name, double value, Unit unit = Unit.Count) => rows.Add(new Row(group, name, value, unit));

    void Add(string group, string name, TimeSpan time) => Add(group, name, time.Ticks * TimeSpan.NanosecondsPerTick, Unit.Nanoseconds);

    static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    /// <summary>An aligned table.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"dbt: statistics of {Program} (process {ProcessId})\n");
        string group = "";
        foreach (var row in rows)
        {
            string heading = row.Group == group ? "" : group = row.Group;
            text.Append(string.Create(CultureInfo.InvariantCulture, $"  {heading,-12}{row.Name,-24}{Format(row),18}").TrimEnd()).Append('\n');
        }
        foreach (var (number, count) in unknownSyscalls) text.Append(CultureInfo.InvariantCulture, $"  {"",-12}{$"  number {number}",-24}{count,15:N0}\n");
        return text.ToString();
    }

    // Units, and the lack of one, are as wide as each other, so that the digits stand below each other.
    static string Format(in Row row) => row.Unit switch
    {
        Unit.Bytes => string.Create(CultureInfo.InvariantCulture, $"{row.Value:N0} B "),
        Unit.Nanoseconds when row.Value < 100_000 => string.Create(CultureInfo.InvariantCulture, $"{row.Value:N0} ns"),
        Unit.Nanoseconds => string.Create(CultureInfo.InvariantCulture, $"{row.Value / 1000:N0} us"),
        Unit.Ratio => string.Create(CultureInfo.InvariantCulture, $"{row.Value:N2} x "),
        Unit.Percent => string.Create(CultureInfo.InvariantCulture, $"{row.Value * 100:N3} % "),
        _ => string.Create(CultureInfo.InvariantCulture, $"{row.Value:N0}   "),
    };

    /// <summary>One line with one JSON object. Names are the table's with underscores, times in nanoseconds, sizes in bytes, rates from 0 to 1.</summary>
    public byte[] Json()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("program", Program);
            json.WriteNumber("pid", ProcessId);
            string group = "";
            foreach (var row in rows)
            {
                if (row.Group != group)
                {
                    if (group.Length > 0) json.WriteEndObject();
                    json.WriteStartObject(group = row.Group);
                }
                string name = row.Name.Replace(' ', '_') + (row.Unit == Unit.Nanoseconds ? "_ns" : "");
                if (row.Unit is Unit.Ratio or Unit.Percent) json.WriteNumber(name, Math.Round(row.Value, 6));
                else json.WriteNumber(name, (long)Math.Round(row.Value));
            }
            json.WriteEndObject();
            json.WriteStartObject("unknown_system_calls");
            foreach (var (number, count) in unknownSyscalls) json.WriteNumber(number.ToString(CultureInfo.InvariantCulture), count);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
