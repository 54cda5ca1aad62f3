using System.Text;

namespace Dbt.Linux.Strace;

/// <summary>Symbolic names of flags and commands (host values, which are the generic ones).</summary>
static class Names
{
    public readonly record struct Flag(ulong Value, string Name);

    public static readonly Flag[] OpenFlags =
    [
        new(0x410000, "O_TMPFILE"), new(0x40, "O_CREAT"), new(0x80, "O_EXCL"), new(0x100, "O_NOCTTY"), new(0x200, "O_TRUNC"), new(0x400, "O_APPEND"), new(0x800, "O_NONBLOCK"),
        new(0x101000, "O_SYNC"), new(0x1000, "O_DSYNC"), new(0x2000, "O_ASYNC"), new(0x4000, "O_DIRECT"), new(0x8000, "O_LARGEFILE"), new(0x10000, "O_DIRECTORY"),
        new(0x20000, "O_NOFOLLOW"), new(0x40000, "O_NOATIME"), new(0x80000, "O_CLOEXEC"), new(0x200000, "O_PATH"),
    ];

    public static readonly Flag[] ActionFlags =
    [
        new(1, "SA_NOCLDSTOP"), new(2, "SA_NOCLDWAIT"), new(4, "SA_SIGINFO"), new(0x04000000, "SA_RESTORER"), new(0x08000000, "SA_ONSTACK"), new(0x10000000, "SA_RESTART"),
        new(0x40000000, "SA_NODEFER"), new(0x80000000, "SA_RESETHAND"),
    ];

    public static readonly Flag[] StackFlags = [new(1, "SS_ONSTACK"), new(2, "SS_DISABLE"), new(0x80000000, "SS_AUTODISARM")];

    public static readonly Flag[] PollEvents = [new(1, "POLLIN"), new(2, "POLLPRI"), new(4, "POLLOUT"), new(8, "POLLERR"), new(16, "POLLHUP"), new(32, "POLLNVAL"), new(0x2000, "POLLRDHUP")];

    static readonly Flag[] atFlags =
    [
        new(0x100, "AT_SYMLINK_NOFOLLOW"), new(0x200, "AT_REMOVEDIR"), new(0x400, "AT_SYMLINK_FOLLOW"), new(0x800, "AT_NO_AUTOMOUNT"), new(0x1000, "AT_EMPTY_PATH"),
    ];

    static readonly Flag[] protections = [new(1, "PROT_READ"), new(2, "PROT_WRITE"), new(4, "PROT_EXEC")];

    static readonly Flag[] mapFlags =
    [
        new(3, "MAP_SHARED_VALIDATE"), new(1, "MAP_SHARED"), new(2, "MAP_PRIVATE"), new(0x10, "MAP_FIXED"), new(0x20, "MAP_ANONYMOUS"), new(0x100, "MAP_GROWSDOWN"),
        new(0x800, "MAP_DENYWRITE"), new(0x2000, "MAP_LOCKED"), new(0x4000, "MAP_NORESERVE"), new(0x8000, "MAP_POPULATE"), new(0x10000, "MAP_NONBLOCK"), new(0x20000, "MAP_STACK"),
        new(0x40000, "MAP_HUGETLB"), new(0x100000, "MAP_FIXED_NOREPLACE"),
    ];

    static readonly Flag[] cloneFlags =
    [
        new(0x100, "CLONE_VM"), new(0x200, "CLONE_FS"), new(0x400, "CLONE_FILES"), new(0x800, "CLONE_SIGHAND"), new(0x1000, "CLONE_PIDFD"), new(0x4000, "CLONE_VFORK"),
        new(0x8000, "CLONE_PARENT"), new(0x10000, "CLONE_THREAD"), new(0x20000, "CLONE_NEWNS"), new(0x40000, "CLONE_SYSVSEM"), new(0x80000, "CLONE_SETTLS"),
        new(0x100000, "CLONE_PARENT_SETTID"), new(0x200000, "CLONE_CHILD_CLEARTID"), new(0x1000000, "CLONE_CHILD_SETTID"),
    ];

