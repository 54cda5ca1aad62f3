using Dbt.Linux.Host;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;
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
        table.Pass(Sys.rt_sigqueueinfo, "rt_sigqueueinfo", "int signal siginfo");
        table.Pass(Sys.rt_tgsigqueueinfo, "rt_tgsigqueueinfo", "int int signal siginfo");
        table.Add(Sys.sigaltstack, "sigaltstack", "sigstack sigstack_out", &AlternateStack);
        table.Add(Sys.rt_sigreturn, "rt_sigreturn", "frame_mask", &Return);
        table.Pass(Sys.kill, "kill", "int signal");
        table.Pass(Sys.tkill, "tkill", "int signal");
        table.Pass(Sys.tgkill, "tgkill", "int int signal");
        table.Pass(Sys.pidfd_send_signal, "pidfd_send_signal", "fd signal siginfo hex");
        table.Pass(Sys.signalfd4, "signalfd4", "fd sigset size signalfd_flags");
        table.Add(Sys.restart_syscall, "restart_syscall", "", &NothingToRestart);
    }

    static long Action(in Call call)
    {
        int signal = call.Int(0);
        if (call[3] != 8 || !SignalNumbers.Exists(signal)) return -Errno.EINVAL;
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
                    set |= old;
                    break;
                case Unblock:
                    set = old & ~set;
                    break;
                case Set:
                    break;
                default:
                    return -Errno.EINVAL;
            }
            if (!signals.TrySetMask(set)) return HostCalls.NotStarted;
        }
        return call[2] == 0 || call.Memory.TryWrite(call.Address(2), old) ? 0 : -Errno.EFAULT;
    }

    static long Pending(in Call call)
    {
        if (call.Address(1) > 8) return -Errno.EINVAL;
        ulong pending = 0;
        Kernel.Call(Sys.rt_sigpending, (long)&pending, 8);
        pending |= call.Thread.Signals.Held;
        return call.Memory.TryWrite(call.Address(0), &pending, (nuint)call.Address(1)) ? 0 : -Errno.EFAULT;
    }

    static long Suspend(in Call call)
    {
        if (call[1] != 8) return -Errno.EINVAL;
        if (!call.Memory.TryRead(call.Address(0), out ulong mask)) return -Errno.EFAULT;
        var signals = call.Thread.Signals;
        if (signals.HoldsUnder(mask))
        {
            signals.InterruptedUnder(mask);
            return -Errno.EINTR;
        }
        ulong host = SignalNumbers.HostMask(mask);
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
        long result = 0;
        if (!signals.TakeHeld(set, out information)) result = call.Forward((long)&set, (long)&information, call[2], 8);
        // One of those that the host does not block may have come meanwhile.
        if ((result == HostCalls.NotStarted || result == -Errno.EINTR) && signals.TakeHeld(set, out information)) result = 0;
        if (result < 0) return result;
        result = information.Signal;
        return call[1] == 0 || call.Memory.TryWrite(call.Address(1), information) ? result : -Errno.EFAULT;
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
            var current = signals.AlternateStack;
            if (stack.Start == current.Start && stack.Size == current.Size && stack.Flags == current.Flags)
            {
                // No change, not even a judgement.
            }
            else if (mode == SignalStack.Disabled)
            {
                signals.AlternateStack = SignalStack.None with { Flags = stack.Flags };
            }
            else
            {
                if (stack.Size < call.Process.Abi.Description.MinimumSignalStack) return -Errno.ENOMEM;
                signals.AlternateStack = stack with { Padding = 0 };
            }
        }
        return call[1] == 0 || call.Memory.TryWrite(call.Address(1), old) ? 0 : -Errno.EFAULT;
    }

    static long Return(in Call call)
    {
        if (call.Process.Abi.ReturnFromSignal(call.Thread, out bool again)) return Call.NoResult;
        var fault = new SignalInformation { Signal = SignalNumbers.Segv, Code = SignalInformation.Kernel };
        return !again && call.Thread.Signals.TryForce(fault, 0) ? Call.NoResult : HostCalls.NotStarted;
    }

    // Only the kernel itself would call it, after a stopped sleep; dbt's sleeps are restarted by the host.
    static long NothingToRestart(in Call call) => -Errno.EINTR;
}
