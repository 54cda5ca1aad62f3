using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Moves between register files, bitwise and element-wise integer vector operations.</summary>
/// <remarks>Nothing here changes the host's flags (BlockAnalysis counts on it). The scratch registers serve within one operation.</remarks>
public sealed unsafe partial class BlockEmitter
{
    const HostReg Sx = HostRegs.ScratchX, Sx2 = HostRegs.ScratchX2;

    /// <summary>A vector operand: a register, or memory that an instruction can name.</summary>
    readonly struct VectorSource(HostReg reg, MemoryOperand memory)
    {
        public readonly HostReg Reg = reg;
        public readonly MemoryOperand Memory = memory;
    }

    /// <summary>The last operand of a VEX instruction. Constants come from the pool. Must be called before the result is defined.</summary>
    VectorSource VSource(int value)
    {
        ref IrOp op = ref block[value];
        if (values[value].Reg == HostReg.None)
        {
            if (op.Opcode == Opcode.VConst && op.Imm is not (0 or -1)) return new(HostReg.None, Pool((ulong)op.Imm));
            if (alloc.TryMemory(value, out MemoryOperand memory)) return new(HostReg.None, memory);
        }
        return new(alloc.Use(value), default);
    }

    void V3(Code code, HostReg target, HostReg a, HostReg b) => asm.Emit(code, target.X(), a.X(), b.X());

    void V3(Code code, HostReg target, HostReg a, in MemoryOperand b) => asm.Emit(code, target.X(), a.X(), b);

    void V3(Code code, HostReg target, HostReg a, in VectorSource b)
    {
        if (b.Reg == HostReg.None) asm.Emit(code, target.X(), a.X(), b.Memory);
        else asm.Emit(code, target.X(), a.X(), b.Reg.X());
    }

    void V2(Code code, HostReg target, HostReg a) => asm.Emit(code, target.X(), a.X());

    void V2(Code code, HostReg target, HostReg a, int immediate) => asm.Emit(code, target.X(), a.X(), immediate);

    void V3(Code code, HostReg target, HostReg a, HostReg b, int immediate) => asm.Emit(code, target.X(), a.X(), b.X(), immediate);

