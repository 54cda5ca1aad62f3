using System.Text;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Arguments whose meaning another argument decides: futex, fcntl, ioctl, prctl, socket options.</summary>
unsafe ref partial struct ArgumentFormatter
{
    const int FutexRequeue = 3, FutexCompareRequeue = 4, FutexWakeOperation = 5, FutexWaitBits = 9, FutexWakeBits = 10, FutexWaitRequeue = 11, FutexCompareRequeuePriority = 12;

    // FUTEX_WAIT, _LOCK_PI and the like have a timeout where FUTEX_REQUEUE and the like have a count.
    static bool IsFutexArgument(string kind, int operation) => kind switch
    {
        "futex_value" => operation is not (7 or 8 or 6 or 13),
        "futex_timeout" => operation is 0 or 6 or 13 or FutexWaitBits or FutexWaitRequeue || FutexHasCount(operation),
        "futex_second" => FutexHasCount(operation) || operation == FutexWaitRequeue,
        _ => operation is FutexCompareRequeue or FutexWakeOperation or FutexWaitBits or FutexWakeBits or FutexCompareRequeuePriority,
    };

    static bool FutexHasCount(int operation) => operation is FutexRequeue or FutexCompareRequeue or FutexWakeOperation or FutexCompareRequeuePriority;

    // How many arguments follow the operation.
    static int PrctlArguments(ulong operation) => operation switch
    {
        3 or 7 or 13 or 21 or 27 or 30 or 34 or 46 or 51 => 0,
        1 or 2 or 4 or 8 or 14 or 15 or 16 or 19 or 20 or 23 or 24 or 25 or 26 or 28 or 29 or 36 or 37 or 40 => 1,
        _ => 4,
    };

    bool AppendDependent(StringBuilder line, in Call call, string kind, long value, long other, long result, int index)
    {
        switch (kind)
        {
            case "futex_value":
                line.Append((uint)value > int.MaxValue ? $"{(uint)value}" : $"{(int)value}");
                return true;
            case "futex_timeout":
                if (FutexHasCount((int)other & 127)) line.Append((int)value);
                else AppendTime(line, (ulong)value, "nsec", 0);
                return true;
            case "futex_second":
                AppendPointer(line, (ulong)value);
                return true;
            case "futex_last":
                AppendFutexLast(line, (int)other & 127, (uint)value);
                return true;
            case "fcntl_arg":
                AppendFileCommand(line, (int)other, value, result);
                return true;
            case "ioctl_arg":
                AppendControl(line, (uint)other, (ulong)value, result);
                return true;
            case "prctl_arg":
                AppendProcessControl(line, (int)other, (ulong)value, result);
                return true;
            case "prctl_rest":
                line.Append(value == 0 ? "0" : $"0x{value:x}");
                return true;
            case "membarrier_cpu":
                line.Append(value == 0 ? "0" : $"0x{value:x}");
                return true;
            case "protocol":
                line.Append((int)other switch
                {
                    2 or 10 => Names.Of("inet_protocol", (ulong)value),
                    16 => Names.Of("netlink_protocol", (ulong)value),
                    17 => (ushort)value == 0x300 ? "htons(ETH_P_ALL)" : $"htons(0x{(ushort)((ushort)value >> 8 | (ushort)value << 8):x})",
                    _ => $"{(int)value}",
                });
                return true;
            case "sockopt":
                line.Append((int)other switch
                {
                    1 => Names.Of("socket_option", (ulong)value),
                    0 => Names.Of("ip_option", (ulong)value),
                    6 => Names.Of("tcp_option", (ulong)value),
                    41 => Names.Of("ipv6_option", (ulong)value),
                    _ => $"{(int)value}",
                });
                return true;
            case "sockopt_value" or "sockopt_value_out":
                AppendOptionValue(line, call, (ulong)value, kind == "sockopt_value" ? (int)other : memory.TryRead((ulong)other, out int length) ? length : 0, result);
                return true;
            default:
                return false;
        }
    }

    static void AppendFutexLast(StringBuilder line, int operation, uint value)
    {
        switch (operation)
        {
            case FutexWaitBits or FutexWakeBits:
                line.Append(value == uint.MaxValue ? "FUTEX_BITSET_MATCH_ANY" : $"0x{value:x}");
                break;
            case FutexWakeOperation:
                string shift = (value & 0x80000000) != 0 ? "FUTEX_OP_OPARG_SHIFT<<28|" : "";
                line.Append($"{shift}{Names.Of("futex_wake_op", value >> 28 & 7)}<<28|{Hexadecimal(value >> 12 & 0xFFF)}<<12|{Names.Of("futex_wake_cmp", value >> 24 & 15)}<<24|{Hexadecimal(value & 0xFFF)}");
                break;
            default:
                line.Append((int)value);
                break;
        }
    }

    static string Hexadecimal(uint value) => value == 0 ? "0" : $"0x{value:x}";

    void AppendFileCommand(StringBuilder line, int command, long value, long result)
    {
        switch (command)
        {
            case 0 or 1030 or 8 or 1031 or 1024:
                line.Append((int)value);
                break;
            case 2:
                line.Append(Names.Of("fd_bits", (ulong)value));
                break;
            case 4:
                line.Append(Names.Open(process.Abi.OpenFlagsToHost((int)value)));
                break;
            case 10:
                line.Append(SignalNumbers.Name((int)value));
                break;
            case 1033:
                line.Append(Names.Of("seals", (ulong)value));
                break;
            case 5 or 6 or 7 or 36 or 37 or 38:
                AppendLock(line, (ulong)value, command is 5 or 36, result);
                break;
            default:
                line.Append(value == 0 ? "0" : $"0x{value:x}");
                break;
        }
    }

    // struct flock: l_type 0, l_whence 2, l_start 8, l_len 16, l_pid 24.
    void AppendLock(StringBuilder line, ulong address, bool isQuestion, long result)
    {
        long start = 0, length = 0;
        int pid = 0;
        if (!memory.TryRead(address, out uint head) || !memory.TryRead(address + 8, out start) || !memory.TryRead(address + 16, out length) || !memory.TryRead(address + 24, out pid))
        {
            AppendPointer(line, address);
            return;
        }
        line.Append($"{{l_type={Names.Of("lock_type", head & 0xFFFF)}, l_whence={Names.Of("whence", head >> 16)}, l_start={start}, l_len={length}{(isQuestion && result >= 0 ? $", l_pid={pid}" : "")}}}");
    }

    void AppendControl(StringBuilder line, uint command, ulong address, long result)
    {
        const uint GetTerminal = 0x5401, SetTerminal = 0x5402, SetTerminalDrained = 0x5403, SetTerminalFlushed = 0x5404, GetWindow = 0x5413, SetWindow = 0x5414;
        switch (command)
        {
            case GetTerminal when result >= 0:
            case SetTerminal or SetTerminalDrained or SetTerminalFlushed:
                AppendTerminal(line, address);
                break;
            case GetWindow when result >= 0:
            case SetWindow:
                if (memory.TryRead(address, out ulong window)) line.Append($"{{ws_row={window & 0xFFFF}, ws_col={window >> 16 & 0xFFFF}, ws_xpixel={window >> 32 & 0xFFFF}, ws_ypixel={window >> 48}}}");
                else AppendPointer(line, address);
                break;
            // An int that comes back: TIOCGPGRP, TIOCOUTQ, FIONREAD, TIOCGETD, TIOCGSID, TIOCGPTN, TIOCGPTLCK, TIOCGEXCL, TIOCMGET, FIGETBSZ, SIOCATMARK, BLK...
            case 0x540F or 0x5411 or 0x541B or 0x5424 or 0x5429 or 0x80045430 or 0x80045439 or 0x80045440 or 0x5415 or 2 or 0x8905 or 0x125E or 0x1268 or 0x127B when result >= 0:
            // One that goes in: TIOCSPGRP, FIONBIO, FIOASYNC, TIOCSPTLCK, TIOCPKT.
            case 0x5410 or 0x5421 or 0x5452 or 0x40045431 or 0x5420:
                if (memory.TryRead(address, out int number)) line.Append($"[{number}]");
                else AppendPointer(line, address);
                break;
            // An argument that is no address: TCSBRK, TCXONC, TCFLSH, TIOCSCTTY, TCSBRKP.
            case 0x5409 or 0x540A or 0x540E or 0x5425:
                line.Append((int)address);
                break;
            case 0x540B:
                line.Append(address switch { 0 => "TCIFLUSH", 1 => "TCOFLUSH", 2 => "TCIOFLUSH", _ => $"0x{address:x}" });
                break;
            default:
                line.Append(address == 0 ? command >> 16 == 0 ? "NULL" : "0" : $"0x{address:x}");
                break;
        }
    }

    // struct termios: c_iflag, c_oflag, c_cflag, c_lflag, then c_line and c_cc.
    void AppendTerminal(StringBuilder line, ulong address)
    {
        ulong second = 0;
        if (!memory.TryRead(address, out ulong first) || !memory.TryRead(address + 8, out second))
        {
            AppendPointer(line, address);
            return;
        }
        uint output = (uint)(first >> 32), control = (uint)second;
        // Delays are fields of values, which strace names even if they are zero.
        string delays = $"NL{output >> 8 & 1}|CR{output >> 9 & 3}|{((output >> 11 & 3) == 3 ? "TAB3" : $"TAB{output >> 11 & 3}")}|BS{output >> 13 & 1}|VT{output >> 14 & 1}|FF{output >> 15 & 1}";
        string outputRest = Names.Of("oflag", output & ~0xFF00U), controlRest = Names.Of("cflag", control & ~0x103FU);
        line.Append($"{{c_iflag={Names.Of("iflag", (uint)first)}, c_oflag={delays}{(outputRest == "0" ? "" : "|" + outputRest)}, c_cflag={Names.Of("baud", control & 0x100F)}|CS{5 + (control >> 4 & 3)}");
        line.Append($"{(controlRest == "0" ? "" : "|" + controlRest)}, c_lflag={Names.Of("lflag", (uint)(second >> 32))}, ...}}");
    }

    void AppendProcessControl(StringBuilder line, int operation, ulong value, long result)
    {
        const int SetDeathSignal = 1, GetDeathSignal = 2, SetName = 15, GetName = 16, GetSubreaper = 37, CapabilityRead = 23, CapabilityDrop = 24;
        switch (operation)
        {
            case SetDeathSignal:
                line.Append(SignalNumbers.Name((int)value));
                break;
            case GetDeathSignal when result >= 0 && memory.TryRead(value, out int signal):
                line.Append($"[{SignalNumbers.Name(signal)}]");
                break;
            case GetSubreaper when result >= 0 && memory.TryRead(value, out int flag):
                line.Append($"[{flag}]");
                break;
            case SetName:
                AppendString(line, value);
                break;
            case GetName when result >= 0:
                AppendString(line, value);
                break;
            case CapabilityRead or CapabilityDrop:
                line.Append(CapabilityName((int)value));
                break;
            case 4 or 8 or 36 or 29:
                line.Append((long)value);
                break;
            default:
                line.Append(value == 0 ? operation is GetDeathSignal or GetName or GetSubreaper ? "NULL" : "0" : operation is 38 ? $"{value}" : $"0x{value:x}");
                break;
        }
    }

    void AppendOptionValue(StringBuilder line, in Call call, ulong address, int length, long result)
    {
        const int Socket = 1, Linger = 13, PeerCredentials = 17, ReceiveTimeout = 20, SendTimeout = 21;
        bool isSocket = call.Int(1) == Socket;
        if (address == 0 || result < 0 || length <= 0) AppendPointer(line, address);
        else if (isSocket && call.Int(2) == Linger && length >= 8 && memory.TryRead(address, out ulong linger)) line.Append($"{{l_onoff={(int)linger}, l_linger={(int)(linger >> 32)}}}");
        else if (isSocket && call.Int(2) == PeerCredentials && length >= 12 && memory.TryRead(address, out ulong ids) && memory.TryRead(address + 8, out int group)) line.Append($"{{pid={(int)ids}, uid={(int)(ids >> 32)}, gid={group}}}");
        else if (isSocket && call.Int(2) is ReceiveTimeout or SendTimeout && length >= 16) AppendTime(line, address, "usec", 0);
        else if (length == 4 && memory.TryRead(address, out int number)) line.Append($"[{number}]");
        else AppendBytes(line, address, length);
    }
}
