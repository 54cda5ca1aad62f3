using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Conversions between floating point and integers, scalar and element-wise.</summary>
/// <remarks>The host gives one "indefinite" value for everything out of range: the hot path recognises it, the cold path finds out what the guest wants.</remarks>
public sealed unsafe partial class BlockEmitter
{
    void LowerFToInteger(int i, ref IrOp op)
    {
        bool wide = block[op.A].Type == IrType.F64;
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        HostReg operand = PrepareToInteger(a, wide, vector: false, (Rounding)(op.Aux & 7), (int)op.Imm);
        EmitToInteger(target, operand, wide, op.Type == IrType.I64, unsigned: (op.Aux & 8) != 0);
    }

    /// <summary>The operand scaled by 2^fractionBits and rounded as wanted, ready for a truncating conversion.</summary>
    HostReg PrepareToInteger(HostReg a, bool wide, bool vector, Rounding rounding, int fractionBits)
    {
        if (fractionBits != 0)
        {
            HostReg scaled = alloc.Temporary(vector: true);
            V3(ScalarOrVector(wide, vector, Code.VEX_Vmulss_xmm_xmm_xmmm32, Code.VEX_Vmulsd_xmm_xmm_xmmm64, Code.VEX_Vmulps_xmm_xmm_xmmm128, Code.VEX_Vmulpd_xmm_xmm_xmmm128), scaled, a, PowerOfTwo(fractionBits, wide));
            a = scaled;
        }
        if (rounding == Rounding.TowardsZero) return a;
        HostReg rounded = alloc.Temporary(vector: true);
        EmitRound(rounded, a, wide, vector, rounding, raiseInexact: true);
        return rounded;
    }

    MemoryOperand PowerOfTwo(int exponent, bool wide) =>
        Pool(wide ? BitConverter.DoubleToUInt64Bits(Math.ScaleB(1.0, exponent)) : BitConverter.SingleToUInt32Bits(MathF.ScaleB(1f, exponent)) * 0x0000_0001_0000_0001UL);

    /// <summary>Truncates to a saturated integer; NaN gives 0.</summary>
    void EmitToInteger(HostReg target, HostReg a, bool wide, bool to64, bool unsigned)
    {
        Code code = (wide, to64 || unsigned) switch
        {
            (true, true) => Code.VEX_Vcvttsd2si_r64_xmmm64,
            (true, false) => Code.VEX_Vcvttsd2si_r32_xmmm64,
            (false, true) => Code.VEX_Vcvttss2si_r64_xmmm32,
            (false, false) => Code.VEX_Vcvttss2si_r32_xmmm32,
        };
        int width = to64 ? 64 : 32;
        ClobberFlags();
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = unsigned ? SlowPathKind.ToUnsigned : SlowPathKind.ToSigned;
        slow.A = a;
        slow.Target = target;
        slow.Width = width;
        slow.Size = (byte)(wide ? 3 : 2);
        if (!unsigned)
        {
            // Only the most negative integer overflows when 1 is subtracted.
            asm.Emit(code, target.Wide(width), a.X());
            EmitAlu(Alu.Cmp, width, target, 1);
            asm.Jump(HostCondition.Overflow, ref slow.Entry);
        }
        else if (to64)
        {
            asm.Emit(code, target.R64(), a.X());
            asm.Emit(Code.Test_rm64_r64, target.R64(), target.R64());
            asm.Jump(HostCondition.Sign, ref slow.Entry);
        }
        else
        {
            asm.Emit(code, Register.RAX, a.X());
            asm.Emit(Code.Mov_r32_rm32, target.R32(), Register.EAX);
            asm.Emit(Code.Shr_rm64_imm8, Register.RAX, 32);
            asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        }
        asm.Bind(ref slow.Return);
    }

    void EmitToSignedSlow(ref SlowPath path)
    {
        Label nan = default;
        CompareWithZero(ref path);
        asm.Jump(HostCondition.Parity, ref nan);
        asm.Jump(HostCondition.Below, ref path.Return);
        // The most negative integer, less one, is the greatest.
        asm.Emit(path.Width == 32 ? Code.Dec_rm32 : Code.Dec_rm64, path.Target.Wide(path.Width));
        asm.Jump(ref path.Return);
        asm.Bind(ref nan);
        asm.Emit(Code.Xor_r32_rm32, path.Target.R32(), path.Target.R32());
    }

