using System.Globalization;
using Dbt.Translator.X64;

namespace Dbt.Cli.Options;

/// <summary>Which passes <c>dbt explain</c> shows the IR of.</summary>
enum ShownPasses
{
    /// <summary>Those that changed something.</summary>
    Changing,
    /// <summary>All.</summary>
    All,
    /// <summary>None: only the IR as lifted.</summary>
    None,
}

/// <summary>One option of <c>dbt explain</c>.</summary>
sealed record ExplainOptionRow(string Name, string Argument, string Help, Action<ExplainOptions, string> Apply)
{
    public string Syntax => Argument.Length == 0 ? Name : $"{Name} {Argument}";
}

/// <summary>The command line of <c>dbt explain</c>.</summary>
sealed class ExplainOptions
{
    const int MaxBlocks = 10_000;

    /// <summary>The options.</summary>
    public static ExplainOptionRow[] Table { get; } =
    [
        new("--passes", "all|none", "show the IR after every pass, or only as lifted (otherwise: after the passes that change it)", static (o, v) => o.Passes = ParsePasses(v)),
        new("--bytes", "", "show the bytes of host instructions", static (o, _) => o.ShowBytes = true),
        new("--host-features", "LIST", "features of the host processor to do without: -avx512,-aes; -all; +NAME after it", static (o, v) => o.HostFeatures = RunOptions.ParseFeatures(v)),
        new("--blocks", "N", "go on with the targets of direct exits and the code behind, up to N blocks", static (o, v) => o.Blocks = ParseBlocks(v)),
    ];

    public string Program { get; private set; } = "";
    /// <summary>As the user wrote it: hexadecimal, or a symbol with or without an offset.</summary>
    public string Address { get; private set; } = "";
    public ShownPasses Passes { get; private set; } = ShownPasses.Changing;
    public bool ShowBytes { get; private set; }
    public int Blocks { get; private set; } = 1;
    /// <summary>What translated code may use of the host processor.</summary>
    public HostFeatures HostFeatures { get; private set; } = HostFeatures.Detect();

    /// <summary>Reads the words after "explain".</summary>
    /// <exception cref="UsageException">They make no sense.</exception>
    public static ExplainOptions Parse(ReadOnlySpan<string> words)
    {
        var options = new ExplainOptions();
        var operands = new List<string>();
        bool optionsEnded = false;
        for (int at = 0; at < words.Length; at++)
        {
            string word = words[at];
            if (optionsEnded || word.Length < 2 || word[0] != '-')
            {
                operands.Add(word);
                continue;
            }
            if (word == "--")
            {
                optionsEnded = true;
                continue;
            }
            int equals = word.IndexOf('=');
            string name = equals < 0 ? word : word[..equals];
            var row = Array.Find(Table, row => row.Name == name) ?? throw new UsageException($"explain has no option '{name}'");
            if (row.Argument.Length == 0 && equals >= 0) throw new UsageException($"option {name} has no value");
            string value = equals >= 0 ? word[(equals + 1)..] : "";
            if (row.Argument.Length > 0 && equals < 0)
            {
                if (++at == words.Length) throw new UsageException($"option {name} needs a value: {row.Syntax}");
                value = words[at];
            }
            row.Apply(options, value);
        }
        if (operands.Count == 0) throw new UsageException("the program to explain is missing");
        if (operands.Count == 1) throw new UsageException("the address to explain is missing: hexadecimal, or a symbol of the program");
        if (operands.Count > 2) throw new UsageException($"explain takes a program and one address; '{operands[2]}' is too much");
        options.Program = operands[0];
        options.Address = operands[1];
        return options;
    }

    static ShownPasses ParsePasses(string text) => text switch
    {
        "all" => ShownPasses.All,
        "none" => ShownPasses.None,
        _ => throw new UsageException($"the passes to show are 'all' or 'none', not '{text}'"),
    };

    static int ParseBlocks(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int blocks) && blocks is > 0 and <= MaxBlocks
        ? blocks
        : throw new UsageException($"'{text}' is not a number of blocks from 1 to {MaxBlocks}");
}
