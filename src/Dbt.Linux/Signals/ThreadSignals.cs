using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Signals;

/// <summary>Signals of one guest thread: its mask, its alternate stack, and delivery.</summary>
/// <remarks>
/// The host thread's mask follows the guest's, so that blocked signals stay pending in the host kernel, in their order, for the thread or the process as they were sent, where sigpending,
/// sigtimedwait and signalfd find them. The engine's handler takes one that is not blocked, and with it blocks all others until it has been acted upon here, at the next instruction boundary.
/// No system call begins while one waits, and none that changes the mask, makes or ends a thread or a process finds one that came in between (<see cref="TrySetMask"/>,
/// <see cref="TryHoldBack"/>, <see cref="HostCalls.BlockingSyscall"/>): so what was taken is never blocked when it is acted upon. The exception are signals of the kind that faults raise, which
/// the host must never block: sent ones wait in <see cref="held"/>.
/// </remarks>
sealed unsafe class ThreadSignals(LinuxThread thread)
{
    SignalInformation[]? held;
    ulong heldSet;
    SignalInformation ready;
    bool hasReady;
    ulong savedMask;
    bool hasSavedMask;

    /// <summary>The guest's blocked signals.</summary>
    public ulong Mask { get; private set; }

    /// <summary>The alternate stack.</summary>
    public SignalStack AlternateStack { get; set; }

    /// <summary>Synchronous signals sent while blocked.</summary>
    public ulong Held => heldSet;

    /// <summary>Takes the mask that was inherited over exec. It comes into force at the first poll, inside the engine.</summary>
    public void Inherit()
    {
        ulong added = ~SignalNumbers.Synchronous, mask;
        // Synchronous ones that are blocked stay so until then: a pending one must not come before there is somebody to take it.
        Kernel.Call(Sys.rt_sigprocmask, 0, (long)&added, (long)&mask, 8);
        Mask = mask & ~SignalNumbers.Untouchable;
        thread.Guest.Block->HoldsBack = 1;
        thread.Guest.RequestPoll();
    }

    /// <summary>A new thread has its creator's mask. The host thread starts with everything blocked and takes it at its first poll, inside the engine.</summary>
    public void InheritFrom(ThreadSignals creator)
    {
        Mask = creator.Mask;
        AlternateStack = SignalStack.None;
        thread.Guest.Block->HoldsBack = 1;
        thread.Guest.RequestPoll();
    }

    /// <summary>
    /// Blocks everything on the host, without the guest knowing; <see cref="ApplyMask"/> ends it. False if a signal waits, which came before: the system call is to begin again
    /// (<see cref="HostCalls.NotStarted"/>).
    /// </summary>
    public bool TryHoldBack()
    {
        HostSignals.HoldBack(thread.Guest);
        HoldBlocked();
        return !hasReady;
    }

    /// <summary>The thread ends: held signals that were sent to the process, and only by chance met this thread, go to another one. Everything else is blocked already.</summary>
    public void Abandon()
    {
        while (TakeHeld(~0UL, out SignalInformation information))
        {
            if (information.Code == SignalInformation.ToThread) continue;
            // The kernel lets only the first thread send what looks as if sent by itself (a code of 0 or more).
            long pid = Kernel.Call(Sys.getpid);
            if (Kernel.Call(Sys.rt_sigqueueinfo, pid, information.Signal, (long)&information) != 0) Kernel.Call(Sys.kill, pid, information.Signal);
        }
    }

    /// <summary>Changes the mask, on the host too. False if a signal waits, which came before: the system call is to begin again.</summary>
    public bool TrySetMask(ulong mask)
    {
        mask &= ~SignalNumbers.Untouchable;
        ulong host = SignalNumbers.HostMask(mask);
        bool same = host == SignalNumbers.HostMask(Mask) && !HostSignals.HoldsBack(thread.Guest);
        if (!same && !HostSignals.TrySetMask(thread.Guest, host)) return false;
        Mask = mask;
        return true;
    }

    /// <summary>Makes the host's mask that of the guest.</summary>
    public void ApplyMask() => HostSignals.SetMask(thread.Guest, SignalNumbers.HostMask(Mask));

    /// <summary>Before execve: the next program inherits the whole mask, and what is pending. False if a signal waits: the system call is to begin again.</summary>
    public bool TryPrepareExecute()
    {
        if (((Mask | heldSet) & SignalNumbers.Synchronous) == 0) return true;
        if (!HostSignals.TrySetMask(thread.Guest, Mask)) return false;
        for (ulong left = heldSet; left != 0; left &= left - 1)
        {
            var information = held![System.Numerics.BitOperations.TrailingZeroCount(left) + 1];
            Kernel.Call(Sys.rt_tgsigqueueinfo, Kernel.Call(Sys.getpid), Kernel.Call(Sys.gettid), information.Signal, (long)&information);
        }
        return true;
    }

    /// <summary>execve has failed. What was put back into the kernel comes to us again.</summary>
    public void AfterFailedExecute()
    {
        if (((Mask | heldSet) & SignalNumbers.Synchronous) != 0 && !HostSignals.HoldsBack(thread.Guest)) ApplyMask();
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
        stack.Flags &= SignalStack.AutoDisarm;
        if (!stack.IsEnabled) stack.Flags |= SignalStack.Disabled;
        else if (stack.IsOn(stackPointer)) stack.Flags |= SignalStack.OnStack;
        return stack;
    }

