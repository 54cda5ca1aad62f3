using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>FPSR and FPCR of a thread that is not running: the cumulative flags and the rounding mode are partly in the MXCSR that it will run with.</summary>
static unsafe class Arm64FloatingPoint
{
    const uint MxcsrFlags = 0x3F, MxcsrControl = 0xE040, Saturated = 1 << 27;

    /// <summary>FPSR with the flags that the host has collected.</summary>
    public static uint ReadStatus(GuestThread guest) => guest.Slot32(Arm64State.Fpsr) | FromMxcsr(guest.Block->GuestMxcsr) | (guest.Vector(Arm64State.Saturation) != UInt128.Zero ? Saturated : 0);

    /// <summary>Sets FPSR, FPCR and the location, whose mode follows FPCR.</summary>
    public static void Restore(GuestThread guest, ulong pc, uint status, uint control)
    {
        control &= Arm64Mode.FpcrMask;
        guest.Slot32(Arm64State.Fpsr) = status;
        guest.Vector(Arm64State.Saturation) = UInt128.Zero;
        guest.Slot32(Arm64State.Fpcr) = control;
        var mode = Arm64Mode.FromFpcr(control);
        guest.Location = new Translator.Ir.Location(pc, mode.Bits);
        ref uint mxcsr = ref guest.Block->GuestMxcsr;
        mxcsr = (mxcsr & ~(MxcsrFlags | MxcsrControl)) | HostControl(mode);
    }

    // FPSR: IOC 0, DZC 1, OFC 2, UFC 3, IXC 4, IDC 7.  MXCSR: IE 0, DE 1, ZE 2, OE 3, UE 4, PE 5.
    // DE is no counterpart of IDC, which tells of flushed operands.
    static uint FromMxcsr(uint mxcsr) => (mxcsr & 1) | ((mxcsr >> 1) & 0x1E);

    // RMode 0 nearest, 1 up, 2 down, 3 zero; MXCSR.RC 0 nearest, 1 down, 2 up, 3 zero. FZ flushes inputs (DAZ) and results (FTZ).
    static uint HostControl(Arm64Mode mode)
    {
        uint rounding = (uint)mode.Bits & 3;
        uint host = (rounding & 1) << 1 | rounding >> 1;
        return host << 13 | (mode.FlushToZero ? 0x8040u : 0);
    }
}
