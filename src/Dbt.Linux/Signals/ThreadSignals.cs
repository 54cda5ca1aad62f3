using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Signals;

/// <summary>Signals of one guest thread: its mask, its alternate stack, and delivery.</summary>
/// <remarks>
/// The host thread's mask follows the guest's, so that blocked signals stay pending in the host kernel, where sigpending, sigtimedwait and signalfd find them. What the
/// engine's handler has queued is normally deliverable. Two cases are not: a signal that arrived just before the guest blocked it goes back to the kernel (rt_tgsigqueueinfo to ourselves), and
/// the synchronous signals, which the host must never block, wait in <see cref="held"/>.
/// </remarks>
sealed unsafe class ThreadSignals(LinuxThread thread)
{
    SignalInformation[] arrived = new SignalInformation[8];
    int arrivedCount;
    SignalInformation[]? held;
    ulong heldSet;
    ulong savedMask;
    bool hasSavedMask;
    bool maskIsDue;

    /// <summary>The guest's blocked signals.</summary>
    public ulong Mask { get; private set; }

    /// <summary>The alternate stack.</summary>
    public SignalStack AlternateStack { get; set; } = SignalStack.None;

    /// <summary>Synchronous signals sent while blocked.</summary>
    public ulong Held => heldSet;

    /// <summary>Takes the mask that was inherited over exec.</summary>
    public void Inherit()
    {
        ulong mask;
        Kernel.Call(Sys.rt_sigprocmask, 0, 0, (long)&mask, 8);
        Mask = SignalNumbers.MaskToGuest(mask);
    }

    /// <summary>A new thread has its creator's mask. The host thread starts with everything blocked and takes it at its first poll, inside the engine.</summary>
    public void InheritFrom(ThreadSignals creator)
    {
        Mask = creator.Mask;
        maskIsDue = true;
        thread.Guest.RequestPoll();
    }

    /// <summary>The thread ends: signals that were sent to the process, and only by chance met this thread, go to another one. Everything is blocked already.</summary>
    public void Abandon()
    {
        Drain();
        for (int i = 0; i < arrivedCount; i++)
        {
            SignalInformation information = arrived[i];
            if (information.Code is SignalInformation.ToThread or SignalInformation.Timer) continue;
            information.Signal = SignalNumbers.ToHost(information.Signal);
            Kernel.Call(Sys.rt_sigqueueinfo, Kernel.Call(Sys.getpid), information.Signal, (long)&information);
        }
        arrivedCount = 0;
    }

    /// <summary>Changes the mask, on the host too.</summary>
    public void SetMask(ulong mask)
    {
        mask &= ~SignalNumbers.Untouchable;
        if (mask == Mask) return;
        Mask = mask;
        ApplyMask();
    }

    /// <summary>Blocks everything on the host, without the guest knowing; <see cref="ApplyMask"/> ends it.</summary>
    public static void BlockAll()
    {
        ulong all = ~0UL;
        Kernel.Call(Sys.rt_sigprocmask, 2, (long)&all, 0, 8);
    }

    /// <summary>Makes the host's mask that of the guest.</summary>
    public void ApplyMask()
    {
        ulong host = SignalNumbers.MaskToHost(Mask);
        Kernel.Call(Sys.rt_sigprocmask, 2, (long)&host, 0, 8);
        // A handler may have found the queue nearly full just before the call, and noted the old mask as the one to put back.
        Volatile.Write(ref thread.Guest.Block->QueueMask, host);
    }

    /// <summary>A system call that waits under another mask was interrupted: what came is delivered under that mask, and the handler's return restores the thread's own.</summary>
    public void InterruptedUnder(ulong mask)
    {
        savedMask = Mask;
        hasSavedMask = true;
        Mask = mask & ~SignalNumbers.Untouchable;
    }

    /// <summary>The alternate stack as a frame or sigaltstack reports it to code running at a stack pointer.</summary>
    public SignalStack AlternateStackFor(ulong stackPointer)
    {
        var stack = AlternateStack;
        if (!stack.IsEnabled) stack.Flags |= SignalStack.Disabled;
        else if (stack.IsOn(stackPointer)) stack.Flags |= SignalStack.OnStack;
        return stack;
    }

    /// <summary>Takes the alternate stack back from a frame, as sigaltstack would without failing.</summary>
    public void RestoreStack(SignalStack stack)
    {
        if ((stack.Flags & SignalStack.Disabled) != 0) AlternateStack = SignalStack.None;
        else AlternateStack = stack with { Flags = stack.Flags & SignalStack.AutoDisarm };
    }

