using Dbt.Linux.Host;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Which system calls are printed: names and classes as in strace's <c>-e trace=</c>.</summary>
/// <remarks><c>[!]item,item...</c>: a name, <c>%class</c>, <c>all</c> or <c>none</c>; a leading <c>!</c> takes everything but the items; a name behind <c>?</c> may be unknown.</remarks>
public sealed class SyscallFilter
{
    readonly bool[] shown = new bool[512];

    /// <summary>Reads a filter.</summary>
    /// <exception cref="FormatException">A name or class that there is not.</exception>
    public static SyscallFilter Parse(string text)
    {
        var filter = new SyscallFilter();
        bool inverted = text.StartsWith('!');
        var table = new SyscallTable();
        foreach (string item in (inverted ? text[1..] : text).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) filter.Add(item, table);
        if (inverted)
        {
            for (int i = 0; i < filter.shown.Length; i++) filter.shown[i] = !filter.shown[i];
        }
        return filter;
    }

    /// <summary>Whether calls of this one are printed.</summary>
    internal bool Shows(Sys host) => shown[(int)host];

    void Add(string item, SyscallTable table)
    {
        bool optional = item.StartsWith('?');
        if (optional) item = item[1..];
        bool found = item is "none" or "all" or "%all";
        if (item is "all" or "%all") Array.Fill(shown, true);
        var members = item.StartsWith('%') ? ClassOf(item[1..]) : null;
        for (int i = 0; i < shown.Length && !found; i++)
        {
            ref readonly SyscallRow row = ref table[(Sys)i];
            if (row.Name is null) continue;
            if (members is not null ? !members(row) : row.Name != item) continue;
            shown[i] = true;
            found = members is null;
        }
        if (!found && members is null && !optional) throw new FormatException(item.StartsWith('%') ? $"there is no class of system calls '{item}'" : $"there is no system call '{item}'");
    }

    // By what the rows say about themselves where that is the definition: a "file" call takes a path, a "desc" call takes or makes a descriptor.
    static Func<SyscallRow, bool>? ClassOf(string name) => name switch
    {
        "file" => row => Has(row, "path") || row.Host is Sys.getcwd or Sys.execve or Sys.execveat,
        "desc" => row => Has(row, "fd") || Has(row, "dirfd") || Has(row, "fds") || Has(row, "pollfds:1") || row.Host is Sys.pselect6 or Sys.epoll_create1 or Sys.eventfd2 or Sys.memfd_create or Sys.socket
            or Sys.inotify_init1 or Sys.fanotify_init or Sys.timerfd_create or Sys.pidfd_open or Sys.perf_event_open or Sys.userfaultfd or Sys.mq_open or Sys.close_range or Sys.fsopen or Sys.io_uring_setup,
        "process" => row => row.Host is Sys.clone or Sys.clone3 or Sys.execve or Sys.execveat or Sys.exit or Sys.exit_group or Sys.wait4 or Sys.waitid or Sys.kill or Sys.tkill or Sys.tgkill or Sys.rt_sigqueueinfo
            or Sys.rt_tgsigqueueinfo or Sys.unshare or Sys.pidfd_open or Sys.pidfd_send_signal,
        "network" or "net" => row => row.Host is >= Sys.socket and <= Sys.getsockopt or Sys.accept4 or Sys.recvmmsg or Sys.sendmmsg,
        "signal" => row => row.Host is Sys.kill or Sys.tkill or Sys.tgkill or Sys.sigaltstack or Sys.signalfd4 or Sys.pidfd_send_signal or Sys.rt_tgsigqueueinfo || row.Name.StartsWith("rt_sig", StringComparison.Ordinal),
        "memory" => row => row.Host is Sys.brk or Sys.mmap or Sys.munmap or Sys.mprotect or Sys.pkey_mprotect or Sys.mremap or Sys.madvise or Sys.msync or Sys.mincore or Sys.mlock or Sys.mlock2 or Sys.munlock
            or Sys.mlockall or Sys.munlockall or Sys.remap_file_pages or Sys.mbind or Sys.get_mempolicy or Sys.set_mempolicy or Sys.migrate_pages or Sys.move_pages or Sys.shmat or Sys.shmdt or Sys.io_setup
            or Sys.io_destroy or Sys.process_madvise,
        "ipc" => row => row.Host is >= Sys.shmget and <= Sys.shmctl or (>= Sys.semget and <= Sys.msgctl) or Sys.semtimedop,
        "clock" => row => row.Host is Sys.clock_gettime or Sys.clock_settime or Sys.clock_getres or Sys.clock_adjtime or Sys.adjtimex or Sys.gettimeofday or Sys.settimeofday,
        "creds" => row => row.Name.StartsWith("set", StringComparison.Ordinal) && row.Name.EndsWith("id", StringComparison.Ordinal) && row.Host != Sys.setsid && row.Host != Sys.setpgid
            || row.Host is >= Sys.getresuid and <= Sys.getresgid or Sys.getuid or Sys.geteuid or Sys.getgid or Sys.getegid or Sys.getgroups or Sys.setgroups or Sys.capget or Sys.capset or Sys.prctl,
        _ => null,
    };

    static bool Has(in SyscallRow row, string kind) => Array.IndexOf(row.Arguments.Split(' '), kind) >= 0;
}
