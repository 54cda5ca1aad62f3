using System.Globalization;
using Dbt.Linux.Host;
using Dbt.Linux.Strace;
using Dbt.Translator.X64;

namespace Dbt.Cli.Options;

/// <summary>How statistics are printed.</summary>
enum StatisticsFormat
{
    None,
    Text,
    Json,
}

/// <summary>One option: everything that command line, environment and help say about it.</summary>
/// <param name="Names">Names on the command line.</param>
/// <param name="Argument">Name of its argument in the help; empty if it has none; in brackets if it is optional and attached with an equals sign.</param>
/// <param name="Variables">Environment variables that set it; the first that is set counts.</param>
/// <param name="Help">One line, or empty to hide it.</param>
/// <param name="Apply">Sets it; the value is null if there is none.</param>
/// <param name="IsList">In a variable, a comma-separated list of values.</param>
sealed record OptionRow(string[] Names, string Argument, string[] Variables, string Help, Action<RunOptions, nint> Apply, bool IsList = false)
{
    public bool NeedsValue => Argument.Length > 0 && !IsOptional;
    public bool IsOptional => Argument.StartsWith('[');
    public string Syntax => IsOptional ? $"{Names[0]}{Argument}" : Argument.Length > 0 ? $"{Names[0]} {Argument}" : Names[0];
}

/// <summary>The options of <c>dbt run</c>.</summary>
sealed class RunOptions
{
    /// <summary>The table that feeds command line, environment variables and help.</summary>
    public static OptionRow[] Table { get; } =
    [
        new(["-L", "--sysroot"], "DIR", ["DBT_SYSROOT", "QEMU_LD_PREFIX"], "directory that holds the program's interpreter and libraries", static (o, v) => o.Sysroot = v),
        new(["--rootfs"], "DIR", ["DBT_ROOTFS"], "directory that the program sees as /, with the host's /proc, /sys, /dev and /tmp", static (o, v) => o.RootDirectory = v),
        new(["-E", "--set-env"], "K=V", ["DBT_SET_ENV", "QEMU_SET_ENV"], "set a variable in the program's environment", static (o, v) => o.SetVariables.Add(v), IsList: true),
        new(["-U", "--unset-env"], "K", ["DBT_UNSET_ENV", "QEMU_UNSET_ENV"], "remove a variable from the program's environment", static (o, v) => o.UnsetVariables.Add(v), IsList: true),
        new(["-0", "--argv0"], "ARGV0", ["DBT_ARGV0", "QEMU_ARGV0"], "the program's argv[0]", static (o, v) => o.ArgumentZero = v),
        new(["--strace"], "[=FILTER]", ["DBT_STRACE", "QEMU_STRACE"], "print system calls and signals; FILTER: names and %classes, '!' inverts", static (o, v) => o.ParseTrace(v)),
        new(["--strace-time"], "", ["DBT_STRACE_TIME"], "print the time spent in each system call (strace -T)", static (o, v) => o.TraceDuration = ParseSwitch(v)),
        new(["--strace-timestamps"], "", ["DBT_STRACE_TIMESTAMPS"], "print the time of day in front of each line (strace -tt)", static (o, v) => o.TraceTime = ParseSwitch(v)),
        new(["--strace-output"], "FILE", ["DBT_STRACE_OUTPUT"], "print system calls into FILE instead of stderr (strace -o)", static (o, v) => o.TraceOutput = Empty(v) ? 0 : Absolute(v)),
        new(["--strace-per-process"], "", ["DBT_STRACE_PER_PROCESS"], "one FILE.PID per process (strace -ff)", static (o, v) => o.TracePerProcess = ParseSwitch(v)),
        new(["--strace-append"], "FILE", [], "", static (o, v) => (o.TraceOutput, o.TraceAppends) = (v, true)),
        new(["--backtrace"], "", ["DBT_BACKTRACE"], "print registers and stack when an error signal kills the program", static (o, v) => o.Backtrace = ParseSwitch(v)),
        new(["--core"], "FILE", ["DBT_CORE"], "write a core file of the program then (%p process, %e name, %s signal, %t time)", static (o, v) => o.Core = Empty(v) ? 0 : v),
        new(["--hang-timeout"], "SECONDS", ["DBT_HANG_TIMEOUT"], "print all threads' stacks when all have been blocked for so long", static (o, v) => o.HangTimeout = ParseSeconds(v)),
        new(["--stats"], "[=text|json]", ["DBT_STATS"], "print statistics of the translation at the end", static (o, v) => o.Statistics = ParseFormat(v)),
        new(["--cache-size"], "N", ["DBT_CACHE_SIZE"], "most bytes of translated code to keep (suffix K, M, G)", static (o, v) => o.CacheSize = ParseSize(v)),
        new(["--cache-dir"], "DIR", ["DBT_CACHE_DIR"], "directory that keeps translations for the next run; empty: none (default: ~/.cache/dbt)", static (o, v) => (o.CacheDirectory, o.CacheDirectoryIsSet) = (Empty(v) ? 0 : Absolute(v), true)),
        new(["--cache-dir-size"], "N", ["DBT_CACHE_DIR_SIZE"], "most bytes of files there; the least recently used go first (default: 1G)", static (o, v) => o.CacheDirectorySize = ParseSize(v)),
        new(["--check"], "", ["DBT_CHECK"], "run sampled blocks twice and compare", static (o, _) => o.Check = true),
        new(["--host-features"], "LIST", ["DBT_HOST_FEATURES"], "features of the host processor to do without: -avx512,-aes; -all; +NAME after it", static (o, v) => (o.HostFeatures, o.HostFeatureList) = (ParseFeatures(v), v)),
        new(["--changed-root"], "DIR", [], "", static (o, v) => o.ChangedRoot = v),
        new(["--program-fd"], "N", [], "", static (o, v) => o.ProgramDescriptor = ParseDescriptor(v)),
    ];