    void EmitToUnsignedSlow(ref SlowPath path)
    {
        Label zero = default, maximum = default;
        bool wide = path.Size == 3;
        CompareWithZero(ref path);
        // Unordered sets the carry as well.
        asm.Jump(HostCondition.Below, ref zero);
        if (path.Width == 64)
        {
            // From 2^63 on: without it the rest fits, or it is too large.
            V3(wide ? Code.VEX_Vsubsd_xmm_xmm_xmmm64 : Code.VEX_Vsubss_xmm_xmm_xmmm32, Sx, path.A, PowerOfTwo(63, wide));
            asm.Emit(wide ? Code.VEX_Vcvttsd2si_r64_xmmm64 : Code.VEX_Vcvttss2si_r64_xmmm32, path.Target.R64(), Sx.X());
            asm.Emit(Code.Test_rm64_r64, path.Target.R64(), path.Target.R64());
            asm.Jump(HostCondition.Sign, ref maximum);
            asm.Emit(Code.Btc_rm64_imm8, path.Target.R64(), 63);
            asm.Jump(ref path.Return);
            asm.Bind(ref maximum);
        }
        asm.Emit(path.Width == 32 ? Code.Or_rm32_imm8 : Code.Or_rm64_imm8, path.Target.Wide(path.Width), -1);
        asm.Jump(ref path.Return);
        asm.Bind(ref zero);
        asm.Emit(Code.Xor_r32_rm32, path.Target.R32(), path.Target.R32());
    }

    void CompareWithZero(ref SlowPath path)
    {
        VZero(Sx2);
        V2(path.Size == 3 ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32, path.A, Sx2);
    }

    void LowerIntegerToF(int i, ref IrOp op)
    {
        bool wide = op.Type == IrType.F64, from64 = (op.Aux & BlockAnalysis.WideOperand) != 0;
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        EmitFromInteger(target, a, wide, from64, unsigned: (op.Aux & 8) != 0);
        if (op.Imm != 0) V3(wide ? Code.VEX_Vmulsd_xmm_xmm_xmmm64 : Code.VEX_Vmulss_xmm_xmm_xmmm32, target, target, PowerOfTwo(-(int)op.Imm, wide));
    }

    void EmitFromInteger(HostReg target, HostReg a, bool wide, bool from64, bool unsigned)
    {
        // The host merges into its second operand: a zeroed one breaks the dependency.
        VZero(Sx);
        if (!from64 && unsigned)
        {
            asm.Emit(Code.Mov_r32_rm32, Register.EAX, a.R32());
            (a, from64, unsigned) = (HostReg.Rax, true, false);
        }
        if (!unsigned)
        {
            asm.Emit((wide, from64) switch
            {
                (true, true) => Code.VEX_Vcvtsi2sd_xmm_xmm_rm64,
                (true, false) => Code.VEX_Vcvtsi2sd_xmm_xmm_rm32,
                (false, true) => Code.VEX_Vcvtsi2ss_xmm_xmm_rm64,
                (false, false) => Code.VEX_Vcvtsi2ss_xmm_xmm_rm32,
            }, target.X(), Sx.X(), a.Wide(from64 ? 64 : 32));
            return;
        }
        if (features.Avx512)
        {
            asm.Emit(wide ? Code.EVEX_Vcvtusi2sd_xmm_xmm_rm64_er : Code.EVEX_Vcvtusi2ss_xmm_xmm_rm64_er, target.X(), Sx.X(), a.R64());
            return;
        }
        ClobberFlags();
        asm.Emit(Code.Test_rm64_r64, a.R64(), a.R64());
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.FromUnsigned;
        slow.A = a;
        slow.Target = target;
        slow.Size = (byte)(wide ? 3 : 2);
        asm.Jump(HostCondition.Sign, ref slow.Entry);
        asm.Emit(wide ? Code.VEX_Vcvtsi2sd_xmm_xmm_rm64 : Code.VEX_Vcvtsi2ss_xmm_xmm_rm64, target.X(), Sx.X(), a.R64());
        asm.Bind(ref slow.Return);
    }

    // Halved with the lost bit kept sticky, so that rounding is not disturbed; then doubled.
    void EmitFromUnsignedSlow(ref SlowPath path)
    {
        bool wide = path.Size == 3;
        Label even = default;
        asm.Emit(Code.Mov_r64_rm64, Register.RAX, path.A.R64());
        asm.Emit(Code.Shr_rm64_1, Register.RAX, 1);
        asm.Jump(HostCondition.AboveOrEqual, ref even);
        asm.Emit(Code.Or_rm64_imm8, Register.RAX, 1);
        asm.Bind(ref even);
        asm.Emit(wide ? Code.VEX_Vcvtsi2sd_xmm_xmm_rm64 : Code.VEX_Vcvtsi2ss_xmm_xmm_rm64, path.Target.X(), Sx.X(), Register.RAX);
        V3(wide ? Code.VEX_Vaddsd_xmm_xmm_xmmm64 : Code.VEX_Vaddss_xmm_xmm_xmmm32, path.Target, path.Target, path.Target);
    }

