using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Cold code of operations on halves: NaNs as Arm makes them, underflow, flushing.</summary>
/// <remarks>
/// There are no comparisons of halves, but integer ones do: a number's magnitude as an integer tells what it is, and with the bits below the sign inverted where it is
/// set, integers are in the order of the numbers. So nothing here raises an exception that it should not.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>What a routine does that the slow paths of a block share.</summary>
    enum HalfRoutine { Binary, Sqrt, MulAdd, Max, Min, MaxNumber, MinNumber, Count }

    // By routine and whether NaNs become the default NaN.
    readonly Label[] halfRoutines = new Label[(int)HalfRoutine.Count * 2];

    static HalfRoutine HalfRoutineOf(Opcode opcode) => opcode switch
    {
        Opcode.VFMulAdd => HalfRoutine.MulAdd,
        Opcode.VFSqrt => HalfRoutine.Sqrt,
        Opcode.VFMax => HalfRoutine.Max,
        Opcode.VFMin => HalfRoutine.Min,
        Opcode.VFMaxNumber => HalfRoutine.MaxNumber,
        Opcode.VFMinNumber => HalfRoutine.MinNumber,
        _ => HalfRoutine.Binary,
    };

    /// <summary>MXCSR while cold code changes it: below the stack pointer, where signal handlers do not write.</summary>
    static MemoryOperand HalfMxcsr => new(Register.RSP, -8);

    const ulong DefaultHalves = 0x7E00_7E00_7E00_7E00, QuietHalfBits = 0x0200_0200_0200_0200, HalfSigns = 0x8000_8000_8000_8000;

    /// <summary>Elements that are NaNs become the default NaN. Changes the mask register.</summary>
    void TakeDefaultHalf(HostReg result, HostReg mask)
    {
        MarkNaNs(mask, result);
        BlendHalf(result, Pool(DefaultHalves), mask);
    }

    void MarkNaNs(HostReg mask, HostReg halves)
    {
        asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, mask.X(), halves.X(), Pool(HalfMagnitudes));
        asm.Emit(Code.VEX_Vpcmpgtw_xmm_xmm_xmmm128, mask.X(), mask.X(), Pool(HalfInfinities));
    }

    void BlendHalf(HostReg target, in MemoryOperand other, HostReg mask) =>
        asm.Emit(Code.VEX_Vpblendvb_xmm_xmm_xmmm128_xmm, target.X(), target.X(), other, mask.X());

    void BlendHalf(HostReg target, HostReg other, HostReg mask) => asm.Emit(Code.VEX_Vpblendvb_xmm_xmm_xmmm128_xmm, target.X(), target.X(), other.X(), mask.X());

    // The singles are still in the first scratch register.
    void EmitHalfSlow(ref SlowPath path)
    {
        if (path.MayUnderflow) RaiseUnderflow();
        HalfRoutine routine = path.HalfRoutine;
        if (path.ToDefault && routine is HalfRoutine.Binary or HalfRoutine.Sqrt)
        {
            TakeDefaultHalf(path.Result, HostRegs.ScratchX);
            return;
        }
        PassHalves(0, path.A, (path.Negate & 1) != 0);
        PassHalves(1, path.B, false);
        PassHalves(2, path.C, false);
        if (routine < HalfRoutine.Max) alloc.Move(HostRegs.ScratchX, path.Result, IrType.V128);
        asm.Call(ref halfRoutines[((int)routine * 2) + (path.ToDefault ? 1 : 0)]);
        alloc.Move(path.Result, HostRegs.ScratchX, IrType.V128);
    }

    void PassHalves(int number, HostReg operand, bool negate)
    {
        if (operand == HostReg.None) return;
        if (negate)
        {
            asm.Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, HostRegs.ScratchX.X(), operand.X(), Pool(HalfSigns));
            operand = HostRegs.ScratchX;
        }
        alloc.StoreTo(PassedHalves(number), operand, IrType.V128);
    }

    static MemoryOperand PassedHalves(int number) => Field(ThreadFields.Scratch + (16 * number));

    /// <summary>Underflow where a single between the greatest subnormal and the least normal half is among those of the first scratch register: such a number is never exact.</summary>
    void RaiseUnderflow()
    {
        const uint greatestSubnormal = 0x387F_C000;
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Label none = default;
        asm.Emit(Code.VEX_Vpslld_ymm_ymm_imm8, s1.Y(), s1.Y(), 1);
        asm.Emit(Code.VEX_Vpsrld_ymm_ymm_imm8, s1.Y(), s1.Y(), 1);
        LoadWide(s2, greatestSubnormal + 1);
        EmitWide(Code.VEX_Vpsubd_ymm_ymm_ymmm256, s1, s1, s2);
        LoadWide(s2, LeastNormalHalf - greatestSubnormal - 2);
        EmitWide(Code.VEX_Vpminud_ymm_ymm_ymmm256, s2, s2, s1);
        EmitWide(Code.VEX_Vpcmpeqd_ymm_ymm_ymmm256, s2, s2, s1);
        asm.Emit(Code.VEX_Vtestps_ymm_ymmm256, s2.Y(), s2.Y());
        asm.Jump(HostCondition.Equal, ref none);
        LoadWide(s2, 1e-8f);
        EmitNarrowed(s1, s2);
        asm.Bind(ref none);
    }

    void RaiseInvalid() => asm.Emit(Code.VEX_Vcvttss2si_r32_xmmm32, Register.EAX, Pool(0x7F80_0000));

    // Zeroes keep their signs; Arm raises Underflow, but not Inexact.
    void EmitFlushHalfSlow(ref SlowPath path)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2, mask = path.Mask, spare = path.C;
        asm.Emit(Code.VEX_Vpsrad_ymm_ymm_imm8, mask.Y(), mask.Y(), 31);
        if (path.IsDivision)
        {
            // A quotient may have been inexact in single precision already. Once more, with quiet NaNs as the divisors of what is flushed.
            asm.Emit(Code.VEX_Vldmxcsr_m32, HalfMxcsr);
            asm.Emit(Code.VEX_Vmovaps_ymm_ymmm256, spare.Y(), s1.Y());
            EmitWidened(s1, path.A);
            EmitWidened(s2, path.B);
            EmitWide(Code.VEX_Vorps_ymm_ymm_ymmm256, s2, s2, mask);
            EmitWide(Code.VEX_Vandnps_ymm_ymm_ymmm256, s1, mask, s1);
            EmitWide(Code.VEX_Vdivps_ymm_ymm_ymmm256, s1, s1, s2);
            asm.Emit(Code.VEX_Vblendvps_ymm_ymm_ymmm256_ymm, s1.Y(), s1.Y(), spare.Y(), mask.Y());
        }
        asm.Emit(Code.VEX_Vpsrld_ymm_ymm_imm8, s2.Y(), mask.Y(), 1);
        EmitWide(Code.VEX_Vandnps_ymm_ymm_ymmm256, s1, s2, s1);
        asm.Emit(Code.Or_rm32_imm8, Field(ThreadFields.FloatStatus), Execution.FloatTraps.Underflow);
    }

    // ---- Routines: operands in the thread's scratch space, negated as they are to be used; the result in the first scratch register, before and after ----

    const HostReg HalvesMask = HostReg.Xmm15, HalvesOperand = HostReg.Xmm13, HalvesSpare = HostReg.Xmm12, HalvesSpare2 = HostReg.Xmm11;

    static MemoryOperand KeptHalves(HostReg reg) => new(Register.RSP, -16 * (1 + (HalvesOperand - reg)));

    void EmitHalfRoutines()
    {
        for (int k = 0; k < halfRoutines.Length; k++)
        {
            if (halfRoutines[k].Pending == 0) continue;
            asm.Bind(ref halfRoutines[k]);
            EmitHalfRoutine((HalfRoutine)(k >> 1), toDefault: (k & 1) != 0);
            asm.Emit(Code.Retnq);
        }
    }

    void EmitHalfRoutine(HalfRoutine routine, bool toDefault)
    {
        HostReg result = HostRegs.ScratchX;
        for (HostReg reg = HalvesSpare2; reg <= HalvesOperand; reg++) alloc.StoreTo(KeptHalves(reg), reg, IrType.V128);
        if (routine >= HalfRoutine.Max) ExtremeHalves(routine is HalfRoutine.Max or HalfRoutine.MaxNumber);
        else TakeDefaultHalf(result, HalvesMask);
        switch (routine)
        {
            case HalfRoutine.Sqrt:
                TakeHalfNaN(0);
                break;
            case HalfRoutine.MulAdd:
                TakeHalfNaN(1);
                TakeHalfNaN(0);
                TakeHalfNaN(2);
                TakeInvalidHalfProduct();
                TakeSignallingHalf(1);
                TakeSignallingHalf(0);
                TakeSignallingHalf(2);
                break;
            case HalfRoutine.MaxNumber or HalfRoutine.MinNumber:
                TakeHalfNumber();
                TakeSignallingHalf(1);
                TakeSignallingHalf(0);
                break;
            default:
                TakeHalfNaN(1);
                TakeHalfNaN(0);
                TakeSignallingHalf(1);
                TakeSignallingHalf(0);
                break;
        }
        if (toDefault)
        {
            TakeDefaultHalf(result, HalvesMask);
        }
        else
        {
            MarkNaNs(HalvesMask, result);
            asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, HalvesMask.X(), HalvesMask.X(), Pool(QuietHalfBits));
            Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, HalvesMask);
        }
        for (HostReg reg = HalvesSpare2; reg <= HalvesOperand; reg++) alloc.LoadFrom(reg, KeptHalves(reg), IrType.V128);
    }

    void LoadHalves(int number) => alloc.LoadFrom(HalvesOperand, PassedHalves(number), IrType.V128);

    void TakeHalfNaN(int number)
    {
        LoadHalves(number);
        MarkNaNs(HalvesMask, HalvesOperand);
        BlendHalf(HostRegs.ScratchX, HalvesOperand, HalvesMask);
    }

    void TakeSignallingHalf(int number)
    {
        LoadHalves(number);
        MarkNaNs(HalvesMask, HalvesOperand);
        // The quiet bit everywhere.
        Emit(Code.VEX_Vpsllw_xmm_xmm_imm8, HalvesSpare, HalvesOperand, 6);
        Emit(Code.VEX_Vpsraw_xmm_xmm_imm8, HalvesSpare, HalvesSpare, 15);
        Emit(Code.VEX_Vpandn_xmm_xmm_xmmm128, HalvesMask, HalvesSpare, HalvesMask);
        BlendHalf(HostRegs.ScratchX, HalvesOperand, HalvesMask);
    }

    /// <summary>Beside a NaN, the other operand; of two NaNs the first.</summary>
    void TakeHalfNumber()
    {
        LoadHalves(1);
        MarkNaNs(HalvesSpare, HalvesOperand);
        LoadHalves(0);
        BlendHalf(HostRegs.ScratchX, HalvesOperand, HalvesSpare);
        MarkNaNs(HalvesMask, HalvesOperand);
        Emit(Code.VEX_Vpandn_xmm_xmm_xmmm128, HalvesMask, HalvesSpare, HalvesMask);
        LoadHalves(1);
        BlendHalf(HostRegs.ScratchX, HalvesOperand, HalvesMask);
    }

    /// <summary>Infinity times zero is invalid, whatever the addend, and gives the default NaN unless that is a signalling NaN.</summary>
    void TakeInvalidHalfProduct()
    {
        Label none = default;
        LoadHalves(1);
        asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, HalvesSpare.X(), HalvesOperand.X(), Pool(HalfMagnitudes));
        LoadHalves(0);
        asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, HalvesOperand.X(), HalvesOperand.X(), Pool(HalfMagnitudes));
        asm.Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, HalvesMask.X(), HalvesOperand.X(), Pool(HalfInfinities));
        EmitZero(HalvesSpare2);
        Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, HalvesOperand, HalvesOperand, HalvesSpare2);
        Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, HalvesSpare2, HalvesSpare2, HalvesSpare);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, HalvesMask, HalvesMask, HalvesSpare2);
        asm.Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, HalvesSpare.X(), HalvesSpare.X(), Pool(HalfInfinities));
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, HalvesSpare, HalvesSpare, HalvesOperand);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, HalvesMask, HalvesMask, HalvesSpare);
        Emit(Code.VEX_Vptest_xmm_xmmm128, HalvesMask, HalvesMask);
        asm.Jump(HostCondition.Equal, ref none);
        RaiseInvalid();
        BlendHalf(HostRegs.ScratchX, Pool(DefaultHalves), HalvesMask);
        asm.Bind(ref none);
    }

    void ExtremeHalves(bool maximum)
    {
        HostReg result = HostRegs.ScratchX;
        LoadHalves(0);
        OrderHalves(HalvesOperand);
        alloc.LoadFrom(result, PassedHalves(1), IrType.V128);
        OrderHalves(result);
        Emit(maximum ? Code.VEX_Vpmaxsw_xmm_xmm_xmmm128 : Code.VEX_Vpminsw_xmm_xmm_xmmm128, result, result, HalvesOperand);
        OrderHalves(result);
    }

    /// <summary>Between halves and integers in the same order (either way).</summary>
    void OrderHalves(HostReg halves)
    {
        Emit(Code.VEX_Vpsraw_xmm_xmm_imm8, HalvesMask, halves, 15);
        Emit(Code.VEX_Vpsrlw_xmm_xmm_imm8, HalvesMask, HalvesMask, 1);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, halves, halves, HalvesMask);
    }
}
