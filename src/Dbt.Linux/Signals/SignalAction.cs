using System.Runtime.InteropServices;
using Dbt.Linux.Host;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Signals;

/// <summary>struct sigaction as the kernel takes it on 64-bit guests (asm-generic/signal.h with SA_RESTORER): also the host's layout.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SignalAction
{
    public const ulong Default = 0, Ignore = 1;

    public ulong Handler;
    public SignalFlags Flags;
    public ulong Restorer;
    public ulong Mask;

    /// <summary>Whether a handler runs.</summary>
    public readonly bool IsHandler => Handler > Ignore;
}

/// <summary>SA_ flags.</summary>
[Flags]
enum SignalFlags : ulong
{
    NoChildStop = 1,
    NoChildWait = 2,
    Information = 4,
    Restorer = 0x04000000,
    OnStack = 0x08000000,
    Restart = 0x10000000,
    NoDefer = 0x40000000,
    ResetHandler = 0x80000000,
}

/// <summary>What the process does at each signal: the guest's view, and the host disposition that makes it so.</summary>
/// <remarks>
/// The host does by itself whatever it can do exactly: ignoring, default actions, stopping. Only signals for which the guest has a handler are caught and queued by the engine.
/// Shared by the threads of a process.
/// </remarks>
sealed unsafe class SignalActions
{
    readonly SignalAction[] actions = new SignalAction[SignalNumbers.Count];
    readonly Lock gate = new();

    /// <summary>Whether somebody wants to hear of the end of the process (<c>--stats</c>, <c>--strace</c>): signals that would end it are caught too, and end it when they are delivered.</summary>
    public bool ReportsEnd { get; init; }

    /// <summary>Takes over what was inherited: only ignored signals survive an exec.</summary>
    public void Inherit()
    {
        SignalAction host;
        for (int signal = 1; signal < SignalNumbers.Count; signal++)
        {
            if ((SignalNumbers.Synchronous & SignalNumbers.Bit(signal)) != 0) continue;
            if (Kernel.Call(Sys.rt_sigaction, signal, 0, (long)&host, 8) == 0 && host.Handler == SignalAction.Ignore) actions[signal].Handler = SignalAction.Ignore;
            else if (ReportsEnd) Apply(signal);
        }
    }

    /// <summary>The action of a signal.</summary>
    public SignalAction this[int signal]
    {
        get
        {
            lock (gate) return actions[signal];
        }
    }

    /// <summary>The action of a signal that is being delivered: with SA_RESETHAND the next one finds the default. Flags and mask stay, as in the kernel.</summary>
    public SignalAction Take(int signal)
    {
        lock (gate)
        {
            SignalAction action = actions[signal];
            if (action.IsHandler && (action.Flags & SignalFlags.ResetHandler) != 0)
            {
                actions[signal].Handler = SignalAction.Default;
                Apply(signal);
            }
            return action;
        }
    }

    /// <summary>Whether an arrival has no effect.</summary>
    public bool Ignores(int signal)
    {
        ulong handler = this[signal].Handler;
        return handler == SignalAction.Ignore || (handler == SignalAction.Default && SignalNumbers.DefaultActionOf(signal) == DefaultAction.Ignore);
    }

    /// <summary>Sets an action and makes the host follow; returns the one before.</summary>
    public SignalAction Set(int signal, in SignalAction action)
    {
        lock (gate)
        {
            SignalAction old = actions[signal];
            actions[signal] = action;
            actions[signal].Mask &= ~SignalNumbers.Untouchable;
            Apply(signal);
            return old;
        }
    }

    /// <summary>A table of its own for a child that shares this memory but not the dispositions: what it sets must not be taken for the parent's, whose other threads get signals meanwhile.</summary>
    public SignalActions Copy()
    {
        var copy = new SignalActions { ReportsEnd = ReportsEnd };
        lock (gate) actions.CopyTo(copy.actions, 0);
        return copy;
    }

    /// <summary>Gives every signal that has a handler its default action, as an exec does.</summary>
    public void ClearHandlers()
    {
        for (int signal = 1; signal < SignalNumbers.Count; signal++)
        {
            if (this[signal].IsHandler) Set(signal, default);
        }
    }

    void Apply(int signal)
    {
        // The synchronous ones always stay with the engine's fault handler.
        if ((SignalNumbers.Synchronous & SignalNumbers.Bit(signal)) != 0) return;
        switch (actions[signal].Handler)
        {
            case SignalAction.Default when !ReportsEnd || SignalNumbers.DefaultActionOf(signal) != DefaultAction.Terminate:
                HostSignals.Default(signal);
                break;
            case SignalAction.Ignore:
                HostSignals.Ignore(signal);
                break;
            default:
                HostSignals.Catch(signal);
                break;
        }
        if (signal == SignalNumbers.Child) ApplyChildFlags();
    }

    // Whether stopped children are reported and zombies are kept is the host kernel's business.
    void ApplyChildFlags()
    {
        const SignalFlags childFlags = SignalFlags.NoChildStop | SignalFlags.NoChildWait;
        SignalAction current;
        if (Kernel.Call(Sys.rt_sigaction, SignalNumbers.Child, 0, (long)&current, 8) < 0) return;
        current.Flags = (current.Flags & ~childFlags) | (actions[SignalNumbers.Child].Flags & childFlags);
        Kernel.Call(Sys.rt_sigaction, SignalNumbers.Child, (long)&current, 0, 8);
    }
}