    void LowerVFToInteger(int i, ref IrOp op)
    {
        bool wide = (op.Aux & 3) == 3, unsigned = (op.Imm & 8) != 0;
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        HostReg x = PrepareToInteger(a, wide, vector: true, (Rounding)(op.Imm & 7), (int)(op.Imm >> 8));
        if (!features.Avx512 && (wide || unsigned))
        {
            ToIntegerByLane(target, x, wide, unsigned);
            return;
        }
        Code compare = wide ? Code.VEX_Vcmppd_xmm_xmm_xmmm128_imm8 : Code.VEX_Vcmpps_xmm_xmm_xmmm128_imm8;
        if (unsigned)
        {
            // MAX gives its second operand for NaNs: zero, as for negative numbers; too large is already all ones.
            VZero(Sx);
            V3(wide ? Code.VEX_Vmaxpd_xmm_xmm_xmmm128 : Code.VEX_Vmaxps_xmm_xmm_xmmm128, Sx, x, Sx);
            V2(wide ? Code.EVEX_Vcvttpd2uqq_xmm_k1z_xmmm128b64 : Code.EVEX_Vcvttps2udq_xmm_k1z_xmmm128b32, target, Sx);
            return;
        }
        // Where too large, the indefinite value is inverted into the greatest; where NaN, cleared.
        asm.Emit(compare, Sx.X(), x.X(), PowerOfTwo(wide ? 63 : 31, wide), 0x1D);
        V3(compare, Sx2, x, x, 7);
        V2(wide ? Code.EVEX_Vcvttpd2qq_xmm_k1z_xmmm128b64 : Code.VEX_Vcvttps2dq_xmm_xmmm128, target, x);
        V3(Code.VEX_Vpxor_xmm_xmm_xmmm128, target, target, Sx);
        V3(Code.VEX_Vpand_xmm_xmm_xmmm128, target, target, Sx2);
    }

    void ToIntegerByLane(HostReg target, HostReg x, bool wide, bool unsigned)
    {
        HostReg integer = alloc.Temporary(), lane = alloc.Temporary(vector: true);
        VZero(target);
        for (int k = 0; k < (wide ? 2 : 4); k++)
        {
            V2(Code.VEX_Vpshufd_xmm_xmmm128_imm8, lane, x, wide ? (k == 0 ? 0x44 : 0xEE) : k * 0x55);
            EmitToInteger(integer, lane, wide, wide, unsigned);
            asm.Emit(wide ? Code.VEX_Vpinsrq_xmm_xmm_rm64_imm8 : Code.VEX_Vpinsrd_xmm_xmm_rm32_imm8, target.X(), target.X(), integer.Wide(wide ? 64 : 32), k);
        }
    }

    void LowerVIntegerToF(int i, ref IrOp op)
    {
        bool wide = (op.Aux & 3) == 3, unsigned = (op.Imm & 8) != 0;
        int fractionBits = (int)(op.Imm >> 8);
        HostReg a = alloc.Use(op.A);
        HostReg target = alloc.Define(i);
        if (!wide && !unsigned) V2(Code.VEX_Vcvtdq2ps_xmm_xmmm128, target, a);
        else if (features.Avx512) V2(wide ? (unsigned ? Code.EVEX_Vcvtuqq2pd_xmm_k1z_xmmm128b64 : Code.EVEX_Vcvtqq2pd_xmm_k1z_xmmm128b64) : Code.EVEX_Vcvtudq2ps_xmm_k1z_xmmm128b32, target, a);
        else FromIntegerByLane(target, a, wide, unsigned);
        if (fractionBits != 0) V3(wide ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, target, target, PowerOfTwo(-fractionBits, wide));
    }

    void FromIntegerByLane(HostReg target, HostReg a, bool wide, bool unsigned)
    {
        HostReg integer = alloc.Temporary(), lane = alloc.Temporary(vector: true);
        VZero(target);
        for (int k = 0; k < (wide ? 2 : 4); k++)
        {
            EmitExtract(integer, a, wide ? 3 : 2, k);
            EmitFromInteger(lane, integer, wide, wide, unsigned);
            if (wide) V3(Code.VEX_Vshufpd_xmm_xmm_xmmm128_imm8, target, k == 0 ? lane : target, k == 0 ? target : lane, 0);
            else V3(Code.VEX_Vinsertps_xmm_xmm_xmmm32_imm8, target, target, lane, k << 4);
        }
    }
}
