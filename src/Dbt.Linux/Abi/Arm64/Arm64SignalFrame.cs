using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>The signal frame of AArch64 Linux (arch/arm64/kernel/signal.c).</summary>
/// <remarks><code>
///   sp -> struct rt_sigframe {  siginfo 128 | uc_flags 8 | uc_link 8 | uc_stack 24 | uc_sigmask 8 + 120 | pad 8 |
///             sigcontext { fault_address 8 | regs 31*8 | sp | pc | pstate | pad 8 | reserved 4096 } }
///   x29 -> struct frame_record { fp, lr }                        (above, so that unwinders can walk on)
/// </code>
/// The reserved area holds records { magic, size }: fpsimd_context, then esr_context after a fault, then a null record.</remarks>
static unsafe class Arm64SignalFrame
{
    /// <summary>AT_MINSIGSTKSZ.</summary>
    public const ulong MinimumStack = 5120;

    internal const int SiginfoSize = 128;
    internal const int ContextOffset = SiginfoSize;
    internal const int StackOffset = ContextOffset + 16;
    internal const int MaskOffset = ContextOffset + 40;
    internal const int MachineOffset = ContextOffset + 176;
    internal const int RegistersOffset = MachineOffset + 8;
    internal const int SpOffset = RegistersOffset + 31 * 8;
    internal const int PcOffset = SpOffset + 8;
    internal const int PstateOffset = PcOffset + 8;
    internal const int ReservedOffset = MachineOffset + 288;
    internal const int ReservedSize = 4096;
    internal const int Size = ReservedOffset + ReservedSize;

    const uint FpsimdMagic = 0x46508001, EsrMagic = 0x45535201;
    const int FpsimdSize = 528, EsrSize = 16, RecordHeader = 8;
    // What is written: everything up to the null record behind the last record.
    const int WrittenSize = ReservedOffset + FpsimdSize + EsrSize + RecordHeader;

    /// <summary>Builds the frame and sends the thread to its handler; false if the stack cannot be written.</summary>
    public static bool Enter(LinuxThread thread, in SignalAction action, in SignalInformation information, ulong stack, ulong mask)
    {
        var guest = thread.Guest;
        ulong record = (stack - 16) & ~15UL;
        ulong frame = record - Size;
        ulong trampoline = (action.Flags & SignalFlags.Restorer) != 0 ? action.Restorer : thread.Process.SignalTrampoline();

        byte* image = stackalloc byte[WrittenSize];
        new Span<byte>(image, WrittenSize).Clear();
        *(SignalInformation*)image = information;
        *(SignalStack*)(image + StackOffset) = thread.Signals.AlternateStackFor(guest.Slot(Arm64State.Sp));
        *(ulong*)(image + MaskOffset) = mask;
        SaveRegisters(guest, image, thread.FaultAddress);
        SaveRecords(guest, image, thread.FaultSyndrome);
        ulong* link = stackalloc ulong[2];
        link[0] = guest.Slot(Arm64State.X0 + 29);
        link[1] = guest.Slot(Arm64State.X0 + 30);
        var memory = thread.Process.Memory;
        if (!memory.TryWrite(record, link, 16) || !memory.TryWrite(frame, image, WrittenSize)) return false;

        guest.Slot(Arm64State.X0) = (ulong)information.Signal;
        if ((action.Flags & SignalFlags.Information) != 0)
        {
            guest.Slot(Arm64State.X0 + 1) = frame;
            guest.Slot(Arm64State.X0 + 2) = frame + ContextOffset;
        }
        guest.Slot(Arm64State.X0 + 29) = record;
        guest.Slot(Arm64State.X0 + 30) = trampoline;
        guest.Slot(Arm64State.Sp) = frame;
        // A handler starts in the interrupted code's floating-point mode, as on hardware.
        guest.Location = guest.Location.At(action.Handler);
        return true;
    }

