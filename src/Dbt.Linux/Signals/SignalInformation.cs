using System.Runtime.InteropServices;

namespace Dbt.Linux.Signals;

/// <summary>siginfo_t of 64-bit guests: the host's layout (asm-generic/siginfo.h), 128 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
struct SignalInformation
{
    /// <summary>si_code of the kernel's forced signals and of kill(2).</summary>
    public const int User = 0, Kernel = 0x80;
    /// <summary>si_code of tgkill(2), and of a timer that ran out.</summary>
    public const int ToThread = -6, Timer = -2;

    [FieldOffset(0)] public int Signal;
    [FieldOffset(4)] public int Error;
    [FieldOffset(8)] public int Code;
    /// <summary>si_addr of a fault; si_pid and si_uid of a sent signal.</summary>
    [FieldOffset(16)] public ulong Address;
    [FieldOffset(16)] public int Process;
    [FieldOffset(20)] public int User32;
    /// <summary>si_status of SIGCHLD.</summary>
    [FieldOffset(24)] public int Status;

    /// <summary>A signal caused by the running instruction.</summary>
    public static SignalInformation Fault(int signal, int code, ulong address) => new() { Signal = signal, Code = code, Address = address };
}
