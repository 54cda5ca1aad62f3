using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Dbt.Bench;

/// <summary>Shows the rows as a table with geometric means per group, and writes them as JSON.</summary>
public static class Report
{
    /// <summary>Prints the table to standard output.</summary>
    public static void Print(IReadOnlyList<Row> rows, IReadOnlyList<Contestant> contestants)
    {
        // In a pipe there is no terminal to fit into, and nobody to be impressed by bold letters.
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = 160;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }
        bool dbt = contestants.Any(c => c.Role == Role.Dbt), qemu = contestants.Any(c => c.Role == Role.Qemu);
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("kernel");
        foreach (var contestant in contestants)
            table.AddColumn(new TableColumn($"{contestant.Title} ms").RightAligned());
        if (qemu)
            table.AddColumn(new TableColumn("qemu / native").RightAligned());
        if (dbt)
            table.AddColumn(new TableColumn("dbt / native").RightAligned());
        if (dbt && qemu)
            table.AddColumn(new TableColumn("faster than qemu").RightAligned());

        void Add(string name, IEnumerable<string> times, double? qemuRatio, double? dbtRatio, double? speedup)
        {
            var cells = new List<string> { name };
            cells.AddRange(times);
            if (qemu)
                cells.Add(Ratio(qemuRatio));
            if (dbt)
                cells.Add(Ratio(dbtRatio));
            if (dbt && qemu)
                cells.Add(Ratio(speedup));
            table.AddRow(cells.ToArray());
        }

        foreach (string group in Kernel.Groups)
        {
            var members = rows.Where(row => row.Kernel.Group == group).ToList();
            if (members.Count == 0)
                continue;
            foreach (var row in members)
                Add(row.Kernel.Name, contestants.Select(c => Time(row[c])), row.QemuToNative, row.DbtToNative, row.DbtSpeedup);
            Add($"[bold]{Kernel.TitleOf(group)}: geometric mean[/]", contestants.Select(_ => ""), Row.GeometricMean(members.Select(r => r.QemuToNative)),
                Row.GeometricMean(members.Select(r => r.DbtToNative)), Row.GeometricMean(members.Select(r => r.DbtSpeedup)));
            table.AddEmptyRow();
        }
        AnsiConsole.Write(table);
        foreach (var row in rows)
            foreach (var contestant in contestants)
                if (row[contestant].Failure is { } failure)
                    Console.WriteLine($"{row.Kernel.Name} under {contestant.Title}: {failure}");
    }

    static string Time(Series series) => series.Valid ? Number(series.Median * 1000, series.Median < 0.1 ? "0.0" : "0") : series.Failure == null ? "-" : "[red]failed[/]";

    static string Ratio(double? ratio) => ratio is { } value ? Number(value, "0.00") + "x" : "-";

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Writes every single measurement, so that runs can be compared later.</summary>
    public static void WriteJson(string path, IReadOnlyList<Row> rows, IReadOnlyList<Contestant> contestants, string architecture)
    {
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("date", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("architecture", architecture);
        json.WriteString("host", HostModel());
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteStartArray("kernels");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Kernel.Name);
            json.WriteString("group", row.Kernel.Group);
            WriteRatios(json, row.QemuToNative, row.DbtToNative, row.DbtSpeedup);
            json.WriteStartArray("runs");
            foreach (var contestant in contestants)
                WriteSeries(json, contestant, row[contestant]);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("geometricMeans");
        foreach (var group in rows.GroupBy(row => row.Kernel.Group))
        {
            json.WriteStartObject(group.Key);
            WriteRatios(json, Row.GeometricMean(group.Select(r => r.QemuToNative)), Row.GeometricMean(group.Select(r => r.DbtToNative)),
                Row.GeometricMean(group.Select(r => r.DbtSpeedup)));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteRatios(Utf8JsonWriter json, double? qemuToNative, double? dbtToNative, double? speedup)
    {
        Write("qemuToNative", qemuToNative);
        Write("dbtToNative", dbtToNative);
        Write("dbtSpeedup", speedup);

        void Write(string name, double? value)
        {
            if (value is { } number)
                json.WriteNumber(name, Math.Round(number, 4));
            else
                json.WriteNull(name);
        }
    }

    static void WriteSeries(Utf8JsonWriter json, Contestant contestant, Series series)
    {
        json.WriteStartObject();
        json.WriteString("under", contestant.Title);
        if (series.Failure != null)
            json.WriteString("failure", series.Failure);
        if (series.Valid)
        {
            json.WriteNumber("medianSeconds", Math.Round(series.Median, 6));
            json.WriteNumber("medianCpuSeconds", Math.Round(series.MedianCpu, 6));
        }
        json.WriteStartArray("seconds");
        foreach (double seconds in series.Wall)
            json.WriteNumberValue(Math.Round(seconds, 6));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static string HostModel() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
}
