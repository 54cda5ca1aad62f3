using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Scalar floating point: rounding to integral values, conversion between formats, to and from integers.</summary>
public sealed unsafe partial class BlockEmitter
{
    const double Two31 = 2147483648.0, Two32 = 4294967296.0, Two63 = 9223372036854775808.0;

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

    // ---- To integers ----

    void LowerFToInteger(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A);
        int size = (op.Aux & BlockAnalysis.WideOperand) != 0 ? 3 : 2;
        HostReg number = ScaleAndRound(a, ref size, (Rounding)(op.Aux & 7), (int)op.Imm);
        EmitToInteger(alloc.Define(i), number, size, (op.Aux & 8) != 0, WidthOf(op.Type));
    }

    /// <summary>a * 2^fractionBits rounded to an integral value, in a register that stays valid until the end of the operation. A scaled F32 becomes an F64, where nothing overflows.</summary>
    HostReg ScaleAndRound(HostReg a, ref int size, Rounding rounding, int fractionBits)
    {
        if (fractionBits == 0 && rounding == Rounding.TowardsZero) return a;
        HostReg number = alloc.Temporary(vector: true);
        if (fractionBits != 0)
        {
            if (size == 2)
            {
                Emit(Code.VEX_Vcvtss2sd_xmm_xmm_xmmm32, number, a, a);
                a = number;
                size = 3;
            }
            Emit(Code.VEX_Vmulsd_xmm_xmm_xmmm64, number, a, ScalarOf(Math.ScaleB(1.0, fractionBits), 3));
            a = number;
        }
        if (rounding == Rounding.NearestAway)
        {
            HostReg rounded = a == number ? alloc.Temporary(vector: true) : number;
            EmitRoundAway(rounded, a, size, raiseInexact: true);
            return rounded;
        }
        if (rounding != Rounding.TowardsZero) Emit(RoundScalar(size), number, a, a, RoundImmediate(rounding, raiseInexact: true));
        return number;
    }

    /// <summary>Truncates and saturates; the number's register must keep it until the end of the operation.</summary>
    void EmitToInteger(HostReg target, HostReg number, int size, bool unsigned, int width)
    {
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.ToInteger;
        slow.Size = size;
        slow.Width = width;
        slow.Unsigned = unsigned;
        slow.A = number;
        slow.Result = target;
        bool wide = size == 3;
        Code code64 = wide ? Code.VEX_Vcvttsd2si_r64_xmmm64 : Code.VEX_Vcvttss2si_r64_xmmm32;
        if (!unsigned)
        {
            // Out of range the host gives the most negative integer, the only one from which 1 cannot be subtracted.
            asm.Emit(width == 64 ? code64 : wide ? Code.VEX_Vcvttsd2si_r32_xmmm64 : Code.VEX_Vcvttss2si_r32_xmmm32, target.Wide(width), number.X());
            EmitAlu(Alu.Cmp, width, target, 1);
            asm.Jump(HostCondition.Overflow, ref slow.Entry);
        }
        else if (width == 32)
        {
            asm.Emit(code64, target.R64(), number.X());
            asm.Emit(Code.Mov_r32_rm32, Register.EAX, target.R32());
            EmitAlu(Alu.Cmp, 64, HostReg.Rax, target);
            asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        }
        else if (features.Avx512)
        {
            asm.Emit(wide ? Code.EVEX_Vcvttsd2usi_r64_xmmm64_sae : Code.EVEX_Vcvttss2usi_r64_xmmm32_sae, target.R64(), number.X());
            EmitAlu(Alu.Cmp, 64, target, -1);
            asm.Jump(HostCondition.Equal, ref slow.Entry);
        }
        else
        {
            asm.Emit(code64, target.R64(), number.X());
            asm.Emit(Code.Test_rm64_r64, target.R64(), target.R64());
            asm.Jump(HostCondition.Sign, ref slow.Entry);
        }
        asm.Bind(ref slow.Return);
    }

    // NaN: 0. Otherwise the bound on the number's side. With AVX2 only, unsigned numbers from 2^63 on come here too.
    void EmitToIntegerSlow(ref SlowPath path)
    {
        bool wide = path.Size == 3;
        Label negative = default;
        int width = path.Width;
        HostReg target = path.Result;
        asm.Emit(wide ? Code.VEX_Vmovmskpd_r32_xmm : Code.VEX_Vmovmskps_r32_xmm, Register.EAX, path.A.X());
        asm.Emit(Code.Mov_r32_imm32, target.R32(), 0);
        Emit(wide ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, path.A, path.A);
        asm.Jump(HostCondition.Parity, ref path.Return);
        asm.Emit(Code.Test_AL_imm8, Register.AL, 1);
        asm.Jump(HostCondition.NotEqual, ref path.Unsigned ? ref path.Return : ref negative);
        if (path.Unsigned && width == 64 && !features.Avx512)
        {
            HostReg rest = HostRegs.ScratchX;
            Emit(wide ? Code.VEX_Vmovaps_xmm_xmmm128 : Code.VEX_Vmovaps_xmm_xmmm128, rest, path.A);
            Emit(wide ? Code.VEX_Vsubsd_xmm_xmm_xmmm64 : Code.VEX_Vsubss_xmm_xmm_xmmm32, rest, rest, ScalarOf(Two63, path.Size));
            asm.Emit(wide ? Code.VEX_Vcvttsd2si_r64_xmmm64 : Code.VEX_Vcvttss2si_r64_xmmm32, target.R64(), rest.X());
            asm.Emit(Code.Btc_rm64_imm8, target.R64(), 63);
            // Overflow gave the most negative integer, which is 0 now; a true 0 is 2^63.
            asm.Emit(Code.Test_rm64_r64, target.R64(), target.R64());
            asm.Jump(HostCondition.NotEqual, ref path.Return);
        }
        if (path.Unsigned) alloc.LoadConstant(target, width == 64 ? IrType.I64 : IrType.I32, -1);
        else alloc.LoadConstant(target, IrType.I64, width == 64 ? long.MaxValue : int.MaxValue);
        if (path.Unsigned) return;
        asm.Jump(ref path.Return);
        asm.Bind(ref negative);
        alloc.LoadConstant(target, IrType.I64, width == 64 ? long.MinValue : 0x8000_0000);
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