    static readonly Flag[] waitOptions = [new(1, "WNOHANG"), new(2, "WSTOPPED"), new(4, "WEXITED"), new(8, "WCONTINUED"), new(0x1000000, "WNOWAIT")];
    static readonly Flag[] accessModes = [new(4, "R_OK"), new(2, "W_OK"), new(1, "X_OK")];
    static readonly string[] whence = ["SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE"];
    static readonly string[] maskHow = ["SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK"];
    static readonly string[] epollOperations = ["0", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD"];

    static readonly string[] clocks =
    [
        "CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID", "CLOCK_MONOTONIC_RAW", "CLOCK_REALTIME_COARSE", "CLOCK_MONOTONIC_COARSE", "CLOCK_BOOTTIME",
    ];

    static readonly string[] fileCommands =
    [
        "F_DUPFD", "F_GETFD", "F_SETFD", "F_GETFL", "F_SETFL", "F_GETLK", "F_SETLK", "F_SETLKW", "F_SETOWN", "F_GETOWN", "F_SETSIG", "F_GETSIG",
    ];

    static readonly string[] limits =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS",
        "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    static readonly string[] futexOperations =
    [
        "FUTEX_WAIT", "FUTEX_WAKE", "FUTEX_FD", "FUTEX_REQUEUE", "FUTEX_CMP_REQUEUE", "FUTEX_WAKE_OP", "FUTEX_LOCK_PI", "FUTEX_UNLOCK_PI", "FUTEX_TRYLOCK_PI", "FUTEX_WAIT_BITSET",
        "FUTEX_WAKE_BITSET", "FUTEX_WAIT_REQUEUE_PI", "FUTEX_CMP_REQUEUE_PI", "FUTEX_LOCK_PI2",
    ];

    /// <summary>Combines names with bars; what has no name is printed in hexadecimal.</summary>
    public static string Flags(ReadOnlySpan<Flag> table, ulong value, string none = "0")
    {
        if (value == 0) return none;
        var text = new StringBuilder();
        foreach (var flag in table)
        {
            if ((value & flag.Value) != flag.Value) continue;
            if (text.Length > 0) text.Append('|');
            text.Append(flag.Name);
            value &= ~flag.Value;
        }
        if (value != 0) text.Append(text.Length > 0 ? "|" : "").Append($"0x{value:x}");
        return text.ToString();
    }

    static string Indexed(string[] names, ulong value) => value < (ulong)names.Length ? names[value] : $"0x{value:x}";

    /// <summary>How an argument kind is printed, or null.</summary>
    public static Func<ulong, string>? Find(string kind) => kind switch
    {
        "at_flags" => value => Flags(atFlags, (uint)value),
        "prot" => value => Flags(protections, value, "PROT_NONE"),
        "map_flags" => value => Flags(mapFlags, value),
        "clone_flags" => value => CloneFlags(value),
        "wait_options" => value => Flags(waitOptions, (uint)value),
        "access" => value => Flags(accessModes, (uint)value, "F_OK"),
        "whence" => value => Indexed(whence, value),
        "sigmask_how" => value => Indexed(maskHow, value),
        "epoll_op" => value => Indexed(epollOperations, value),
        "clock" => value => Indexed(clocks, (uint)value),
        "rlimit_resource" => value => Indexed(limits, (uint)value),
        "futex_op" => value => Indexed(futexOperations, value & 127) + ((value & 128) != 0 ? "_PRIVATE" : "") + ((value & 256) != 0 ? "|FUTEX_CLOCK_REALTIME" : ""),
        "fcntl" => value => value switch
        {
            1024 => "F_SETLEASE",
            1025 => "F_GETLEASE",
            1026 => "F_NOTIFY",
            1030 => "F_DUPFD_CLOEXEC",
            1031 => "F_SETPIPE_SZ",
            1032 => "F_GETPIPE_SZ",
            1033 => "F_ADD_SEALS",
            1034 => "F_GET_SEALS",
            _ => Indexed(fileCommands, value),
        },
        "ioctl" => Ioctl,
        "domain" => Domain,
        "socktype" => SocketType,
        "prctl" => Control,
        _ => null,
    };

    static string CloneFlags(ulong value)
    {
        int signal = (int)(value & 0xFF);
        string flags = Flags(cloneFlags, value & ~0xFFUL, "");
        if (signal == 0) return flags.Length == 0 ? "0" : flags;
        return flags.Length == 0 ? Signals.SignalNumbers.Name(signal) : $"{flags}|{Signals.SignalNumbers.Name(signal)}";
    }

    /// <summary>Address families.</summary>
    public static string Domain(ulong value) => value switch
    {
        0 => "AF_UNSPEC",
        1 => "AF_UNIX",
        2 => "AF_INET",
        10 => "AF_INET6",
        16 => "AF_NETLINK",
        17 => "AF_PACKET",
        40 => "AF_VSOCK",
        _ => $"0x{value:x}",
    };

    static string SocketType(ulong value)
    {
        string type = (value & 0xF) switch { 1 => "SOCK_STREAM", 2 => "SOCK_DGRAM", 3 => "SOCK_RAW", 5 => "SOCK_SEQPACKET", var other => $"0x{other:x}" };
        return type + ((value & 0x80000) != 0 ? "|SOCK_CLOEXEC" : "") + ((value & 0x800) != 0 ? "|SOCK_NONBLOCK" : "");
    }

    static string Ioctl(ulong value) => value switch
    {
        0x5401 => "TCGETS",
        0x5402 => "TCSETS",
        0x5403 => "TCSETSW",
        0x5404 => "TCSETSF",
        0x5409 => "TCSBRK",
        0x540B => "TCFLSH",
        0x540E => "TIOCSCTTY",
        0x540F => "TIOCGPGRP",
        0x5410 => "TIOCSPGRP",
        0x5413 => "TIOCGWINSZ",
        0x5414 => "TIOCSWINSZ",
        0x541B => "FIONREAD",
        0x5421 => "FIONBIO",
        0x5422 => "TIOCNOTTY",
        0x5429 => "TIOCGSID",
        0x5450 => "FIONCLEX",
        0x5451 => "FIOCLEX",
        0x80045430 => "TIOCGPTN",
        0x40045431 => "TIOCSPTLCK",
        _ => $"0x{value:x}",
    };

    static string Control(ulong value) => value switch
    {
        1 => "PR_SET_PDEATHSIG",
        2 => "PR_GET_PDEATHSIG",
        3 => "PR_GET_DUMPABLE",
        4 => "PR_SET_DUMPABLE",
        15 => "PR_SET_NAME",
        16 => "PR_GET_NAME",
        36 => "PR_SET_CHILD_SUBREAPER",
        38 => "PR_SET_NO_NEW_PRIVS",
        39 => "PR_GET_NO_NEW_PRIVS",
        53 => "PR_SET_SPECULATION_CTRL",
        _ => $"0x{value:x}",
    };
}
