namespace Dbt.Linux.Strace;

/// <summary>What <c>--strace</c> prints, and where.</summary>
public sealed class TraceOptions
{
    /// <summary>The system calls to print; null for all.</summary>
    public SyscallFilter? Filter { get; init; }

    /// <summary>Print the time spent in each call (strace -T).</summary>
    public bool ShowsDuration { get; init; }

    /// <summary>Begin each line with the time of day in microseconds (strace -tt).</summary>
    public bool ShowsTime { get; init; }

    /// <summary>The file to append to, absolute (a C string), or 0 for stderr.</summary>
    public nint Output { get; init; }

    /// <summary>A file for each process, whose id is added to the name (strace -ff).</summary>
    public bool IsPerProcess { get; init; }
}
