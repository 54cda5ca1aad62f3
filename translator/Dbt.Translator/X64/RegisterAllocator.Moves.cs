using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Moves between registers, the frame and memory; none of them changes the host's flags.</summary>
sealed unsafe partial class RegisterAllocator
{
    void Load(int value, HostReg reg)
    {
        ref IrOp op = ref block[value];
        ref ValueInfo info = ref values[value];
        if (op.Opcode is Opcode.Const or Opcode.VConst) LoadConstant(reg, op.Type, op.Imm);
        else if (info.Spill >= 0) LoadFrom(reg, SpillOperand(info.Spill), FrameType(value));
        else LoadFrom(reg, SlotOperand(info.Home), op.Type);
    }

    /// <summary>Register to register.</summary>
    public void Move(HostReg target, HostReg source, IrType type)
    {
        if (target.IsVector()) asm.Emit(Code.VEX_Vmovaps_xmm_xmmm128, target.X(), source.X());
        else if (type == IrType.I32) asm.Emit(Code.Mov_r32_rm32, target.R32(), source.R32());
        else asm.Emit(Code.Mov_r64_rm64, target.R64(), source.R64());
    }

    /// <summary>Memory to register.</summary>
    public void LoadFrom(HostReg target, in MemoryOperand memory, IrType type)
    {
        switch (type)
        {
            case IrType.V128: asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, target.X(), memory); break;
            case IrType.F64: asm.Emit(Code.VEX_Vmovsd_xmm_m64, target.X(), memory); break;
            case IrType.F32: asm.Emit(Code.VEX_Vmovss_xmm_m32, target.X(), memory); break;
            case IrType.I64: asm.Emit(Code.Mov_r64_rm64, target.R64(), memory); break;
            default: asm.Emit(Code.Mov_r32_rm32, target.R32(), memory); break;
        }
    }

    /// <summary>Register to memory.</summary>
    public void StoreTo(in MemoryOperand memory, HostReg source, IrType type)
    {
        switch (type)
        {
            case IrType.V128: asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, memory, source.X()); break;
            case IrType.F64: asm.Emit(Code.VEX_Vmovsd_m64_xmm, memory, source.X()); break;
            case IrType.F32: asm.Emit(Code.VEX_Vmovss_m32_xmm, memory, source.X()); break;
            case IrType.I64: asm.Emit(Code.Mov_rm64_r64, memory, source.R64()); break;
            default: asm.Emit(Code.Mov_rm32_r32, memory, source.R32()); break;
        }
    }

    /// <summary>Constant to register.</summary>
    public void LoadConstant(HostReg target, IrType type, long constant)
    {
        if (!target.IsVector())
        {
            if (type == IrType.I32 || (ulong)constant <= uint.MaxValue) asm.LoadConstant32(target.R32(), (uint)constant);
            else if (constant == (int)constant) asm.Emit(Code.Mov_rm64_imm32, target.R64(), (int)constant);
            else asm.LoadConstant64(target.R64(), constant);
            return;
        }
        if (constant == 0)
        {
            asm.Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, target.X(), target.X(), target.X());
        }
        else if (type == IrType.V128 && constant == -1)
        {
            asm.Emit(Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, target.X(), target.X(), target.X());
        }
        else
        {
            LoadConstant(HostReg.Rax, type == IrType.F32 ? IrType.I32 : IrType.I64, constant);
            if (type == IrType.F32) asm.Emit(Code.VEX_Vmovd_xmm_rm32, target.X(), Register.EAX);
            else asm.Emit(Code.VEX_Vmovq_xmm_rm64, target.X(), Register.RAX);
            if (type == IrType.V128) asm.Emit(Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128, target.X(), target.X(), target.X());
        }
    }

    /// <summary>Constant to memory. Uses scratch registers.</summary>
    public void StoreConstant(in MemoryOperand memory, IrType type, long constant)
    {
        if (type == IrType.V128)
        {
            LoadConstant(HostRegs.ScratchX, type, constant);
            StoreTo(memory, HostRegs.ScratchX, type);
        }
        else if (type is IrType.I32 or IrType.F32 or IrType.Flags)
        {
            asm.Emit(Code.Mov_rm32_imm32, memory, (int)constant);
        }
        else if (constant == (int)constant)
        {
            asm.Emit(Code.Mov_rm64_imm32, memory, (int)constant);
        }
        else
        {
            LoadConstant(HostReg.Rax, IrType.I64, constant);
            StoreTo(memory, HostReg.Rax, IrType.I64);
        }
    }

    /// <summary>Frame to other memory. Uses scratch registers.</summary>
    public void CopyFromFrame(in MemoryOperand memory, int spill, IrType type)
    {
        HostReg scratch = type is IrType.V128 or IrType.F32 or IrType.F64 ? HostRegs.ScratchX : HostReg.Rax;
        LoadFrom(scratch, SpillOperand(spill), type);
        StoreTo(memory, scratch, type);
    }
}
