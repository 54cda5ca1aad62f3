using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Clocks, sleeping and timers.</summary>
static unsafe class TimeSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Add(Sys.clock_gettime, "clock_gettime", "clock timespec_out", &GetTime);
        table.Pass(Sys.clock_settime, "clock_settime", "clock timespec");
        table.Pass(Sys.clock_getres, "clock_getres", "clock timespec_out");
        table.Pass(Sys.clock_adjtime, "clock_adjtime", "clock ptr");
        table.Pass(Sys.adjtimex, "adjtimex", "ptr");
        table.Add(Sys.gettimeofday, "gettimeofday", "timeval_out ptr", &GetTimeOfDay);
        table.Pass(Sys.settimeofday, "settimeofday", "timeval ptr");
        table.Pass(Sys.clock_nanosleep, "clock_nanosleep", "clock timer_flags timespec sleep_left:1", Blocks);
        table.Pass(Sys.nanosleep, "nanosleep", "timespec sleep_left", Blocks);
        table.Pass(Sys.getitimer, "getitimer", "itimer itimerval_out");
        table.Pass(Sys.setitimer, "setitimer", "itimer itimerval itimerval_out");
        table.Pass(Sys.times, "times", "tms");
        table.Pass(Sys.timer_create, "timer_create", "clock sigevent int_out");
        table.Pass(Sys.timer_settime, "timer_settime", "int timer_flags itimerspec itimerspec_out");
        table.Pass(Sys.timer_gettime, "timer_gettime", "int itimerspec_out");
        table.Pass(Sys.timer_getoverrun, "timer_getoverrun", "int");
        table.Pass(Sys.timer_delete, "timer_delete", "int");
        table.Pass(Sys.timerfd_create, "timerfd_create", "clock timerfd_flags");
        table.Pass(Sys.timerfd_settime, "timerfd_settime", "fd timerfd_set itimerspec itimerspec_out");
        table.Pass(Sys.timerfd_gettime, "timerfd_gettime", "fd itimerspec_out");
    }

    // The host's vDSO reads clocks without entering the kernel, but would fault on a bad guest pointer.
    static long GetTime(in Call call)
    {
        long* time = stackalloc long[2];
        long result = Kernel.GetTime(call.Int(0), time);
        return result < 0 ? result : call.Memory.TryWrite(call.Address(1), time, 16) ? 0 : -Errno.EFAULT;
    }

    static long GetTimeOfDay(in Call call)
    {
        if (call[1] != 0) return call.Forward();
        long* time = stackalloc long[2];
        Kernel.GetTime(0, time);
        time[1] /= 1000;
        return call[0] == 0 || call.Memory.TryWrite(call.Address(0), time, 16) ? 0 : -Errno.EFAULT;
    }
}
