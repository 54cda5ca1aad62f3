using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>A host fault inside translated code, after guest state was restored to the instruction that faulted.</summary>
/// <param name="HostSignal">SIGSEGV, SIGBUS or SIGFPE as the host numbers them.</param>
/// <param name="Code">si_code of the host's siginfo.</param>
/// <param name="Address">The guest address accessed.</param>
/// <param name="IsWrite">True for a store (from the page fault error code).</param>
public readonly record struct MemoryFault(int HostSignal, int Code, ulong Address, bool IsWrite);

/// <summary>What surrounds the translator: the guest's operating system. All methods run in managed code on the guest thread, outside signal context, with the thread's state canonical.</summary>
public interface IGuestKernel : ICodeSource
{
    /// <summary>The guest executed its system call instruction; <see cref="GuestThread.Location"/> is the next instruction.</summary>
    void OnSyscall(GuestThread thread, int immediate);

    /// <summary>The instruction at <see cref="GuestThread.Location"/> trapped.</summary>
    void OnTrap(GuestThread thread, TrapKind kind, int code);

    /// <summary>The instruction at <see cref="GuestThread.Location"/> accessed memory that the host refused.</summary>
    void OnMemoryFault(GuestThread thread, in MemoryFault fault);

    /// <summary>The poll word was set: deliver what is pending. The thread stands at a clean instruction boundary. The engine has cleared the poll word before the call.</summary>
    void OnPoll(GuestThread thread);

    /// <summary>The guest flushed its instruction cache for a range: <see cref="Engine.Invalidate"/> it and every other range where the same file pages are mapped.</summary>
    void OnFlushCode(Engine engine, ulong start, ulong length) => engine.Invalidate(start, length);
}
