using System.Runtime.InteropServices;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>Register sets of AArch64 as core files have them (asm/ptrace.h).</summary>
static class Arm64Core
{
    /// <summary>struct user_pt_regs: X0 .. X30, sp, pc, pstate.</summary>
    public const int RegistersSize = 34 * 8;
    /// <summary>struct user_fpsimd_state: V0 .. V31, fpsr, fpcr, padding.</summary>
    public const int VectorsSize = 528;

    public static void WriteRegisters(GuestThread guest, Span<byte> to)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(to);
        for (int i = 0; i < 31; i++) words[i] = guest.Slot(Arm64State.X0 + i);
        words[31] = guest.Slot(Arm64State.Sp);
        words[32] = guest.Location.Pc;
        words[33] = (ulong)StateLayout.UnpackFlags(guest.Slot32(Arm64State.Flags)) << 28;
    }

    public static void WriteVectors(GuestThread guest, Span<byte> to)
    {
        var vectors = MemoryMarshal.Cast<byte, UInt128>(to);
        for (int i = 0; i < 32; i++) vectors[i] = guest.Vector(Arm64State.V0 + i);
        var rest = MemoryMarshal.Cast<byte, uint>(to[512..]);
        rest[0] = Arm64FloatingPoint.ReadStatus(guest);
        rest[1] = guest.Slot32(Arm64State.Fpcr);
    }
}
