using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dbt.Linux.Host;

/// <summary>The host's kernel as dbt itself calls it: raw results, a negative errno for a failure.</summary>
/// <remarks>
/// libc's <c>syscall</c> is used and not the wrapper of each call, because the wrappers add what a guest must not see: glibc's sigaction refuses signals 32 and 33, its setuid
/// signals every thread, its getpid may be cached. Calls that may block go through <see cref="Translator.Execution.HostCalls.BlockingSyscall"/> instead.
/// </remarks>
static unsafe class Kernel
{
    [DllImport("libc"), SuppressGCTransition]
    static extern long syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5);

    [DllImport("libc"), SuppressGCTransition]
    static extern int* __errno_location();

    /// <summary>A system call that returns soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Call(Sys number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0)
    {
        long result = syscall((long)number, a0, a1, a2, a3, a4, a5);
        return result == -1 ? -*__errno_location() : result;
    }

    [DllImport("libc"), SuppressGCTransition]
    static extern int clock_gettime(int clock, long* time);

    /// <summary>Reads a clock through the vDSO where it can: seconds and nanoseconds.</summary>
    public static long GetTime(int clock, long* time) => clock_gettime(clock, time) == 0 ? 0 : -*__errno_location();

    /// <summary>glibc's fork, which also repairs glibc's own state in the child. Returns the child's id, 0 in the child, or a negative errno.</summary>
    public static int Fork()
    {
        int pid = fork();
        return pid < 0 ? -*__errno_location() : pid;
    }

    [DllImport("libc")]
    static extern int fork();

    [DllImport("libc")]
    static extern int getppid();

    /// <summary>An ordinary transition to native code and back, which leaves this thread's state in the runtime as managed code expects it.</summary>
    public static void SettleThreadState() => getppid();

    /// <summary>Writes all bytes to a descriptor; gives up at the first error (the reader has gone).</summary>
    public static void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (long done = 0; done < bytes.Length;)
            {
                long written = Call(Sys.write, descriptor, (long)(start + done), bytes.Length - done);
                if (written == -Errno.EINTR) continue;
                if (written <= 0) return;
                done += written;
            }
        }
    }
}
