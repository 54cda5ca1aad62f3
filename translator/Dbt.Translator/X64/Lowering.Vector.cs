using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Vector operations that are one or two host instructions, and moves between register files. None of these changes the host's flags.</summary>
public sealed unsafe partial class BlockEmitter
{
    static readonly Code[] AddLanes = [Code.VEX_Vpaddb_xmm_xmm_xmmm128, Code.VEX_Vpaddw_xmm_xmm_xmmm128, Code.VEX_Vpaddd_xmm_xmm_xmmm128, Code.VEX_Vpaddq_xmm_xmm_xmmm128];
    static readonly Code[] SubLanes = [Code.VEX_Vpsubb_xmm_xmm_xmmm128, Code.VEX_Vpsubw_xmm_xmm_xmmm128, Code.VEX_Vpsubd_xmm_xmm_xmmm128, Code.VEX_Vpsubq_xmm_xmm_xmmm128];
    static readonly Code[] EqualLanes = [Code.VEX_Vpcmpeqb_xmm_xmm_xmmm128, Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, Code.VEX_Vpcmpeqq_xmm_xmm_xmmm128];
    static readonly Code[] GreaterLanes = [Code.VEX_Vpcmpgtb_xmm_xmm_xmmm128, Code.VEX_Vpcmpgtw_xmm_xmm_xmmm128, Code.VEX_Vpcmpgtd_xmm_xmm_xmmm128, Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128];
    static readonly Code[] ZipLowLanes = [Code.VEX_Vpunpcklbw_xmm_xmm_xmmm128, Code.VEX_Vpunpcklwd_xmm_xmm_xmmm128, Code.VEX_Vpunpckldq_xmm_xmm_xmmm128, Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128];
    static readonly Code[] ZipHighLanes = [Code.VEX_Vpunpckhbw_xmm_xmm_xmmm128, Code.VEX_Vpunpckhwd_xmm_xmm_xmmm128, Code.VEX_Vpunpckhdq_xmm_xmm_xmmm128, Code.VEX_Vpunpckhqdq_xmm_xmm_xmmm128];
    static readonly Code[] BroadcastLanes = [Code.VEX_Vpbroadcastb_xmm_xmmm8, Code.VEX_Vpbroadcastw_xmm_xmmm16, Code.VEX_Vpbroadcastd_xmm_xmmm32, Code.VEX_Vpbroadcastq_xmm_xmmm64];
    static readonly Code[] WidenUnsigned = [Code.VEX_Vpmovzxbw_xmm_xmmm64, Code.VEX_Vpmovzxwd_xmm_xmmm64, Code.VEX_Vpmovzxdq_xmm_xmmm64];
    static readonly Code[] WidenSigned = [Code.VEX_Vpmovsxbw_xmm_xmmm64, Code.VEX_Vpmovsxwd_xmm_xmmm64, Code.VEX_Vpmovsxdq_xmm_xmmm64];

    void LowerVector(int i, ref IrOp op)
    {
        int size = op.Aux & 3;
        switch (op.Opcode)
        {
            case Opcode.VFromScalar: LowerVFromScalar(i, ref op); break;
            case Opcode.ScalarFromV: alloc.DefineFrom(i, op.A); break;
            case Opcode.VFromPair: LowerVFromPair(i, ref op); break;
            case Opcode.Bitcast: LowerBitcast(i, ref op); break;
            case Opcode.VAnd: VectorCommutative(i, ref op, Code.VEX_Vpand_xmm_xmm_xmmm128); break;
            case Opcode.VOr: VectorCommutative(i, ref op, Code.VEX_Vpor_xmm_xmm_xmmm128); break;
            case Opcode.VXor: VectorCommutative(i, ref op, Code.VEX_Vpxor_xmm_xmm_xmmm128); break;
            case Opcode.VAndNot: VectorReversed(i, ref op, Code.VEX_Vpandn_xmm_xmm_xmmm128); break;
            case Opcode.VNot: LowerVNot(i, ref op); break;
            case Opcode.VBitSelect: LowerVBitSelect(i, ref op); break;
            case Opcode.VZeroUpper: VectorUnary(i, ref op, Code.VEX_Vmovq_xmm_xmmm64); break;
            case Opcode.VAdd: VectorCommutative(i, ref op, AddLanes[size]); break;
            case Opcode.VSub: VectorBinary(i, ref op, SubLanes[size]); break;
            case Opcode.VNeg:
                HostReg negated = DefineAfterUse(i, op.A, out HostReg positive);
                EmitZero(HostRegs.ScratchX);
                Emit(SubLanes[size], negated, HostRegs.ScratchX, positive);
                break;
            case Opcode.VCompareEqual: VectorCommutative(i, ref op, EqualLanes[size]); break;
            case Opcode.VCompareGreaterSigned: VectorBinary(i, ref op, GreaterLanes[size]); break;
            case Opcode.VZipLow: VectorBinary(i, ref op, ZipLowLanes[size]); break;
            case Opcode.VZipHigh: VectorBinary(i, ref op, ZipHighLanes[size]); break;
            case Opcode.VCombineLow: VectorBinary(i, ref op, Code.VEX_Vpunpcklqdq_xmm_xmm_xmmm128); break;
            case Opcode.VHighHalf: VectorUnary(i, ref op, Code.VEX_Vpsrldq_xmm_xmm_imm8, 8); break;
            case Opcode.VWidenUnsigned: VectorUnary(i, ref op, WidenUnsigned[size]); break;
            case Opcode.VWidenSigned: VectorUnary(i, ref op, WidenSigned[size]); break;
            default: LowerVectorLanes(i, ref op, size); break;
        }
    }

