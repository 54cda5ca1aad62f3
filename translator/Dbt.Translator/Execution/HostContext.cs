using System.Runtime.InteropServices;

namespace Dbt.Translator.Execution;

/// <summary>The host registers at a fault inside translated code, copied out of the signal frame by the emitted handler.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct HostContext
{
    /// <summary>Offset of this structure in the <see cref="ThreadBlock"/>.</summary>
    public const int Offset = 8192;
    /// <summary>Offset in the <see cref="ThreadBlock"/> of the copy of the spill frame (<see cref="X64.HostFrame"/>): the frame itself is gone once managed code runs again.</summary>
    public const int FrameOffset = Offset + 1024;

    /// <summary>General registers in encoding order: rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 .. r15.</summary>
    public fixed ulong General[16];
    /// <summary>Address of the host instruction that faulted.</summary>
    public nint Rip;
    /// <summary>Host flags.</summary>
    public ulong Rflags;
    /// <summary>Host signal number.</summary>
    public int Signal;
    /// <summary>si_code.</summary>
    public int Code;
    /// <summary>si_addr.</summary>
    public ulong FaultAddress;
    /// <summary>Page fault error code (bit 1: write).</summary>
    public ulong ErrorCode;
    /// <summary>xmm0 .. xmm15, 16 bytes each.</summary>
    public fixed byte Vectors[16 * 16];
}
