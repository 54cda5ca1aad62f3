using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>A host register: general ones in encoding order, then the vector ones.</summary>
enum HostReg : byte
{
    Rax, Rcx, Rdx, Rbx, Rsp, Rbp, Rsi, Rdi, R8, R9, R10, R11, R12, R13, R14, R15,
    Xmm0, Xmm1, Xmm2, Xmm3, Xmm4, Xmm5, Xmm6, Xmm7, Xmm8, Xmm9, Xmm10, Xmm11, Xmm12, Xmm13, Xmm14, Xmm15,
    None = 255,
}

/// <summary>Register roles and conversions to Iced's names.</summary>
/// <remarks>rbp is the state pointer and rsp the spill frame. rax, xmm14 and xmm15 are never allocated: scratch of lowerings. The allocator uses rax itself when it loads a vector or floating-point constant.</remarks>
static class HostRegs
{
    /// <summary>Number of registers.</summary>
    public const int Count = 32;
    /// <summary>Allocatable general registers, as a bit mask over <see cref="HostReg"/>.</summary>
    public const uint General = 0xFFFF & ~((1u << (int)HostReg.Rax) | (1u << (int)HostReg.Rsp) | (1u << (int)HostReg.Rbp));
    /// <summary>Allocatable vector registers.</summary>
    public const uint Vectors = 0x3FFF_0000;
    /// <summary>Allocatable registers that a call to a helper destroys (System V ABI).</summary>
    public const uint CallerSaved = Vectors | (General & ~((1u << (int)HostReg.Rbx) | 0xF000u));
    /// <summary>First scratch vector register.</summary>
    public const HostReg ScratchX = HostReg.Xmm14;
    /// <summary>Second scratch vector register.</summary>
    public const HostReg ScratchX2 = HostReg.Xmm15;

    /// <summary>64-bit name.</summary>
    public static Register R64(this HostReg reg) => Register.RAX + (int)reg;
    /// <summary>32-bit name.</summary>
    public static Register R32(this HostReg reg) => Register.EAX + (int)reg;
    /// <summary>16-bit name.</summary>
    public static Register R16(this HostReg reg) => Register.AX + (int)reg;
    /// <summary>8-bit name (low byte; with REX for spl, bpl, sil, dil).</summary>
    public static Register R8(this HostReg reg) => reg switch
    {
        < HostReg.Rsp => Register.AL + (int)reg,
        < HostReg.R8 => Register.SPL + ((int)reg - 4),
        _ => Register.R8L + ((int)reg - 8),
    };
    /// <summary>General register name by operand width in bits (32 or 64).</summary>
    public static Register Wide(this HostReg reg, int width) => width == 32 ? reg.R32() : reg.R64();
    /// <summary>128-bit name of a vector register.</summary>
    public static Register X(this HostReg reg) => Register.XMM0 + ((int)reg - 16);
    /// <summary>256-bit name of a vector register.</summary>
    public static Register Y(this HostReg reg) => Register.YMM0 + ((int)reg - 16);
    /// <summary>512-bit name of a vector register.</summary>
    public static Register Z(this HostReg reg) => Register.ZMM0 + ((int)reg - 16);
    /// <summary>True for vector registers.</summary>
    public static bool IsVector(this HostReg reg) => reg >= HostReg.Xmm0;
}

/// <summary>The frame that the enter stub makes below its return address: spill slots at rsp + 8 * index.</summary>
public static class HostFrame
{
    /// <summary>Bytes; rsp is 16-byte aligned in translated code.</summary>
    public const int Size = 2048;
    /// <summary>Number of 8-byte spill slots.</summary>
    public const int Slots = Size / 8;
}
