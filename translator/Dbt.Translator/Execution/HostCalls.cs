namespace Dbt.Translator.Execution;

/// <summary>Host system calls by number through emitted stubs: raw results (negative errno), no errno variable, no cancellation points.</summary>
public static unsafe class HostCalls
{
    /// <summary>Result of <see cref="BlockingSyscall"/> when the kernel had done nothing and would start the call again (its own ERESTARTSYS, which never reaches user space).</summary>
    public const long Interrupted = -512;

    /// <summary>Result of <see cref="BlockingSyscall"/> when the kernel was not entered, because the thread's poll word was set (its own ERESTARTNOINTR).</summary>
    public const long NotStarted = -513;

    /// <summary>A system call that does not block (the garbage collector waits for it). Returns the raw result.</summary>
    public static long Syscall(long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0) =>
        RuntimeStubs.Syscall(number, a0, a1, a2, a3, a4, a5);

    /// <summary>
    /// clone or clone3: takes the call's number and its first four arguments; returns as they do. A child that shares memory returns first, on the caller's stack, in the caller's frame, which must not be left
    /// before the parent has returned in it, too: hence a pointer, to be called by whoever has such a frame.
    /// </summary>
    public static delegate* unmanaged[SuppressGCTransition]<long*, long> Clone => RuntimeStubs.CloneStub;

    /// <summary>
    /// A system call that may block. There is no window in which a signal is queued and the call blocks nevertheless. Returns <see cref="NotStarted"/> if the thread's poll word was set
    /// before the kernel was entered (a signal is queued or a stop is wanted), <see cref="Interrupted"/> if a signal interrupted a call that the kernel restarts under SA_RESTART; otherwise the
    /// raw result, which is -EINTR (-4) when a signal interrupted a call that the kernel never restarts.
    /// </summary>
    /// <remarks>
    /// After <see cref="NotStarted"/> the poll word is still set: put the location back to the syscall instruction and return from the callback; the engine polls. After
    /// <see cref="Interrupted"/>, too; if the poll delivers a signal whose handler has no SA_RESTART, the guest's interrupted context returns -EINTR instead. Must be called on the host thread that runs <paramref name="thread"/>, from a kernel callback.
    /// </remarks>
    public static long BlockingSyscall(GuestThread thread, long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0)
    {
        long* arguments = stackalloc long[7] { number, a0, a1, a2, a3, a4, a5 };
        return RuntimeStubs.BlockingSyscall(thread.Block, arguments);
    }
}
