using System.Runtime.InteropServices;

namespace Dbt.Translator.Execution;

/// <summary>The host's signal dispositions while guests run: emitted handlers only; managed code never runs in a signal handler (DESIGN 4.8).</summary>
public static unsafe class HostSignals
{
    /// <summary>Bytes of a siginfo_t.</summary>
    public const int SiginfoSize = 128;

    /// <summary>SIGFPE.</summary>
    internal const int FloatingPoint = 8;

    const int SigactionSyscall = 13, SetMaskSyscall = 14, AlternateStackSyscall = 131, GetThreadIdSyscall = 186;
    const int HowSet = 2;
    const ulong SigInfo = 4, OnStack = 0x0800_0000, Restart = 0x1000_0000, Restorer = 0x0400_0000, NoDefer = 0x4000_0000;
    const nint IgnoreHandler = 1;
    static readonly Lock Gate = new();
    static bool installed;

    /// <summary>The kernel's struct sigaction.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Action
    {
        public nint Handler;
        public ulong Flags;
        public nint Restorer;
        public ulong Mask;
    }

    /// <summary>The kernel's stack_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Stack
    {
        public nint Pointer;
        public int Flags;
        public nint Size;
    }

    static ReadOnlySpan<byte> Synchronous => [7, 8, 11];

    /// <summary>Installs the handler of synchronous faults (SIGSEGV, SIGBUS, SIGFPE). A fault outside translated code goes on to the handler that was there before
    /// (.NET's); a signal of these that was sent (kill, raise) is queued as <see cref="Catch"/> does. Idempotent; called by the first <see cref="Engine"/>.</summary>
    public static void Install()
    {
        lock (Gate)
        {
            if (installed) return;
            installed = true;
            foreach (byte signal in Synchronous)
            {
                Action previous;
                if (HostCalls.Syscall(SigactionSyscall, signal, 0, (long)&previous, sizeof(ulong)) != 0) continue;
                RuntimeStubs.Data->PreviousHandler[signal] = previous.Handler;
                // The previous handler may run inside ours, under the conditions that it asked for.
                var action = new Action
                {
                    Handler = RuntimeStubs.SynchronousHandler,
                    Flags = SigInfo | OnStack | Restorer | (previous.Flags & (NoDefer | Restart)),
                    Restorer = RuntimeStubs.SignalReturn,
                    // Not what it masked: a handler that ran inside this one would have its mask undone by this one's return.
                    Mask = SignalStubs.AsynchronousSignals,
                };
                _ = HostCalls.Syscall(SigactionSyscall, signal, (long)&action, 0, sizeof(ulong));
            }
        }
    }

    /// <summary>Installs the queueing handler for a host signal: an arrival is appended to the queue of the guest thread it hit, its poll word is set, and everything else is blocked on the thread
    /// (<see cref="HoldsBack"/>); one that hits a thread which is not a guest's goes back to the process. For a synchronous signal, the handler of <see cref="Install"/>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Catch(int hostSignal)
    {
        bool synchronous = Synchronous.Contains((byte)hostSignal);
        // SA_RESTART: a call that the kernel may restart is then recognised by its rip and gives HostCalls.Interrupted; -EINTR is left to those that it never restarts.
        return Set(hostSignal, new Action
        {
            Handler = synchronous ? RuntimeStubs.SynchronousHandler : RuntimeStubs.AsynchronousHandler,
            Flags = SigInfo | OnStack | Restorer | Restart,
            Restorer = RuntimeStubs.SignalReturn,
            Mask = SignalStubs.AsynchronousSignals,
        });
    }

    /// <summary>Sets the host disposition to SIG_IGN.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Ignore(int hostSignal) => Set(hostSignal, new Action { Handler = IgnoreHandler, Flags = Restorer, Restorer = RuntimeStubs.SignalReturn });

    /// <summary>Sets the host disposition to SIG_DFL. Not for the synchronous signals, except to die by one.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Default(int hostSignal) => Set(hostSignal, new Action { Flags = Restorer, Restorer = RuntimeStubs.SignalReturn });

