using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Atomic read-modify-write, compare and exchange, and store exclusive, by the host's locked instructions.</summary>
/// <remarks>Store exclusive compares memory with the value that the load exclusive read; a value that came back in between is not noticed (as under every translator that does not own
/// the caches), which no lock-free algorithm written with LL/SC alone is known to depend on.</remarks>
public sealed unsafe partial class BlockEmitter
{
    static Register Sized(HostReg reg, int sizeLog2) => sizeLog2 switch { 0 => reg.R8(), 1 => reg.R16(), 2 => reg.R32(), _ => reg.R64() };

    void EmitLocked(Code code, in MemoryOperand memory, Register register)
    {
        asm.Lock();
        asm.Emit(code, memory, register);
    }

    void EmitCompareExchangePair(in MemoryOperand memory)
    {
        asm.Lock();
        asm.Emit(Code.Cmpxchg16b_m128, memory);
    }

    static Code CompareExchangeCode(int sizeLog2) => sizeLog2 switch
    {
        0 => Code.Cmpxchg_rm8_r8, 1 => Code.Cmpxchg_rm16_r16, 2 => Code.Cmpxchg_rm32_r32, _ => Code.Cmpxchg_rm64_r64,
    };

    /// <summary>target = the low 2^sizeLog2 bytes of source, zero-extended.</summary>
    void EmitNarrow(HostReg target, HostReg source, int sizeLog2)
    {
        switch (sizeLog2)
        {
            case 0: asm.Emit(Code.Movzx_r32_rm8, target.R32(), source.R8()); break;
            case 1: asm.Emit(Code.Movzx_r32_rm16, target.R32(), source.R16()); break;
            case 2: asm.Emit(Code.Mov_r32_rm32, target.R32(), source.R32()); break;
            default: asm.Emit(Code.Mov_r64_rm64, target.R64(), source.R64()); break;
        }
    }

    void EmitByteOrder(HostReg reg, MemoryAccess access)
    {
        if (!access.IsSwapped || access.SizeLog2 == 0) return;
        EmitBswap(reg, access.SizeLog2 == 3 ? 64 : 32);
        if (access.SizeLog2 == 1) asm.Emit(Code.Shr_rm32_imm8, reg.R32(), 16);
    }

    /// <summary>The address of an atomic operation in registers other than rax.</summary>
    MemoryOperand AtomicAddress(int address)
    {
        HostReg reg = alloc.Use(address);
        return IsWindowed ? new MemoryOperand(reg.R32(), Register.None, 1, 0, 0, isBroadcast: false, Register.GS) : new MemoryOperand(reg.R64());
    }

    void LowerCompareExchange(int i, ref IrOp op, MemoryAccess access)
    {
        ClobberFlags();
        if (access.SizeLog2 == 4)
        {
            ReservePairRegisters();
            MemoryOperand wide = AtomicAddress(op.A);
            HostReg expected = alloc.Use(op.B), replacement = alloc.Use(op.C);
            HostReg vector = alloc.Define(i);
            LoadPair(HostReg.Rax, HostReg.Rdx, expected);
            LoadPair(HostReg.Rbx, HostReg.Rcx, replacement);
            RecordStateMap(i);
            EmitCompareExchangePair(wide);
            asm.Emit(Code.VEX_Vmovq_xmm_rm64, vector.X(), Register.RAX);
            asm.Emit(Code.VEX_Vpinsrq_xmm_xmm_rm64_imm8, vector.X(), vector.X(), Register.RDX, 1);
            return;
        }
        MemoryOperand memory = AtomicAddress(op.A);
        HostReg desired = alloc.Use(op.C);
        if (access.IsSwapped)
        {
            HostReg swapped = alloc.Temporary();
            alloc.Move(swapped, desired, IrType.I64);
            EmitByteOrder(swapped, access);
            desired = swapped;
        }
        HostReg target = alloc.Define(i);
        alloc.CopyTo(HostReg.Rax, op.B);
        EmitByteOrder(HostReg.Rax, access);
        RecordStateMap(i);
        EmitLocked(CompareExchangeCode(access.SizeLog2), memory, Sized(desired, access.SizeLog2));
        EmitByteOrder(HostReg.Rax, access);
        EmitNarrow(target, HostReg.Rax, access.SizeLog2);
    }

    void ReservePairRegisters()
    {
        alloc.Reserve(HostReg.Rdx);
        alloc.Reserve(HostReg.Rcx);
        alloc.Reserve(HostReg.Rbx);
    }

    void LoadPair(HostReg low, HostReg high, HostReg vector)
    {
        asm.Emit(Code.VEX_Vmovq_rm64_xmm, low.R64(), vector.X());
        asm.Emit(Code.VEX_Vpextrq_rm64_xmm_imm8, high.R64(), vector.X(), 1);
    }

