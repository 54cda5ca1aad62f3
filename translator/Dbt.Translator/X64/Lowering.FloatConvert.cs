using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Scalar floating point: rounding to integral values, conversion between formats and from integers.</summary>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>The immediate of ROUNDSD for a rounding other than NearestAway; bit 3 suppresses Inexact.</summary>
    static int RoundImmediate(Rounding rounding, bool raiseInexact) => (raiseInexact ? 0 : 8) | rounding switch
    {
        Rounding.NearestEven => 0,
        Rounding.Down => 1,
        Rounding.Up => 2,
        Rounding.TowardsZero => 3,
        _ => 4,
    };

    static Code RoundScalar(int size) => size == 3 ? Code.VEX_Vroundsd_xmm_xmm_xmmm64_imm8 : Code.VEX_Vroundss_xmm_xmm_xmmm32_imm8;

    void ScalarRound(int i, ref IrOp op, int size)
    {
        var rounding = (Rounding)(op.Aux & 7);
        bool toDefault = WantsDefaultNaN(op);
        HostReg a = alloc.Use(op.A), result;
        TrapIfSubnormal(a, size, isScalar: true);
        if (rounding == Rounding.NearestAway)
        {
            result = alloc.Define(i);
            EmitRoundAway(result, a, size, op.Imm != 0);
        }
        else
        {
            // The host makes NaNs quiet and keeps them, as Arm does.
            result = alloc.DefineOver(i);
            Emit(RoundScalar(size), result, a, a, RoundImmediate(rounding, op.Imm != 0));
        }
        if (toDefault) ReplaceNaN(result, size);
    }

    /// <summary>A NaN in the register becomes the default NaN.</summary>
    void ReplaceNaN(HostReg result, int size)
    {
        ClobberFlags();
        JumpIfNaN(ref NewDefaultNaN(size, isScalar: true, result));
    }

    // Truncated magnitude, plus one if the rest is at least a half; all steps are exact. Magnitudes without fraction bits, infinities and NaNs leave for cold code.
    // target differs from a; both scratch registers are used; zeroes above the result.
    void EmitRoundAway(HostReg target, HostReg a, int size, bool raiseInexact)
    {
        ClobberFlags();
        bool wide = size == 3;
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.RoundAway;
        slow.Size = size;
        slow.A = a;
        slow.Result = target;
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, target, a, AllButSign(size));
        LoadLane(s1, ScalarOf(wide ? 4503599627370496.0 : 8388608.0, size), size);
        Emit(wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, s1, target);
        asm.Jump(HostCondition.BelowOrEqual, ref slow.Entry);
        Emit(RoundScalar(size), s1, target, target, RoundImmediate(Rounding.TowardsZero, raiseInexact));
        Emit(wide ? Code.VEX_Vsubsd_xmm_xmm_xmmm64 : Code.VEX_Vsubss_xmm_xmm_xmmm32, target, target, s1);
        LoadLane(s2, ScalarOf(0.5, size), size);
        Emit(wide ? Code.VEX_Vcmpsd_xmm_xmm_xmmm64_imm8 : Code.VEX_Vcmpss_xmm_xmm_xmmm32_imm8, s2, s2, target, LessOrEqual);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s2, s2, ScalarOf(1.0, size));
        Emit(wide ? Code.VEX_Vaddsd_xmm_xmm_xmmm64 : Code.VEX_Vaddss_xmm_xmm_xmmm32, s1, s1, s2);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s2, a, SignBit(size));
        Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, target, s1, s2);
        asm.Bind(ref slow.Return);
    }

    // The result is a, made quiet if it is a NaN.
    void EmitRoundAwaySlow(ref SlowPath path) => Emit(RoundScalar(path.Size), path.Result, path.Result, path.A, RoundImmediate(Rounding.TowardsZero, raiseInexact: false));

    void ScalarConvert(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A);
        if (op.Type == IrType.F64)
        {
            HostReg wide = alloc.DefineOver(i);
            Emit(Code.VEX_Vcvtss2sd_xmm_xmm_xmmm32, wide, a, a);
            if (WantsDefaultNaN(op)) ReplaceNaN(wide, 3);
            return;
        }
        ClobberFlags();
        HostReg result = alloc.Define(i);
        if (values[op.A].ZeroAbove != ZeroAbove.Unknown)
        {
            Emit(Code.VEX_Vcvtpd2ps_xmm_xmmm128, result, a);
        }
        else
        {
            EmitZero(HostRegs.ScratchX);
            Emit(Code.VEX_Vcvtsd2ss_xmm_xmm_xmmm64, result, HostRegs.ScratchX, a);
        }
        JumpIfNaNOrLeast(ref NewRepair(op, 2, isScalar: true, result, a));
    }

    // ---- From integers ----

    void LowerIntegerToF(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A);
        HostReg result = alloc.Define(i);
        int size = FloatSize(op.Type);
        EmitFromInteger(result, a, size, (op.Aux & 8) != 0, (op.Aux & BlockAnalysis.WideOperand) != 0 ? 64 : 32);
        if (op.Imm != 0) Emit(size == 3 ? Code.VEX_Vmulsd_xmm_xmm_xmmm64 : Code.VEX_Vmulss_xmm_xmm_xmmm32, result, result, ScalarOf(Math.ScaleB(1.0, -(int)op.Imm), size));
    }

    static Code FromSigned(int size, int width) => (size, width) switch
    {
        (3, 64) => Code.VEX_Vcvtsi2sd_xmm_xmm_rm64,
        (3, _) => Code.VEX_Vcvtsi2sd_xmm_xmm_rm32,
        (_, 64) => Code.VEX_Vcvtsi2ss_xmm_xmm_rm64,
        _ => Code.VEX_Vcvtsi2ss_xmm_xmm_rm32,
    };

    /// <summary>One rounding; zeroes above the result. Changes the host's flags only for unsigned 64-bit integers without AVX-512.</summary>
    void EmitFromInteger(HostReg result, HostReg a, int size, bool unsigned, int width)
    {
        // The conversion keeps the upper part of its first source: zeroes, which also cut the dependency.
        EmitZero(HostRegs.ScratchX);
        if (!unsigned)
        {
            asm.Emit(FromSigned(size, width), result.X(), HostRegs.ScratchX.X(), a.Wide(width));
        }
        else if (width == 32)
        {
            asm.Emit(Code.Mov_r32_rm32, Register.EAX, a.R32());
            asm.Emit(FromSigned(size, 64), result.X(), HostRegs.ScratchX.X(), Register.RAX);
        }
        else if (features.Avx512)
        {
            asm.Emit(size == 3 ? Code.EVEX_Vcvtusi2sd_xmm_xmm_rm64_er : Code.EVEX_Vcvtusi2ss_xmm_xmm_rm64_er, result.X(), HostRegs.ScratchX.X(), a.R64());
        }
        else
        {
            ClobberFlags();
            ref SlowPath slow = ref NewSlowPath();
            slow.Kind = SlowPathKind.FromUnsigned;
            slow.Size = size;
            slow.A = a;
            slow.Result = result;
            asm.Emit(Code.Test_rm64_r64, a.R64(), a.R64());
            asm.Jump(HostCondition.Sign, ref slow.Entry);
            asm.Emit(FromSigned(size, 64), result.X(), HostRegs.ScratchX.X(), a.R64());
            asm.Bind(ref slow.Return);
        }
    }

    // Half of it with the lost bit kept sticky, converted and doubled: only the conversion rounds.
    void EmitFromUnsignedSlow(ref SlowPath path)
    {
        Label even = default;
        asm.Emit(Code.Mov_r64_rm64, Register.RAX, path.A.R64());
        asm.Emit(Code.Shr_rm64_1, Register.RAX, 1);
        asm.Jump(HostCondition.AboveOrEqual, ref even);
        EmitAlu(Alu.Or, 64, HostReg.Rax, 1);
        asm.Bind(ref even);
        asm.Emit(FromSigned(path.Size, 64), path.Result.X(), HostRegs.ScratchX.X(), Register.RAX);
        Emit(path.Size == 3 ? Code.VEX_Vaddsd_xmm_xmm_xmmm64 : Code.VEX_Vaddss_xmm_xmm_xmmm32, path.Result, path.Result, path.Result);
    }
}