    static void SaveRegisters(GuestThread guest, byte* image, ulong faultAddress)
    {
        *(ulong*)(image + MachineOffset) = faultAddress;
        ulong* registers = (ulong*)(image + RegistersOffset);
        for (int i = 0; i < 31; i++) registers[i] = guest.Slot(Arm64State.X0 + i);
        *(ulong*)(image + SpOffset) = guest.Slot(Arm64State.Sp);
        *(ulong*)(image + PcOffset) = guest.Location.Pc;
        *(ulong*)(image + PstateOffset) = (ulong)StateLayout.UnpackFlags(guest.Slot32(Arm64State.Flags)) << 28;
    }

    static void SaveRecords(GuestThread guest, byte* image, ulong syndrome)
    {
        byte* record = image + ReservedOffset;
        ((uint*)record)[0] = FpsimdMagic;
        ((uint*)record)[1] = FpsimdSize;
        ((uint*)record)[2] = Arm64FloatingPoint.ReadStatus(guest);
        ((uint*)record)[3] = guest.Slot32(Arm64State.Fpcr);
        for (int i = 0; i < 32; i++) *(UInt128*)(record + 16 + 16 * i) = guest.Vector(Arm64State.V0 + i);
        if (syndrome == 0) return;
        record += FpsimdSize;
        ((uint*)record)[0] = EsrMagic;
        ((uint*)record)[1] = EsrSize;
        ((ulong*)record)[1] = syndrome;
    }

    /// <summary>rt_sigreturn: false if there is no valid frame at the stack pointer, or if a signal came first and the call is to begin again.</summary>
    public static bool Return(LinuxThread thread, out bool again)
    {
        again = false;
        var guest = thread.Guest;
        ulong frame = guest.Slot(Arm64State.Sp);
        if ((frame & 15) != 0) return false;
        byte* image = stackalloc byte[Size];
        // The end of the reserved area may lie beyond the stack if a program moved the frame; only its records matter.
        int read = thread.Process.Memory.ReadSome(frame, image, Size);
        if (read < ReservedOffset + FpsimdSize + RecordHeader) return false;
        byte* vectors = null;
        if (!FindRecords(image, read, ref vectors)) return false;
        ulong pstate = *(ulong*)(image + PstateOffset);
        // Only the condition flags (and bits without effect here) may be set by a program; another mode or instruction set is refused.
        const ulong Execution = 0x1F;
        if ((pstate & Execution) != 0) return false;

        if (!thread.Signals.TrySetMask(*(ulong*)(image + MaskOffset)))
        {
            again = true;
            return false;
        }

        ulong* registers = (ulong*)(image + RegistersOffset);
        for (int i = 0; i < 31; i++) guest.Slot(Arm64State.X0 + i) = registers[i];
        guest.Slot(Arm64State.Sp) = *(ulong*)(image + SpOffset);
        guest.Slot32(Arm64State.Flags) = StateLayout.PackFlags((int)(pstate >> 28) & 15);
        ulong pc = *(ulong*)(image + PcOffset);
        Arm64FloatingPoint.Restore(guest, pc, status: ((uint*)vectors)[2], control: ((uint*)vectors)[3]);
        for (int i = 0; i < 32; i++) guest.Vector(Arm64State.V0 + i) = *(UInt128*)(vectors + 16 + 16 * i);
        guest.Slot(Arm64State.ExclusiveAddress) = Arm64State.NotMonitored;

        thread.Signals.RestoreStack(*(SignalStack*)(image + StackOffset));
        return true;
    }

    static bool FindRecords(byte* image, int read, ref byte* vectors)
    {
        for (int at = ReservedOffset; at + RecordHeader <= read;)
        {
            uint magic = *(uint*)(image + at), size = *(uint*)(image + at + 4);
            if (magic == 0 && size == 0) return vectors != null;
            if (size < RecordHeader || (size & 15) != 0 || size > (uint)(read - at)) return false;
            switch (magic)
            {
                case FpsimdMagic:
                    if (size < FpsimdSize || vectors != null) return false;
                    vectors = image + at;
                    break;
                case EsrMagic:
                    break;
                default:
                    return false;
            }
            at += (int)size;
        }
        return false;
    }
}