    /// <summary>Takes the oldest queued signal of the thread. Called on the thread itself (from <see cref="IGuestKernel.OnPoll"/> or a syscall).</summary>
    /// <remarks>There is at most one, and what else was sent of the synchronous signals, which are never blocked.</remarks>
    /// <param name="thread">The calling guest thread.</param>
    /// <param name="signal">Host signal number.</param>
    /// <param name="siginfo">Receives <see cref="SiginfoSize"/> bytes.</param>
    public static bool TryDequeueSignal(GuestThread thread, out int signal, byte* siginfo)
    {
        ThreadBlock* block = thread.Block;
        if (Volatile.Read(ref block->QueueHead) == block->QueueTail)
        {
            signal = 0;
            return false;
        }
        byte* entry = (byte*)block + ThreadBlock.QueueOffset + (block->QueueTail & (ThreadBlock.QueueEntries - 1)) * SiginfoSize;
        new ReadOnlySpan<byte>(entry, SiginfoSize).CopyTo(new Span<byte>(siginfo, SiginfoSize));
        signal = *(int*)siginfo;
        Volatile.Write(ref block->QueueTail, block->QueueTail + 1);
        return true;
    }

    /// <summary>Whether a signal waits in the thread's queue.</summary>
    public static bool IsQueued(GuestThread thread) => Volatile.Read(ref thread.Block->QueueHead) != thread.Block->QueueTail;

    /// <summary>Whether the host blocks all asynchronous signals of the calling thread, because one has arrived or <see cref="HoldBack"/> was called: <see cref="SetMask"/> is due.</summary>
    public static bool HoldsBack(GuestThread thread) => thread.Block->HoldsBack != 0;

    /// <summary>Blocks all signals of the calling thread on the host until <see cref="SetMask"/>.</summary>
    public static void HoldBack(GuestThread thread)
    {
        ulong all = SignalStubs.AsynchronousSignals;
        thread.Block->HoldsBack = 1;
        _ = HostCalls.Syscall(SetMaskSyscall, HowSet, (long)&all, 0, sizeof(ulong));
    }

    /// <summary>Sets the host's mask of the calling thread. The next signal may be queued before this returns.</summary>
    public static void SetMask(GuestThread thread, ulong mask)
    {
        thread.Block->HoldsBack = 0;
        _ = HostCalls.Syscall(SetMaskSyscall, HowSet, (long)&mask, 0, sizeof(ulong));
    }

    /// <summary>The same, unless a signal is queued or a poll is wanted: false, and nothing has changed. The mask takes effect in one step with the look at the queue.</summary>
    public static bool TrySetMask(GuestThread thread, ulong mask)
    {
        bool held = HoldsBack(thread);
        thread.Block->HoldsBack = 0;
        if (HostCalls.BlockingSyscall(thread, SetMaskSyscall, HowSet, (long)&mask, 0, sizeof(ulong)) == 0) return true;
        if (held) thread.Block->HoldsBack = 1;
        return false;
    }

    /// <summary>Makes the calling host thread the one of a block; returns its alternate stack of before.</summary>
    internal static Stack Attach(ThreadBlock* block)
    {
        var stack = new Stack { Pointer = (nint)block + ThreadBlock.AlternateStackOffset, Size = ThreadBlock.AlternateStackSize };
        Stack previous;
        _ = HostCalls.Syscall(AlternateStackSyscall, (long)&stack, (long)&previous);
        Adopt(block);
        Interlocked.Increment(ref RuntimeStubs.Data->GuestThreads);
        return previous;
    }

    /// <summary>Notes the calling thread's id: it has changed after fork.</summary>
    internal static void Adopt(ThreadBlock* block)
    {
        block->HostThreadId = (int)HostCalls.Syscall(GetThreadIdSyscall);
    }

    /// <summary>Undoes <see cref="Attach"/>.</summary>
    internal static void Detach(ThreadBlock* block, Stack previous)
    {
        Interlocked.Decrement(ref RuntimeStubs.Data->GuestThreads);
        block->HostThreadId = 0;
        _ = HostCalls.Syscall(AlternateStackSyscall, (long)&previous);
    }

    static int Set(int signal, Action action) => (int)HostCalls.Syscall(SigactionSyscall, signal, (long)&action, 0, sizeof(ulong));
}