    void LowerAtomic(int i, ref IrOp op, MemoryAccess access)
    {
        ClobberFlags();
        var operation = (AtomicOperation)op.Imm;
        int size = access.SizeLog2;
        MemoryOperand memory = AtomicAddress(op.A);
        HostReg operand = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        if (operation is AtomicOperation.Add or AtomicOperation.Swap && !access.IsSwapped)
        {
            alloc.Move(target, operand, IrType.I64);
            RecordStateMap(i);
            if (operation == AtomicOperation.Swap)
            {
                asm.Emit(size switch { 0 => Code.Xchg_rm8_r8, 1 => Code.Xchg_rm16_r16, 2 => Code.Xchg_rm32_r32, _ => Code.Xchg_rm64_r64 }, memory, Sized(target, size));
            }
            else
            {
                EmitLocked(size switch { 0 => Code.Xadd_rm8_r8, 1 => Code.Xadd_rm16_r16, 2 => Code.Xadd_rm32_r32, _ => Code.Xadd_rm64_r64 }, memory, Sized(target, size));
            }
            EmitNarrow(target, target, size);
            return;
        }
        HostReg desired = alloc.Temporary(), spare = alloc.Temporary();
        Label again = default;
        RecordStateMap(i);
        LoadInteger(HostReg.Rax, memory, MemoryAccess.Of(size), IrType.I64);
        asm.Bind(ref again);
        EmitNarrow(target, HostReg.Rax, size);
        EmitByteOrder(target, access);
        EmitCombine(operation, desired, target, operand, spare, size);
        EmitByteOrder(desired, access);
        EmitLocked(CompareExchangeCode(size), memory, Sized(desired, size));
        asm.Jump(HostCondition.NotEqual, ref again);
    }

    /// <summary>desired = operation(old, operand), where old is zero-extended.</summary>
    void EmitCombine(AtomicOperation operation, HostReg desired, HostReg old, HostReg operand, HostReg spare, int size)
    {
        switch (operation)
        {
            case AtomicOperation.Swap:
                alloc.Move(desired, operand, IrType.I64);
                break;
            case AtomicOperation.Add or AtomicOperation.Xor or AtomicOperation.Or:
                alloc.Move(desired, old, IrType.I64);
                EmitAlu(operation switch { AtomicOperation.Add => Alu.Add, AtomicOperation.Xor => Alu.Xor, _ => Alu.Or }, 64, desired, operand);
                break;
            case AtomicOperation.Clear:
                alloc.Move(desired, operand, IrType.I64);
                asm.Emit(Code.Not_rm64, desired.R64());
                EmitAlu(Alu.And, 64, desired, old);
                break;
            default:
                EmitMinMax(operation, desired, old, operand, spare, size);
                break;
        }
    }

    // Narrow operands are compared in the top bits, where both orders are those of the whole register; rax is preserved because CMPXCHG needs it.
    void EmitMinMax(AtomicOperation operation, HostReg desired, HostReg old, HostReg operand, HostReg spare, int size)
    {
        int width = size == 3 ? 64 : 32;
        HostReg shifted = old;
        alloc.Move(desired, operand, IrType.I64);
        if (size < 2)
        {
            shifted = spare;
            int shift = size == 0 ? 24 : 16;
            alloc.Move(shifted, old, IrType.I32);
            asm.Emit(Code.Shl_rm32_imm8, shifted.R32(), shift);
            asm.Emit(Code.Shl_rm32_imm8, desired.R32(), shift);
        }
        EmitAlu(Alu.Cmp, width, shifted, desired);
        alloc.Move(desired, operand, IrType.I64);
        EmitCmov(operation switch
        {
            AtomicOperation.SignedMax => HostCondition.Greater,
            AtomicOperation.SignedMin => HostCondition.Less,
            AtomicOperation.UnsignedMax => HostCondition.Above,
            _ => HostCondition.Below,
        }, 64, desired, old);
    }

    void LowerStoreExclusive(int i, ref IrOp op, MemoryAccess access)
    {
        ClobberFlags();
        Label fail = default;
        if (access.SizeLog2 == 4)
        {
            ReservePairRegisters();
            MemoryOperand wide = AtomicAddress(op.A);
            HostReg stored = alloc.Use(op.B), expected = alloc.Use(op.D), monitored = alloc.Use(op.C);
            HostReg result = alloc.Define(i);
            RecordStateMap(i);
            alloc.LoadConstant(result, IrType.I32, 1);
            EmitAlu(Alu.Cmp, 64, alloc.Use(op.A), monitored);
            asm.Jump(HostCondition.NotEqual, ref fail);
            LoadPair(HostReg.Rax, HostReg.Rdx, expected);
            LoadPair(HostReg.Rbx, HostReg.Rcx, stored);
            EmitCompareExchangePair(wide);
            asm.Emit(Code.Setne_rm8, result.R8());
            asm.Bind(ref fail);
            return;
        }
        HostReg address = alloc.Use(op.A);
        MemoryOperand memory = AtomicAddress(op.A);
        HostReg value = alloc.Use(op.B), monitoredAddress = alloc.Use(op.C), monitoredValue = alloc.Use(op.D);
        HostReg desired = value;
        if (access.IsSwapped)
        {
            desired = alloc.Temporary();
            alloc.Move(desired, value, IrType.I64);
            EmitByteOrder(desired, access);
        }
        HostReg target = alloc.Define(i);
        RecordStateMap(i);
        alloc.LoadConstant(target, IrType.I32, 1);
        EmitAlu(Alu.Cmp, IsWindowed ? 32 : 64, address, monitoredAddress);
        asm.Jump(HostCondition.NotEqual, ref fail);
        if (monitoredValue.IsVector()) asm.Emit(Code.VEX_Vmovq_rm64_xmm, Register.RAX, monitoredValue.X());
        else alloc.Move(HostReg.Rax, monitoredValue, IrType.I64);
        EmitByteOrder(HostReg.Rax, access);
        EmitLocked(CompareExchangeCode(access.SizeLog2), memory, Sized(desired, access.SizeLog2));
        asm.Emit(Code.Setne_rm8, target.R8());
        asm.Bind(ref fail);
    }
}
