using System.Text;
using Dbt.Linux.Loading;
using Dbt.Linux.Processes;

namespace Dbt.Cli;

/// <summary>How dbt itself fails: one block of text on stderr (what happened, where, whose fault, what to do next) and an exit code of its own.</summary>
static class Failure
{
    /// <summary>A bug of dbt.</summary>
    public const int BugCode = 120;
    /// <summary>A command line that makes no sense.</summary>
    public const int UsageCode = 121;
    /// <summary>The host refuses what dbt needs.</summary>
    public const int HostCode = 122;

    public static int Usage(string message)
    {
        Print($"dbt: {message}\n     'dbt --help' shows how it is used.\n");
        return UsageCode;
    }

    /// <summary>The program could not be started: the exit code is a shell's.</summary>
    public static int Load(string program, LoadException reason, string verb = "run")
    {
        Print($"dbt: cannot {verb} {program}: {reason.Message}\n{(reason.Advice is { } advice ? $"     {advice}\n" : "")}");
        return reason.ExitCode;
    }

    public static int NotFound(string program)
    {
        Print($"dbt: cannot run {program}: not found in PATH\n");
        return 127;
    }

    /// <summary>The processor lacks something that translated code is made of.</summary>
    public static int Processor(string program, string feature)
    {
        Print($"dbt: cannot run {program}: this processor has no {feature}\n     dbt needs an x86-64 processor with SSE4.2, POPCNT and AVX (2011 and later).\n");
        return HostCode;
    }

    public static int Bug(Exception exception)
    {
        if (exception is OutOfMemoryException)
        {
            Print($"dbt: the host has no memory left for the translator{Where()}\n");
            return HostCode;
        }
        while (exception.InnerException is { } inner) exception = inner;
        // The innermost frame tells a developer where to look; more would be noise to a user.
        string place = exception.StackTrace?.Split('\n') is [var first, ..] ? first.Trim() : "";
        Print($"dbt: internal error{Where()}\n     {exception.GetType().Name}: {exception.Message}\n     {place}\n     This is a bug of dbt, not of the program. Please report it with this text.\n");
        return BugCode;
    }

    static string Where() => LinuxProcess.CurrentPosition is { } position ? $" while running {position}" : "";

    /// <summary>One write, so that lines of several processes do not mix.</summary>
    static void Print(string text) => Dbt.Linux.Host.HostOutput.WriteError(Encoding.UTF8.GetBytes(text));
}