    public nint Sysroot { get; private set; }
    public nint RootDirectory { get; private set; }
    /// <summary>What a program that is executed in a changed root begins with: its name inside of <see cref="RootDirectory"/>.</summary>
    public nint ChangedRoot { get; private set; }
    public nint ArgumentZero { get; private set; }
    public List<nint> SetVariables { get; } = [];
    public List<nint> UnsetVariables { get; } = [];
    /// <summary>Print system calls.</summary>
    public bool Trace { get; private set; }
    /// <summary>Those to print, as the user said it; 0 for all.</summary>
    public nint TraceFilterText { get; private set; }
    public SyscallFilter? TraceFilter { get; private set; }
    public bool TraceDuration { get; private set; }
    public bool TraceTime { get; private set; }
    /// <summary>Absolute name of the file to print to, or 0.</summary>
    public nint TraceOutput { get; private set; }
    public bool TracePerProcess { get; private set; }
    public bool Backtrace { get; private set; }
    /// <summary>Name pattern of core files, or 0.</summary>
    public nint Core { get; private set; }
    /// <summary>Seconds, or 0.</summary>
    public int HangTimeout { get; private set; }
    /// <summary>The file was begun by the dbt that executed this program.</summary>
    public bool TraceAppends { get; private set; }
    public StatisticsFormat Statistics { get; private set; }
    public long? CacheSize { get; private set; }
    /// <summary>Absolute name of the directory for translations, or 0 for none.</summary>
    public nint CacheDirectory { get; private set; }
    /// <summary>Whether the user has said so.</summary>
    public bool CacheDirectoryIsSet { get; private set; }
    public long? CacheDirectorySize { get; private set; }
    public bool Check { get; private set; }
    /// <summary>What translated code may use of the host processor.</summary>
    public HostFeatures HostFeatures { get; private set; } = HostFeatures.Detect();
    /// <summary>The list that said so, or 0.</summary>
    public nint HostFeatureList { get; private set; }
    /// <summary>The program as an inherited descriptor (a guest's execveat), or -1.</summary>
    public int ProgramDescriptor { get; private set; } = -1;

    /// <summary>Reads the environment, then the words of the command line up to the program. The command line wins.</summary>
    /// <returns>Index of the program's word.</returns>
    /// <exception cref="UsageException">An unknown option, or a missing or malformed value.</exception>
    public unsafe int Parse(ReadOnlySpan<nint> words, int first, byte** environment)
    {
        foreach (var option in Table) ApplyVariables(option, environment);
        int at = first;
        while (at < words.Length)
        {
            var word = CString.Bytes(words[at]);
            if (word.SequenceEqual("--"u8)) return at + 1;
            if (word.Length < 2 || word[0] != '-') return at;
            string text = CString.Display(word);
            OptionRow option = Find(text, out nint attached, words[at]) ?? throw new UsageException($"there is no option '{text}'");
            at++;
            if (option.NeedsValue && attached == 0)
            {
                if (at == words.Length) throw new UsageException($"option {text} needs a value: {option.Syntax}");
                attached = words[at++];
            }
            option.Apply(this, attached);
        }
        return at;
    }

