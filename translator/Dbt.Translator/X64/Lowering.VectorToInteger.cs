using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Floating point to integers, lane by lane; exceptions as in <see cref="LowerFToInteger"/>.</summary>
public sealed unsafe partial class BlockEmitter
{
    const int NotGreaterOrEqualQuiet = 25, NotGreaterQuiet = 26, GreaterQuiet = 30;

    void LowerVFToInteger(int i, ref IrOp op, int size)
    {
        bool unsigned = (op.Imm & 8) != 0;
        var rounding = (Rounding)(op.Imm & 7);
        int fractionBits = (int)(op.Imm >> 8) & 0xFF;
        HostReg a = alloc.Use(op.A);
        TrapIfSubnormal(a, size, isScalar: false);
        HostReg scaled = fractionBits == 0 ? a : ScaleLanes(a, size, fractionBits), number = scaled;
        // Lanes out of a signed range are integral and lose nothing; of unsigned ones, negative numbers may have a fraction.
        if (rounding != Rounding.TowardsZero) number = RoundLanes(scaled, size, rounding, raiseInexact: !unsigned && (size == 2 || features.Avx512));
        if (size == 3 && !features.Avx512) LanesToInteger(i, number, scaled, unsigned);
        else if (unsigned) ToUnsignedLanes(alloc.Define(i), number, scaled, size);
        else ToSignedLanes(alloc.Define(i), number, size);
    }

    /// <summary>a * 2^fractionBits, exactly, unless that is far out of every range.</summary>
    HostReg ScaleLanes(HostReg a, int size, int fractionBits)
    {
        bool wide = size == 3;
        HostReg scaled = alloc.Temporary(vector: true), s1 = HostRegs.ScratchX;
        // Large numbers would overflow; a NaN is the second operand and stays.
        LoadLanes(s1, VectorOf(Two64, size));
        Emit(wide ? Code.VEX_Vminpd_xmm_xmm_xmmm128 : Code.VEX_Vminps_xmm_xmm_xmmm128, scaled, s1, a);
        LoadLanes(s1, VectorOf(-Two64, size));
        Emit(wide ? Code.VEX_Vmaxpd_xmm_xmm_xmmm128 : Code.VEX_Vmaxps_xmm_xmm_xmmm128, scaled, s1, scaled);
        Emit(wide ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, scaled, scaled, VectorOf(Math.ScaleB(1.0, fractionBits), size));
        return scaled;
    }

    void LoadLanes(HostReg target, in MemoryOperand memory) => asm.Emit(Code.VEX_Vmovaps_xmm_xmmm128, target.X(), memory);

    HostReg RoundLanes(HostReg a, int size, Rounding rounding, bool raiseInexact)
    {
        HostReg rounded = alloc.Temporary(vector: true);
        if (rounding == Rounding.NearestAway) EmitRoundAwayLanes(rounded, a, size, raiseInexact);
        else Emit(RoundLanes(size), rounded, a, RoundImmediate(rounding, raiseInexact));
        return rounded;
    }

    // Out of range the host gives the most negative integer: complemented for large numbers, cleared for NaNs.
    void ToSignedLanes(HostReg result, HostReg number, int size)
    {
        HostReg s1 = HostRegs.ScratchX;
        Emit(size == 3 ? Code.EVEX_Vcvttpd2qq_xmm_k1z_xmmm128b64 : Code.VEX_Vcvttps2dq_xmm_xmmm128, result, number);
        asm.Emit(CompareLanes(size), s1.X(), number.X(), VectorOf(size == 3 ? Two63 : Two31, size), GreaterOrEqualQuiet);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, result, result, s1);
        Emit(CompareLanes(size), s1, number, number, Ordered);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, result, result, s1);
    }

    // Negative numbers and NaNs give zeroes; AVX-512 raises Invalid for them, and saturates at the upper end.
    void ToUnsignedLanes(HostReg result, HostReg number, HostReg exact, int size)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        EmitZero(s2);
        Emit(CompareLanes(size), s1, number, s2, NotGreaterOrEqualQuiet);
        if (exact != number)
        {
            Emit(Code.VEX_Vandnps_xmm_xmm_xmmm128, s2, s1, exact);
            Emit(RoundLanes(size), s2, s2, RoundImmediate(Rounding.TowardsZero, raiseInexact: true));
        }
        if (features.Avx512)
        {
            Emit(size == 3 ? Code.EVEX_Vcvttpd2uqq_xmm_k1z_xmmm128b64 : Code.EVEX_Vcvttps2udq_xmm_k1z_xmmm128b32, result, number);
            Emit(Code.VEX_Vpandn_xmm_xmm_xmmm128, result, s1, result);
            return;
        }
        // What is not above -1 raises Invalid, as all ones, a NaN, do; what is between -1 and 0 raises Inexact, as it does as a signed number.
        MemoryOperand minusOne = VectorOf(-1.0, 2);
        asm.Emit(CompareLanes(2), s2.X(), number.X(), minusOne, NotGreaterQuiet);
        Emit(Code.VEX_Vcvttps2dq_xmm_xmmm128, s2, s2);
        asm.Emit(CompareLanes(2), s2.X(), number.X(), minusOne, GreaterQuiet);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s2, s2, number);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, s2, s2, s1);
        Emit(Code.VEX_Vcvttps2dq_xmm_xmmm128, s2, s2);
        // From 2^31 on, what is above it is converted; from 2^32 on, everything is ones.
        MemoryOperand two31 = VectorOf(Two31, 2);
        Emit(Code.VEX_Vandnps_xmm_xmm_xmmm128, s1, s1, number);
        Emit(Code.VEX_Vminps_xmm_xmm_xmmm128, s1, s1, VectorOf(Two32, 2));
        asm.Emit(CompareLanes(2), s2.X(), s1.X(), two31, GreaterOrEqualQuiet);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, result, s2, two31);
        Emit(Code.VEX_Vsubps_xmm_xmm_xmmm128, s1, s1, result);
        Emit(Code.VEX_Vcvttps2dq_xmm_xmmm128, result, s1);
        Emit(Code.VEX_Vpslld_xmm_xmm_imm8, s2, s2, 31);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, result, result, s2);
        asm.Emit(CompareLanes(2), s1.X(), s1.X(), two31, GreaterOrEqualQuiet);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, s1);
    }

    // 64-bit elements without AVX-512: one by one.
    void LanesToInteger(int i, HostReg number, HostReg exact, bool unsigned)
    {
        ClobberFlags();
        HostReg high = alloc.Temporary(vector: true), lowInteger = alloc.Temporary(), highInteger = alloc.Temporary();
        Emit(Code.VEX_Vunpckhpd_xmm_xmm_xmmm128, high, number, number);
        HostReg highExact = high;
        if (exact != number)
        {
            highExact = alloc.Temporary(vector: true);
            Emit(Code.VEX_Vunpckhpd_xmm_xmm_xmmm128, highExact, exact, exact);
        }
        EmitToInteger(lowInteger, number, exact, 3, unsigned, 64);
        EmitToInteger(highInteger, high, highExact, 3, unsigned, 64);
        HostReg result = alloc.Define(i);
        asm.Emit(Code.VEX_Vmovq_xmm_rm64, result.X(), lowInteger.R64());
        asm.Emit(Code.VEX_Vpinsrq_xmm_xmm_rm64_imm8, result.X(), result.X(), highInteger.R64(), 1);
    }
}
