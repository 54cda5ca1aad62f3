using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Scalar floating point: one host instruction and, where the guest's NaN rules differ from the host's, a check of the result that leaves the hot path.</summary>
/// <remarks>Operands keep their registers (Define, not DefineOver): the cold path needs them. The upper elements of a scalar's register are unspecified.</remarks>
public sealed unsafe partial class BlockEmitter
{
    void LowerFloat(int i, ref IrOp op)
    {
        bool wide = op.Type == IrType.F64;
        bool defaultNaN = (op.Aux & IrBuilder.DefaultNaNBit) != 0;
        switch (op.Opcode)
        {
            case Opcode.FAdd: FloatBinary(i, ref op, wide ? Code.VEX_Vaddsd_xmm_xmm_xmmm64 : Code.VEX_Vaddss_xmm_xmm_xmmm32); break;
            case Opcode.FSub: FloatBinary(i, ref op, wide ? Code.VEX_Vsubsd_xmm_xmm_xmmm64 : Code.VEX_Vsubss_xmm_xmm_xmmm32); break;
            case Opcode.FMul: FloatBinary(i, ref op, wide ? Code.VEX_Vmulsd_xmm_xmm_xmmm64 : Code.VEX_Vmulss_xmm_xmm_xmmm32); break;
            case Opcode.FDiv: FloatBinary(i, ref op, wide ? Code.VEX_Vdivsd_xmm_xmm_xmmm64 : Code.VEX_Vdivss_xmm_xmm_xmmm32); break;
            case Opcode.FSqrt:
                HostReg square = alloc.Use(op.A);
                HostReg root = alloc.Define(i);
                V3(wide ? Code.VEX_Vsqrtsd_xmm_xmm_xmmm64 : Code.VEX_Vsqrtss_xmm_xmm_xmmm32, root, square, square);
                CheckScalarNaN(wide, NaNForm.Binary, defaultNaN, square, square, HostReg.None, root);
                break;
            case Opcode.FMax or Opcode.FMaxNumber or Opcode.FMin or Opcode.FMinNumber: LowerScalarExtreme(i, ref op, wide, defaultNaN); break;
            case Opcode.FNeg: FloatSign(i, ref op, Code.VEX_Vxorps_xmm_xmm_xmmm128, wide ? 0x8000_0000_0000_0000 : 0x8000_0000_8000_0000); break;
            case Opcode.FAbs: FloatSign(i, ref op, Code.VEX_Vandps_xmm_xmm_xmmm128, wide ? 0x7FFF_FFFF_FFFF_FFFFUL : 0x7FFF_FFFF_7FFF_FFFFUL); break;
            case Opcode.FMulAdd: LowerFMulAdd(i, ref op, wide, defaultNaN); break;
            case Opcode.FRound: LowerFRound(i, ref op, wide, defaultNaN); break;
            case Opcode.FConvert:
                HostReg source = alloc.Use(op.A);
                HostReg converted = alloc.Define(i);
                V3(wide ? Code.VEX_Vcvtss2sd_xmm_xmm_xmmm32 : Code.VEX_Vcvtsd2ss_xmm_xmm_xmmm64, converted, source, source);
                if (defaultNaN) CheckScalarNaN(wide, NaNForm.Binary, true, converted, converted, HostReg.None, converted);
                break;
            case Opcode.FToInteger: LowerFToInteger(i, ref op); break;
            default: LowerIntegerToF(i, ref op); break;
        }
    }

