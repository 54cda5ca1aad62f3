using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Floating point to integers, scalar: saturating, with exactly Arm's exceptions.</summary>
/// <remarks>
/// A number out of range raises Invalid and nothing else, one in range Inexact if it is not integral. So nothing may raise Inexact before the range is known: the number is rounded
/// quietly, and what rounding lost is raised at the end, by converting the number as it was (truncation stays in range where any rounding did). Where the host has no
/// conversion of the width, the range is compared first.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    const double Two31 = 2147483648.0, Two32 = 4294967296.0, Two63 = 9223372036854775808.0, Two64 = 18446744073709551616.0;

    void LowerFToInteger(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A);
        int size = (op.Aux & BlockAnalysis.WideOperand) != 0 ? 3 : 2;
        var rounding = (Rounding)(op.Aux & 7);
        TrapIfSubnormal(a, size, isScalar: true);
        HostReg scaled = op.Imm == 0 ? a : Scale(a, ref size, (int)op.Imm);
        HostReg number = rounding == Rounding.TowardsZero ? scaled : RoundQuietly(scaled, size, rounding);
        EmitToInteger(alloc.Define(i), number, scaled, size, (op.Aux & 8) != 0, WidthOf(op.Type));
    }

    /// <summary>a * 2^fractionBits, exactly, unless that is far out of every range. An F32 becomes an F64.</summary>
    HostReg Scale(HostReg a, ref int size, int fractionBits)
    {
        HostReg scaled = alloc.Temporary(vector: true);
        if (size == 2)
        {
            Emit(Code.VEX_Vcvtss2sd_xmm_xmm_xmmm32, scaled, a, a);
            a = scaled;
            size = 3;
        }
        else
        {
            // Large numbers would overflow; a NaN is the second operand and stays.
            LoadLane(HostRegs.ScratchX, ScalarOf(Two64, 3), 3);
            Emit(Code.VEX_Vminsd_xmm_xmm_xmmm64, scaled, HostRegs.ScratchX, a);
            LoadLane(HostRegs.ScratchX, ScalarOf(-Two64, 3), 3);
            Emit(Code.VEX_Vmaxsd_xmm_xmm_xmmm64, scaled, HostRegs.ScratchX, scaled);
        }
        Emit(Code.VEX_Vmulsd_xmm_xmm_xmmm64, scaled, scaled, ScalarOf(Math.ScaleB(1.0, fractionBits), 3));
        return scaled;
    }

    HostReg RoundQuietly(HostReg a, int size, Rounding rounding)
    {
        HostReg rounded = alloc.Temporary(vector: true);
        if (rounding == Rounding.NearestAway) EmitRoundAway(rounded, a, size, raiseInexact: false);
        else Emit(RoundScalar(size), rounded, a, a, RoundImmediate(rounding, raiseInexact: false));
        return rounded;
    }

    static Code Truncate(int size, int width) => (size, width) switch
    {
        (3, 64) => Code.VEX_Vcvttsd2si_r64_xmmm64,
        (3, _) => Code.VEX_Vcvttsd2si_r32_xmmm64,
        (_, 64) => Code.VEX_Vcvttss2si_r64_xmmm32,
        _ => Code.VEX_Vcvttss2si_r32_xmmm32,
    };

    void CompareWith(HostReg number, double constant, int size)
    {
        MarkFloatTrap();
        asm.Emit(CompareOrdered(size), number.X(), ScalarOf(constant, size));
    }

    static Code CompareOrdered(int size) => size == 3 ? Code.VEX_Vucomisd_xmm_xmmm64 : Code.VEX_Vucomiss_xmm_xmmm32;

    /// <summary>Truncates and saturates <paramref name="number"/>, which is <paramref name="exact"/> or that rounded; both registers must keep them until the end of the operation.</summary>
    void EmitToInteger(HostReg target, HostReg number, HostReg exact, int size, bool unsigned, int width)
    {
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.ToInteger;
        slow.Size = size;
        slow.Width = width;
        slow.Unsigned = unsigned;
        slow.A = number;
        slow.B = exact == number ? HostReg.None : exact;
        slow.Result = target;
        MarkFloatTrap();
        if (!unsigned)
        {
            // Out of range the host gives the most negative integer, the only one from which 1 cannot be subtracted.
            asm.Emit(Truncate(size, width), target.Wide(width), number.X());
            EmitAlu(Alu.Cmp, width, target, 1);
            asm.Jump(HostCondition.Overflow, ref slow.Entry);
        }
        else if (features.Avx512)
        {
            Code convert = (size, width) switch
            {
                (3, 64) => Code.EVEX_Vcvttsd2usi_r64_xmmm64_sae,
                (3, _) => Code.EVEX_Vcvttsd2usi_r32_xmmm64_sae,
                (_, 64) => Code.EVEX_Vcvttss2usi_r64_xmmm32_sae,
                _ => Code.EVEX_Vcvttss2usi_r32_xmmm32_sae,
            };
            asm.Emit(convert, target.Wide(width), number.X());
            EmitAlu(Alu.Cmp, width, target, -1);
            asm.Jump(HostCondition.Equal, ref slow.Entry);
        }
        else
        {
            // In range: above -1, and below what a signed conversion to 64 bits can hold.
            LoadLane(HostRegs.ScratchX, ScalarOf(width == 64 ? Two63 : Two32, size), size);
            Emit(CompareOrdered(size), HostRegs.ScratchX, number);
            asm.Jump(HostCondition.BelowOrEqual, ref slow.Entry);
            CompareWith(number, -1.0, size);
            asm.Jump(HostCondition.BelowOrEqual, ref slow.Entry);
            asm.Emit(Truncate(size, 64), target.R64(), number.X());
        }
        if (slow.B != HostReg.None) RaiseInexactOf(exact, size);
        asm.Bind(ref slow.Return);
    }

    /// <summary>Raises Inexact unless the number, which fits 64 bits, is integral.</summary>
    void RaiseInexactOf(HostReg number, int size) => Emit(RoundScalar(size), HostRegs.ScratchX, number, number, RoundImmediate(Rounding.TowardsZero, raiseInexact: true));

    void EmitToIntegerSlow(ref SlowPath path)
    {
        HostReg target = path.Result, number = path.A;
        int size = path.Size, width = path.Width;
        // NaN: 0. rax keeps the sign.
        asm.Emit(size == 3 ? Code.VEX_Vmovmskpd_r32_xmm : Code.VEX_Vmovmskps_r32_xmm, Register.EAX, number.X());
        bool compared = path.Unsigned && !features.Avx512;
        if (compared && width == 64) EmitUpperHalf(ref path);
        if (compared) asm.Emit(Truncate(3, 64), target.R64(), Pool(0x7FF8_0000_0000_0000));
        asm.Emit(Code.Mov_r32_imm32, target.R32(), 0);
        Emit(CompareOrdered(size), number, number);
        asm.Jump(HostCondition.Parity, ref path.Return);
        asm.Emit(Code.Test_AL_imm8, Register.AL, 1);
        if (path.Unsigned)
        {
            asm.Jump(HostCondition.NotEqual, ref path.Return);
            alloc.LoadConstant(target, width == 64 ? IrType.I64 : IrType.I32, -1);
            if (compared || path.B == HostReg.None || width == 64) return;
            // The greatest integer may be right.
            CompareWith(number, Two32, size);
            asm.Jump(HostCondition.AboveOrEqual, ref path.Return);
            RaiseInexactOf(path.B, size);
            return;
        }
        Label positive = default;
        asm.Jump(HostCondition.Equal, ref positive);
        alloc.LoadConstant(target, IrType.I64, width == 64 ? long.MinValue : 0x8000_0000);
        if (path.B != HostReg.None)
        {
            CompareWith(number, width == 64 ? -Two63 : -Two31, size);
            asm.Jump(HostCondition.NotEqual, ref path.Return);
            RaiseInexactOf(path.B, size);
        }
        asm.Jump(ref path.Return);
        asm.Bind(ref positive);
        alloc.LoadConstant(target, IrType.I64, width == 64 ? long.MaxValue : int.MaxValue);
    }

    // From 2^63 up to 2^64, all of them integral: what is above 2^63 is converted.
    void EmitUpperHalf(ref SlowPath path)
    {
        bool wide = path.Size == 3;
        Label outOfRange = default;
        HostReg rest = HostRegs.ScratchX;
        LoadLane(rest, ScalarOf(Two64, path.Size), path.Size);
        Emit(CompareOrdered(path.Size), rest, path.A);
        asm.Jump(HostCondition.BelowOrEqual, ref outOfRange);
        asm.Emit(Code.Test_AL_imm8, Register.AL, 1);
        asm.Jump(HostCondition.NotEqual, ref outOfRange);
        Emit(wide ? Code.VEX_Vsubsd_xmm_xmm_xmmm64 : Code.VEX_Vsubss_xmm_xmm_xmmm32, rest, path.A, ScalarOf(Two63, path.Size));
        asm.Emit(Truncate(path.Size, 64), path.Result.R64(), rest.X());
        asm.Emit(Code.Btc_rm64_imm8, path.Result.R64(), 63);
        asm.Jump(ref path.Return);
        asm.Bind(ref outOfRange);
    }
}
