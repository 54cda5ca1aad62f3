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
    const int SetMask = 2;
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

    static ReadOnlySpan<byte> Synchronous => [4, 5, 7, 8, 11];

    /// <summary>Installs the handler of synchronous faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP). A fault outside translated code goes on to the handler that was there before
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
                    Mask = previous.Mask,
                };
                _ = HostCalls.Syscall(SigactionSyscall, signal, (long)&action, 0, sizeof(ulong));
            }
        }
    }

    /// <summary>Installs the queueing handler for a host signal: each arrival is appended to the queue of the guest thread it hit, and its poll word is set; one that hits a thread of the runtime goes back to the process. For a synchronous signal, the handler of <see cref="Install"/>.</summary>
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
            Mask = synchronous ? 0 : SignalStubs.AsynchronousSignals,
        });
    }

    /// <summary>Sets the host disposition to SIG_IGN.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Ignore(int hostSignal) => Set(hostSignal, new Action { Handler = IgnoreHandler, Flags = Restorer, Restorer = RuntimeStubs.SignalReturn });

    /// <summary>Sets the host disposition to SIG_DFL. Not for the synchronous signals, except to die by one.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Default(int hostSignal) => Set(hostSignal, new Action { Flags = Restorer, Restorer = RuntimeStubs.SignalReturn });

    /// <summary>Takes the oldest queued signal of the thread. Called on the thread itself (from <see cref="IGuestKernel.OnPoll"/> or a syscall).</summary>
    /// <remarks>When the queue was nearly full, the host's signal mask of the thread as it was then is put back once the queue is empty: take until false before changing the mask.</remarks>
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
        if (block->QueueBlocked != 0 && Volatile.Read(ref block->QueueHead) == block->QueueTail)
        {
            ulong mask = block->QueueMask;
            block->QueueBlocked = 0;
            _ = HostCalls.Syscall(SetMaskSyscall, SetMask, (long)&mask, 0, sizeof(ulong));
        }
        return true;
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
