using Dbt.Linux.Host;

namespace Dbt.Linux.Processes;

/// <summary>dbt's own program file, through which it runs the foreign programs that a guest executes.</summary>
sealed unsafe class OwnExecutable
{
    const long OpenPath = 0x200000, CloseOnExec = 0x80000, DuplicateCloseOnExec = 1030, EmptyPath = 0x1000;
    // Out of the way of programs that count on getting the lowest free descriptors.
    const long HighDescriptor = 900;

    // Not self: that is the first thread, which may have ended.
    static readonly nint Name = CString.Allocate("/proc/thread-self/exe"u8);
    static readonly nint Empty = CString.Allocate(""u8);
    long descriptor = -1;

    /// <summary>Holds the file open from now on: after chroot, /proc may be gone.</summary>
    public void KeepOpen()
    {
        if (descriptor >= 0) return;
        long low = Kernel.Call(Sys.openat, -100, Name, OpenPath | CloseOnExec);
        if (low < 0) return;
        descriptor = Kernel.Call(Sys.fcntl, low, DuplicateCloseOnExec, HighDescriptor);
        Kernel.Call(Sys.close, low);
    }

    /// <summary>Replaces this process by a new dbt. Returns only a failure of <see cref="ProcessExecution.Replace"/>.</summary>
    public long Execute(nint* arguments, nint environment)
    {
        long result = descriptor >= 0 ? ProcessExecution.Replace(Sys.execveat, descriptor, Empty, (long)arguments, environment, EmptyPath) : -Errno.ENOENT;
        return descriptor < 0 || result == -Errno.EBADF ? ProcessExecution.Replace(Sys.execve, Name, (long)arguments, environment) : result;
    }
}
