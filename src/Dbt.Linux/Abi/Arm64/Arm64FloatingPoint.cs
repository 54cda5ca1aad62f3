using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>FPSR and FPCR of a thread that is not running: the cumulative flags and the rounding mode are partly in the MXCSR that it will run with.</summary>
static unsafe class Arm64FloatingPoint
{
    const uint Saturated = 1 << 27;

    /// <summary>FPSR with the flags that the host has collected.</summary>
    public static uint ReadStatus(GuestThread guest) => guest.Slot32(Arm64State.Fpsr) | FromHost(FloatTraps.Status(guest.Block)) | (guest.Vector(Arm64State.Saturation) != UInt128.Zero ? Saturated : 0);

    /// <summary>Sets FPSR, FPCR and the location, whose mode follows FPCR.</summary>
    public static void Restore(GuestThread guest, ulong pc, uint status, uint control)
    {
        control &= Arm64Mode.FpcrMask;
        guest.Slot32(Arm64State.Fpsr) = status;
        guest.Vector(Arm64State.Saturation) = UInt128.Zero;
        guest.Slot32(Arm64State.Fpcr) = control;
        var mode = Arm64Mode.FromFpcr(control);
        guest.Location = new Translator.Ir.Location(pc, mode.Bits);
        FloatTraps.Set(guest.Block, HostControl(mode), ToHost(status));
    }

    // FPSR: IOC 0, DZC 1, OFC 2, UFC 3, IXC 4, IDC 7.  ThreadBlock.FloatStatus, and MXCSR but for IDC: IOC 0, IDC 1, DZC 2, OFC 3, UFC 4, IXC 5.
    static uint FromHost(uint flags) => (flags & 1) | ((flags >> 1) & 0x1E) | ((flags & 2) << 6);

    static uint ToHost(uint status) => (status & 1) | ((status & 0x1E) << 1) | ((status >> 6) & 2);

    // RMode 0 nearest, 1 up, 2 down, 3 zero; MXCSR.RC 0 nearest, 1 down, 2 up, 3 zero. FZ flushes inputs (DAZ) and results (FTZ).
    static uint HostControl(Arm64Mode mode)
    {
        uint rounding = (uint)mode.Bits & 3;
        uint host = (rounding & 1) << 1 | rounding >> 1;
        return host << 13 | (mode.FlushToZero ? 0x8040u : 0);
    }
}