    /// <summary>What a vfork child may change and its parent must find unchanged.</summary>
    public readonly record struct Snapshot(ulong Mask, SignalStack AlternateStack, ulong HeldSet, SignalInformation[]? Held, SignalInformation[]? Arrived, int ArrivedCount);

    /// <summary>Before a vfork: blocks every signal on the host and puts aside what has come until then, which is the parent's and not the child's.</summary>
    public Snapshot SaveAndBlockAll()
    {
        bool unblocked;
        do
        {
            BlockAll();
            // Emptying a queue that was nearly full puts the mask of before back.
            unblocked = Volatile.Read(ref thread.Guest.Block->QueueBlocked) != 0;
            Drain();
        }
        while (unblocked);
        var snapshot = new Snapshot(Mask, AlternateStack, heldSet, held, arrivedCount > 0 ? arrived : null, arrivedCount);
        if (arrivedCount > 0) arrived = new SignalInformation[8];
        (arrivedCount, heldSet, held) = (0, 0, null);
        return snapshot;
    }

    /// <summary>After a vfork, in the parent, while everything is blocked on the host. The caller applies the mask.</summary>
    public void Restore(in Snapshot snapshot)
    {
        (Mask, AlternateStack, heldSet, held) = (snapshot.Mask, snapshot.AlternateStack, snapshot.HeldSet, snapshot.Held);
        arrived = snapshot.Arrived ?? arrived;
        arrivedCount = snapshot.ArrivedCount;
        if (arrivedCount > 0) thread.Guest.RequestPoll();
        hasSavedMask = false;
    }

    /// <summary>Forgets what belongs to the parent: a child begins without pending signals.</summary>
    public void AfterFork()
    {
        Drain();
        arrivedCount = 0;
        heldSet = 0;
    }

    /// <summary>Delivers all that is pending and not blocked. Called at a clean instruction boundary.</summary>
    /// <param name="interrupted">The system call that just returned, if it was one.</param>
    public void Deliver(InterruptedCall interrupted)
    {
        if (maskIsDue)
        {
            maskIsDue = false;
            ApplyMask();
        }
        bool handled = false;
        while (TryTake(out SignalInformation information)) handled |= Act(ref information, ref interrupted);
        if (!handled) interrupted.RestartWithoutHandler(thread);
        if (!hasSavedMask) return;
        hasSavedMask = false;
        if (handled) return;
        Mask = savedMask;
        ApplyMask();
    }

    /// <summary>Takes a held signal of a set, as sigtimedwait does.</summary>
    public bool TakeHeld(ulong set, out SignalInformation information)
    {
        ulong ready = heldSet & set;
        information = default;
        if (ready == 0) return false;
        int signal = System.Numerics.BitOperations.TrailingZeroCount(ready) + 1;
        heldSet &= ~SignalNumbers.Bit(signal);
        information = held![signal];
        return true;
    }

    bool TryTake(out SignalInformation information)
    {
        if (TakeHeld(~Mask, out information)) return true;
        Drain();
        while (arrivedCount != 0)
        {
            SignalInformation next = arrived[0];
            Array.Copy(arrived, 1, arrived, 0, --arrivedCount);
            if ((Mask & SignalNumbers.Bit(next.Signal)) == 0)
            {
                information = next;
                return true;
            }
            PutBack(next, SignalNumbers.ToHost(next.Signal));
        }
        information = default;
        return false;
    }

    // The engine wants its queue emptied before the host's mask is changed, and entering a handler changes it: so everything is taken over first.
    void Drain()
    {
        SignalInformation next;
        while (HostSignals.TryDequeueSignal(thread.Guest, out int host, (byte*)&next))
        {
            if (arrivedCount == arrived.Length) Array.Resize(ref arrived, arrived.Length * 2);
            next.Signal = SignalNumbers.ToGuest(host);
            arrived[arrivedCount++] = next;
        }
    }

    void PutBack(in SignalInformation information, int host)
    {
        ulong bit = SignalNumbers.Bit(information.Signal);
        bool hostBlocks = (SignalNumbers.MaskToHost(hasSavedMask ? savedMask & Mask : Mask) & SignalNumbers.Bit(host)) != 0;
        if (hostBlocks)
        {
            var copy = information;
            copy.Signal = host;
            if (Kernel.Call(Sys.rt_tgsigqueueinfo, Kernel.Call(Sys.getpid), Kernel.Call(Sys.gettid), host, (long)&copy) == 0) return;
        }
        held ??= new SignalInformation[SignalNumbers.Count];
        held[information.Signal] = information;
        heldSet |= bit;
    }

