using Dbt.Decoding;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Hints, barriers, system registers and cache maintenance that EL0 may use under Linux. Arm ARM C4.1.66, C5.</summary>
sealed partial class Arm64Lifter
{
    // Waiting for events and interrupts may always end at once; pointer authentication and branch target identification are not offered, so their hints do nothing.
    [Instruction("1101010100 0 00 011 0010 imm:4 imm:3 11111", Asm = "{Hint imm}")]
    bool Hint() => true;

    [Instruction("1101010100 0 00 011 0011 CRm:4 010 11111", Asm = "clrex{BarrierOption CRm}")]
    bool ClearExclusive()
    {
        ir.SetSlot(Arm64State.ExclusiveAddress, ir.Const64(Arm64State.NotMonitored));
        return true;
    }

    // The host keeps all orders but that of a store and a later load, which barriers for loads (types 1) or for stores (types 2) do not ask for.
    [Instruction("1101010100 0 00 011 0011 CRm:4 100 11111", Asm = "{DataSynchronizationBarrier CRm}")]
    [Instruction("1101010100 0 00 011 0011 CRm:4 101 11111", Asm = "dmb {BarrierDomain CRm}")]
    bool MemoryBarrier(int CRm)
    {
        if ((CRm & 3) is 0 or 3) ir.Fence();
        return true;
    }

    [Instruction("1101010100 0 00 011 0011 CRm:4 110 11111", Asm = "isb{BarrierOption CRm}")]
    [Instruction("1101010100 0 00 011 0011 0000 111 11111", Asm = "sb", Feature = "FEAT_SB")]
    bool ContextBarrier() => true;

    // ---- System registers ----

    [Instruction("1101010100 1 1 1 011 1101 0000 010 Rt:5", Asm = "mrs {Rt:X}, tpidr_el0")]
    bool ReadThreadPointer(int Rt)
    {
        SetX(Rt, ir.GetSlot(Arm64State.TpidrEl0));
        return true;
    }

    [Instruction("1101010100 0 1 1 011 1101 0000 010 Rt:5", Asm = "msr tpidr_el0, {Rt:X}")]
    bool WriteThreadPointer(int Rt)
    {
        ir.SetSlot(Arm64State.TpidrEl0, X(Rt, true));
        return true;
    }

    // Linux keeps zero in it for 64-bit programs.
    [Instruction("1101010100 1 1 1 011 1101 0000 011 Rt:5", Asm = "mrs {Rt:X}, tpidrro_el0")]
    bool ReadReadOnlyThreadPointer(int Rt) => ReadConstant(Rt, 0);

    [Instruction("1101010100 1 1 1 011 0000 0000 001 Rt:5", Asm = "mrs {Rt:X}, ctr_el0")]
    bool ReadCacheType(int Rt) => ReadConstant(Rt, Arm64Features.CacheType);

    [Instruction("1101010100 1 1 1 011 0000 0000 111 Rt:5", Asm = "mrs {Rt:X}, dczid_el0")]
    bool ReadZeroBlockId(int Rt) => ReadConstant(Rt, Arm64Features.ZeroBlockId);

    [Instruction("1101010100 1 1 1 011 1110 0000 000 Rt:5", Asm = "mrs {Rt:X}, cntfrq_el0")]
    bool ReadCounterFrequency(int Rt) => ReadConstant(Rt, Arm64Features.CounterFrequency);

    [Instruction("1101010100 1 1 1 000 0000 CRm:4 op2:3 Rt:5", When = "Arm64Features.IsReadableId(CRm, op2)", Asm = "mrs {Rt:X}, {IdRegister CRm op2}")]
    bool ReadIdRegister(int CRm, int op2, int Rt) => ReadConstant(Rt, Arm64Features.ReadId(CRm, op2));

    bool ReadConstant(int t, ulong value)
    {
        SetX(t, ir.Const64(value));
        return true;
    }

    [Instruction("1101010100 1 1 1 011 1110 0000 010 Rt:5", Asm = "mrs {Rt:X}, cntvct_el0")]
    bool ReadVirtualCounter(int Rt)
    {
        SetX(Rt, ir.CallHelper((int)RuntimeHelper.ReadCounter, IrType.I64, 0));
        return true;
    }

    [Instruction("1101010100 1 1 1 011 0100 0010 000 Rt:5", Asm = "mrs {Rt:X}, nzcv")]
    bool ReadFlags(int Rt)
    {
        SetX(Rt, ir.NzcvFromFlags(Flags));
        return true;
    }

    [Instruction("1101010100 0 1 1 011 0100 0010 000 Rt:5", Asm = "msr nzcv, {Rt:X}")]
    bool WriteFlags(int Rt)
    {
        SetFlags(ir.FlagsFromNzcv(X(Rt, false)));
        return true;
    }

    [Instruction("1101010100 1 1 1 011 0100 0100 000 Rt:5", Asm = "mrs {Rt:X}, fpcr")]
    bool ReadFpcr(int Rt) => ReadConstant(Rt, Mode.Fpcr);

