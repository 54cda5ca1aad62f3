using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Making, replacing, ending and waiting for processes.</summary>
static unsafe class ProcessSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Add(Sys.execve, "execve", "path argv envp", &Execute);
        table.Add(Sys.execveat, "execveat", "dirfd path argv envp at_flags", &ExecuteAt);
        table.Add(Sys.exit, "exit", "int", &Exit);
        table.Add(Sys.exit_group, "exit_group", "int", &ExitGroup);
        table.Pass(Sys.wait4, "wait4", "int wait_status wait_options rusage_out", Blocks | Restarts);
        table.Pass(Sys.waitid, "waitid", "id_type int siginfo_out wait_options rusage_out", Blocks | Restarts);
        table.Add(Sys.set_tid_address, "set_tid_address", "ptr", &SetTidAddress);
        table.Add(Sys.prctl, "prctl", "prctl prctl_arg:0 prctl_rest:0 prctl_rest:0 prctl_rest:0", &Control);
        table.Add(Sys.prlimit64, "prlimit64", "int rlimit_resource rlimit rlimit_out", &ProcessLimit);
        table.Add(Sys.getrlimit, "getrlimit", "rlimit_resource rlimit_out", &GetLimit);
        table.Add(Sys.setrlimit, "setrlimit", "rlimit_resource rlimit", &SetLimit);
        table.Pass(Sys.pidfd_open, "pidfd_open", "int pidfd_flags");
        table.Pass(Sys.pidfd_getfd, "pidfd_getfd", "fd fd hex");
    }

    static long Execute(in Call call) => call.Process.Execution.Execute(-100, call.Address(0), call.Address(1), call.Address(2), 0);
    static long ExecuteAt(in Call call) => call.Process.Execution.Execute(call.Int(0), call.Address(1), call.Address(2), call.Address(3), call.Int(4));

    static long Exit(in Call call) => call.Process.Exit(call.Thread, call.Int(0), group: false);
    static long ExitGroup(in Call call) => call.Process.Exit(call.Thread, call.Int(0), group: true);

    static long SetTidAddress(in Call call)
    {
        call.Thread.ClearChildTid = call.Address(0);
        return Kernel.Call(Sys.gettid);
    }

    static long ProcessLimit(in Call call)
    {
        bool self = call.Int(0) == 0 || call.Int(0) == Kernel.Call(Sys.getpid);
        return self ? Limit(call, call.Int(1), call.Address(2), call.Address(3)) : call.Forward();
    }

    // Unlike prlimit64, these want a structure.
    static long GetLimit(in Call call) => (uint)call.Int(0) >= 16 ? -Errno.EINVAL : call[1] == 0 ? -Errno.EFAULT : Limit(call, call.Int(0), 0, call.Address(1));
    static long SetLimit(in Call call) => call[1] == 0 ? -Errno.EFAULT : Limit(call, call.Int(0), call.Address(1), 0);

    static long Limit(in Call call, int resource, ulong wantedAddress, ulong oldAddress)
    {
        ResourceLimit wanted = default, old = default;
        if (wantedAddress != 0 && !call.Memory.TryRead(wantedAddress, out wanted)) return -Errno.EFAULT;
        long result = call.Process.Limits.Change(resource, wantedAddress != 0 ? &wanted : null, oldAddress != 0 ? &old : null);
        return result < 0 || oldAddress == 0 || call.Memory.TryWrite(oldAddress, old) ? result : -Errno.EFAULT;
    }

    static long Control(in Call call)
    {
        const int SetTaggedAddressControl = 55, GetTaggedAddressControl = 56;
        switch (call.Int(0))
        {
            case SetTaggedAddressControl:
                return TaggedArguments.Control(call.Thread, call);
            case GetTaggedAddressControl:
                return TaggedArguments.Query(call.Thread, call);
            // Death signal, dumpable, keepcaps, timing, name, securebits, bounding set, timer slack, no_new_privs, subreaper, ambient capabilities, io flusher: properties of the process that dbt shares.
            // Also performance events, memory errors, huge pages, core scheduling.
            case 1 or 2 or 3 or 4 or 7 or 8 or 13 or 14 or 15 or 16 or 23 or 24 or 27 or 28 or 29 or 30 or 31 or 32 or 33 or 34 or 36 or 37 or 38 or 39 or 40 or 41 or 42 or 47 or 57 or 58 or 62:
                return call.Forward();
            // Everything about the machine or about memory layout: this kernel does not have it.
            default:
                return -Errno.EINVAL;
        }
    }
}
