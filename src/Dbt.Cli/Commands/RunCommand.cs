using System.Globalization;
using System.Text;
using Dbt.Cli.Options;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Linux.Processes;
using Dbt.Linux.Strace;
using Dbt.Translator.Execution;
using Dbt.Translator.X64;

namespace Dbt.Cli.Commands;

/// <summary><c>dbt run</c>: becomes the guest program.</summary>
static unsafe class RunCommand
{
    /// <param name="arguments">All arguments of dbt; the first is "run".</param>
    public static int Execute(string[] arguments)
    {
        byte** environment = HostProcess.Environment;
        nint[] words = Words(arguments);
        var options = new RunOptions();
        int at = options.Parse(words, 1, environment);
        if (at >= words.Length) throw new UsageException("the program to run is missing");
        options.ChooseCacheDirectory(environment);
        nint name = words[at];
        string display = CString.Display(CString.Bytes(name));
        nint program = ProgramSearch.Find(name, EnvironmentList.Find(environment, "PATH"), options.RootDirectory);
        if (program == 0) return Failure.NotFound(display);
        if (HostFeatures.MissingRequirement() is { } missing) return Failure.Processor(display, missing);
        nint[] guestArguments = words[at..];
        if (options.ArgumentZero != 0) guestArguments[0] = options.ArgumentZero;
        try
        {
            LinuxProcess.Run(new ProcessOptions
            {
                Program = program,
                ProgramDescriptor = options.ProgramDescriptor,
                Arguments = guestArguments,
                Environment = EnvironmentList.Edit(environment, options.SetVariables, options.UnsetVariables),
                Sysroot = options.Sysroot,
                RootDirectory = options.RootDirectory,
                ChangedRoot = options.ChangedRoot,
                Trace = Trace(options),
                Backtrace = options.Backtrace,
                Core = options.Core == 0 ? null : Encoding.UTF8.GetString(CString.Bytes(options.Core)),
                HangTimeout = options.HangTimeout,
                TranslationDirectory = options.CacheDirectory,
                TranslationDirectorySize = options.CacheDirectorySize ?? 1L << 30,
                InheritedArguments = Inherited(options),
                Exiting = options.Statistics == StatisticsFormat.None ? null : process => PrintStatistics(process, display, options.Statistics),
                Engine = new EngineOptions
                {
                    CacheSize = options.CacheSize ?? new EngineOptions().CacheSize,
                    Statistics = options.Statistics != StatisticsFormat.None,
                    Check = options.Check,
                    HostFeatures = options.HostFeatures,
                },
            });
            return 0;
        }
        catch (LoadException e)
        {
            return Failure.Load(display, e);
        }
    }

    static TraceOptions? Trace(RunOptions options)
    {
        if (!options.Trace) return null;
        if (options.TraceOutput != 0 && !options.TraceAppends && !options.TracePerProcess && !HostOutput.TryTruncate(options.TraceOutput))
        {
            throw new UsageException($"cannot write {CString.Display(CString.Bytes(options.TraceOutput))}");
        }
        return new TraceOptions
        {
            Filter = options.TraceFilter,
            ShowsDuration = options.TraceDuration,
            ShowsTime = options.TraceTime,
            Output = options.TraceOutput,
            IsPerProcess = options.TracePerProcess,
        };
    }

    // In one piece on stderr, so that the reports of several processes do not mix.
    static void PrintStatistics(LinuxProcess process, string program, StatisticsFormat format)
    {
        var report = new StatisticsReport { Program = program, ProcessId = ProcessUsage.ProcessId };
        report.Fill(process.Engine.Statistics, ProcessUsage.ProcessorTime, ProcessUsage.PeakMemory, process.UnknownSyscalls);
        HostOutput.WriteError(format == StatisticsFormat.Json ? report.Json() : Encoding.UTF8.GetBytes(report.Text()));
    }

    // The arguments as the bytes that the kernel passed.
    static nint[] Words(string[] arguments)
    {
        byte** native = HostProcess.Arguments(arguments.Length);
        var words = new nint[arguments.Length];
        for (int i = 0; i < words.Length; i++) words[i] = native != null ? (nint)native[i + 1] : CString.Allocate(arguments[i]);
        return words;
    }

    // What a program that the guest executes shall run with too, but for -L and --rootfs, which the process gives on by absolute names.
    static nint[] Inherited(RunOptions options)
    {
        var words = new List<nint>();
        if (options.Trace) words.Add(options.TraceFilterText == 0 ? CString.Allocate("--strace=1"u8) : CString.Allocate([.. "--strace="u8, .. CString.Bytes(options.TraceFilterText)]));
        if (options.TraceDuration) words.Add(CString.Allocate("--strace-time"u8));
        if (options.TraceTime) words.Add(CString.Allocate("--strace-timestamps"u8));
        if (options.TraceOutput != 0) words.AddRange([CString.Allocate("--strace-append"u8), options.TraceOutput]);
        if (options.TracePerProcess) words.Add(CString.Allocate("--strace-per-process"u8));
        if (options.Backtrace) words.Add(CString.Allocate("--backtrace"u8));
        if (options.Core != 0) words.AddRange([CString.Allocate("--core"u8), options.Core]);
        if (options.HangTimeout != 0) words.AddRange([CString.Allocate("--hang-timeout"u8), CString.Allocate(options.HangTimeout.ToString(CultureInfo.InvariantCulture))]);
        if (options.Statistics != StatisticsFormat.None) words.Add(CString.Allocate(options.Statistics == StatisticsFormat.Json ? "--stats=json"u8 : "--stats=text"u8));
        if (options.CacheSize is { } size) words.AddRange([CString.Allocate("--cache-size"u8), CString.Allocate(size.ToString(CultureInfo.InvariantCulture))]);
        // Said always: the program may have another home.
        words.AddRange([CString.Allocate("--cache-dir"u8), options.CacheDirectory == 0 ? CString.Allocate(""u8) : options.CacheDirectory]);
        if (options.CacheDirectorySize is { } directorySize) words.AddRange([CString.Allocate("--cache-dir-size"u8), CString.Allocate(directorySize.ToString(CultureInfo.InvariantCulture))]);
        if (options.HostFeatureList != 0) words.AddRange([CString.Allocate("--host-features"u8), options.HostFeatureList]);
        if (options.Check) words.Add(CString.Allocate("--check"u8));
        return [.. words];
    }
}
