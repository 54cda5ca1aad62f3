using Dbt.Linux.Host;

namespace Dbt.Linux.Loading;

/// <summary>A program cannot be started; the message completes the sentence "cannot run PROGRAM: ...".</summary>
public sealed class LoadException : Exception
{
    LoadException(long errno, string reason, string? advice = null) : base(reason)
    {
        ErrorNumber = errno;
        Advice = advice;
    }

    /// <summary>The error that execve would return.</summary>
    public long ErrorNumber { get; }

    /// <summary>What the user can do, or null.</summary>
    public string? Advice { get; }

    /// <summary>What a shell exits with: 127 if there is no such program, 126 if it cannot be executed.</summary>
    public int ExitCode => ErrorNumber is Errno.ENOENT or Errno.ENOTDIR ? 127 : 126;

    /// <summary>The file is there but is no program for us.</summary>
    internal static LoadException NotExecutable(string reason, string? advice = null) => new(Errno.ENOEXEC, reason, advice);

    /// <summary>A system call on the way failed; <paramref name="result"/> is its negative errno.</summary>
    internal static LoadException Failed(long result, string? what = null, string? advice = null) =>
        new(-result, what is null ? Errno.Message(-result) : $"{what}: {Errno.Message(-result)}", advice);
}
