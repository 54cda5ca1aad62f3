namespace Dbt.Translator.Execution;

/// <summary>Host system calls by number through emitted stubs: raw results (negative errno), no errno variable, no cancellation points.</summary>
public static unsafe class HostCalls
{
    /// <summary>Result of <see cref="BlockingSyscall"/> when the poll word was set before the kernel was entered (the kernel's own ERESTARTSYS, which never reaches user space).</summary>
    public const long Interrupted = -512;

    /// <summary>A system call that does not block (the garbage collector waits for it). Returns the raw result.</summary>
    public static long Syscall(long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0) =>
        throw new NotSupportedException();

    /// <summary>
    /// A system call that may block. Returns <see cref="Interrupted"/>, without having entered the kernel, if the thread's poll word is set (a signal is queued or a stop is wanted):
    /// there is no window in which a signal is queued and the call blocks nevertheless. Otherwise the raw result, which is -EINTR (-4) when a signal came while it was blocked.
    /// </summary>
    /// <remarks>
    /// After <see cref="Interrupted"/> the poll word is still set: put the location back to the syscall instruction and return from the callback; the engine polls, and the guest
    /// calls again unless the poll delivered a signal. Must be called on the host thread that runs <paramref name="thread"/>.
    /// </remarks>
    public static long BlockingSyscall(GuestThread thread, long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0) =>
        throw new NotSupportedException();
}
