using System.Text;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Structures of files, signals, processes and time; an address that cannot be read, or was not filled in, is printed as a number.</summary>
unsafe ref partial struct ArgumentFormatter
{
    bool AppendStructure(StringBuilder line, in Call call, string kind, ulong address, long other, long result, int index)
    {
        // What a failed call has not filled in is an address.
        if (address == 0 || (result < 0 && kind.EndsWith("_out", StringComparison.Ordinal)))
        {
            switch (kind)
            {
                case "clone_call" or "frame_mask":
                    break;
                case "sockaddr_out" or "socklen_out" or "timespec_out" or "timeval_out" or "sigset_out" or "sigaction_out" or "sigstack_out" or "rlimit_out" or "rusage_out" or "itimerval_out" or "itimerspec_out"
                    or "siginfo_out" or "groups_out" or "capability_out" or "cpuset_out" or "sched_param_out" or "epoll_events_out" or "msghdr_out" or "mmsghdr_out" or "sockopt_value_out"
                    or "timespec" or "timeval" or "timespecs" or "sigset" or "sigaction" or "sigstack" or "rlimit" or "itimerval" or "itimerspec" or "siginfo" or "cpuset" or "sched_param" or "sigevent"
                    or "stat" or "statx" or "statfs" or "pollfds" or "wait_status" or "utsname" or "sockaddr" or "msghdr" or "mmsghdr" or "offset" or "fdset" or "sigset_pack" or "open_how" or "sembuf"
                    or "epoll_event" or "clone_args" or "groups" or "dirents" or "mincore" or "sleep_left" or "tms" or "sysinfo" or "capability_header" or "capability":
                    AppendPointer(line, address);
                    return true;
            }
        }
        switch (kind)
        {
            case "stat":
                AppendStat(line, address, result);
                return true;
            case "statx":
                AppendExtendedStat(line, address, result);
                return true;
            case "statfs":
                AppendFileSystem(line, address, result);
                return true;
            case "timespec" or "timespec_out":
                AppendTime(line, address, "nsec", 0);
                return true;
            case "timeval" or "timeval_out":
                AppendTime(line, address, "usec", 0);
                return true;
            case "timespecs":
                AppendFileTimes(line, address);
                return true;
            case "itimerval" or "itimerval_out":
                AppendInterval(line, address, "usec");
                return true;
            case "itimerspec" or "itimerspec_out":
                AppendInterval(line, address, "nsec");
                return true;
            case "sleep_left":
                if (result == -4) AppendTime(line, address, "nsec", 0);
                else AppendPointer(line, address);
                return true;
            case "sigset" or "sigset_out":
                if (memory.TryRead(address, out ulong set)) AppendSignalSet(line, set);
                else AppendPointer(line, address);
                return true;
            case "sigset_pack":
                if (memory.TryRead(address, out UInt128 pack))
                {
                    line.Append("{sigmask=");
                    if ((ulong)pack != 0 && memory.TryRead((ulong)pack, out ulong mask)) AppendSignalSet(line, mask);
                    else AppendPointer(line, (ulong)pack);
                    line.Append($", sigsetsize={(ulong)(pack >> 64)}}}");
                }
                else
                {
                    AppendPointer(line, address);
                }
                return true;
            case "frame_mask":
                line.Append("{mask=");
                AppendSignalSet(line, call.Thread.Signals.Mask);
                line.Append('}');
                return true;
            case "sigaction" or "sigaction_out":
                AppendAction(line, address);
                return true;
            case "sigstack" or "sigstack_out":
                if (memory.TryRead(address, out SignalStack stack)) line.Append($"{{ss_sp={(stack.Start == 0 ? "NULL" : $"0x{stack.Start:x}")}, ss_flags={Names.Flags(Names.StackFlags, stack.Flags)}, ss_size={stack.Size}}}");
                else AppendPointer(line, address);
                return true;
            case "siginfo" or "siginfo_out":
                if (memory.TryRead(address, out SignalInformation information) && (information.Signal != 0 || kind == "siginfo")) AppendInformation(line, information);
                else if (information.Signal == 0) line.Append("{}");
                else AppendPointer(line, address);
                return true;
            case "sigevent":
                AppendEvent(line, address);
                return true;
            case "pollfds":
                AppendPoll(line, address, (int)Math.Min(other, MostElements));
                return true;
            case "fdset":
                AppendDescriptorSet(line, address, (int)other);
                return true;
            case "epoll_event":
                AppendPollEvents(line, address, 1, array: false);
                return true;
            case "epoll_events_out":
                AppendPollEvents(line, address, (int)Math.Min(result, MostElements), array: true);
                return true;
            case "wait_status":
                if (result > 0 && memory.TryRead(address, out int status)) AppendStatus(line, status);
                else AppendPointer(line, address);
                return true;
            case "rlimit" or "rlimit_out":
                if (memory.TryRead(address, out ResourceLimit limit)) line.Append($"{{rlim_cur={Limit(limit.Soft)}, rlim_max={Limit(limit.Hard)}}}");
                else AppendPointer(line, address);
                return true;
            case "rusage_out":
                if (host == Host.Sys.wait4 && result == 0) AppendPointer(line, address);
                else AppendUsage(line, address);
                return true;
            case "utsname":
                AppendName(line, address, result);
                return true;
            case "open_how":
                AppendOpenHow(line, address);
                return true;
            case "offset":
                AppendOffset(line, address, entry[index], result);
                return true;
            case "dirents":
                AppendEntries(line, address, result);
                return true;
            case "mincore":
                AppendPointer(line, address);
                return true;
            case "clone_call":
                AppendClone(line, call, result);
                return true;
            case "clone_args":
                AppendCloneArguments(line, address, call.Address(1), result);
                return true;
            case "sched_param" or "sched_param_out":
                if (memory.TryRead(address, out int priority)) line.Append($"[{priority}]");
                else AppendPointer(line, address);
                return true;
            case "cpuset" or "cpuset_out":
                AppendProcessors(line, address, kind == "cpuset" ? other : result);
                return true;
            case "groups" or "groups_out":
                AppendGroups(line, address, kind == "groups" ? other : call[0] == 0 ? 0 : result);
                return true;
            case "capability_header" or "capability" or "capability_out":
                AppendCapabilities(line, address, kind == "capability_header");
                return true;
            case "sembuf":
                AppendSemaphores(line, address, (int)Math.Min(other, MostElements));
                return true;
            case "tms" or "sysinfo":
                if (result < 0) AppendPointer(line, address);
                else if (kind == "tms") AppendTicks(line, address);
                else AppendSystem(line, address);
                return true;
            default:
                return AppendSocketStructure(line, kind, address, other, result, index);
        }
    }

    static string Limit(ulong value) => value == ulong.MaxValue ? "RLIM64_INFINITY" : value % 1024 == 0 && value > 1024 ? $"{value / 1024}*1024" : value.ToString();

    void AppendTime(StringBuilder line, ulong address, string fraction, long result)
    {
        if (address == 0 || result < 0 || !memory.TryRead(address, out UInt128 time))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append($"{{tv_sec={(long)(ulong)time}, tv_{fraction}={(long)(ulong)(time >> 64)}}}");
    }

    void AppendTimeLeft(StringBuilder line, ulong address)
    {
        if (address == 0) return;
        line.Append(", left ");
        AppendTime(line, address, "nsec", 0);
    }

    void AppendFileTimes(StringBuilder line, ulong address)
    {
        const long Now = 0x3FFFFFFF, Omit = 0x3FFFFFFE;
        if (!memory.TryRead(address, out UInt128 _) || !memory.TryRead(address + 16, out UInt128 _))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append('[');
        for (int i = 0; i < 2; i++)
        {
            memory.TryRead(address + 16 * (ulong)i, out UInt128 time);
            long seconds = (long)(ulong)time, fraction = (long)(ulong)(time >> 64);
            if (i > 0) line.Append(", ");
            if (fraction is Now or Omit) line.Append(fraction == Now ? "UTIME_NOW" : "UTIME_OMIT");
            else line.Append($"{{tv_sec={seconds}, tv_nsec={fraction}}}").Append(LocalTime.Comment(seconds, fraction));
        }
        line.Append(']');
    }

    void AppendInterval(StringBuilder line, ulong address, string fraction)
    {
        if (!memory.TryRead(address, out UInt128 _) || !memory.TryRead(address + 16, out UInt128 _))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append("{it_interval=");
        AppendTime(line, address, fraction, 0);
        line.Append(", it_value=");
        AppendTime(line, address + 16, fraction, 0);
        line.Append('}');
    }

    void AppendTicks(StringBuilder line, ulong address)
    {
        ReadOnlySpan<string> names = (string[])["tms_utime", "tms_stime", "tms_cutime", "tms_cstime"];
        for (int i = 0; i < 4; i++)
        {
            memory.TryRead(address + 8 * (ulong)i, out long ticks);
            line.Append(i == 0 ? "{" : ", ").Append($"{names[i]}={ticks}").Append(ticks == 0 ? "" : $" /* {ticks / 100}.{ticks % 100:00} s */");
        }
        line.Append('}');
    }

    public static void AppendSignalSet(StringBuilder line, ulong set)
    {
        bool inverted = System.Numerics.BitOperations.PopCount(set) > 42;
        if (inverted) set = ~set;
        line.Append(inverted ? "~[" : "[");
        bool first = true;
        for (int signal = 1; signal <= 64; signal++)
        {
            if ((set & SignalNumbers.Bit(signal)) == 0) continue;
            if (!first) line.Append(' ');
            first = false;
            string name = signal is 32 or 33 ? $"RT_{signal - 32}" : SignalNumbers.Name(signal);
            line.Append(name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name);
        }
        line.Append(']');
    }

    void AppendAction(StringBuilder line, ulong address)
    {
        if (!memory.TryRead(address, out SignalAction action))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append("{sa_handler=").Append(action.Handler switch { 0 => "SIG_DFL", 1 => "SIG_IGN", _ => $"0x{action.Handler:x}" }).Append(", sa_mask=");
        AppendSignalSet(line, action.Mask);
        line.Append(", sa_flags=").Append(Names.Flags(Names.ActionFlags, (ulong)action.Flags));
        if ((action.Flags & SignalFlags.Restorer) != 0) line.Append($", sa_restorer=0x{action.Restorer:x}");
        line.Append('}');
    }

    /// <summary>siginfo_t, as in the line of a signal that arrives.</summary>
    public static void AppendInformation(StringBuilder line, in SignalInformation information)
    {
        const int Queued = -1, MessageQueue = -3, Exited = 1;
        int signal = information.Signal, code = information.Code;
        line.Append($"{{si_signo={SignalNumbers.Name(signal)}, si_code={Names.SignalCode(signal, code)}");
        if (information.Error != 0) line.Append($", si_errno={information.Error}");
        // Offsets in the union: value at 24, si_utime and si_stime at 32 and 40, a timer's id and overrun at 16 and 20.
        fixed (SignalInformation* start = &information)
        {
            byte* bytes = (byte*)start;
            bool isFault = code > 0 && code != SignalInformation.Kernel && (SignalNumbers.Faults & SignalNumbers.Bit(signal)) != 0;
            if (isFault)
            {
                line.Append(", si_addr=");
                AppendPointer(line, information.Address);
            }
            else if (signal == SignalNumbers.Child && code > 0)
            {
                line.Append($", si_pid={information.Process}, si_uid={information.User32}, si_status={(code == Exited ? $"{information.Status}" : SignalNumbers.Name(information.Status))}");
                line.Append($", si_utime={Ticks(*(long*)(bytes + 32))}, si_stime={Ticks(*(long*)(bytes + 40))}");
            }
            else if (code == SignalInformation.Timer)
            {
                line.Append($", si_timerid=0x{*(uint*)(bytes + 16):x}, si_overrun={*(int*)(bytes + 20)}, si_int={*(int*)(bytes + 24)}, si_ptr={PointerText(*(ulong*)(bytes + 24))}");
            }
            else if (code != SignalInformation.Kernel)
            {
                line.Append($", si_pid={information.Process}, si_uid={information.User32}");
                if (code is Queued or MessageQueue) line.Append($", si_int={*(int*)(bytes + 24)}, si_ptr={PointerText(*(ulong*)(bytes + 24))}");
            }
        }
        line.Append('}');
    }

    static string Ticks(long ticks) => ticks == 0 ? "0" : $"{ticks} /* {ticks / 100}.{ticks % 100:00} s */";

    static string PointerText(ulong address) => address == 0 ? "NULL" : $"0x{address:x}";

    // struct sigevent: sigev_value 0, sigev_signo 8, sigev_notify 12, thread id 16.
    void AppendEvent(StringBuilder line, ulong address)
    {
        ulong how = 0;
        if (!memory.TryRead(address, out ulong value) || !memory.TryRead(address + 8, out how))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append('{');
        if (value != 0) line.Append($"sigev_value={{sival_int={(int)value}, sival_ptr=0x{value:x}}}, ");
        line.Append($"sigev_signo={SignalNumbers.Name((int)how)}, sigev_notify={Names.Of("sigev_notify", how >> 32)}");
        if (how >> 32 == 4 && memory.TryRead(address + 16, out int thread)) line.Append($", sigev_notify_thread_id={thread}");
        line.Append('}');
    }

    void AppendPoll(StringBuilder line, ulong address, int count)
    {
        line.Append('[');
        for (int i = 0; i < count && memory.TryRead(address + 8 * (ulong)i, out long poll); i++)
        {
            if (i > 0) line.Append(", ");
            line.Append($"{{fd={(int)poll}");
            if ((int)poll >= 0) line.Append($", events={Names.Of("poll_events", (ushort)(poll >> 32))}");
            line.Append('}');
        }
        line.Append(']');
    }

    void AppendReady(StringBuilder line, ulong address, int count)
    {
        bool first = true;
        line.Append('[');
        for (int i = 0; i < count && memory.TryRead(address + 8 * (ulong)i, out long poll); i++)
        {
            if ((ushort)(poll >> 48) == 0) continue;
            if (!first) line.Append(", ");
            first = false;
            line.Append($"{{fd={(int)poll}, revents={Names.Of("poll_events", (ushort)(poll >> 48))}}}");
        }
        line.Append(']');
    }

    // Returns false if no descriptor is in the set.
    bool AppendDescriptorSet(StringBuilder line, ulong address, int count)
    {
        bool first = true;
        line.Append('[');
        for (int descriptor = 0; descriptor < Math.Min(count, 65536); descriptor++)
        {
            if (!memory.TryRead(address + (ulong)descriptor / 8, out byte bits)) break;
            if ((bits >> (descriptor & 7) & 1) == 0) continue;
            if (!first) line.Append(' ');
            first = false;
            line.Append(descriptor);
        }
        line.Append(']');
        return !first;
    }

    void AppendReadySets(StringBuilder line, in Call call)
    {
        ReadOnlySpan<string> names = (string[])["", "in ", "out ", "except "];
        bool first = true;
        for (int i = 1; i <= 3; i++)
        {
            if (call[i] == 0) continue;
            int before = line.Length;
            line.Append(first ? "" : ", ").Append(names[i]);
            if (AppendDescriptorSet(line, call.Address(i), call.Int(0))) first = false;
            else line.Length = before;
        }
    }

    // struct epoll_event of the guest: not packed, 16 bytes.
    void AppendPollEvents(StringBuilder line, ulong address, int count, bool array)
    {
        if (array) line.Append('[');
        for (int i = 0; i < count && memory.TryRead(address + 16 * (ulong)i, out UInt128 entry); i++)
        {
            if (i > 0) line.Append(", ");
            ulong data = (ulong)(entry >> 64);
            line.Append($"{{events={Names.Of("epoll_events", (uint)entry)}, data={{u32={(uint)data}, u64={data}}}}}");
        }
        if (array) line.Append(']');
    }

    static void AppendStatus(StringBuilder line, int status)
    {
        int low = status & 0x7F;
        line.Append(status == 0xFFFF ? "[{WIFCONTINUED(s)}]"
            : low == 0 ? $"[{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xFF}}}]"
            : low == 0x7F ? $"[{{WIFSTOPPED(s) && WSTOPSIG(s) == {SignalNumbers.Name(status >> 8 & 0xFF)}}}]"
            : $"[{{WIFSIGNALED(s) && WTERMSIG(s) == {SignalNumbers.Name(low)}{((status & 0x80) != 0 ? " && WCOREDUMP(s)" : "")}}}]");
    }

    void AppendUsage(StringBuilder line, ulong address)
    {
        line.Append("{ru_utime=");
        AppendTime(line, address, "usec", 0);
        line.Append(", ru_stime=");
        AppendTime(line, address + 16, "usec", 0);
        line.Append(", ...}");
    }
}
