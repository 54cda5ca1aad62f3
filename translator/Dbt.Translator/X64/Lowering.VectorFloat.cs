using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Element-wise floating point; NaN rules as in the scalar operations.</summary>
public sealed unsafe partial class BlockEmitter
{
    void LowerVectorFloat(int i, ref IrOp op)
    {
        int size = op.Aux & 3;
        bool wide = size == 3, defaultNaN = (op.Aux & IrBuilder.DefaultNaNBit) != 0;
        switch (op.Opcode)
        {
            case Opcode.VFAdd: VectorFloatBinary(i, ref op, wide ? Code.VEX_Vaddpd_xmm_xmm_xmmm128 : Code.VEX_Vaddps_xmm_xmm_xmmm128, wide, defaultNaN); break;
            case Opcode.VFSub: VectorFloatBinary(i, ref op, wide ? Code.VEX_Vsubpd_xmm_xmm_xmmm128 : Code.VEX_Vsubps_xmm_xmm_xmmm128, wide, defaultNaN); break;
            case Opcode.VFMul: VectorFloatBinary(i, ref op, wide ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, wide, defaultNaN); break;
            case Opcode.VFDiv: VectorFloatBinary(i, ref op, wide ? Code.VEX_Vdivpd_xmm_xmm_xmmm128 : Code.VEX_Vdivps_xmm_xmm_xmmm128, wide, defaultNaN); break;
            case Opcode.VFSqrt:
                HostReg square = alloc.Use(op.A);
                HostReg root = alloc.Define(i);
                V2(wide ? Code.VEX_Vsqrtpd_xmm_xmmm128 : Code.VEX_Vsqrtps_xmm_xmmm128, root, square);
                CheckVectorNaN(wide, NaNForm.Binary, defaultNaN, square, square, HostReg.None, root);
                break;
            case Opcode.VFMulAdd: LowerVFMulAdd(i, ref op, wide, defaultNaN); break;
            case Opcode.VFMax or Opcode.VFMin or Opcode.VFMaxNumber or Opcode.VFMinNumber: LowerVectorExtreme(i, ref op, wide, defaultNaN); break;
            case Opcode.VFCompareEqual: LowerVFCompare(i, ref op, wide, 0x00); break;
            case Opcode.VFCompareGreater: LowerVFCompare(i, ref op, wide, 0x0E); break;
            case Opcode.VFCompareGreaterOrEqual: LowerVFCompare(i, ref op, wide, 0x0D); break;
            case Opcode.VFRound:
                HostReg source = alloc.Use(op.A);
                HostReg rounded = alloc.Define(i);
                EmitRound(rounded, source, wide, vector: true, (Rounding)(op.Imm & 7), raiseInexact: (op.Imm & 8) != 0);
                if (defaultNaN) CheckVectorNaN(wide, NaNForm.Binary, true, rounded, rounded, HostReg.None, rounded);
                break;
            case Opcode.VFToInteger: LowerVFToInteger(i, ref op); break;
            case Opcode.VIntegerToF: LowerVIntegerToF(i, ref op); break;
            case Opcode.VFWiden: LowerVFWiden(i, ref op, size, defaultNaN); break;
            case Opcode.VFNarrow: LowerVFNarrow(i, ref op, size, defaultNaN); break;
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    void VectorFloatBinary(int i, ref IrOp op, Code code, bool wide, bool defaultNaN)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        V3(code, target, a, b);
        CheckVectorNaN(wide, NaNForm.Binary, defaultNaN, a, b, HostReg.None, target);
    }

    void LowerVFMulAdd(int i, ref IrOp op, bool wide, bool defaultNaN)
    {
        bool negate = (op.Imm & 1) != 0;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C);
        HostReg target = alloc.Define(i);
        alloc.Move(target, c, IrType.V128);
        V3((negate, wide) switch
        {
            (false, false) => Code.VEX_Vfmadd231ps_xmm_xmm_xmmm128,
            (false, true) => Code.VEX_Vfmadd231pd_xmm_xmm_xmmm128,
            (true, false) => Code.VEX_Vfnmadd231ps_xmm_xmm_xmmm128,
            (true, true) => Code.VEX_Vfnmadd231pd_xmm_xmm_xmmm128,
        }, target, a, b);
        CheckVectorNaN(wide, NaNForm.MulAdd, defaultNaN, a, b, c, target, negate ? 1 : 0);
    }

    void LowerVectorExtreme(int i, ref IrOp op, bool wide, bool defaultNaN)
    {
        bool maximum = op.Opcode is Opcode.VFMax or Opcode.VFMaxNumber;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        Code code = (maximum, wide) switch
        {
            (true, true) => Code.VEX_Vmaxpd_xmm_xmm_xmmm128,
            (true, false) => Code.VEX_Vmaxps_xmm_xmm_xmmm128,
            (false, true) => Code.VEX_Vminpd_xmm_xmm_xmmm128,
            (false, false) => Code.VEX_Vminps_xmm_xmm_xmmm128,
        };
        V3(code, Sx, a, b);
        V3(code, target, b, a);
        V3(maximum ? Code.VEX_Vandps_xmm_xmm_xmmm128 : Code.VEX_Vorps_xmm_xmm_xmmm128, target, target, Sx);
        V3(wide ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8, Sx, a, b, 3);
        JumpIfAny(wide, op.Opcode is Opcode.VFMax or Opcode.VFMin ? NaNForm.Extreme : NaNForm.Number, defaultNaN, a, b, HostReg.None, target, 0);
    }

    void LowerVFCompare(int i, ref IrOp op, bool wide, int predicate)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        V3(wide ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8, alloc.DefineOver(i), a, b, predicate);
    }

    void LowerVFWiden(int i, ref IrOp op, int size, bool defaultNaN)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        V2(size == 2 ? Code.VEX_Vcvtps2pd_xmm_xmmm64 : Code.VEX_Vcvtph2ps_xmm_xmmm64, target, a);
        if (defaultNaN) CheckVectorNaN(size == 2, NaNForm.Binary, true, target, target, HostReg.None, target);
    }

    void LowerVFNarrow(int i, ref IrOp op, int size, bool defaultNaN)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        if (size == 2)
        {
            V2(Code.VEX_Vcvtpd2ps_xmm_xmmm128, target, a);
            if (defaultNaN) CheckVectorNaN(false, NaNForm.Binary, true, target, target, HostReg.None, target);
            return;
        }
        HostReg source = a;
        if (defaultNaN)
        {
            // The default NaN of single precision narrows to that of half precision.
            asm.Emit(Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8, Sx.X(), a.X(), a.X(), 3);
            V3(Code.VEX_Vandnps_xmm_xmm_xmmm128, Sx2, Sx, a);
            V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx, Sx, Pool(0x7FC0_0000_7FC0_0000));
            V3(Code.VEX_Vorps_xmm_xmm_xmmm128, Sx, Sx, Sx2);
            source = Sx;
        }
        // Rounding by MXCSR.
        asm.Emit(Code.VEX_Vcvtps2ph_xmmm64_xmm_imm8, target.X(), source.X(), 4);
    }
}
