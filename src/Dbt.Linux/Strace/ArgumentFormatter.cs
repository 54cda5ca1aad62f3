using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Formats the arguments of one call by the kinds in its row.</summary>
/// <remarks>
/// Notation: kinds separated by blanks, one per argument; <c>kind:n</c> names the argument that holds a length, or decides what this one means. What a call only fills in is printed after it, and
/// arguments from the first such one on wait for it; everything else is printed from before the call, which may overwrite it.
/// </remarks>
unsafe ref partial struct ArgumentFormatter
{
    const int MostElements = 32;

    readonly GuestMemory memory;
    readonly LinuxProcess process;
    readonly string[] kinds;
    readonly int firstOutput;
    readonly Sys host;
    // A word that the call overwrites and strace shows from before: socklen_t, msg_namelen, a file offset.
    fixed long entry[6];

    public ArgumentFormatter(LinuxProcess process, in SyscallRow row)
    {
        this.process = process;
        memory = process.Memory;
        host = row.Host;
        kinds = row.Arguments.Length == 0 ? [] : row.Arguments.Split(' ');
        firstOutput = Array.FindIndex(kinds, kind => IsOutput(WithoutReference(kind)));
        if (firstOutput < 0) firstOutput = kinds.Length;
    }

    static string WithoutReference(string kind)
    {
        int colon = kind.IndexOf(':');
        return colon < 0 ? kind : kind[..colon];
    }

    static bool IsOutput(string kind) => kind is "out" or "stat" or "statx" or "statfs" or "fds" or "wait_status" or "utsname" or "dirents" or "offset" or "mincore" or "ioctl_arg" or "fcntl_arg" or "prctl_arg"
        or "clone_call" or "clone_args" or "frame_mask" or "sleep_left" or "tms" or "sysinfo" or "random" || kind.EndsWith("_out", StringComparison.Ordinal);

    /// <summary>Prints what is known before the call, and notes what the call will overwrite.</summary>
    public void AppendInputs(StringBuilder line, in Call call)
    {
        for (int i = 0; i < kinds.Length && i < 6; i++)
        {
            entry[i] = WithoutReference(kinds[i]) switch
            {
                "socklen_out" => memory.TryRead(call.Address(i), out int length) ? length : 0,
                "msghdr_out" => memory.TryRead(call.Address(i) + 8, out int length) ? length : 0,
                "offset" => memory.TryRead(call.Address(i), out long offset) ? offset : 0,
                _ => 0,
            };
        }
        Append(line, call, 0, firstOutput, 0);
    }

    /// <summary>Whether everything is known before the call.</summary>
    public readonly bool IsComplete => firstOutput == kinds.Length;

    public void AppendOutputs(StringBuilder line, in Call call, long result) => Append(line, call, firstOutput, kinds.Length, result);

    /// <summary>Whether some arguments are known only after the call.</summary>
    public bool HasOutputs => firstOutput > 0 && firstOutput < kinds.Length;

    void Append(StringBuilder line, in Call call, int from, int to, long result)
    {
        for (int i = from; i < to; i++)
        {
            string kind = kinds[i];
            int colon = kind.IndexOf(':');
            long other = colon < 0 ? result : call[kind[colon + 1] - '0'];
            if (colon >= 0) kind = kind[..colon];
            if (IsAbsent(kind, (ulong)other, i)) continue;
            if (i > 0) line.Append(", ");
            AppendArgument(line, call, i, kind, other, result);
        }
    }

    // Arguments that the kernel does not look at, given the others.
    static bool IsAbsent(string kind, ulong other, int index) => kind switch
    {
        "open_mode" => (other & 0x40) == 0 && (other & 0x400000) == 0,
        "device" => (other & 0xF000) is not (0x2000 or 0x6000),
        "mremap_new" => (other & 2) == 0,
        "membarrier_cpu" => other == 0,
        "fcntl_arg" => other is 1 or 3 or 9 or 11 or 1025 or 1032 or 1034,
        "prctl_rest" => index > PrctlArguments(other),
        "prctl_arg" => PrctlArguments(other) == 0,
        "futex_value" or "futex_timeout" or "futex_second" or "futex_last" => !IsFutexArgument(kind, (int)other & 127),
        "ioctl_arg" => (uint)other is 0x5450 or 0x5451 or 0x5422 or 0x540C or 0x540D,
        _ => false,
    };

    void AppendArgument(StringBuilder line, in Call call, int index, string kind, long other, long result)
    {
        long value = call[index];
        ulong address = (ulong)value;
        switch (kind)
        {
            case "fd" or "int":
                line.Append((int)value);
                break;
            case "uint":
                line.Append((uint)value);
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
            case "path":
                AppendString(line, address);
                break;
            case "str_out":
                if (result < 0) AppendPointer(line, address);
                else AppendString(line, address);
                break;
            case "in":
                AppendBytes(line, address, other);
                break;
            case "out":
                if (result < 0) AppendPointer(line, address);
                else AppendBytes(line, address, result);
                break;
            case "random":
                if (result < 0) AppendPointer(line, address);
                else AppendHexadecimal(line, address, result);
                break;
            case "iov_in":
                AppendVectors(line, address, (int)call[2], long.MaxValue);
                break;
            case "iov_out":
                if (result < 0) AppendPointer(line, address);
                else AppendVectors(line, address, (int)call[2], result);
                break;
            case "mode" or "open_mode":
                line.Append(Names.Octal((uint)value & 0xFFFF));
                break;
            case "file_mode":
                line.Append(Names.FileMode((uint)value));
                break;
            case "device":
                AppendDevice(line, address);
                break;
            case "signal":
                line.Append(SignalNumbers.Name((int)value));
                break;
            case "ptr" or "mremap_new":
                AppendPointer(line, address);
                break;
            case "open_flags":
                line.Append(Names.Open(process.Abi.OpenFlagsToHost((int)value)));
                break;
            case "descriptor_flags":
                line.Append(Names.Flags(Names.OpenFlags, (uint)process.Abi.OpenFlagsToHost((int)value)));
                break;
            case "statx_flags":
                // Synchronisation "as stat" is the absence of both flags.
                if ((address & 0x6000) == 0) line.Append("AT_STATX_SYNC_AS_STAT").Append((uint)address == 0 ? "" : "|");
                if ((uint)address != 0) line.Append(Names.Of("at_flags", (uint)address));
                break;
            case "int_out" or "ulong_out" or "pointer_out":
                AppendWord(line, address, kind, result);
                break;
            case "argv":
                AppendArguments(line, address);
                break;
            case "envp":
                AppendEnvironment(line, address);
                break;
            case "fds":
                if (result >= 0 && memory.TryRead(address, out long pair)) line.Append($"[{(int)pair}, {(int)(pair >> 32)}]");
                else AppendPointer(line, address);
                break;
            default:
                if (AppendStructure(line, call, kind, address, other, result, index)) break;
                if (AppendDependent(line, call, kind, value, other, result, index)) break;
                if (Names.Find(kind) is { } name) line.Append(name(address));
                else line.Append(value == 0 ? "0" : $"0x{address:x}");
                break;
        }
    }

    /// <summary>The part after the equals sign.</summary>
    public void AppendResult(StringBuilder line, in Call call, long result)
    {
        if (result is < 0 and >= -4095)
        {
            string name = Errno.Name(-result) ?? $"errno {-result}";
            line.Append(result == -512 ? "? ERESTARTSYS (To be restarted if SA_RESTART is set)" : $"-1 {name} ({Errno.Message(-result)})");
            return;
        }
        switch (host)
        {
            case Sys.brk or Sys.mmap or Sys.mremap or Sys.shmat:
                line.Append($"0x{result:x}");
                break;
            case Sys.umask:
                line.Append(Names.Octal((uint)result));
                break;
            case Sys.sched_getscheduler:
                line.Append($"{result} ({Names.Of("scheduler", (ulong)result)})");
                break;
            case Sys.membarrier when call[0] == 0:
                line.Append($"0x{result:x} ({Names.Of("membarrier", (ulong)result)})");
                break;
            case Sys.fcntl when call.Int(1) is 1 or 3 or 1034:
                AppendDescriptorFlags(line, call.Int(1), (int)result);
                break;
            case Sys.ppoll when result > 0:
                line.Append(result).Append(" (");
                AppendReady(line, call.Address(0), (int)Math.Min(call[1], MostElements));
                AppendTimeLeft(line, call.Address(2));
                line.Append(')');
                break;
            case Sys.pselect6 when result > 0:
                line.Append(result).Append(" (");
                AppendReadySets(line, call);
                AppendTimeLeft(line, call.Address(4));
                line.Append(')');
                break;
            case Sys.ppoll or Sys.pselect6 when result == 0:
                line.Append("0 (Timeout)");
                break;
            default:
                line.Append(result);
                break;
        }
    }

    void AppendDescriptorFlags(StringBuilder line, int command, int result)
    {
        if (result == 0 && command != 3) line.Append('0');
        else line.Append($"0x{result:x} ({(command == 1 ? $"flags {Names.Of("fd_bits", (ulong)result)}" : command == 3 ? $"flags {Names.Open(process.Abi.OpenFlagsToHost(result))}" : $"seals {Names.Of("seals", (ulong)result)}")})");
    }

    static void AppendPointer(StringBuilder line, ulong address) => line.Append(address == 0 ? "NULL" : $"0x{address:x}");

    void AppendWord(StringBuilder line, ulong address, string kind, long result)
    {
        ulong word = 0;
        if (address == 0 || result < 0 || (kind == "int_out" ? !memory.TryRead(address, out uint half) || (word = half) != half : !memory.TryRead(address, out word))) AppendPointer(line, address);
        else if (kind == "pointer_out") line.Append($"[0x{word:x}]");
        else line.Append('[').Append(kind == "int_out" ? (int)word : (long)word).Append(']');
    }

    static void AppendDevice(StringBuilder line, ulong device) =>
        line.Append($"makedev(0x{(device >> 8 & 0xFFF) | (device >> 32 & 0xFFFFF000):x}, 0x{(device & 0xFF) | (device >> 12 & 0xFFFFFF00):x})");

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
        line.Append('"');
        Quoting.AppendBytes(line, bytes);
        line.Append('"');
    }

    void AppendBytes(StringBuilder line, ulong address, long length)
    {
        byte* buffer = stackalloc byte[Quoting.Longest];
        int wanted = (int)Math.Clamp(length, 0, Quoting.Longest);
        int read = memory.ReadSome(address, buffer, wanted);
        if (read < wanted || address == 0) AppendPointer(line, address);
        else Quoting.Append(line, new ReadOnlySpan<byte>(buffer, read), length > wanted);
    }

    void AppendHexadecimal(StringBuilder line, ulong address, long length)
    {
        byte* buffer = stackalloc byte[Quoting.Longest];
        int read = memory.ReadSome(address, buffer, (int)Math.Clamp(length, 0, Quoting.Longest));
        line.Append('"');
        for (int i = 0; i < read; i++) line.Append($"\\x{buffer[i]:x2}");
        line.Append(length > read ? "\"..." : "\"");
    }

    void AppendVectors(StringBuilder line, ulong address, int count, long limit)
    {
        if (address == 0 && count != 0)
        {
            line.Append("NULL");
            return;
        }
        line.Append('[');
        for (int i = 0; i < count; i++)
        {
            if (i > 0) line.Append(", ");
            if (i == MostElements)
            {
                line.Append("...");
                break;
            }
            if (!memory.TryRead(address + 16 * (ulong)i, out UInt128 vector)) break;
            long length = (long)(ulong)(vector >> 64);
            line.Append("{iov_base=");
            AppendBytes(line, (ulong)vector, Math.Min(length, limit));
            line.Append($", iov_len={length}}}");
            limit -= Math.Min(limit, length);
        }
        line.Append(']');
    }

    void AppendArguments(StringBuilder line, ulong address)
    {
        line.Append('[');
        for (int i = 0; memory.TryRead(address + 8 * (ulong)i, out ulong item) && item != 0; i++)
        {
            if (i > 0) line.Append(", ");
            if (i == MostElements)
            {
                line.Append("...");
                break;
            }
            AppendString(line, item);
        }
        line.Append(']');
    }

    void AppendEnvironment(StringBuilder line, ulong address)
    {
        AppendPointer(line, address);
        if (address == 0) return;
        int count = 0;
        while (memory.TryRead(address, out ulong item) && item != 0 && count < 100000)
        {
            count++;
            address += 8;
        }
        line.Append($" /* {count} var{(count == 1 ? "" : "s")} */");
    }
}
