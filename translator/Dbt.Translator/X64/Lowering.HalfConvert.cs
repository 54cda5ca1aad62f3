using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Halves to integral values, to and from integers of 16 bits: all of it exact in single precision, up to the last step.</summary>
public sealed unsafe partial class BlockEmitter
{
    void HalfRound(int i, ref IrOp op)
    {
        var rounding = (Rounding)(op.Imm & 7);
        HostReg a = UseHalves(op.A, op), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        EmitWidened(s1, a);
        RoundWide(s1, s1, rounding, raiseInexact: (op.Imm & 8) != 0);
        EmitNarrowed(result, s1);
        if (WantsDefaultNaN(op)) TakeDefaultHalf(result, s2);
    }

    /// <summary>Singles that were halves (times a power of two) to integral values. Changes the second scratch register.</summary>
    void RoundWide(HostReg target, HostReg singles, Rounding rounding, bool raiseInexact)
    {
        HostReg s2 = HostRegs.ScratchX2;
        if (rounding != Rounding.NearestAway)
        {
            asm.Emit(Code.VEX_Vroundps_ymm_ymmm256_imm8, target.Y(), singles.Y(), RoundImmediate(rounding, raiseInexact));
            return;
        }
        // Truncated magnitude plus a half; from 2^12 on all are integral. The sum is exact: the lowest bit of a half is 2^-24.
        HostReg magnitude = alloc.Temporary(vector: true), half = alloc.Temporary(vector: true);
        if (raiseInexact) asm.Emit(Code.VEX_Vroundps_ymm_ymmm256_imm8, magnitude.Y(), singles.Y(), RoundImmediate(Rounding.TowardsZero, raiseInexact: true));
        LoadWide(s2, 0x7FFF_FFFFu);
        EmitWide(Code.VEX_Vandps_ymm_ymm_ymmm256, magnitude, singles, s2);
        EmitWide(Code.VEX_Vandnps_ymm_ymm_ymmm256, s2, s2, singles);
        LoadWide(half, 4096f);
        EmitWide(Code.VEX_Vcmpps_ymm_ymm_ymmm256_imm8, half, magnitude, half, LessQuiet);
        asm.Emit(Code.VEX_Vpsrld_ymm_ymm_imm8, half.Y(), half.Y(), 26);
        asm.Emit(Code.VEX_Vpslld_ymm_ymm_imm8, half.Y(), half.Y(), 24);
        EmitWide(Code.VEX_Vaddps_ymm_ymm_ymmm256, magnitude, magnitude, half);
        asm.Emit(Code.VEX_Vroundps_ymm_ymmm256_imm8, magnitude.Y(), magnitude.Y(), RoundImmediate(Rounding.TowardsZero, raiseInexact: false));
        EmitWide(Code.VEX_Vorps_ymm_ymm_ymmm256, target, magnitude, s2);
    }

    // What is out of range raises Invalid alone, the rest Inexact where it has a fraction: the former are rounded without a trace.
    void HalfToInteger(int i, ref IrOp op)
    {
        ClobberFlags();
        bool unsigned = (op.Imm & 8) != 0;
        int fractionBits = (int)(op.Imm >> 8) & 0xFF;
        HostReg a = UseHalves(op.A, op), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i), integral = alloc.Temporary(vector: true), clamped = alloc.Temporary(vector: true), inRange = alloc.Temporary(vector: true);
        EmitWidened(s1, a);
        if (fractionBits != 0)
        {
            LoadWide(s2, MathF.ScaleB(1, fractionBits));
            EmitWide(Code.VEX_Vmulps_ymm_ymm_ymmm256, s1, s1, s2);
        }
        RoundWide(integral, s1, (Rounding)(op.Imm & 7), raiseInexact: false);
        // For a NaN, which is invalid here, too, the host gives the second operand.
        LoadWide(s2, unsigned ? 0f : -32768f);
        EmitWide(Code.VEX_Vmaxps_ymm_ymm_ymmm256, clamped, integral, s2);
        LoadWide(s2, unsigned ? 65535f : 32767f);
        EmitWide(Code.VEX_Vminps_ymm_ymm_ymmm256, clamped, clamped, s2);
        EmitWide(Code.VEX_Vcmpps_ymm_ymm_ymmm256_imm8, inRange, clamped, integral, EqualQuiet);
        asm.Emit(Code.VEX_Vblendvps_ymm_ymm_ymmm256_ymm, s1.Y(), integral.Y(), s1.Y(), inRange.Y());
        asm.Emit(Code.VEX_Vroundps_ymm_ymmm256_imm8, s1.Y(), s1.Y(), RoundImmediate(Rounding.TowardsZero, raiseInexact: true));
        asm.Emit(Code.VEX_Vcvttps2dq_ymm_ymmm256, s1.Y(), clamped.Y());
        PackWords(result, s1, unsigned);
        asm.Emit(Code.VEX_Vmovmskps_r32_ymm, Register.EAX, inRange.Y());
        EmitAlu(Alu.Cmp, 32, HostReg.Rax, 0xFF);
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.HalfToInteger;
        slow.A = a;
        slow.Result = result;
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    void EmitHalfToIntegerSlow(ref SlowPath path)
    {
        RaiseInvalid();
        MarkNaNs(HostRegs.ScratchX, path.A);
        Emit(Code.VEX_Vpandn_xmm_xmm_xmmm128, path.Result, HostRegs.ScratchX, path.Result);
    }

    // Narrowing alone rounds. No result is both subnormal and inexact.
    void HalfFromInteger(int i, ref IrOp op)
    {
        ClobberFlags();
        int fractionBits = (int)(op.Imm >> 8) & 0xFF;
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        asm.Emit((op.Imm & 8) != 0 ? Code.VEX_Vpmovzxwd_ymm_xmmm128 : Code.VEX_Vpmovsxwd_ymm_xmmm128, s1.Y(), a.X());
        asm.Emit(Code.VEX_Vcvtdq2ps_ymm_ymmm256, s1.Y(), s1.Y());
        if (fractionBits != 0)
        {
            LoadWide(s2, MathF.ScaleB(1, -fractionBits));
            EmitWide(Code.VEX_Vmulps_ymm_ymm_ymmm256, s1, s1, s2);
        }
        if (FlushesHalves(op)) FlushTiny(op, alloc.Temporary(vector: true));
        EmitNarrowed(result, s1);
    }
}
