using Dbt.Linux.Host;
using Dbt.Translator.Execution;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Processor time and what threads synchronise with: futexes are host futexes, because guest memory is host memory.</summary>
static unsafe class SchedulingSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.sched_yield, "sched_yield", "");
        table.Pass(Sys.sched_setparam, "sched_setparam", "int sched_param");
        table.Pass(Sys.sched_getparam, "sched_getparam", "int sched_param_out");
        table.Pass(Sys.sched_setscheduler, "sched_setscheduler", "int scheduler sched_param");
        table.Pass(Sys.sched_getscheduler, "sched_getscheduler", "int");
        table.Pass(Sys.sched_setaffinity, "sched_setaffinity", "int size cpuset:1");
        table.Pass(Sys.sched_getaffinity, "sched_getaffinity", "int size cpuset_out");
        table.Pass(Sys.sched_get_priority_max, "sched_get_priority_max", "scheduler");
        table.Pass(Sys.sched_get_priority_min, "sched_get_priority_min", "scheduler");
        table.Pass(Sys.sched_rr_get_interval, "sched_rr_get_interval", "int timespec_out");
        table.Pass(Sys.sched_setattr, "sched_setattr", "int ptr hex");
        table.Pass(Sys.sched_getattr, "sched_getattr", "int ptr size hex");
        table.Pass(Sys.setpriority, "setpriority", "priority_who int int");
        table.Pass(Sys.getpriority, "getpriority", "priority_who int");
        table.Pass(Sys.ioprio_set, "ioprio_set", "io_priority_who int hex");
        table.Pass(Sys.ioprio_get, "ioprio_get", "io_priority_who int");
        table.Pass(Sys.getcpu, "getcpu", "int_out int_out ptr");
        table.Add(Sys.futex, "futex", "ptr futex_op futex_value:1 futex_timeout:1 futex_second:1 futex_last:1", &Futex, Blocks | Restarts);
        table.Add(Sys.futex_waitv, "futex_waitv", "ptr int hex timespec int", &VectorSyscalls.WaitForFutexes, Blocks | Restarts);
        table.Add(Sys.set_robust_list, "set_robust_list", "ptr size", &SetRobustList);
        table.Pass(Sys.get_robust_list, "get_robust_list", "int pointer_out ulong_out");
        // Restartable sequences would have to abort translated code at any instruction: a C library falls back when they are missing.
        table.Refuse(Sys.rseq, "rseq", "ptr size hex hex");
    }

    // What inherits priority is never interrupted as far as the program can see (ERESTARTNOINTR).
    static long Futex(in Call call)
    {
        const int OperationMask = 0x7F, LockPriority = 6, WaitRequeuePriority = 11, LockPriority2 = 13;
        long result = call.Forward();
        if (result != HostCalls.Interrupted) return result;
        return (call.Int(1) & OperationMask) is LockPriority or LockPriority2 or WaitRequeuePriority ? HostCalls.NotStarted : result;
    }

    static long SetRobustList(in Call call)
    {
        long result = call.Forward();
        if (result == 0) call.Thread.RobustList = call.Address(0);
        return result;
    }
}