    // ---- Shapes of one instruction ----

    void VectorBinary(int i, ref IrOp op, Code code)
    {
        HostReg a = alloc.Use(op.A);
        VectorSource b = PrepareVector(op.B);
        Emit(code, alloc.DefineOver(i), a, b);
    }

    /// <summary>As <see cref="VectorBinary"/>, where either operand may be the one in memory.</summary>
    void VectorCommutative(int i, ref IrOp op, Code code)
    {
        int a = op.A, b = op.B;
        if (values[a].Reg == HostReg.None && values[b].Reg != HostReg.None) (a, b) = (b, a);
        HostReg left = alloc.Use(a);
        VectorSource right = PrepareVector(b);
        Emit(code, alloc.DefineOver(i), left, right);
    }

    /// <summary>b op a.</summary>
    void VectorReversed(int i, ref IrOp op, Code code)
    {
        HostReg b = alloc.Use(op.B);
        VectorSource a = PrepareVector(op.A);
        Emit(code, alloc.DefineOver(i), b, a);
    }

    void VectorUnary(int i, ref IrOp op, Code code)
    {
        VectorSource a = PrepareVector(op.A);
        HostReg result = alloc.DefineOver(i);
        if (a.InMemory) asm.Emit(code, result.X(), a.Memory);
        else Emit(code, result, a.Reg);
    }

    void VectorUnary(int i, ref IrOp op, Code code, int immediate)
    {
        HostReg result = DefineAfterUse(i, op.A, out HostReg a);
        Emit(code, result, a, immediate);
    }

    // ---- Logic ----

    void LowerVNot(int i, ref IrOp op)
    {
        HostReg result = DefineAfterUse(i, op.A, out HostReg a);
        Emit(Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, HostRegs.ScratchX, HostRegs.ScratchX, HostRegs.ScratchX);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, result, a, HostRegs.ScratchX);
    }

    void LowerVBitSelect(int i, ref IrOp op)
    {
        HostReg mask = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C);
        if (features.Avx512)
        {
            // The truth table of "first ? second : third".
            HostReg chosen = alloc.DefineFrom(i, op.A);
            Emit(Code.EVEX_Vpternlogd_xmm_k1z_xmm_xmmm128b32_imm8, chosen, b, c, 0xCA);
            return;
        }
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, mask, b);
        Emit(Code.VEX_Vpandn_xmm_xmm_xmmm128, s2, mask, c);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
    }

    // ---- Moves ----

    // aux is the operand's type: its representative may have another one.
    void LowerVFromScalar(int i, ref IrOp op)
    {
        var type = (IrType)op.Aux;
        if (type is IrType.I32 or IrType.I64)
        {
            HostReg integer = alloc.Use(op.A);
            HostReg vector = alloc.Define(i);
            if (type == IrType.I32) asm.Emit(Code.VEX_Vmovd_xmm_rm32, vector.X(), integer.R32());
            else asm.Emit(Code.VEX_Vmovq_xmm_rm64, vector.X(), integer.R64());
            return;
        }
        if (values[op.A].ZeroAbove >= (type == IrType.F32 ? ZeroAbove.Bit32 : ZeroAbove.Bit64))
        {
            alloc.DefineFrom(i, op.A);
            return;
        }
        HostReg result = DefineAfterUse(i, op.A, out HostReg source);
        if (type == IrType.F64) Emit(Code.VEX_Vmovq_xmm_xmmm64, result, source);
        else Emit(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, result, source, source, 0x0E);
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
