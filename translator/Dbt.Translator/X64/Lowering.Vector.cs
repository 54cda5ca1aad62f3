using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Moves between register files and vector operations.</summary>
public sealed unsafe partial class BlockEmitter
{
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
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    void VectorBinary(int i, ref IrOp op, Code code)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        asm.Emit(code, alloc.DefineOver(i).X(), a.X(), b.X());
    }

    void LowerVFromScalar(int i, ref IrOp op)
    {
        HostReg source = alloc.Use(op.A);
        HostReg target = source.IsVector() ? alloc.DefineOver(i) : alloc.Define(i);
        switch (block[op.A].Type)
        {
            case IrType.F64: asm.Emit(Code.VEX_Vmovq_xmm_xmmm64, target.X(), source.X()); break;
            case IrType.F32:
                asm.Emit(Code.VEX_Vxorps_xmm_xmm_xmmm128, HostRegs.ScratchX.X(), HostRegs.ScratchX.X(), HostRegs.ScratchX.X());
                asm.Emit(Code.VEX_Vmovss_xmm_xmm_xmm, target.X(), HostRegs.ScratchX.X(), source.X());
                break;
            default:
                // aux is the operand's width as BlockAnalysis noted it.
                asm.Emit(op.Aux == 2 ? Code.VEX_Vmovd_xmm_rm32 : Code.VEX_Vmovq_xmm_rm64, target.X(), source.Wide(op.Aux == 2 ? 32 : 64));
                break;
        }
    }

    void LowerVFromPair(int i, ref IrOp op)
    {
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
}
