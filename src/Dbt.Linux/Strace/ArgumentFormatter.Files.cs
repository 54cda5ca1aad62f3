using System.Text;
using Dbt.Linux.Abi.Arm64;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Structures of files, of the system, and of new processes.</summary>
unsafe ref partial struct ArgumentFormatter
{
    void AppendStat(StringBuilder line, ulong address, long result)
    {
        Arm64Abi.Stat stat = default;
        if (result < 0 || !memory.TryRead(address, out stat))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append($"{{st_mode={Names.FileMode(stat.Mode)}, ");
        if ((stat.Mode & 0xF000) is 0x2000 or 0x6000)
        {
            line.Append("st_rdev=");
            AppendDevice(line, stat.SpecialDevice);
        }
        else
        {
            line.Append($"st_size={stat.Size}");
        }
        line.Append(", ...}");
    }

    // struct statx: mask 0, attributes 8, mode 28, size 40.
    void AppendExtendedStat(StringBuilder line, ulong address, long result)
    {
        ulong attributes = 0;
        long size = 0;
        ushort mode = 0;
        if (result < 0 || !memory.TryRead(address, out uint mask) || !memory.TryRead(address + 8, out attributes) || !memory.TryRead(address + 28, out mode) || !memory.TryRead(address + 40, out size))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append($"{{stx_mask={Names.Of("statx_mask", mask)}, stx_attributes={Names.Of("statx_attributes", attributes)}, stx_mode={Names.FileMode(mode)}, stx_size={size}, ...}}");
    }

    // struct statfs64: type, bsize, blocks, bfree, bavail, files, ffree, fsid (two ints), namelen, frsize, flags.
    void AppendFileSystem(StringBuilder line, ulong address, long result)
    {
        ulong* words = stackalloc ulong[11];
        if (result < 0 || !memory.TryRead(address, words, 88))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append($"{{f_type={Names.Of("filesystem", words[0])}, f_bsize={words[1]}, f_blocks={words[2]}, f_bfree={words[3]}, f_bavail={words[4]}, f_files={words[5]}, f_ffree={words[6]}, ");
        line.Append($"f_fsid={{val=[{Hexadecimal((uint)words[7])}, {Hexadecimal((uint)(words[7] >> 32))}]}}, f_namelen={words[8]}, f_frsize={words[9]}, f_flags={Names.Of("mount_state", words[10])}}}");
    }

    void AppendOpenHow(StringBuilder line, ulong address)
    {
        ulong* how = stackalloc ulong[3];
        if (!memory.TryRead(address, how, 24))
        {
            AppendPointer(line, address);
            return;
        }
        int flags = process.Abi.OpenFlagsToHost((int)how[0]);
        line.Append($"{{flags={Names.Open(flags)}");
        if ((flags & 0x400040) != 0 || how[1] != 0) line.Append($", mode={Names.Octal((uint)how[1])}");
        line.Append($", resolve={Names.Of("resolve", how[2])}}}");
    }

    void AppendOffset(StringBuilder line, ulong address, long before, long result)
    {
        long after = before;
        if (result >= 0) memory.TryRead(address, out after);
        line.Append(after == before ? $"[{before}]" : $"[{before}] => [{after}]");
    }

    // linux_dirent64: d_reclen at 16.
    void AppendEntries(StringBuilder line, ulong address, long result)
    {
        AppendPointer(line, address);
        if (result < 0) return;
        int count = 0;
        for (long at = 0; at < result && memory.TryRead(address + (ulong)at + 16, out ushort length) && length != 0; at += length) count++;
        line.Append($" /* {count} {(count == 1 ? "entry" : "entries")} */");
    }

    void AppendName(StringBuilder line, ulong address, long result)
    {
        if (result < 0)
        {
            AppendPointer(line, address);
            return;
        }
        line.Append("{sysname=");
        AppendString(line, address);
        line.Append(", nodename=");
        AppendString(line, address + 65);
        line.Append(", ...}");
    }

    // struct sysinfo: uptime, loads[3], totalram, freeram, sharedram, bufferram, totalswap, freeswap, procs (u16), pad, totalhigh, freehigh, mem_unit (u32).
    void AppendSystem(StringBuilder line, ulong address)
    {
        ulong* words = stackalloc ulong[14];
        if (!memory.TryRead(address, words, 112))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append($"{{uptime={words[0]}, loads=[{words[1]}, {words[2]}, {words[3]}], totalram={words[4]}, freeram={words[5]}, sharedram={words[6]}, bufferram={words[7]}, totalswap={words[8]}, freeswap={words[9]}, ");
        line.Append($"procs={(ushort)words[10]}, totalhigh={words[11]}, freehigh={words[12]}, mem_unit={(uint)words[13]}}}");
    }

    // Printed in the order of the system call's own manual page, which is not that of the registers.
    void AppendClone(StringBuilder line, in Call call, long result)
    {
        const ulong SetTls = 0x80000, ParentSetTid = 0x100000, ChildClearTid = 0x200000, ChildSetTid = 0x1000000, PidDescriptor = 0x1000;
        ulong flags = call.Address(0);
        line.Append("child_stack=");
        AppendPointer(line, call.Address(1));
        line.Append($", flags={Names.Of("clone_flags", flags)}");
        if ((flags & (ParentSetTid | PidDescriptor)) != 0)
        {
            line.Append(", parent_tid=");
            AppendWord(line, call.Address(2), "int_out", result);
        }
        if ((flags & SetTls) != 0) line.Append($", tls=0x{call.Address(3):x}");
        if ((flags & (ChildSetTid | ChildClearTid)) == 0) return;
        line.Append(", child_tidptr=");
        AppendPointer(line, call.Address(4));
    }

    // struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup.
    void AppendCloneArguments(StringBuilder line, ulong address, ulong size, long result)
    {
        const ulong SetTls = 0x80000, ParentSetTid = 0x100000, ChildClearTid = 0x200000, ChildSetTid = 0x1000000, PidDescriptor = 0x1000;
        ulong* words = stackalloc ulong[8];
        if (size < 64 || !memory.TryRead(address, words, 64))
        {
            AppendPointer(line, address);
            return;
        }
        ulong flags = words[0];
        line.Append($"{{flags={(flags == 0 ? "0" : Names.Of("clone_bits", flags))}");
        if ((flags & PidDescriptor) != 0) line.Append($", pidfd=0x{words[1]:x}");
        if ((flags & (ChildSetTid | ChildClearTid)) != 0) line.Append($", child_tid=0x{words[2]:x}");
        if ((flags & ParentSetTid) != 0) line.Append($", parent_tid=0x{words[3]:x}");
        line.Append($", exit_signal={(words[4] == 0 ? "0" : SignalNumbers.Name((int)words[4]))}, stack={PointerText(words[5])}, stack_size={(words[6] == 0 ? "0" : $"0x{words[6]:x}")}");
        if ((flags & SetTls) != 0) line.Append($", tls=0x{words[7]:x}");
        line.Append('}');
        if (result <= 0 || (flags & (ParentSetTid | PidDescriptor)) == 0) return;
        line.Append(" => {");
        if ((flags & PidDescriptor) != 0 && memory.TryRead(words[1], out int descriptor)) line.Append($"pidfd=[{descriptor}]").Append((flags & ParentSetTid) != 0 ? ", " : "");
        if ((flags & ParentSetTid) != 0 && memory.TryRead(words[3], out int thread)) line.Append($"parent_tid=[{thread}]");
        line.Append('}');
    }

    void AppendProcessors(StringBuilder line, ulong address, long bytes)
    {
        bool first = true;
        line.Append('[');
        for (int i = 0; i < Math.Clamp(bytes, 0, 128) * 8; i++)
        {
            if (!memory.TryRead(address + (ulong)i / 8, out byte bits) || (bits >> (i & 7) & 1) == 0) continue;
            line.Append(first ? "" : " ").Append(i);
            first = false;
        }
        line.Append(']');
    }

    void AppendGroups(StringBuilder line, ulong address, long count)
    {
        line.Append('[');
        for (int i = 0; i < Math.Min(count, MostElements + 1); i++)
        {
            if (i > 0) line.Append(", ");
            if (i == MostElements) line.Append("...");
            else if (memory.TryRead(address + 4 * (ulong)i, out int group)) line.Append(group);
        }
        line.Append(']');
    }

    void AppendSemaphores(StringBuilder line, ulong address, int count)
    {
        line.Append('[');
        for (int i = 0; i < count && memory.TryRead(address + 6 * (ulong)i, out ushort number); i++)
        {
            memory.TryRead(address + 6 * (ulong)i + 2, out short operation);
            memory.TryRead(address + 6 * (ulong)i + 4, out ushort flags);
            line.Append($"{(i > 0 ? ", " : "")}{{sem_num={number}, sem_op={operation}, sem_flg={Names.Of("sem_flags", flags)}}}");
        }
        line.Append(']');
    }

    // Version 3 has two triples of effective, permitted and inheritable words.
    void AppendCapabilities(StringBuilder line, ulong address, bool isHeader)
    {
        uint* words = stackalloc uint[6];
        if (!memory.TryRead(address, words, isHeader ? 8U : 24U))
        {
            AppendPointer(line, address);
            return;
        }
        if (isHeader)
        {
            line.Append($"{{version={words[0] switch { 0x19980330 => "_LINUX_CAPABILITY_VERSION_1", 0x20071026 => "_LINUX_CAPABILITY_VERSION_2", 0x20080522 => "_LINUX_CAPABILITY_VERSION_3", var other => $"0x{other:x}" }}, pid={(int)words[1]}}}");
            return;
        }
        line.Append($"{{effective={CapabilitySet(words[0] | (ulong)words[3] << 32)}, permitted={CapabilitySet(words[1] | (ulong)words[4] << 32)}, inheritable={CapabilitySet(words[2] | (ulong)words[5] << 32)}}}");
    }

    static string CapabilitySet(ulong set)
    {
        if (set == 0) return "0";
        var text = new StringBuilder();
        for (int i = 0; i < 64; i++)
        {
            if ((set >> i & 1) != 0) text.Append(text.Length > 0 ? "|" : "").Append("1<<").Append(CapabilityName(i));
        }
        return text.ToString();
    }

    static string CapabilityName(int number)
    {
        ReadOnlySpan<string> names = (string[])
        [
            "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW",
            "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD",
            "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
        ];
        return (uint)number < (uint)names.Length ? $"CAP_{names[number]}" : $"0x{number:x}";
    }
}
