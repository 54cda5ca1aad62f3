using Dbt.Translator.Guests;

namespace Dbt.Translator.Execution;

/// <summary>Runs guest threads: finds or makes translations, enters them, and handles every way in which they come back.</summary>
public sealed unsafe class Engine
{
    /// <summary>Makes the engine of a process: one guest architecture, one kernel, one code cache.</summary>
    public Engine(GuestArchitecture guest, IGuestKernel kernel, EngineOptions options)
    {
        Guest = guest;
        Kernel = kernel;
        Options = options;
    }

    /// <summary>The instruction set of every thread.</summary>
    public GuestArchitecture Guest { get; }
    /// <summary>The guest's operating system.</summary>
    public IGuestKernel Kernel { get; }
    /// <summary>Options.</summary>
    public EngineOptions Options { get; }

    /// <summary>Host address range of the code cache, which the guest must not be given.</summary>
    public (nint Start, nint Length) ReservedRange => default;

    /// <summary>What has been done so far.</summary>
    public EngineStatistics Statistics => new();

    /// <summary>Makes a guest thread: zeroed state, location 0. It belongs to the host thread that calls <see cref="Run"/> on it.</summary>
    public GuestThread CreateThread() => throw new NotSupportedException(Guest.Name);

    /// <summary>Frees a thread that is not running.</summary>
    public void DestroyThread(GuestThread thread) => throw new NotSupportedException(Guest.Name);

    /// <summary>
    /// Runs the thread on the calling host thread, from its location until its <see cref="GuestThread.StopRequested"/> is set. For the time of the call the host
    /// thread's alternate signal stack (and, for windowed guests, GS base) belong to the guest thread. Asynchronous signals must be blocked on the host thread outside of this call.
    /// </summary>
    public void Run(GuestThread thread) => throw new NotSupportedException(Guest.Name);

    /// <summary>Discards every translation that was made from the guest bytes [start, start + length). Callable from any thread, inside or outside kernel callbacks.</summary>
    public void Invalidate(ulong start, ulong length) => throw new NotSupportedException(Guest.Name);

    /// <summary>Discards every translation.</summary>
    public void InvalidateAll() => Invalidate(0, ulong.MaxValue);

    /// <summary>Sets a helper function of the guest: index at least <see cref="RuntimeHelper.Count"/>, below 64; unmanaged (ThreadBlock*, ulong, ulong, ulong, ulong) -> ulong.</summary>
    public void SetHelper(int index, nint function) => throw new NotSupportedException(Guest.Name);

    /// <summary>
    /// First step of fork, called by the forking guest thread inside a kernel callback: every other guest thread is stopped in native code (translated code is left,
    /// a thread in <see cref="HostCalls.BlockingSyscall"/> stays there) and the engine's locks are taken. The caller must hold no lock that another guest thread may wait for;
    /// it takes its own locks afterwards, then forks, then calls one of the two methods below.
    /// </summary>
    public void PrepareFork(GuestThread current) => throw new NotSupportedException(Guest.Name);

    /// <summary>Last step of fork in the parent: everything goes on.</summary>
    public void AfterForkParent(GuestThread current) => throw new NotSupportedException(Guest.Name);

    /// <summary>Last step of fork in the child: <paramref name="current"/> is the only thread left; the others' blocks are freed, shared segments are sealed.</summary>
    public void AfterForkChild(GuestThread current) => throw new NotSupportedException(Guest.Name);
}