    /// <summary>Takes the alternate stack back from a frame, as sigaltstack would without failing.</summary>
    public void RestoreStack(SignalStack stack)
    {
        if ((stack.Flags & SignalStack.Disabled) != 0) AlternateStack = SignalStack.None;
        else AlternateStack = stack with { Padding = 0 };
    }

    /// <summary>What a vfork child may change and its parent must find unchanged.</summary>
    public readonly record struct Snapshot(ulong Mask, SignalStack AlternateStack, ulong HeldSet, SignalInformation[]? Held);

    /// <summary>Before a vfork, while signals are held back: puts aside what is the parent's and not the child's.</summary>
    public Snapshot Save()
    {
        var snapshot = new Snapshot(Mask, AlternateStack, heldSet, held);
        (heldSet, held) = (0, null);
        return snapshot;
    }

    /// <summary>After a vfork, in the parent, while everything is blocked on the host. The caller applies the mask.</summary>
    public void Restore(in Snapshot snapshot)
    {
        (Mask, AlternateStack, heldSet, held) = (snapshot.Mask, snapshot.AlternateStack, snapshot.HeldSet, snapshot.Held);
        hasReady = hasSavedMask = false;
    }

    /// <summary>Forgets what belongs to the parent: a child begins without pending signals.</summary>
    public void AfterFork()
    {
        SignalInformation parents;
        while (HostSignals.TryDequeueSignal(thread.Guest, out _, (byte*)&parents))
        {
        }
        heldSet = 0;
    }

    /// <summary>Delivers all that is pending and not blocked. Called at a clean instruction boundary.</summary>
    /// <param name="interrupted">The system call that just returned, if it was one.</param>
    public void Deliver(InterruptedCall interrupted)
    {
        bool handled = false;
        while (true)
        {
            if (TryTake(out SignalInformation information)) handled |= Act(ref information, ref interrupted);
            else if (HostSignals.HoldsBack(thread.Guest)) ApplyMask();
            else break;
        }
        if (!handled) interrupted.RestartWithoutHandler(thread);
        if (!hasSavedMask) return;
        hasSavedMask = false;
        Mask = savedMask;
        ApplyMask();
    }

    /// <summary>Whether a held signal would be delivered under a mask.</summary>
    public bool HoldsUnder(ulong mask) => (heldSet & ~mask) != 0;

    /// <summary>Takes a held signal of a set, as sigtimedwait does.</summary>
    public bool TakeHeld(ulong set, out SignalInformation information)
    {
        HoldBlocked();
        ulong found = heldSet & set;
        information = default;
        if (found == 0) return false;
        int signal = System.Numerics.BitOperations.TrailingZeroCount(found) + 1;
        heldSet &= ~SignalNumbers.Bit(signal);
        information = held![signal];
        return true;
    }

    bool TryTake(out SignalInformation information)
    {
        if (TakeHeld(~Mask, out information)) return true;
        information = ready;
        bool taken = hasReady;
        hasReady = false;
        return taken;
    }

    // Goes through the engine's queue up to the first signal that can be delivered; the blocked ones before it are held.
    void HoldBlocked()
    {
        SignalInformation next;
        while (!hasReady && HostSignals.TryDequeueSignal(thread.Guest, out int signal, (byte*)&next))
        {
            ulong bit = SignalNumbers.Bit(signal);
            hasReady = (Mask & bit) == 0;
            if (hasReady)
            {
                ready = next;
                continue;
            }
            held ??= new SignalInformation[SignalNumbers.Count];
            // Of each there is one pending, the first.
            if ((heldSet & bit) == 0) held[signal] = next;
            heldSet |= bit;
        }
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
    /// <returns>False if another signal waits, which came before: the instruction is to be executed again.</returns>
    public bool TryForce(in SignalInformation information, ulong syndrome)
    {
        if (!TryHoldBack()) return false;
        Force(information, syndrome);
        return true;
    }

    void Force(SignalInformation information, ulong syndrome)
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

    // Builds the frame and goes to the handler; a stack that cannot take the frame is a SIGSEGV.
    void Enter(in SignalAction action, ref SignalInformation information)
    {
        var process = thread.Process;
        int signal = information.Signal;
        process.Tracer?.Signal(information);
        ulong restoredMask = hasSavedMask ? savedMask : Mask;
        ulong stack = process.Abi.StackPointer(thread.Guest);
        var alternate = AlternateStack;
        if ((action.Flags & SignalFlags.OnStack) != 0 && alternate.IsEnabled && !alternate.IsOn(stack)) stack = alternate.Start + alternate.Size;
        if (!process.Abi.EnterSignalHandler(thread, action, information, stack, restoredMask))
        {
            // A handler of SIGSEGV may have a stack of its own.
            if (signal == SignalNumbers.Segv) process.TerminateBySignal(signal);
            else Force(new SignalInformation { Signal = SignalNumbers.Segv, Code = SignalInformation.Kernel }, 0);
            return;
        }
        hasSavedMask = false;
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

    public ulong Start;
    public uint Flags;
    public uint Padding;
    public ulong Size;

    public static SignalStack None => new() { Flags = Disabled };
    public readonly bool IsEnabled => Size != 0;
    public readonly bool IsOn(ulong stackPointer) => Size != 0 && (Flags & AutoDisarm) == 0 && stackPointer > Start && stackPointer - Start <= Size;
}
