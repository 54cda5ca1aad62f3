using System.Globalization;
using System.Text;
using Dbt.Cli.Options;
using Dbt.Linux.Loading;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Cli.Commands;

/// <summary>The text of <c>dbt explain</c>.</summary>
sealed class ExplainReport(ProgramImage image, ExplainOptions options)
{
    const int TextWidth = 44;
    readonly StringBuilder text = new();

    /// <summary>An address with its symbol.</summary>
    public string Name(ulong location)
    {
        var at = new Location(location);
        string symbol = image.Describe(at.Pc);
        return symbol.Length == 0 ? at.ToString() : $"{at} <{symbol}>";
    }

    public void Program(string path)
    {
        Line($"program {path} ({image.Architecture.Name}), entry {Name(image.Entry)}");
        if (image.IsPositionIndependent) Line("        position-independent: addresses are relative to where it is loaded");
    }

    public void Block(BlockExplanation block)
    {
        Line("");
        Line($"block {Name(block.Start.Bits)}");
        Guest(block);
        Stages(block);
        Host(block);
        Exits(block);
        Line("");
        Line($"state maps ({Count(block.StateMaps.Count, "record")}, {Count(block.StateMapSize, "byte")})");
        foreach (string line in block.StateMaps) Line($"  {line}");
        Line("");
        double expansion = block.GuestSize == 0 ? 0 : (double)block.HostBytes.Length / block.GuestSize;
        Line($"sizes: {Count(block.Instructions.Count, "guest instruction")}, {Count(block.GuestSize, "byte")}; host code {Count(block.HostBytes.Length, "byte")} (x {expansion:0.0}), "
            + $"{Count(block.Host.Count, "instruction")}; data {Count(block.DataSize, "byte")}");
    }

    /// <inheritdoc/>
    public override string ToString() => text.ToString();

    void Guest(BlockExplanation block)
    {
        Line("");
        Line($"guest code ({Count(block.Instructions.Count, "instruction")})");
        string symbol = "";
        foreach (var instruction in block.Instructions)
        {
            string name = image.Describe(instruction.Location.Pc);
            if (name.Length > 0 && !name.Contains('+', StringComparison.Ordinal) && name != symbol) Line($"  <{symbol = name}>");
            Line($"  {instruction.Location.Pc:x12}  {Word(instruction.Bytes)}  {instruction.Text}");
        }
    }

    // As the manual writes an instruction: its word, not its bytes.
    static string Word(byte[] bytes)
    {
        var word = new StringBuilder();
        for (int i = bytes.Length - 1; i >= 0; i--) word.Append(CultureInfo.InvariantCulture, $"{bytes[i]:x2}");
        return word.ToString().PadRight(8);
    }

    void Stages(BlockExplanation block)
    {
        foreach (var stage in block.Stages)
        {
            bool shown = stage.Pass is null || options.Passes == ShownPasses.All || (options.Passes == ShownPasses.Changing && stage.Changed);
            if (!shown) continue;
            Line("");
            string title = stage.Pass is null ? "IR as lifted" : $"IR after {stage.Pass}";
            Line($"{title} ({Count(stage.Operations, "operation")}){(stage.Changed ? "" : ": no change")}");
            if (!stage.Changed) continue;
            foreach (var line in stage.Text.AsSpan().EnumerateLines())
            {
                if (line.Length > 0) Line($"  {(line[0] == '@' ? "" : "  ")}{line}");
            }
        }
    }

    void Host(BlockExplanation block)
    {
        Line("");
        Line($"host code ({Count(block.HostBytes.Length, "byte")})");
        foreach (var instruction in block.Host)
        {
            var line = new StringBuilder();
            line.Append(CultureInfo.InvariantCulture, $"  {instruction.Offset:x4}  ");
            if (options.ShowBytes) line.Append(Convert.ToHexStringLower(block.HostBytes.AsSpan(instruction.Offset, instruction.Length)).PadRight(22)).Append("  ");
            line.Append(instruction.Note.Length == 0 ? instruction.Text : $"{instruction.Text.PadRight(TextWidth)}; {instruction.Note}");
            Line(line.ToString());
        }
    }

    void Exits(BlockExplanation block)
    {
        Line("");
        Line($"exits ({block.Exits.Count + (block.Indirect is null ? 0 : 1)})");
        for (int i = 0; i < block.Exits.Count; i++)
        {
            var exit = block.Exits[i];
            string location = Name(exit.Location.Bits);
            string line = exit.Kind switch
            {
                ExitKind.Link => $"link    -> {location}",
                ExitKind.Syscall => string.Create(CultureInfo.InvariantCulture, $"syscall #{exit.Code}, then -> {location}"),
                ExitKind.Trap => string.Create(CultureInfo.InvariantCulture, $"trap    {exit.Trap} (code {exit.Code}) at {location}"),
                ExitKind.FlushCode => $"flush   of the instruction cache, then -> {location}",
                _ => $"{exit.Kind} {location}",
            };
            Line(string.Create(CultureInfo.InvariantCulture, $"  {i,2}  {line}"));
        }
        if (block.Indirect is { } kind) Line($"   -  indirect {kind.ToString().ToLowerInvariant()}: {(kind == IndirectKind.Return ? "" : "inline cache, ")}thread's table, index");
    }

    static string Count(int number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}{(number == 1 ? "" : "s")}");

    void Line(string line) => text.Append(line).Append('\n');
}