    // Acts on one signal; true if a handler was entered.
    bool Act(ref SignalInformation information, ref InterruptedCall interrupted)
    {
        int signal = information.Signal;
        var process = thread.Process;
        if (thread.Actions.Ignores(signal)) return false;
        thread.LastSignal = information;
        SignalAction action = thread.Actions.Take(signal);
        if (!action.IsHandler)
        {
            // Caught when it arrived, but its disposition is the default by now, or it is caught only so that the end is reported.
            process.Tracer?.Signal(information);
            process.TakeDefaultAction(signal);
            return false;
        }
        interrupted.BeforeHandler(thread, action.Flags);
        Enter(action, ref information);
        return true;
    }

    /// <summary>A signal caused by the instruction at the thread's location. Blocked or ignored, it kills.</summary>
    /// <param name="information">What is told to the handler.</param>
    /// <param name="syndrome">The architecture's word about the fault, or 0.</param>
    public void Force(SignalInformation information, ulong syndrome)
    {
        int signal = information.Signal;
        bool blocked = (Mask & SignalNumbers.Bit(signal)) != 0;
        SignalAction action = blocked ? default : thread.Actions.Take(signal);
        thread.LastSignal = information;
        if (!action.IsHandler)
        {
            thread.Process.Tracer?.Signal(information);
            thread.Process.TerminateBySignal(signal);
            return;
        }
        thread.FaultAddress = information.Address;
        thread.FaultSyndrome = syndrome;
        Enter(action, ref information);
        thread.FaultAddress = thread.FaultSyndrome = 0;
    }

    // Builds the frame and goes to the handler; a stack that cannot take the frame is a fatal SIGSEGV.
    void Enter(in SignalAction action, ref SignalInformation information)
    {
        var process = thread.Process;
        int signal = information.Signal;
        process.Tracer?.Signal(information);
        ulong restoredMask = hasSavedMask ? savedMask : Mask;
        hasSavedMask = false;
        ulong stack = process.Abi.StackPointer(thread.Guest);
        var alternate = AlternateStack;
        bool onAlternate = alternate.IsOn(stack);
        if ((action.Flags & SignalFlags.OnStack) != 0 && alternate.IsEnabled && !onAlternate) stack = alternate.Start + alternate.Size;
        bool fits = !onAlternate || stack - SignalStack.FrameEstimate >= alternate.Start;
        if (!fits || !process.Abi.EnterSignalHandler(thread, action, information, stack, restoredMask))
        {
            process.TerminateBySignal(SignalNumbers.Segv);
            return;
        }
        if ((alternate.Flags & SignalStack.AutoDisarm) != 0) AlternateStack = SignalStack.None;
        ulong mask = Mask | action.Mask;
        if ((action.Flags & SignalFlags.NoDefer) == 0) mask |= SignalNumbers.Bit(signal);
        Mask = mask & ~SignalNumbers.Untouchable;
        ApplyMask();
    }
}

/// <summary>How a system call was interrupted, which decides whether it begins again (the kernel's ERESTART codes).</summary>
enum Interruption
{
    None,
    /// <summary>ERESTARTSYS: begins again after a handler with SA_RESTART and when no handler runs; EINTR after any other.</summary>
    Restartable,
    /// <summary>ERESTARTNOHAND: EINTR, but begins again when no handler runs.</summary>
    WithoutHandler,
}

/// <summary>A system call that has just been interrupted; its result register already says EINTR.</summary>
/// <param name="kind">How.</param>
/// <param name="firstArgument">What its first argument was before the result overwrote it.</param>
ref struct InterruptedCall(Interruption kind, ulong firstArgument)
{
    Interruption kind = kind;

    /// <summary>Used up by the first handler: later frames are stacked on top of that one's.</summary>
    public void BeforeHandler(LinuxThread thread, SignalFlags flags)
    {
        if (kind == Interruption.Restartable && (flags & SignalFlags.Restart) != 0) thread.Process.Abi.RestartSyscall(thread.Guest, firstArgument);
        kind = Interruption.None;
    }

    public readonly void RestartWithoutHandler(LinuxThread thread)
    {
        if (kind != Interruption.None) thread.Process.Abi.RestartSyscall(thread.Guest, firstArgument);
    }
}

/// <summary>stack_t.</summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
struct SignalStack
{
    public const int OnStack = 1, Disabled = 2;
    public const uint AutoDisarm = 1u << 31;
    /// <summary>Room a frame may need when the thread is on the alternate stack already.</summary>
    public const ulong FrameEstimate = 5120;

    public ulong Start;
    public uint Flags;
    public uint Padding;
    public ulong Size;

    public static SignalStack None => new() { Flags = Disabled };
    public readonly bool IsEnabled => Size != 0;
    public readonly bool IsOn(ulong stackPointer) => Size != 0 && (Flags & AutoDisarm) == 0 && stackPointer > Start && stackPointer - Start <= Size;
}