    void VZero(HostReg target) => V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, target, target);

    void VOnes(HostReg target) => V3(Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, target, target, target);

    void LowerVector(int i, ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.VFromScalar: LowerVFromScalar(i, ref op); break;
            case Opcode.ScalarFromV: alloc.DefineFrom(i, op.A); break;
            case Opcode.VFromPair: LowerVFromPair(i, ref op); break;
            case Opcode.Bitcast: LowerBitcast(i, ref op); break;
            case Opcode.VAnd: VectorBinary(i, ref op, Code.VEX_Vpand_xmm_xmm_xmmm128); break;
            case Opcode.VOr: VectorBinary(i, ref op, Code.VEX_Vpor_xmm_xmm_xmmm128); break;
            case Opcode.VXor: VectorBinary(i, ref op, Code.VEX_Vpxor_xmm_xmm_xmmm128); break;
            case Opcode.VAndNot: LowerVAndNot(i, ref op); break;
            case Opcode.VNot: LowerVNot(i, ref op); break;
            case Opcode.VBitSelect: LowerVBitSelect(i, ref op); break;
            case Opcode.VZeroUpper: VectorUnary(i, ref op, Code.VEX_Vmovq_xmm_xmmm64); break;
            case >= Opcode.VAdd and <= Opcode.VCompareGreaterUnsigned:
            case >= Opcode.VMulWideUnsigned and <= Opcode.VSubSaturatingUnsigned:
                LowerVectorArithmetic(i, ref op);
                break;
            case Opcode.VShlImmediate or Opcode.VShrImmediate or Opcode.VSarImmediate or Opcode.VShiftSigned or Opcode.VShiftUnsigned:
                LowerVectorShift(i, ref op);
                break;
            case Opcode.VReverseBits or Opcode.VPopCount or Opcode.VCountLeadingZeros:
                LowerVectorBits(i, ref op);
                break;
            case >= Opcode.VZipLow and <= Opcode.VPairMinSigned:
                LowerVectorPermute(i, ref op);
                break;
            default:
                LowerVectorFloat(i, ref op);
                break;
        }
    }

    void VectorBinary(int i, ref IrOp op, Code code)
    {
        HostReg a = alloc.Use(op.A);
        VectorSource b = VSource(op.B);
        V3(code, alloc.DefineOver(i), a, b);
    }

    void VectorUnary(int i, ref IrOp op, Code code)
    {
        HostReg a = alloc.Use(op.A);
        V2(code, alloc.DefineOver(i), a);
    }

    void LowerVFromScalar(int i, ref IrOp op)
    {
        HostReg source = alloc.Use(op.A);
        HostReg target = source.IsVector() ? alloc.DefineOver(i) : alloc.Define(i);
        switch (block[op.A].Type)
        {
            case IrType.F64: V2(Code.VEX_Vmovq_xmm_xmmm64, target, source); break;
            case IrType.F32: V3(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, target, source, source, 0b1110); break;
            default:
                // aux is the operand's width as BlockAnalysis noted it.
                asm.Emit(op.Aux == 2 ? Code.VEX_Vmovd_xmm_rm32 : Code.VEX_Vmovq_xmm_rm64, target.X(), source.Wide(op.Aux == 2 ? 32 : 64));
                break;
        }
    }

    void LowerVFromPair(int i, ref IrOp op)
    {
        if (IsConstant(op.A, out long lowConstant) && IsConstant(op.B, out long highConstant))
        {
            MemoryOperand pooled = Pool((ulong)lowConstant, (ulong)highConstant);
            asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, alloc.Define(i).X(), pooled);
            return;
        }
        HostReg low = alloc.Use(op.A), high = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        asm.Emit(Code.VEX_Vmovq_xmm_rm64, target.X(), low.R64());
        asm.Emit(Code.VEX_Vpinsrq_xmm_xmm_rm64_imm8, target.X(), target.X(), high.R64(), 1);
    }

    void LowerBitcast(int i, ref IrOp op)
    {
        HostReg source = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        bool wide = op.Type is IrType.I64 or IrType.F64;
        if (source.IsVector()) asm.Emit(wide ? Code.VEX_Vmovq_rm64_xmm : Code.VEX_Vmovd_rm32_xmm, target.Wide(wide ? 64 : 32), source.X());
        else asm.Emit(wide ? Code.VEX_Vmovq_xmm_rm64 : Code.VEX_Vmovd_xmm_rm32, target.X(), source.Wide(wide ? 64 : 32));
    }

    void LowerVectorSelect(int i, ref IrOp op)
    {
        HostReg whenTrue = alloc.Use(op.B), whenFalse = alloc.Use(op.C);
        HostTest test = PrepareCondition((Condition)op.Aux, op.A);
        HostReg target = alloc.Define(i);
        alloc.Move(target, whenTrue, IrType.V128);
        Label done = default;
        JumpIf(test, ref done);
        alloc.Move(target, whenFalse, IrType.V128);
        asm.Bind(ref done);
    }

    void LowerVAndNot(int i, ref IrOp op)
    {
        HostReg b = alloc.Use(op.B);
        VectorSource a = VSource(op.A);
        V3(Code.VEX_Vpandn_xmm_xmm_xmmm128, alloc.DefineOver(i), b, a);
    }

    void LowerVNot(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A);
        VOnes(Sx);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, alloc.DefineOver(i), a, Sx);
    }

    void LowerVBitSelect(int i, ref IrOp op)
    {
        HostReg mask = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C);
        if (features.Avx512)
        {
            HostReg chosen = alloc.DefineFrom(i, op.A);
            V3(Code.EVEX_Vpternlogd_xmm_k1z_xmm_xmmm128b32_imm8, chosen, b, c, 0xCA);
            return;
        }
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, Sx, b, mask);
        V3(Code.VEX_Vpandn_xmm_xmm_xmmm128, Sx2, mask, c);
        V3(Code.VEX_Vpor_xmm_xmm_xmmm128, alloc.Define(i), Sx, Sx2);
    }
}
