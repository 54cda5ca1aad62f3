using Dbt.Linux.Host;
using Dbt.Linux.Signals;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Signals.</summary>
static unsafe class SignalSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Add(Sys.rt_sigaction, "rt_sigaction", "signal sigaction sigaction_out size", &Action);
        table.Add(Sys.rt_sigprocmask, "rt_sigprocmask", "sigmask_how sigset sigset_out size", &Mask);
        table.Add(Sys.rt_sigpending, "rt_sigpending", "sigset_out size", &Pending);
        table.Add(Sys.rt_sigsuspend, "rt_sigsuspend", "sigset size", &Suspend, Blocks | RestartsWithoutHandler);
        table.Add(Sys.rt_sigtimedwait, "rt_sigtimedwait", "sigset siginfo_out timespec size", &TimedWait, Blocks);
        table.Add(Sys.rt_sigqueueinfo, "rt_sigqueueinfo", "int signal siginfo", &Queue);
        table.Add(Sys.rt_tgsigqueueinfo, "rt_tgsigqueueinfo", "int int signal siginfo", &QueueThread);
        table.Add(Sys.sigaltstack, "sigaltstack", "sigstack sigstack_out", &AlternateStack);
        table.Add(Sys.rt_sigreturn, "rt_sigreturn", "frame_mask", &Return);
        table.Add(Sys.kill, "kill", "int signal", &Kill);
        table.Add(Sys.tkill, "tkill", "int signal", &Kill);
        table.Add(Sys.tgkill, "tgkill", "int int signal", &KillThread);
        table.Add(Sys.pidfd_send_signal, "pidfd_send_signal", "fd signal siginfo hex", &SendByDescriptor);
        table.Add(Sys.signalfd4, "signalfd4", "fd sigset size signalfd_flags", &SignalDescriptor);
        table.Add(Sys.restart_syscall, "restart_syscall", "", &NothingToRestart);
    }

    static long Action(in Call call)
    {
        int signal = call.Int(0);
        if (call[3] != 8 || signal is <= 0 or >= SignalNumbers.Count) return -Errno.EINVAL;
        bool untouchable = (SignalNumbers.Untouchable & SignalNumbers.Bit(signal)) != 0;
        if (untouchable && call[1] != 0) return -Errno.EINVAL;
        SignalAction action = default;
        if (call[1] != 0 && !call.Memory.TryRead(call.Address(1), out action)) return -Errno.EFAULT;
        SignalAction old = call[1] != 0 ? call.Thread.Actions.Set(signal, action) : call.Thread.Actions[signal];
        return call[2] == 0 || call.Memory.TryWrite(call.Address(2), old) ? 0 : -Errno.EFAULT;
    }

    static long Mask(in Call call)
    {
        const int Block = 0, Unblock = 1, Set = 2;
        if (call[3] != 8) return -Errno.EINVAL;
        var signals = call.Thread.Signals;
        ulong old = signals.Mask;
        if (call[1] != 0)
        {
            if (!call.Memory.TryRead(call.Address(1), out ulong set)) return -Errno.EFAULT;
            switch (call.Int(0))
            {
                case Block:
                    signals.SetMask(old | set);
                    break;
                case Unblock:
                    signals.SetMask(old & ~set);
                    break;
                case Set:
                    signals.SetMask(set);
                    break;
                default:
                    return -Errno.EINVAL;
            }
        }
        return call[2] == 0 || call.Memory.TryWrite(call.Address(2), old) ? 0 : -Errno.EFAULT;
    }

    static long Pending(in Call call)
    {
        if (call.Address(1) > 8) return -Errno.EINVAL;
        ulong host = 0;
        Kernel.Call(Sys.rt_sigpending, (long)&host, 8);
        ulong pending = SignalNumbers.MaskToGuest(host) | call.Thread.Signals.Held;
        return call.Memory.TryWrite(call.Address(0), &pending, (nuint)call.Address(1)) ? 0 : -Errno.EFAULT;
    }

    static long Suspend(in Call call)
    {
        if (call[1] != 8) return -Errno.EINVAL;
        if (!call.Memory.TryRead(call.Address(0), out ulong mask)) return -Errno.EFAULT;
        var signals = call.Thread.Signals;
        if ((signals.Held & ~mask) != 0)
        {
            signals.InterruptedUnder(mask);
            return -Errno.EINTR;
        }
        ulong host = SignalNumbers.MaskToHost(mask);
        long result = call.Forward((long)&host, 8);
        if (result == -Errno.EINTR) signals.InterruptedUnder(mask);
        return result;
    }

    static long TimedWait(in Call call)
    {
        if (call[3] != 8) return -Errno.EINVAL;
        if (!call.Memory.TryRead(call.Address(0), out ulong set)) return -Errno.EFAULT;
        var signals = call.Thread.Signals;
        SignalInformation information;
        long result;
        if (signals.TakeHeld(set, out information))
        {
            result = information.Signal;
        }
        else
        {
            ulong host = SignalNumbers.MaskToHost(set);
            result = call.Forward((long)&host, (long)&information, call[2], 8);
            if (result < 0) return result;
            result = information.Signal = SignalNumbers.ToGuest((int)result);
        }
        return call[1] == 0 || call.Memory.TryWrite(call.Address(1), information) ? result : -Errno.EFAULT;
    }

    static long Queue(in Call call) => Queue(call, 1, call.Address(2));
    static long QueueThread(in Call call) => Queue(call, 2, call.Address(3));

    static long Queue(in Call call, int signalIndex, ulong address)
    {
        if (!call.Memory.TryRead(address, out SignalInformation information)) return -Errno.EFAULT;
        int signal = SignalNumbers.ToHost(call.Int(signalIndex));
        if (signal < 0) return -Errno.EINVAL;
        information.Signal = signal;
        return signalIndex == 1 ? call.Forward(call[0], signal, (long)&information) : call.Forward(call[0], call[1], signal, (long)&information);
    }

    static long AlternateStack(in Call call)
    {
        var signals = call.Thread.Signals;
        ulong sp = call.Process.Abi.StackPointer(call.Thread.Guest);
        var old = signals.AlternateStackFor(sp);
        if (call[0] != 0)
        {
            if (!call.Memory.TryRead(call.Address(0), out SignalStack stack)) return -Errno.EFAULT;
            if (signals.AlternateStack.IsOn(sp)) return -Errno.EPERM;
            uint mode = stack.Flags & ~SignalStack.AutoDisarm;
            if (mode is not (0 or SignalStack.Disabled or SignalStack.OnStack)) return -Errno.EINVAL;
            if (mode == SignalStack.Disabled)
            {
                signals.AlternateStack = SignalStack.None;
            }
            else
            {
                if (stack.Size < call.Process.Abi.Description.MinimumSignalStack) return -Errno.ENOMEM;
                signals.AlternateStack = stack with { Flags = stack.Flags & SignalStack.AutoDisarm, Padding = 0 };
            }
        }
        return call[1] == 0 || call.Memory.TryWrite(call.Address(1), old) ? 0 : -Errno.EFAULT;
    }

    static long Return(in Call call)
    {
        if (!call.Process.Abi.ReturnFromSignal(call.Thread)) call.Thread.Signals.Force(new SignalInformation { Signal = SignalNumbers.Segv, Code = SignalInformation.Kernel }, 0);
        return Call.NoResult;
    }

    static long Kill(in Call call)
    {
        int signal = SignalNumbers.ToHost(call.Int(1));
        return signal < 0 ? -Errno.EINVAL : call.Forward(call[0], signal);
    }

    static long KillThread(in Call call)
    {
        int signal = SignalNumbers.ToHost(call.Int(2));
        return signal < 0 ? -Errno.EINVAL : call.Forward(call[0], call[1], signal);
    }

    static long SendByDescriptor(in Call call)
    {
        int signal = SignalNumbers.ToHost(call.Int(1));
        if (signal < 0) return -Errno.EINVAL;
        if (call[2] == 0) return call.Forward(call[0], signal, 0, call[3]);
        if (!call.Memory.TryRead(call.Address(2), out SignalInformation information)) return -Errno.EFAULT;
        information.Signal = signal;
        return call.Forward(call[0], signal, (long)&information, call[3]);
    }

    static long SignalDescriptor(in Call call)
    {
        if (call[2] != 8) return -Errno.EINVAL;
        if (!call.Memory.TryRead(call.Address(1), out ulong set)) return -Errno.EFAULT;
        ulong host = SignalNumbers.MaskToHost(set);
        return call.Forward(call[0], (long)&host, 8, call[3]);
    }

    // Only the kernel itself would call it, after a stopped sleep; dbt's sleeps are restarted by the host.
    static long NothingToRestart(in Call call) => -Errno.EINTR;
}
