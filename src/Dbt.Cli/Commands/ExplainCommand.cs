using System.Globalization;
using System.Text;
using Dbt.Cli.Options;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Cli.Commands;

/// <summary><c>dbt explain</c>: shows how blocks of a program are translated, without running it.</summary>
static class ExplainCommand
{
    /// <param name="arguments">All arguments of dbt; the first is "explain".</param>
    public static int Execute(string[] arguments)
    {
        var options = ExplainOptions.Parse(arguments.AsSpan(1));
        try
        {
            using var image = ProgramImage.Open(CString.Allocate(options.Program));
            ulong address = Resolve(image, options.Address);
            if (!image.IsExecutable(address, 1)) throw new UsageException($"0x{address:x} is not in an executable segment of {options.Program}");
            HostOutput.Write(Encoding.UTF8.GetBytes(Explain(image, new Location(address, 0), options)));
            return 0;
        }
        catch (LoadException e)
        {
            return Failure.Load(options.Program, e, "explain");
        }
    }

    /// <summary>The report.</summary>
    public static string Explain(ProgramImage image, Location start, ExplainOptions options)
    {
        var report = new ExplainReport(image, options);
        report.Program(options.Program);
        using var explainer = new BlockExplainer(image.Architecture, image, new EngineOptions { HostFeatures = options.HostFeatures });
        var wanted = new Queue<Location>([start]);
        var seen = new HashSet<Location> { start };
        for (int done = 0; done < options.Blocks && wanted.TryDequeue(out var location); done++)
        {
            var block = explainer.Explain(location, report.Name);
            report.Block(block);
            foreach (var exit in block.Exits)
            {
                if (exit.Kind is ExitKind.Link or ExitKind.Syscall or ExitKind.FlushCode) Want(exit.Location);
            }
            // Calls come back behind their block.
            var last = block.Instructions[^1];
            if (block.Indirect is null or IndirectKind.Call) Want(last.Location.At(last.Location.Pc + (ulong)last.Bytes.Length));
        }
        return report.ToString();

        void Want(Location location)
        {
            if (image.IsExecutable(location.Pc, 1) && seen.Add(location)) wanted.Enqueue(location);
        }
    }

    /// <summary>0x1234, symbol, symbol+0x10, or hexadecimal digits that are no symbol.</summary>
    public static ulong Resolve(ProgramImage image, string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return TryParseHex(text[2..], out ulong address) ? address : throw NoAddress(text);
        int plus = text.LastIndexOf('+');
        ulong offset = 0;
        string symbol = text;
        if (plus > 0)
        {
            symbol = text[..plus];
            string digits = text[(plus + 1)..];
            if (!TryParseHex(digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? digits[2..] : digits, out offset)) throw NoAddress(text);
        }
        if (image.TryFindSymbol(symbol, out ulong start)) return start + offset;
        if (plus < 0 && TryParseHex(text, out ulong plain)) return plain;
        throw new UsageException(image.HasSymbols ? $"the program has no symbol '{symbol}'" : $"the program has no symbols, so '{symbol}' is unknown; give a hexadecimal address");
    }

    static UsageException NoAddress(string text) => new($"'{text}' is not an address: hexadecimal, or a symbol with or without an offset");

    static bool TryParseHex(string digits, out ulong value) => ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
