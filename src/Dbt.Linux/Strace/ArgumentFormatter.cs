using System.Runtime.CompilerServices;
using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Formats the arguments of one call by the kinds in its row.</summary>
/// <remarks>
/// Notation: kinds separated by blanks, one per argument; <c>kind:n</c> names the argument that holds a length. What a call only fills in is printed after it, and arguments from the
/// first such one on wait for it; everything else is printed from before the call, which may overwrite it.
/// </remarks>
readonly unsafe ref struct ArgumentFormatter
{
    readonly GuestMemory memory;
    readonly LinuxProcess process;
    readonly string[] kinds;
    readonly int firstOutput;
    readonly Sys host;

    public ArgumentFormatter(LinuxProcess process, in SyscallRow row)
    {
        this.process = process;
        memory = process.Memory;
        host = row.Host;
        kinds = row.Arguments.Length == 0 ? [] : row.Arguments.Split(' ');
        firstOutput = Array.FindIndex(kinds, IsOutput);
        if (firstOutput < 0) firstOutput = kinds.Length;
    }

    static bool IsOutput(string kind) => kind is "out" or "stat" or "fds" or "wait_status" or "utsname" or "pollfds" || kind.EndsWith("_out", StringComparison.Ordinal) || kind.StartsWith("pollfds", StringComparison.Ordinal);

    public void AppendInputs(StringBuilder line, in Call call) => Append(line, call, 0, firstOutput, 0);

    public void AppendOutputs(StringBuilder line, in Call call, long result) => Append(line, call, firstOutput, kinds.Length, result);

    void Append(StringBuilder line, in Call call, int from, int to, long result)
    {
        for (int i = from; i < to; i++)
        {
            if (i > 0) line.Append(", ");
            string kind = kinds[i];
            int colon = kind.IndexOf(':');
            int lengthIndex = colon < 0 ? -1 : kind[colon + 1] - '0';
            AppendArgument(line, call, colon < 0 ? kind : kind[..colon], call[i], lengthIndex < 0 ? result : call[lengthIndex], result);
        }
    }

    void AppendArgument(StringBuilder line, in Call call, string kind, long value, long length, long result)
    {
        ulong address = (ulong)value;
        switch (kind)
        {
            case "fd" or "int":
                line.Append((int)value);
                break;
            case "long":
                line.Append(value);
                break;
            case "ulong" or "size":
                line.Append(address);
                break;
            case "dirfd":
                if ((int)value == -100) line.Append("AT_FDCWD");
                else line.Append((int)value);
                break;
            case "path" or "str_out":
                if (kind == "str_out" && result < 0) AppendPointer(line, address);
                else AppendString(line, address);
                break;
            case "in":
                AppendBytes(line, address, length);
                break;
            case "out":
                if (result < 0) AppendPointer(line, address);
                else AppendBytes(line, address, result);
                break;
            case "iov_in":
                AppendVectors(line, address, (int)call[2], long.MaxValue);
                break;
            case "iov_out":
                if (result < 0) AppendPointer(line, address);
                else AppendVectors(line, address, (int)call[2], result);
                break;
            case "mode":
                line.Append('0').Append(Convert.ToString(value & 0xFFFF, 8));
                break;
            case "stat":
                AppendStat(line, address, result);
                break;
            case "timespec" or "timespec_out" or "timeval" or "timeval_out" or "timespecs":
                AppendTime(line, address, kind.StartsWith("timespec", StringComparison.Ordinal), kind == "timespecs" ? 2 : 1, result);
                break;
            case "signal":
                line.Append(SignalNumbers.Name((int)value));
                break;
            case "sigset" or "sigset_out":
                if (result >= 0 && memory.TryRead(address, out ulong set) && address != 0) AppendSignalSet(line, set);
                else AppendPointer(line, address);
                break;
            case "sigaction" or "sigaction_out":
                AppendAction(line, address, result);
                break;
            case "sigstack" or "sigstack_out":
                if (result >= 0 && address != 0 && memory.TryRead(address, out SignalStack stack)) line.Append($"{{ss_sp=0x{stack.Start:x}, ss_flags={Names.Flags(Names.StackFlags, stack.Flags)}, ss_size={stack.Size}}}");
                else AppendPointer(line, address);
                break;
            case "fds":
                if (result >= 0 && memory.TryRead(address, out long pair)) line.Append($"[{(int)pair}, {(int)(pair >> 32)}]");
                else AppendPointer(line, address);
                break;
            case "pollfds":
                AppendPoll(line, address, (int)Math.Min(length, 32));
                break;
            case "wait_status":
                if (result > 0 && address != 0 && memory.TryRead(address, out int status)) AppendStatus(line, status);
                else AppendPointer(line, address);
                break;
            case "rlimit" or "rlimit_out":
                if (result >= 0 && address != 0 && memory.TryRead(address, out ResourceLimit limit)) line.Append($"{{rlim_cur={Limit(limit.Soft)}, rlim_max={Limit(limit.Hard)}}}");
                else AppendPointer(line, address);
                break;
            case "utsname":
                if (result < 0) AppendPointer(line, address);
                else AppendName(line, address);
                break;
            case "argv":
                AppendArguments(line, address);
                break;
            case "envp":
                line.Append($"0x{address:x}");
                int count = 0;
                while (memory.TryRead(address, out ulong item) && item != 0 && count < 100000)
                {
                    count++;
                    address += 8;
                }
                line.Append($" /* {count} vars */");
                break;
            case "sockaddr":
                AppendSocketAddress(line, address, (int)length);
                break;
            case "ptr" or "fdset" or "itimerval":
                AppendPointer(line, address);
                break;
            case "open_flags":
                int flags = process.Abi.OpenFlagsToHost((int)value);
                line.Append((flags & 3) switch { 0 => "O_RDONLY", 1 => "O_WRONLY", 2 => "O_RDWR", _ => "O_ACCMODE" });
                if ((flags & ~3) != 0) line.Append('|').Append(Names.Flags(Names.OpenFlags, (ulong)(uint)(flags & ~3)));
                break;
            default:
                if (Names.Find(kind) is { } table) line.Append(table(address));
                else line.Append(value == 0 ? "0" : $"0x{address:x}");
                break;
        }
    }

    /// <summary>The part after the equals sign.</summary>
    public void AppendResult(StringBuilder line, long result)
    {
        if (result is < 0 and >= -4095)
        {
            string name = result == -512 ? "ERESTARTSYS" : Errno.Name(-result) ?? $"errno {-result}";
            line.Append(result == -512 ? "? ERESTARTSYS (To be restarted)" : $"-1 {name} ({Errno.Message(-result)})");
        }
        else if (host is Sys.brk or Sys.mmap or Sys.mremap or Sys.shmat) line.Append($"0x{result:x}");
        else line.Append(result);
    }

    static string Limit(ulong value) => value == ulong.MaxValue ? "RLIM64_INFINITY" : value % 1024 == 0 && value >= 1024 ? $"{value / 1024}*1024" : value.ToString();

    static void AppendPointer(StringBuilder line, ulong address) => line.Append(address == 0 ? "NULL" : $"0x{address:x}");

    void AppendString(StringBuilder line, ulong address)
    {
        if (address == 0)
        {
            line.Append("NULL");
            return;
        }
        Span<byte> buffer = stackalloc byte[4096];
        long length = memory.ReadString(address, buffer);
        if (length == -Errno.EFAULT) AppendPointer(line, address);
        else AppendWhole(line, length < 0 ? buffer : buffer[..(int)length]);
    }

    // Names are not cut, as in strace.
    public static void AppendWhole(StringBuilder line, ReadOnlySpan<byte> bytes)
    {
        var quoted = new StringBuilder();
        for (int at = 0; at < bytes.Length; at += Quoting.Longest)
        {
            var part = new StringBuilder();
            Quoting.Append(part, bytes.Slice(at, Math.Min(Quoting.Longest, bytes.Length - at)));
            quoted.Append(part, 1, part.Length - 2);
        }
        line.Append('"').Append(quoted).Append('"');
    }

    void AppendBytes(StringBuilder line, ulong address, long length)
    {
        byte* buffer = stackalloc byte[Quoting.Longest];
        int wanted = (int)Math.Clamp(length, 0, Quoting.Longest);
        int read = memory.ReadSome(address, buffer, wanted);
        if (read < wanted) AppendPointer(line, address);
        else Quoting.Append(line, new ReadOnlySpan<byte>(buffer, read), length > wanted);
    }

    void AppendVectors(StringBuilder line, ulong address, int count, long limit)
    {
        line.Append('[');
        for (int i = 0; i < Math.Clamp(count, 0, 16); i++)
        {
            if (!memory.TryRead(address + 16 * (ulong)i, out UInt128 vector)) break;
            long length = (long)(ulong)(vector >> 64);
            if (i > 0) line.Append(", ");
            line.Append("{iov_base=");
            AppendBytes(line, (ulong)vector, Math.Min(length, limit));
            line.Append($", iov_len={length}}}");
            limit -= Math.Min(limit, length);
        }
        line.Append(']');
    }

    void AppendStat(StringBuilder line, ulong address, long result)
    {
        Abi.Arm64.Arm64Abi.Stat stat = default;
        if (result < 0 || !memory.TryRead(address, out stat))
        {
            AppendPointer(line, address);
            return;
        }
        string type = (stat.Mode & 0xF000) switch { 0x1000 => "S_IFIFO", 0x2000 => "S_IFCHR", 0x4000 => "S_IFDIR", 0x6000 => "S_IFBLK", 0x8000 => "S_IFREG", 0xA000 => "S_IFLNK", 0xC000 => "S_IFSOCK", _ => "0" };
        line.Append($"{{st_mode={type}|0{Convert.ToString(stat.Mode & 0xFFF, 8)}, ");
        if ((stat.Mode & 0xF000) is 0x2000 or 0x6000) line.Append($"st_rdev=makedev(0x{stat.SpecialDevice >> 8 & 0xFFF:x}, 0x{stat.SpecialDevice & 0xFF:x}), ...}}");
        else line.Append($"st_size={stat.Size}, ...}}");
    }

    void AppendTime(StringBuilder line, ulong address, bool nanoseconds, int count, long result)
    {
        if (address == 0 || result < 0 || !memory.TryRead(address, out long _) || !memory.TryRead(address + 16 * (ulong)(count - 1), out UInt128 _))
        {
            AppendPointer(line, address);
            return;
        }
        if (count > 1) line.Append('[');
        for (int i = 0; i < count; i++)
        {
            memory.TryRead(address + 16 * (ulong)i, out UInt128 time);
            if (i > 0) line.Append(", ");
            line.Append($"{{tv_sec={(long)(ulong)time}, tv_{(nanoseconds ? "n" : "u")}sec={(long)(ulong)(time >> 64)}}}");
        }
        if (count > 1) line.Append(']');
    }

    static void AppendSignalSet(StringBuilder line, ulong set)
    {
        bool inverted = System.Numerics.BitOperations.PopCount(set) > 32;
        if (inverted) set = ~set;
        line.Append(inverted ? "~[" : "[");
        bool first = true;
        for (int signal = 1; signal < SignalNumbers.Count; signal++)
        {
            if ((set & SignalNumbers.Bit(signal)) == 0) continue;
            if (!first) line.Append(' ');
            first = false;
            string name = SignalNumbers.Name(signal);
            line.Append(name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name);
        }
        line.Append(']');
    }

    void AppendAction(StringBuilder line, ulong address, long result)
    {
        SignalAction action = default;
        if (address == 0 || result < 0 || !memory.TryRead(address, out action))
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

    void AppendPoll(StringBuilder line, ulong address, int count)
    {
        line.Append('[');
        for (int i = 0; i < count && memory.TryRead(address + 8 * (ulong)i, out long entry); i++)
        {
            if (i > 0) line.Append(", ");
            line.Append($"{{fd={(int)entry}, events={Names.Flags(Names.PollEvents, (ulong)(ushort)(entry >> 32))}");
            if ((ushort)(entry >> 48) != 0) line.Append($", revents={Names.Flags(Names.PollEvents, (ulong)(ushort)(entry >> 48))}");
            line.Append('}');
        }
        line.Append(']');
    }

    static void AppendStatus(StringBuilder line, int status)
    {
        int low = status & 0x7F;
        line.Append(low == 0 ? $"[{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xFF}}}]"
            : low == 0x7F ? status == 0xFFFF ? "[{WIFCONTINUED(s)}]" : $"[{{WIFSTOPPED(s) && WSTOPSIG(s) == {SignalNumbers.Name(status >> 8 & 0xFF)}}}]"
            : $"[{{WIFSIGNALED(s) && WTERMSIG(s) == {SignalNumbers.Name(low)}{((status & 0x80) != 0 ? " && WCOREDUMP(s)" : "")}}}]");
    }

    void AppendName(StringBuilder line, ulong address)
    {
        line.Append("{sysname=");
        AppendString(line, address);
        line.Append(", nodename=");
        AppendString(line, address + 65);
        line.Append(", ...}");
    }

    void AppendArguments(StringBuilder line, ulong address)
    {
        line.Append('[');
        for (int i = 0; memory.TryRead(address + 8 * (ulong)i, out ulong item) && item != 0; i++)
        {
            if (i > 0) line.Append(", ");
            if (i == 64)
            {
                line.Append("...");
                break;
            }
            AppendString(line, item);
        }
        line.Append(']');
    }

    void AppendSocketAddress(StringBuilder line, ulong address, int length)
    {
        byte* buffer = stackalloc byte[128];
        int read = address == 0 ? 0 : memory.ReadSome(address, buffer, Math.Clamp(length, 0, 128));
        if (read < 2)
        {
            AppendPointer(line, address);
            return;
        }
        int family = Unsafe.ReadUnaligned<ushort>(buffer);
        switch (family)
        {
            case 1:
                line.Append("{sa_family=AF_UNIX, sun_path=");
                var path = new ReadOnlySpan<byte>(buffer + 2, read - 2);
                bool isAbstract = path.Length > 0 && path[0] == 0;
                if (isAbstract) line.Append('@');
                path = isAbstract ? path[1..] : path;
                int end = path.IndexOf((byte)0);
                AppendWhole(line, !isAbstract && end >= 0 ? path[..end] : path);
                line.Append('}');
                break;
            case 2 when read >= 8:
                line.Append($"{{sa_family=AF_INET, sin_port=htons({buffer[2] << 8 | buffer[3]}), sin_addr=inet_addr(\"{buffer[4]}.{buffer[5]}.{buffer[6]}.{buffer[7]}\")}}");
                break;
            default:
                line.Append($"{{sa_family={Names.Domain((ulong)family)}, ...}}");
                break;
        }
    }
}
