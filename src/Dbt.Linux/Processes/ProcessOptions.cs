using Dbt.Translator.Execution;

namespace Dbt.Linux.Processes;

/// <summary>What to run and how; filled from the command line and the environment.</summary>
public sealed class ProcessOptions
{
    /// <summary>The program file: a C string.</summary>
    public required nint Program { get; init; }

    /// <summary>An inherited descriptor that is the program (execveat), or -1.</summary>
    public int ProgramDescriptor { get; init; } = -1;

    /// <summary>The guest's argv: C strings.</summary>
    public required nint[] Arguments { get; init; }

    /// <summary>The guest's environment: C strings.</summary>
    public required nint[] Environment { get; init; }

    /// <summary>Directory with the guest's libraries (a C string), or 0.</summary>
    public nint Sysroot { get; init; }

    /// <summary>Directory that the guest sees as its root (a C string), or 0.</summary>
    public nint RootDirectory { get; init; }

    /// <summary>Directory that the guest has changed its root to (a C string), in the names of <see cref="RootDirectory"/>, or 0.</summary>
    public nint ChangedRoot { get; init; }

    /// <summary>Print system calls; null: do not.</summary>
    public Strace.TraceOptions? Trace { get; init; }

    /// <summary>Print a report when a signal that tells of an error kills the program.</summary>
    public bool Backtrace { get; init; }

    /// <summary>Name pattern of the guest's core file; null: none is written.</summary>
    public string? Core { get; init; }

    /// <summary>Seconds in which no guest thread makes progress after which a report is printed; 0: never.</summary>
    public int HangTimeout { get; init; }

    /// <summary>The options of this run as arguments, for a dbt that runs a program which this one executes: C strings.</summary>
    public nint[] InheritedArguments { get; init; } = [];

    /// <summary>Directory that keeps translations for later runs (a C string, absolute), or 0.</summary>
    public nint TranslationDirectory { get; init; }

    /// <summary>Most bytes of files in <see cref="TranslationDirectory"/>.</summary>
    public long TranslationDirectorySize { get; init; } = 1L << 30;

    /// <summary>Options of the translator.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Called once before the process ends by itself or by a fatal signal.</summary>
    public Action<LinuxProcess>? Exiting { get; init; }
}
