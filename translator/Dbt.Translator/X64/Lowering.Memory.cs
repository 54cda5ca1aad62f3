using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Loads, stores and addressing modes.</summary>
/// <remarks>The host's total store order is stronger than any guest's: plain and acquiring accesses are MOV, a releasing store is XCHG.</remarks>
public sealed unsafe partial class BlockEmitter
{
    bool IsWindowed => block.Layout.AddressBits == 32;

    void LowerMemory(int i, ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.Load: LowerLoad(i, ref op, new MemoryAccess(op.Aux)); break;
            case Opcode.Store: LowerStore(i, ref op, new MemoryAccess(op.Aux)); break;
            case Opcode.CompareExchange: LowerCompareExchange(i, ref op, new MemoryAccess(op.Aux)); break;
            case Opcode.AtomicRmw: LowerAtomic(i, ref op, new MemoryAccess(op.Aux)); break;
            case Opcode.StoreExclusive: LowerStoreExclusive(i, ref op, new MemoryAccess(op.Aux)); break;
            case Opcode.Fence:
                ClobberFlags();
                EmitFence();
                break;
        }
    }

    /// <summary>From here to the next record, a fault shows the guest the state that the slots have now, at this operation's instruction.</summary>
    void RecordStateMap(int i)
    {
        int count = 0;
        FlagsSource flags = DescribeState(flagsDead: false, ref mapLocations, ref count, out int width);
        maps.Record(asm.Offset, block[i].Instruction, flags, width, mapLocations.AsSpan(0, count));
    }

    SlotLocation[] mapLocations = new SlotLocation[256];

    /// <summary>A full barrier: cheaper than MFENCE, and the frame's first slot keeps its value.</summary>
    void EmitFence()
    {
        asm.Lock();
        asm.Emit(Code.Or_rm32_imm8, new MemoryOperand(Register.RSP, 0L), 0);
    }

    /// <summary>The host operand for guest address <paramref name="address"/> + displacement; folds sums that the analysis has marked.</summary>
    MemoryOperand Address(int address, long displacement)
    {
        Register baseRegister, index = Register.None;
        int scale = 1;
        ref IrOp op = ref block[address];
        if (values[address].Folded)
        {
            if (IsConstant(op.B, out long constant))
            {
                displacement += constant;
            }
            else if (values[op.B].Folded)
            {
                ref IrOp shift = ref block[op.B];
                index = AddressRegister(alloc.Use(shift.A));
                scale = 1 << (int)block[shift.B].Imm;
            }
            else
            {
                index = AddressRegister(alloc.Use(op.B));
            }
            baseRegister = AddressRegister(alloc.Use(op.A));
        }
        else
        {
            baseRegister = AddressRegister(alloc.Use(address));
        }
        if (IsWindowed)
        {
            return new MemoryOperand(baseRegister, index, scale, (int)displacement, displacement == 0 ? 0 : 4, isBroadcast: false, Register.GS);
        }
        if (displacement != (int)displacement)
        {
            HostReg far = alloc.Temporary();
            alloc.LoadConstant(far, IrType.I64, displacement);
            if (index != Register.None) asm.Emit(Code.Lea_r64_m, far.R64(), new MemoryOperand(far.R64(), index, scale));
            index = far.R64();
            scale = 1;
            displacement = 0;
        }
        return new MemoryOperand(baseRegister, index, scale, displacement, displacement == 0 ? 0 : (displacement == (sbyte)displacement ? 1 : 8));
    }

    // Window addresses are 32 bits wide: the 67h prefix makes sums wrap as the guest's do.
    Register AddressRegister(HostReg reg) => IsWindowed ? reg.R32() : reg.R64();

    void LowerLoad(int i, ref IrOp op, MemoryAccess access)
    {
        MemoryOperand memory = Address(op.A, op.Imm);
        RecordStateMap(i);
        if (op.Type is IrType.F32 or IrType.F64 or IrType.V128)
        {
            LoadVector(access.SizeLog2 >= 2 ? alloc.DefineLoaded(i) : alloc.Define(i), memory, access);
            return;
        }
        HostReg target = alloc.DefineLoaded(i);
        if (access.IsSwapped && access.SizeLog2 != 0) LoadSwapped(target, memory, access, op.Type);
        else LoadInteger(target, memory, access, op.Type);
    }

    void LoadInteger(HostReg target, in MemoryOperand memory, MemoryAccess access, IrType type)
    {
        bool wide = type == IrType.I64;
        switch (access.SizeLog2)
        {
            case 0 when access.IsSigned: asm.Emit(wide ? Code.Movsx_r64_rm8 : Code.Movsx_r32_rm8, target.Wide(WidthOf(type)), memory); break;
            case 0: asm.Emit(Code.Movzx_r32_rm8, target.R32(), memory); break;
            case 1 when access.IsSigned: asm.Emit(wide ? Code.Movsx_r64_rm16 : Code.Movsx_r32_rm16, target.Wide(WidthOf(type)), memory); break;
            case 1: asm.Emit(Code.Movzx_r32_rm16, target.R32(), memory); break;
            case 2 when access.IsSigned && wide: asm.Emit(Code.Movsxd_r64_rm32, target.R64(), memory); break;
            case 2: asm.Emit(Code.Mov_r32_rm32, target.R32(), memory); break;
            default: asm.Emit(Code.Mov_r64_rm64, target.R64(), memory); break;
        }
    }

    void LoadSwapped(HostReg target, in MemoryOperand memory, MemoryAccess access, IrType type)
    {
        // The access comes first and alone may fault; what follows is in registers and, with MOVBE, leaves the flags alone.
        if (features.Movbe)
        {
            switch (access.SizeLog2)
            {
                case 1: asm.Emit(Code.Movbe_r16_m16, target.R16(), memory); break;
                case 2: asm.Emit(Code.Movbe_r32_m32, target.R32(), memory); break;
                default: asm.Emit(Code.Movbe_r64_m64, target.R64(), memory); break;
            }
        }
        else
        {
            LoadInteger(target, memory, MemoryAccess.Of(access.SizeLog2), IrType.I64);
            if (access.SizeLog2 == 1)
            {
                ClobberFlags();
                asm.Emit(Code.Rol_rm16_imm8, target.R16(), 8);
            }
            else
            {
                EmitBswap(target, access.SizeLog2 == 2 ? 32 : 64);
            }
        }
        bool wide = type == IrType.I64;
        if (access.SizeLog2 == 1)
        {
            if (access.IsSigned) asm.Emit(wide ? Code.Movsx_r64_rm16 : Code.Movsx_r32_rm16, target.Wide(WidthOf(type)), target.R16());
            else asm.Emit(Code.Movzx_r32_rm16, target.R32(), target.R16());
        }
        else if (access.SizeLog2 == 2 && access.IsSigned && wide)
        {
            asm.Emit(Code.Movsxd_r64_rm32, target.R64(), target.R32());
        }
    }

    /// <summary>The shuffle that reverses the low 2^sizeLog2 bytes and clears the rest.</summary>
    MemoryOperand ReversedBytes(int sizeLog2)
    {
        ulong low = sizeLog2 switch { 1 => 0x8080_8080_8080_0001, 2 => 0x8080_8080_0001_0203, 3 => 0x0001_0203_0405_0607, _ => 0x0809_0A0B_0C0D_0E0F };
        return Pool(low, sizeLog2 == 4 ? 0x0001_0203_0405_0607 : 0x8080_8080_8080_8080);
    }

    void LoadVector(HostReg target, in MemoryOperand memory, MemoryAccess access)
    {
        switch (access.SizeLog2)
        {
            case 0:
            case 1:
                asm.Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, HostRegs.ScratchX.X(), HostRegs.ScratchX.X(), HostRegs.ScratchX.X());
                asm.Emit(access.SizeLog2 == 0 ? Code.VEX_Vpinsrb_xmm_xmm_r32m8_imm8 : Code.VEX_Vpinsrw_xmm_xmm_r32m16_imm8, target.X(), HostRegs.ScratchX.X(), memory, 0);
                break;
            case 2: asm.Emit(Code.VEX_Vmovss_xmm_m32, target.X(), memory); break;
            case 3: asm.Emit(Code.VEX_Vmovsd_xmm_m64, target.X(), memory); break;
            default: asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, target.X(), memory); break;
        }
        if (access.IsSwapped && access.SizeLog2 != 0) Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, target, target, ReversedBytes(access.SizeLog2));
    }

    void LowerStore(int i, ref IrOp op, MemoryAccess access)
    {
        IrType type = block[op.B].Type;
        if (type is IrType.F32 or IrType.F64 or IrType.V128)
        {
            HostReg vector = alloc.Use(op.B);
            MemoryOperand place = Address(op.A, op.Imm);
            RecordStateMap(i);
            StoreVector(place, vector, access);
        }
        else if (access.IsOrdered)
        {
            ClobberFlags();
            StoreOrdered(i, ref op, access);
        }
        else if (!access.IsSwapped && IsConstant(op.B, out long constant) && (constant == (int)constant || access.SizeLog2 < 3))
        {
            MemoryOperand place = Address(op.A, op.Imm);
            RecordStateMap(i);
            asm.Emit(access.SizeLog2 switch { 0 => Code.Mov_rm8_imm8, 1 => Code.Mov_rm16_imm16, 2 => Code.Mov_rm32_imm32, _ => Code.Mov_rm64_imm32 }, place,
                access.SizeLog2 switch { 0 => (sbyte)constant, 1 => (short)constant, _ => (int)constant });
        }
        else
        {
            HostReg source = alloc.Use(op.B);
            MemoryOperand place = Address(op.A, op.Imm);
            if (access.IsSwapped && access.SizeLog2 != 0) StoreSwapped(i, place, source, access);
            else StoreInteger(i, place, source, access);
        }
    }

    void StoreInteger(int i, in MemoryOperand place, HostReg source, MemoryAccess access)
    {
        RecordStateMap(i);
        switch (access.SizeLog2)
        {
            case 0: asm.Emit(Code.Mov_rm8_r8, place, source.R8()); break;
            case 1: asm.Emit(Code.Mov_rm16_r16, place, source.R16()); break;
            case 2: asm.Emit(Code.Mov_rm32_r32, place, source.R32()); break;
            default: asm.Emit(Code.Mov_rm64_r64, place, source.R64()); break;
        }
    }

    void StoreSwapped(int i, in MemoryOperand place, HostReg source, MemoryAccess access)
    {
        if (features.Movbe)
        {
            RecordStateMap(i);
            switch (access.SizeLog2)
            {
                case 1: asm.Emit(Code.Movbe_m16_r16, place, source.R16()); break;
                case 2: asm.Emit(Code.Movbe_m32_r32, place, source.R32()); break;
                default: asm.Emit(Code.Movbe_m64_r64, place, source.R64()); break;
            }
            return;
        }
        HostReg swapped = alloc.Temporary();
        alloc.Move(swapped, source, IrType.I64);
        EmitBswap(swapped, access.SizeLog2 == 3 ? 64 : 32);
        if (access.SizeLog2 == 1)
        {
            ClobberFlags();
            asm.Emit(Code.Shr_rm32_imm8, swapped.R32(), 16);
        }
        StoreInteger(i, place, swapped, access);
    }

    void StoreOrdered(int i, ref IrOp op, MemoryAccess access)
    {
        HostReg source = alloc.Use(op.B);
        HostReg copy = alloc.Temporary();
        alloc.Move(copy, source, IrType.I64);
        if (access.IsSwapped && access.SizeLog2 != 0)
        {
            EmitBswap(copy, access.SizeLog2 == 3 ? 64 : 32);
            if (access.SizeLog2 == 1) asm.Emit(Code.Shr_rm32_imm8, copy.R32(), 16);
        }
        MemoryOperand place = Address(op.A, op.Imm);
        RecordStateMap(i);
        switch (access.SizeLog2)
        {
            case 0: asm.Emit(Code.Xchg_rm8_r8, place, copy.R8()); break;
            case 1: asm.Emit(Code.Xchg_rm16_r16, place, copy.R16()); break;
            case 2: asm.Emit(Code.Xchg_rm32_r32, place, copy.R32()); break;
            default: asm.Emit(Code.Xchg_rm64_r64, place, copy.R64()); break;
        }
    }

    void StoreVector(in MemoryOperand place, HostReg source, MemoryAccess access)
    {
        if (access.IsSwapped && access.SizeLog2 != 0)
        {
            Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, HostRegs.ScratchX, source, ReversedBytes(access.SizeLog2));
            source = HostRegs.ScratchX;
        }
        switch (access.SizeLog2)
        {
            case 0: asm.Emit(Code.VEX_Vpextrb_r32m8_xmm_imm8, place, source.X(), 0); break;
            case 1: asm.Emit(Code.VEX_Vpextrw_r32m16_xmm_imm8, place, source.X(), 0); break;
            case 2: asm.Emit(Code.VEX_Vmovss_m32_xmm, place, source.X()); break;
            case 3: asm.Emit(Code.VEX_Vmovsd_m64_xmm, place, source.X()); break;
            default: asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, place, source.X()); break;
        }
        if (!access.IsOrdered) return;
        ClobberFlags();
        EmitFence();
    }
}