    void FloatBinary(int i, ref IrOp op, Code code)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        V3(code, target, a, b);
        CheckScalarNaN(op.Type == IrType.F64, NaNForm.Binary, (op.Aux & IrBuilder.DefaultNaNBit) != 0, a, b, HostReg.None, target);
    }

    void FloatSign(int i, ref IrOp op, Code code, ulong mask)
    {
        HostReg a = alloc.Use(op.A);
        V3(code, alloc.DefineOver(i), a, Pool(mask));
    }

    void LowerScalarExtreme(int i, ref IrOp op, bool wide, bool defaultNaN)
    {
        bool maximum = op.Opcode is Opcode.FMax or Opcode.FMaxNumber;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg target = alloc.Define(i);
        Code code = (maximum, wide) switch
        {
            (true, true) => Code.VEX_Vmaxsd_xmm_xmm_xmmm64,
            (true, false) => Code.VEX_Vmaxss_xmm_xmm_xmmm32,
            (false, true) => Code.VEX_Vminsd_xmm_xmm_xmmm64,
            (false, false) => Code.VEX_Vminss_xmm_xmm_xmmm32,
        };
        // The host returns its second operand for two zeroes: both orders, combined bit by bit, give the right sign.
        V3(code, Sx, a, b);
        V3(code, target, b, a);
        V3(maximum ? Code.VEX_Vandps_xmm_xmm_xmmm128 : Code.VEX_Vorps_xmm_xmm_xmmm128, target, target, Sx);
        ClobberFlags();
        V2(wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, a, b);
        ref SlowPath slow = ref NaNPath(wide, op.Opcode is Opcode.FMax or Opcode.FMin ? NaNForm.Extreme : NaNForm.Number, defaultNaN, a, b, HostReg.None, target);
        asm.Jump(HostCondition.Parity, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    static readonly Code[] FusedScalar =
    [
        Code.VEX_Vfmadd231ss_xmm_xmm_xmmm32, Code.VEX_Vfnmadd231ss_xmm_xmm_xmmm32, Code.VEX_Vfmsub231ss_xmm_xmm_xmmm32, Code.VEX_Vfnmsub231ss_xmm_xmm_xmmm32,
        Code.VEX_Vfmadd231sd_xmm_xmm_xmmm64, Code.VEX_Vfnmadd231sd_xmm_xmm_xmmm64, Code.VEX_Vfmsub231sd_xmm_xmm_xmmm64, Code.VEX_Vfnmsub231sd_xmm_xmm_xmmm64,
    ];

    void LowerFMulAdd(int i, ref IrOp op, bool wide, bool defaultNaN)
    {
        int negate = op.Aux & 3;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C);
        HostReg target = alloc.Define(i);
        alloc.Move(target, c, op.Type);
        V3(FusedScalar[negate + (wide ? 4 : 0)], target, a, b);
        ClobberFlags();
        V2(wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, target, target);
        ref SlowPath slow = ref NaNPath(wide, NaNForm.MulAdd, defaultNaN, a, b, c, target);
        slow.Negate = (byte)negate;
        asm.Jump(HostCondition.Parity, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    void LowerFRound(int i, ref IrOp op, bool wide, bool defaultNaN)
    {
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        EmitRound(target, a, wide, vector: false, (Rounding)(op.Aux & 7), raiseInexact: op.Imm != 0);
        if (defaultNaN) CheckScalarNaN(wide, NaNForm.Binary, true, target, target, HostReg.None, target);
    }

    /// <summary>Rounds to integral values. target differs from a, and for NearestAway neither is a scratch register.</summary>
    void EmitRound(HostReg target, HostReg a, bool wide, bool vector, Rounding rounding, bool raiseInexact)
    {
        if (rounding == Rounding.NearestAway)
        {
            EmitRoundAway(target, a, wide, vector);
            return;
        }
        int mode = rounding switch { Rounding.NearestEven => 0, Rounding.Down => 1, Rounding.Up => 2, Rounding.TowardsZero => 3, _ => 4 };
        EmitHostRound(target, a, wide, vector, mode | (raiseInexact ? 0 : 8));
    }

    void EmitHostRound(HostReg target, HostReg a, bool wide, bool vector, int mode)
    {
        if (vector) V2(wide ? Code.VEX_Vroundpd_xmm_xmmm128_imm8 : Code.VEX_Vroundps_xmm_xmmm128_imm8, target, a, mode);
        else V3(wide ? Code.VEX_Vroundsd_xmm_xmm_xmmm64_imm8 : Code.VEX_Vroundss_xmm_xmm_xmmm32_imm8, target, a, a, mode);
    }

    // Truncated, then one more (away from zero) where at least a half was cut off; the sign is that of the operand even for a zero.
    void EmitRoundAway(HostReg target, HostReg a, bool wide, bool vector)
    {
        ulong sign = wide ? 0x8000_0000_0000_0000 : 0x8000_0000_8000_0000;
        MemoryOperand half = Pool(wide ? 0x3FE0_0000_0000_0000UL : 0x3F00_0000_3F00_0000);
        EmitHostRound(target, a, wide, vector, 3 | 8);
        V3(ScalarOrVector(wide, vector, Code.VEX_Vsubss_xmm_xmm_xmmm32, Code.VEX_Vsubsd_xmm_xmm_xmmm64, Code.VEX_Vsubps_xmm_xmm_xmmm128, Code.VEX_Vsubpd_xmm_xmm_xmmm128), Sx, a, target);
        V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx, Sx, Pool(~sign));
        asm.Emit(ScalarOrVector(wide, vector, Code.VEX_Vcmpss_xmm_xmm_xmmm32_imm8, Code.VEX_Vcmpsd_xmm_xmm_xmmm64_imm8, Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8, Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8),
            Sx.X(), Sx.X(), half, 0x1D);
        V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx, Sx, Pool(wide ? 0x3FF0_0000_0000_0000UL : 0x3F80_0000_3F80_0000));
        V3(Code.VEX_Vandps_xmm_xmm_xmmm128, Sx2, a, Pool(sign));
        V3(Code.VEX_Vorps_xmm_xmm_xmmm128, Sx, Sx, Sx2);
        V3(ScalarOrVector(wide, vector, Code.VEX_Vaddss_xmm_xmm_xmmm32, Code.VEX_Vaddsd_xmm_xmm_xmmm64, Code.VEX_Vaddps_xmm_xmm_xmmm128, Code.VEX_Vaddpd_xmm_xmm_xmmm128), target, target, Sx);
        V3(Code.VEX_Vorps_xmm_xmm_xmmm128, target, target, Sx2);
    }

    static Code ScalarOrVector(bool wide, bool vector, Code ss, Code sd, Code ps, Code pd) => vector ? (wide ? pd : ps) : (wide ? sd : ss);
}
