using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Arithmetic on vectors of halves: eight singles in a 256-bit register, rounded to halves at the end.</summary>
/// <remarks>
/// <para>Rounding twice does no harm. Single precision has 24 bits, which is 2 * 11 + 2: a sum, product, quotient or root of halves that single precision has to round is
/// never so close to a half, or to the middle between two, that the first rounding reaches it (Figueroa 1995), and rounding twice in the same direction is rounding once.
/// This holds for subnormal halves, too: sums and products below 2^-14 are exact in single precision, and a quotient A/B * 2^s of significands below 2^11 that differs
/// from k * 2^-25 does so by more than 2^-23 of itself. A fused multiplication and addition goes by way of doubles: see <see cref="HalfMulAdd"/>.</para>
/// <para>Exceptions: every half, subnormal ones as well, is a normal single, so widening raises Invalid alone, for signalling NaNs. What is inexact in single precision is so
/// in half precision. Underflow comes from narrowing, but the host looks for tiny results after rounding, Arm before: a result of exactly 2^-14 is looked at again in cold code.</para>
/// <para>F16C heeds neither MXCSR.DAZ nor FTZ, so FPCR.FZ16 has code of its own.</para>
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>Whether an operation computes with halves, or rounds to them.</summary>
    internal static bool IsHalfOperation(in IrOp op) =>
        op.Opcode is >= Opcode.VFAdd and <= Opcode.VFMulAdd or >= Opcode.VFMax and < Opcode.VFWiden ? (op.Aux & 3) == 1
        : op.Opcode == Opcode.VFNarrow && (op.Aux & 3) == 1;

    static bool FlushesHalves(in IrOp op) => (op.Aux & IrBuilder.FlushHalfBit) != 0;

    const ulong HalfMagnitudes = 0x7FFF_7FFF_7FFF_7FFF, HalfInfinities = 0x7C00_7C00_7C00_7C00, LeastNormalHalves = 0x0400_0400_0400_0400;

    const uint LeastNormalHalf = 0x3880_0000;

    void LowerHalf(int i, ref IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.VFAdd: HalfBinary(i, ref op, Code.VEX_Vaddps_ymm_ymm_ymmm256, mayUnderflow: false); break;
            case Opcode.VFSub: HalfBinary(i, ref op, Code.VEX_Vsubps_ymm_ymm_ymmm256, mayUnderflow: false); break;
            case Opcode.VFMul: HalfBinary(i, ref op, Code.VEX_Vmulps_ymm_ymm_ymmm256, mayUnderflow: true); break;
            case Opcode.VFDiv: HalfBinary(i, ref op, Code.VEX_Vdivps_ymm_ymm_ymmm256, mayUnderflow: true); break;
            case Opcode.VFSqrt: HalfSqrt(i, ref op); break;
            case Opcode.VFMulAdd: HalfMulAdd(i, ref op); break;
            case Opcode.VFMax or Opcode.VFMin or Opcode.VFMaxNumber or Opcode.VFMinNumber: HalfExtreme(i, ref op); break;
            case Opcode.VFCompareEqual: HalfCompare(i, ref op, EqualQuiet); break;
            case Opcode.VFCompareGreater: HalfCompare(i, ref op, GreaterSignalling); break;
            case Opcode.VFCompareGreaterOrEqual: HalfCompare(i, ref op, GreaterOrEqualSignalling); break;
            case Opcode.VFRound: HalfRound(i, ref op); break;
            case Opcode.VFToInteger: HalfToInteger(i, ref op); break;
            case Opcode.VIntegerToF: HalfFromInteger(i, ref op); break;
            case Opcode.VFNarrow: HalfFromSingles(i, ref op); break;
            default: throw new InvalidOperationException($"no lowering for halves of {op.Opcode}");
        }
    }

    // ---- Operands ----

    void EmitWide(Code code, HostReg target, HostReg a, HostReg b) => asm.Emit(code, target.Y(), a.Y(), b.Y());

    void EmitWide(Code code, HostReg target, HostReg a, HostReg b, int immediate) => asm.Emit(code, target.Y(), a.Y(), b.Y(), immediate);

    void EmitWidened(HostReg target, HostReg halves) => asm.Emit(Code.VEX_Vcvtph2ps_ymm_xmmm128, target.Y(), halves.X());

    /// <summary>The same single in all eight elements.</summary>
    void LoadWide(HostReg target, uint bits) => asm.Emit(Code.VEX_Vbroadcastss_ymm_m32, target.Y(), Pool(bits * 0x1_0000_0001ul));

    void LoadWide(HostReg target, float value) => LoadWide(target, BitConverter.SingleToUInt32Bits(value));

    /// <summary>An operand, flushed if the operation says so. Changes both scratch registers.</summary>
    HostReg UseHalves(int value, in IrOp op)
    {
        HostReg halves = alloc.Use(value);
        if (!FlushesHalves(op)) return halves;
        HostReg flushed = alloc.Temporary(vector: true), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1.X(), halves.X(), Pool(HalfInfinities));
        EmitZero(s2);
        Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, s1, s1, s2);
        Emit(Code.VEX_Vpsrlw_xmm_xmm_imm8, s1, s1, 1);
        Emit(Code.VEX_Vpandn_xmm_xmm_xmmm128, flushed, s1, halves);
        return flushed;
    }

    // ---- Arithmetic ----

    void HalfBinary(int i, ref IrOp op, Code code, bool mayUnderflow)
    {
        ClobberFlags();
        HostReg a = UseHalves(op.A, op), b = UseHalves(op.B, op);
        HostReg result = alloc.Define(i), spare = alloc.Temporary(vector: true), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        if (FlushesHalves(op) && op.Opcode == Opcode.VFDiv) asm.Emit(Code.VEX_Vstmxcsr_m32, HalfMxcsr);
        EmitWidened(s1, a);
        EmitWidened(s2, b);
        EmitWide(code, s1, s1, s2);
        FinishHalves(op, result, spare, mayUnderflow, a, b);
    }

    void HalfSqrt(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = UseHalves(op.A, op);
        HostReg result = alloc.Define(i), s1 = HostRegs.ScratchX;
        EmitWidened(s1, a);
        asm.Emit(Code.VEX_Vsqrtps_ymm_ymmm256, s1.Y(), s1.Y());
        NarrowHalves(op, result, HostReg.None, mayUnderflow: false, a);
    }

    /// <remarks>
    /// The product of two halves is exact in double precision. The sum is inexact only if its parts lie more than 53 bits apart: then either the product is at least 2^29 and
    /// everything overflows, or the product is less than 2^-30 of the addend, and the sum rounds to the addend, which is a half, or to its neighbour in the rounding's direction,
    /// which then rounds to the neighbouring half. So the double may stand for the exact sum. On the way to a single, what is lost becomes a sticky lowest bit
    /// (rounding to odd): with 24 bits, at least two more than a half and its rounding bit, narrowing decides as if it saw the double.
    /// </remarks>
    void HalfMulAdd(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = UseHalves(op.A, op), b = UseHalves(op.B, op), c = UseHalves(op.C, op);
        HostReg result = alloc.Define(i), spare = alloc.Temporary(vector: true), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        if (features.Avx512)
        {
            EmitWidenedTwice(s1, a);
            EmitWidenedTwice(s2, b);
            EmitWidenedTwice(spare, c);
            asm.Emit((op.Imm & 1) != 0 ? Code.EVEX_Vfnmadd231pd_zmm_k1z_zmm_zmmm512b64_er : Code.EVEX_Vfmadd231pd_zmm_k1z_zmm_zmmm512b64_er, spare.Z(), s1.Z(), s2.Z());
            asm.Emit(Code.EVEX_Vpbroadcastq_zmm_k1z_xmmm64, s2.Z(), Pool(LostInSingle));
            asm.Emit(Code.EVEX_Vptestmq_kr_k1_zmm_zmmm512b64, Register.K1, spare.Z(), s2.Z());
            asm.Emit(Code.EVEX_Vpbroadcastq_zmm_k1z_xmmm64, s2.Z(), Pool(LostInSingle + 1));
            Instruction sticky = Instruction.Create(Code.EVEX_Vporq_zmm_k1z_zmm_zmmm512b64, spare.Z(), spare.Z(), s2.Z());
            sticky.OpMask = Register.K1;
            asm.Emit(sticky);
            // Truncated; no exception is raised here.
            Instruction truncated = Instruction.Create(Code.EVEX_Vcvtpd2ps_ymm_k1z_zmmm512b64_er, s1.Y(), spare.Z());
            truncated.RoundingControl = RoundingControl.RoundTowardZero;
            asm.Emit(truncated);
        }
        else
        {
            HostReg low = alloc.Temporary(vector: true);
            HalfMulAddOfFour(op, low, a, b, c);
            Emit(Code.VEX_Vpsrldq_xmm_xmm_imm8, spare, c, 8);
            asm.Emit(Code.VEX_Vpsrldq_xmm_xmm_imm8, s1.X(), a.X(), 8);
            asm.Emit(Code.VEX_Vpsrldq_xmm_xmm_imm8, s2.X(), b.X(), 8);
            HalfMulAddOfFour(op, spare, s1, s2, spare);
            asm.Emit(Code.VEX_Vinsertf128_ymm_ymm_xmmm128_imm8, s1.Y(), low.Y(), spare.X(), 1);
        }
        FinishHalves(op, result, spare, mayUnderflow: true, a, b, c);
    }

    const ulong LostInSingle = (1ul << 29) - 1;

    void EmitWidenedTwice(HostReg target, HostReg halves)
    {
        EmitWidened(target, halves);
        asm.Emit(Code.EVEX_Vcvtps2pd_zmm_k1z_ymmm256b32_sae, target.Z(), target.Y());
    }

    // The low four elements of c + a * b as singles rounded to odd; c may be target, and a and b the scratch registers, which are changed.
    void HalfMulAddOfFour(in IrOp op, HostReg target, HostReg a, HostReg b, HostReg c)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        WidenFour(s1, a);
        WidenFour(s2, b);
        WidenFour(target, c);
        EmitWide((op.Imm & 1) != 0 ? Code.VEX_Vfnmadd231pd_ymm_ymm_ymmm256 : Code.VEX_Vfmadd231pd_ymm_ymm_ymmm256, target, s1, s2);
        // What is lost, plus all ones of as many bits, carries into the sticky bit.
        asm.Emit(Code.VEX_Vbroadcastsd_ymm_m64, s2.Y(), Pool(LostInSingle));
        EmitWide(Code.VEX_Vpand_ymm_ymm_ymmm256, s1, target, s2);
        EmitWide(Code.VEX_Vpaddq_ymm_ymm_ymmm256, s1, s1, s2);
        EmitWide(Code.VEX_Vpor_ymm_ymm_ymmm256, target, target, s1);
        EmitWide(Code.VEX_Vpandn_ymm_ymm_ymmm256, target, s2, target);
        asm.Emit(Code.VEX_Vcvtpd2ps_xmm_ymmm256, target.X(), target.Y());
    }

    void WidenFour(HostReg target, HostReg halves)
    {
        asm.Emit(Code.VEX_Vcvtph2ps_xmm_xmmm64, target.X(), halves.X());
        asm.Emit(Code.VEX_Vcvtps2pd_ymm_xmmm128, target.Y(), target.X());
    }

    // Unordered elements are looked for first, as in LowerVectorExtreme; the rest needs no rounding.
    void HalfExtreme(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = UseHalves(op.A, op), b = UseHalves(op.B, op);
        HostReg result = alloc.Define(i), both = alloc.Temporary(vector: true), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        bool maximum = op.Opcode is Opcode.VFMax or Opcode.VFMaxNumber;
        EmitWidened(s1, a);
        EmitWidened(s2, b);
        EmitWide(Code.VEX_Vcmpps_ymm_ymm_ymmm256_imm8, both, s1, s2, Unordered);
        asm.Emit(Code.VEX_Vtestps_ymm_ymmm256, both.Y(), both.Y());
        ref SlowPath slow = ref NewHalfPath(op, result, false, a, b);
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        Code code = maximum ? Code.VEX_Vmaxps_ymm_ymm_ymmm256 : Code.VEX_Vminps_ymm_ymm_ymmm256;
        EmitWide(code, both, s1, s2);
        EmitWide(code, s1, s2, s1);
        EmitWide(maximum ? Code.VEX_Vandps_ymm_ymm_ymmm256 : Code.VEX_Vorps_ymm_ymm_ymmm256, s1, s1, both);
        EmitNarrowed(result, s1);
        asm.Bind(ref slow.Return);
    }

    void HalfCompare(int i, ref IrOp op, int predicate)
    {
        HostReg a = UseHalves(op.A, op), b = UseHalves(op.B, op);
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        EmitWidened(s1, a);
        EmitWidened(s2, b);
        EmitWide(Code.VEX_Vcmpps_ymm_ymm_ymmm256_imm8, s1, s1, s2, predicate);
        PackWords(alloc.DefineOver(i), s1, unsigned: false);
    }

    /// <summary>Eight doublewords of the first scratch register, saturated to words. Changes the second one.</summary>
    void PackWords(HostReg result, HostReg words, bool unsigned)
    {
        asm.Emit(Code.VEX_Vextracti128_xmmm128_ymm_imm8, HostRegs.ScratchX2.X(), words.Y(), 1);
        Emit(unsigned ? Code.VEX_Vpackusdw_xmm_xmm_xmmm128 : Code.VEX_Vpackssdw_xmm_xmm_xmmm128, result, words, HostRegs.ScratchX2);
    }

    // ---- Results ----

    // Immediate 4: the rounding mode of MXCSR.
    void EmitNarrowed(HostReg result, HostReg singles) => asm.Emit(Code.VEX_Vcvtps2ph_xmmm128_ymm_imm8, result.X(), singles.Y(), 4);

    /// <summary>Flushes, rounds and mends the singles in the first scratch register; spare must be a temporary.</summary>
    void FinishHalves(in IrOp op, HostReg result, HostReg spare, bool mayUnderflow, HostReg a, HostReg b, HostReg c = HostReg.None)
    {
        if (FlushesHalves(op))
        {
            FlushTiny(op, spare, a, b);
            mayUnderflow = false;
        }
        NarrowHalves(op, result, spare, mayUnderflow, a, b, c);
    }

    void NarrowHalves(in IrOp op, HostReg result, HostReg spare, bool mayUnderflow, HostReg a, HostReg b = HostReg.None, HostReg c = HostReg.None)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        EmitNarrowed(result, s1);
        if (mayUnderflow)
        {
            asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2.X(), result.X(), Pool(HalfMagnitudes));
            asm.Emit(Code.VEX_Vpcmpgtw_xmm_xmm_xmmm128, spare.X(), s2.X(), Pool(HalfInfinities));
            asm.Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, s2.X(), s2.X(), Pool(LeastNormalHalves));
            Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, s2, s2, spare);
            Emit(Code.VEX_Vptest_xmm_xmmm128, s2, s2);
        }
        else
        {
            EmitWide(Code.VEX_Vcmpps_ymm_ymm_ymmm256_imm8, s2, s1, s1, Unordered);
            asm.Emit(Code.VEX_Vtestps_ymm_ymmm256, s2.Y(), s2.Y());
        }
        ref SlowPath slow = ref NewHalfPath(op, result, mayUnderflow, a, b, c);
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    ref SlowPath NewHalfPath(in IrOp op, HostReg result, bool mayUnderflow, HostReg a, HostReg b = HostReg.None, HostReg c = HostReg.None)
    {
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.Half;
        slow.HalfRoutine = HalfRoutineOf(op.Opcode);
        slow.ToDefault = WantsDefaultNaN(op);
        slow.Negate = op.Opcode == Opcode.VFMulAdd ? (int)op.Imm & 1 : 0;
        slow.Result = result;
        slow.A = a;
        slow.B = b;
        slow.C = c;
        slow.MayUnderflow = mayUnderflow;
        return ref slow;
    }

    /// <summary>Singles in the first scratch register that are no zeroes, but below the least normal half, become zeroes. Changes the second one.</summary>
    void FlushTiny(in IrOp op, HostReg mask, HostReg a = HostReg.None, HostReg b = HostReg.None)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        asm.Emit(Code.VEX_Vpslld_ymm_ymm_imm8, s2.Y(), s1.Y(), 1);
        asm.Emit(Code.VEX_Vpsrld_ymm_ymm_imm8, s2.Y(), s2.Y(), 1);
        LoadWide(mask, LeastNormalHalf);
        EmitWide(Code.VEX_Vpcmpgtd_ymm_ymm_ymmm256, mask, mask, s2);
        // A magnitude that is not zero, less one, leaves the sign bit clear; only that bit is looked at.
        HostReg ones = alloc.Temporary(vector: true);
        EmitWide(Code.VEX_Vpcmpeqd_ymm_ymm_ymmm256, ones, ones, ones);
        EmitWide(Code.VEX_Vpaddd_ymm_ymm_ymmm256, s2, s2, ones);
        EmitWide(Code.VEX_Vpandn_ymm_ymm_ymmm256, mask, s2, mask);
        asm.Emit(Code.VEX_Vtestps_ymm_ymmm256, mask.Y(), mask.Y());
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.FlushHalf;
        slow.IsDivision = op.Opcode == Opcode.VFDiv;
        slow.Mask = mask;
        slow.A = a;
        slow.B = b;
        slow.C = ones;
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }

    void HalfFromSingles(int i, ref IrOp op)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        // The other half of the wide register becomes zero.
        alloc.Move(s1, a, IrType.V128);
        if (FlushesHalves(op)) FlushTiny(op, alloc.Temporary(vector: true));
        EmitNarrowed(result, s1);
        if (WantsDefaultNaN(op)) TakeDefaultHalf(result, s2);
        if (FlushesHalves(op)) return;
        asm.Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2.X(), result.X(), Pool(HalfMagnitudes));
        asm.Emit(Code.VEX_Vpcmpeqw_xmm_xmm_xmmm128, s2.X(), s2.X(), Pool(LeastNormalHalves));
        Emit(Code.VEX_Vptest_xmm_xmmm128, s2, s2);
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.LeastHalf;
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        asm.Bind(ref slow.Return);
    }
}
