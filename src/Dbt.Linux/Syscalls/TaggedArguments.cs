using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Translator.Guests;

namespace Dbt.Linux.Syscalls;

/// <summary>The tagged address ABI of arm64 (Documentation/arch/arm64/tagged-address-abi.rst): what system calls make of pointers with a tag in their top byte.</summary>
/// <remarks>
/// A thread that has not asked for it with prctl gets EFAULT for them, as from the host. For one that has, the tags of all arguments that are pointers are taken off before the call, and of the
/// pointers in vectors and message headers (<see cref="VectorSyscalls"/>, <see cref="MessageSyscalls"/>). Calls that manage addresses without accessing them ignore tags for everyone: <see cref="Untag"/>.
/// </remarks>
static unsafe class TaggedArguments
{
    /// <summary>Arguments of a system call.</summary>
    public const int Count = 6;

    const long Enable = 1;

    /// <summary>The kinds of arguments that are addresses and end in none of the suffixes that numbers have.</summary>
    static readonly HashSet<string> Pointers =
    [
        "ptr", "path", "in", "out", "str_out", "stat", "fds", "fdset", "argv", "envp", "sockaddr", "iov_in", "iov_out", "wait_status", "utsname", "pollfds", "itimerval", "sigset", "sigset_out",
        "sigaction", "sigaction_out", "sigstack", "sigstack_out", "timespec", "timespec_out", "timespecs", "timeval", "timeval_out", "rlimit", "rlimit_out", "stat_out", "siginfo_out",
        "msghdr", "msghdr_out", "mmsghdr", "mmsghdr_out", "ioctl_arg", "fcntl_arg", "statfs", "statx", "epoll_events_out", "epoll_event", "open_how", "sembuf", "sysinfo", "random", "rusage_out", "socklen_out", "sockaddr_out",
        "sockopt_value", "sockopt_value_out", "offset",
    ];

    /// <summary>prctl(PR_SET_TAGGED_ADDR_CTRL): without memory tagging, one bit.</summary>
    public static long Control(LinuxThread thread, in Call call)
    {
        if (call[2] != 0 || call[3] != 0 || call[4] != 0 || (call[1] & ~Enable) != 0) return -Errno.EINVAL;
        thread.AcceptsTags = (call[1] & Enable) != 0;
        return 0;
    }

    /// <summary>prctl(PR_GET_TAGGED_ADDR_CTRL).</summary>
    public static long Query(LinuxThread thread, in Call call) =>
        (call[1] | call[2] | call[3] | call[4]) != 0 ? -Errno.EINVAL : thread.AcceptsTags ? Enable : 0;

    /// <summary>The address without its tag, for calls that manage a range of addresses.</summary>
    public static ulong Untag(in Call call, int argument) => call.Process.Abi.Architecture.Untag(call.Address(argument));

    /// <summary>Copies the arguments of a call, those that are pointers without their tags.</summary>
    public static void Strip(in SyscallRow row, GuestArchitecture guest, ulong* arguments, ulong* stripped)
    {
        for (int i = 0; i < Count; i++) stripped[i] = arguments[i];
        int at = 0;
        foreach (Range range in row.Arguments.AsSpan().Split(' '))
        {
            if (IsAccessed(row.Host, row.Arguments.AsSpan()[range])) stripped[at] = guest.Untag(arguments[at]);
            if (++at == Count) break;
        }
    }

    static bool IsAccessed(Sys call, ReadOnlySpan<char> kind)
    {
        // A tagged address could stand for one that is in use already.
        if (call is Sys.mmap or Sys.mremap or Sys.brk) return false;
        int colon = kind.IndexOf(':');
        return Pointers.GetAlternateLookup<ReadOnlySpan<char>>().Contains(colon < 0 ? kind : kind[..colon]);
    }
}