    // --name value, --name=value, -X value, -Xvalue.
    static OptionRow? Find(string text, out nint attached, nint word)
    {
        attached = 0;
        foreach (var option in Table)
        {
            foreach (string name in option.Names)
            {
                if (text == name) return option;
                if (!text.StartsWith(name, StringComparison.Ordinal) || option.Argument.Length == 0) continue;
                bool isLong = name.StartsWith("--", StringComparison.Ordinal);
                if (isLong && text[name.Length] != '=') continue;
                attached = word + name.Length + (isLong ? 1 : 0);
                return option;
            }
        }
        return null;
    }

    /// <summary>The directory for translations if none was said: the XDG base directory specification's, or 0 without a home.</summary>
    public unsafe void ChooseCacheDirectory(byte** environment)
    {
        if (CacheDirectoryIsSet) return;
        nint home = EnvironmentList.Find(environment, "XDG_CACHE_HOME");
        if (home != 0 && CString.Bytes(home) is [(byte)'/', ..])
        {
            CacheDirectory = CString.Allocate([.. CString.Bytes(home), .. "/dbt"u8]);
            return;
        }
        home = EnvironmentList.Find(environment, "HOME");
        if (home != 0 && CString.Bytes(home) is [(byte)'/', ..]) CacheDirectory = CString.Allocate([.. CString.Bytes(home), .. "/.cache/dbt"u8]);
    }

    unsafe void ApplyVariables(OptionRow option, byte** environment)
    {
        foreach (string variable in option.Variables)
        {
            nint value = EnvironmentList.Find(environment, variable);
            if (value == 0) continue;
            if (option.IsList)
            {
                foreach (nint item in EnvironmentList.SplitAtCommas(value)) option.Apply(this, item);
            }
            else
            {
                option.Apply(this, value);
            }
            return;
        }
    }

    // A variable may say 1 or 0 as well as name what is wanted.
    void ParseTrace(nint value)
    {
        string text = value == 0 ? "1" : CString.Display(CString.Bytes(value));
        Trace = text is not ("" or "0");
        (TraceFilterText, TraceFilter) = (0, null);
        if (!Trace || text == "1") return;
        try
        {
            (TraceFilterText, TraceFilter) = (value, SyscallFilter.Parse(text));
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }

    // An option without a value, or a variable.
    static bool ParseSwitch(nint value) => value == 0 || !(Empty(value) || CString.Bytes(value).SequenceEqual("0"u8));

    static int ParseSeconds(nint value) =>
        int.TryParse(CString.Display(CString.Bytes(value)), NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= 1_000_000 ? seconds
            : throw new UsageException($"'{CString.Display(CString.Bytes(value))}' is not a number of seconds");

    static bool Empty(nint value) => CString.Bytes(value).IsEmpty;

    // The program may change its directory.
    static nint Absolute(nint path) => CString.Bytes(path)[0] == '/' ? path : CString.Allocate([.. HostProcess.CurrentDirectory(), (byte)'/', .. CString.Bytes(path)]);

    static StatisticsFormat ParseFormat(nint value) => value == 0 ? StatisticsFormat.Text : CString.Display(CString.Bytes(value)) switch
    {
        "" or "0" => StatisticsFormat.None,
        "text" or "1" => StatisticsFormat.Text,
        "json" => StatisticsFormat.Json,
        var other => throw new UsageException($"statistics are printed as text or json, not as '{other}'"),
    };

    static long ParseSize(nint value)
    {
        string text = CString.Display(CString.Bytes(value));
        int shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        string digits = shift == 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size <= 0 || size > 1L << 40 >> shift)
        {
            throw new UsageException($"'{text}' is not a size; it is a number of bytes, with a suffix K, M or G");
        }
        return size << shift;
    }

    static HostFeatures ParseFeatures(nint value) => ParseFeatures(CString.Display(CString.Bytes(value)));

    /// <summary>The features of this processor, changed by a list (see <see cref="HostFeatures.Edit"/>).</summary>
    /// <exception cref="UsageException">A feature that there is not.</exception>
    public static HostFeatures ParseFeatures(string list)
    {
        HostFeatures processor = HostFeatures.Detect();
        try
        {
            return processor.Edit(list, processor);
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }

    static int ParseDescriptor(nint value) =>
        int.TryParse(CString.Display(CString.Bytes(value)), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor) ? descriptor : throw new UsageException("--program-fd needs a number");
}