    [Instruction("1101010100 0 1 1 011 0100 0100 000 Rt:5", Asm = "msr fpcr, {Rt:X}")]
    bool WriteFpcr(int Rt)
    {
        var fpcr = ir.And(X(Rt, false), ir.Const32((int)Arm64Mode.FpcrMask));
        ir.SetSlot(Arm64State.Fpcr, fpcr);

        // MXCSR: RMode's two bits change places (Arm: up 01, down 10); FZ flushes results (bit 15) and operands (bit 6, once FPSR.IDC is set).
        var up = ir.Shl(ir.ExtractUnsigned(fpcr, 22, 1), 14);
        var down = ir.Shl(ir.ExtractUnsigned(fpcr, 23, 1), 13);
        var flush = ir.ExtractUnsigned(fpcr, 24, 1);
        var control = ir.Or(ir.Or(up, down), ir.Or(ir.Shl(flush, 15), ir.Shl(flush, 6)));
        ir.CallHelper((int)RuntimeHelper.WriteControl, IrType.None, 0, control);

        // What follows is translated for the new mode.
        var flushHalf = ir.Shl(ir.ExtractUnsigned(fpcr, Arm64Mode.FpcrFlushHalf, 1), Arm64Mode.FlushHalfBit);
        var mode = ir.ZeroExtend32(ir.Or(ir.Shr(fpcr, Arm64Mode.FpcrShift), flushHalf));
        End();
        ir.Indirect(ir.Or(ir.Shl(mode, 48), ir.Const64(Pc + 4)), IndirectKind.Jump);
        return true;
    }

    /// <summary>FPSR: QC, and the cumulative exceptions IDC, IXC, UFC, OFC, DZC, IOC.</summary>
    const int FpsrMask = 0x0800_009F;

    [Instruction("1101010100 1 1 1 011 0100 0100 001 Rt:5", Asm = "mrs {Rt:X}, fpsr")]
    bool ReadFpsr(int Rt)
    {
        // The host's order has the subnormal operand, here bit 7, between invalid and the others.
        var host = ir.CallHelper((int)RuntimeHelper.ReadStatus, IrType.I32, 0);
        var invalid = ir.And(host, ir.Const32(1));
        var others = ir.And(ir.Shr(host, 1), ir.Const32(0x1E));
        var denormal = ir.And(ir.Shl(host, 6), ir.Const32(0x80));
        SetX(Rt, ir.Or(ir.Or(ir.GetSlot(Arm64State.Fpsr), Saturated()), ir.Or(ir.Or(invalid, denormal), others)));
        return true;
    }

    /// <summary>FPSR.QC as far as it is in the slot of its own.</summary>
    Value Saturated()
    {
        var gathered = ir.GetSlot(Arm64State.Saturation);
        var any = ir.Or(ir.VExtract(IrType.I64, 3, gathered, 0), ir.VExtract(IrType.I64, 3, gathered, 1));
        return ir.Shl(ir.SetCondition(IrType.I32, Condition.NotEqual, ir.FlagsLogic(any)), 27);
    }

    [Instruction("1101010100 0 1 1 011 0100 0100 001 Rt:5", Asm = "msr fpsr, {Rt:X}")]
    bool WriteFpsr(int Rt)
    {
        var fpsr = ir.And(X(Rt, false), ir.Const32(FpsrMask));
        ir.SetSlot(Arm64State.Fpsr, fpsr);
        ir.SetSlot(Arm64State.Saturation, ir.VConst(0));
        var invalid = ir.And(fpsr, ir.Const32(1));
        var others = ir.And(ir.Shl(fpsr, 1), ir.Const32(0x3C));
        var denormal = ir.And(ir.Shr(fpsr, 6), ir.Const32(2));
        ir.CallHelper((int)RuntimeHelper.WriteStatus, IrType.None, 0, ir.Or(ir.Or(invalid, denormal), others));
        return true;
    }

    // ---- Cache maintenance ----

    [Instruction("1101010100 0 01 011 0111 0100 001 Rt:5", Asm = "dc zva, {Rt:X}")]
    bool ZeroBlock(int Rt)
    {
        var address = ir.And(X(Rt, true), ir.Const64(-(long)Arm64Features.ZeroBlockSize));
        var zero = ir.VConst(0);
        for (int offset = 0; offset < Arm64Features.ZeroBlockSize; offset += 16) ir.Store(address, zero, MemoryAccess.Of(4), offset);
        return true;
    }

    // Data is coherent, so cleaning it does nothing; what is written to code is announced by IC IVAU.
    [Instruction("1101010100 0 01 011 0111 1010 001 Rt:5", Asm = "dc cvac, {Rt:X}")]
    [Instruction("1101010100 0 01 011 0111 1011 001 Rt:5", Asm = "dc cvau, {Rt:X}")]
    [Instruction("1101010100 0 01 011 0111 1100 001 Rt:5", Asm = "dc cvap, {Rt:X}", Feature = "FEAT_DPB")]
    [Instruction("1101010100 0 01 011 0111 1101 001 Rt:5", Asm = "dc cvadp, {Rt:X}", Feature = "FEAT_DPB2")]
    [Instruction("1101010100 0 01 011 0111 1110 001 Rt:5", Asm = "dc civac, {Rt:X}")]
    bool CleanDataCache() => true;

    [Instruction("1101010100 0 01 011 0111 0101 001 Rt:5", Asm = "ic ivau, {Rt:X}")]
    bool InvalidateInstructionCache(int Rt)
    {
        End();
        // Always without the tag: it costs nothing beside a flush.
        var line = ir.And(X(Rt, true), ir.Const64((1L << 56) - (long)Arm64Features.CacheLineSize));
        ir.FlushCode(line, ir.Const64((long)Arm64Features.CacheLineSize), Next);
        return true;
    }
}
