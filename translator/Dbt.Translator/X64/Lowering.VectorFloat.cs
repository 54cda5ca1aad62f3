using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Floating-point vectors. As with scalars, lanes that are NaNs get Arm's bits in cold code.</summary>
public sealed unsafe partial class BlockEmitter
{
    const int EqualQuiet = 0, GreaterOrEqualSignalling = 13, GreaterSignalling = 14, LessQuiet = 17, GreaterOrEqualQuiet = 29;

    void LowerVectorFloat(int i, ref IrOp op)
    {
        int size = op.Aux & 3;
        bool wide = size == 3;
        if (IsHalfOperation(op))
        {
            LowerHalf(i, ref op);
            return;
        }
        UseGroup(i);
        switch (op.Opcode)
        {
            case Opcode.VFAdd: VectorFloatBinary(i, ref op, size, wide ? Code.VEX_Vaddpd_xmm_xmm_xmmm128 : Code.VEX_Vaddps_xmm_xmm_xmmm128); break;
            case Opcode.VFSub: VectorFloatBinary(i, ref op, size, wide ? Code.VEX_Vsubpd_xmm_xmm_xmmm128 : Code.VEX_Vsubps_xmm_xmm_xmmm128); break;
            case Opcode.VFMul: VectorFloatBinary(i, ref op, size, wide ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128); break;
            case Opcode.VFDiv: VectorFloatBinary(i, ref op, size, wide ? Code.VEX_Vdivpd_xmm_xmm_xmmm128 : Code.VEX_Vdivps_xmm_xmm_xmmm128); break;
            case Opcode.VFSqrt:
                HostReg square = alloc.Use(op.A);
                HostReg root = DefineFloat(i, op);
                TrapIfSubnormal(square, size, isScalar: false);
                Emit(wide ? Code.VEX_Vsqrtpd_xmm_xmmm128 : Code.VEX_Vsqrtps_xmm_xmmm128, root, square);
                TestResult(i, ref NewRepair(op, size, isScalar: false, root, square));
                break;
            case Opcode.VFMulAdd: LowerVectorMulAdd(i, ref op, size); break;
            case Opcode.VFMax or Opcode.VFMin or Opcode.VFMaxNumber or Opcode.VFMinNumber: LowerVectorExtreme(i, ref op, size); break;
            case Opcode.VFCompareEqual: VectorFloatCompare(i, ref op, size, EqualQuiet); break;
            case Opcode.VFCompareGreater: VectorFloatCompare(i, ref op, size, GreaterSignalling); break;
            case Opcode.VFCompareGreaterOrEqual: VectorFloatCompare(i, ref op, size, GreaterOrEqualSignalling); break;
            case Opcode.VFRound: LowerVectorRound(i, ref op, size); break;
            case Opcode.VFToInteger: LowerVFToInteger(i, ref op, size); break;
            case Opcode.VIntegerToF: LowerVIntegerToF(i, ref op, size); break;
            case Opcode.VFWiden:
                HostReg widened = DefineAfterUse(i, op.A, out HostReg narrow);
                Emit(size == 1 ? Code.VEX_Vcvtph2ps_xmm_xmmm64 : Code.VEX_Vcvtps2pd_xmm_xmmm64, widened, narrow);
                if (WantsDefaultNaN(op)) JumpIfNaNLane(ref NewDefaultNaN(size + 1, isScalar: false, widened));
                break;
            case Opcode.VFNarrow: LowerVFNarrow(i, ref op, size); break;
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    /// <summary>The result register: its own where cold code needs the operands, else maybe a dying operand's.</summary>
    HostReg DefineFloat(int i, in IrOp op) => NeedsOperands(op) ? alloc.Define(i) : alloc.DefineOver(i);

    void VectorFloatBinary(int i, ref IrOp op, int size, Code code)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        bool maySeemNormal = op.Opcode is Opcode.VFMul or Opcode.VFDiv;
        HostReg result = maySeemNormal ? alloc.Define(i) : DefineFloat(i, op);
        if (op.Opcode == Opcode.VFDiv) TrapIfSubnormal(a, size, isScalar: false);
        Emit(code, result, a, b);
        ref SlowPath slow = ref NewRepair(op, size, isScalar: false, result, a, b);
        TestResult(i, ref slow);
    }

    void VectorFloatCompare(int i, ref IrOp op, int size, int predicate)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        // Each by itself: beside a quiet NaN, the host does not tell of a subnormal number.
        TrapIfSubnormal(a, size, isScalar: false);
        TrapIfSubnormal(b, size, isScalar: false);
        Emit(CompareLanes(size), alloc.DefineOver(i), a, b, predicate);
    }

    void LowerVectorMulAdd(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), c = alloc.Use(op.C);
        HostReg result = alloc.Define(i);
        alloc.Move(result, c, IrType.V128);
        Emit((size, op.Imm & 1) switch
        {
            (3, 0) => Code.VEX_Vfmadd231pd_xmm_xmm_xmmm128,
            (3, _) => Code.VEX_Vfnmadd231pd_xmm_xmm_xmmm128,
            (_, 0) => Code.VEX_Vfmadd231ps_xmm_xmm_xmmm128,
            _ => Code.VEX_Vfnmadd231ps_xmm_xmm_xmmm128,
        }, result, a, b);
        ref SlowPath slow = ref NewRepair(op, size, isScalar: false, result, a, b, c);
        slow.Negate = (int)op.Imm & 1;
        TestResult(i, ref slow);
    }

    // Unordered lanes are looked for first: MAXPS raises Invalid for quiet NaNs, too.
    void LowerVectorExtreme(int i, ref IrOp op, int size)
    {
        ClobberFlags();
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        HostReg result = alloc.Define(i);
        ref SlowPath slow = ref NewRepair(op, size, isScalar: false, result, a, b);
        Emit(CompareLanes(size), HostRegs.ScratchX, a, b, Unordered);
        Emit(Code.VEX_Vptest_xmm_xmmm128, HostRegs.ScratchX, HostRegs.ScratchX);
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
        EmitExtremeLanes(op.Opcode is Opcode.VFMax or Opcode.VFMaxNumber, size, result, a, b);
        asm.Bind(ref slow.Return);
    }

    static Code RoundLanes(int size) => size == 3 ? Code.VEX_Vroundpd_xmm_xmmm128_imm8 : Code.VEX_Vroundps_xmm_xmmm128_imm8;

    void LowerVectorRound(int i, ref IrOp op, int size)
    {
        var rounding = (Rounding)(op.Imm & 7);
        bool raiseInexact = (op.Imm & 8) != 0;
        HostReg a = alloc.Use(op.A), result;
        TrapIfSubnormal(a, size, isScalar: false);
        if (rounding == Rounding.NearestAway)
        {
            result = alloc.Define(i);
            EmitRoundAwayLanes(result, a, size, raiseInexact);
        }
        else
        {
            result = alloc.DefineOver(i);
            Emit(RoundLanes(size), result, a, RoundImmediate(rounding, raiseInexact));
        }
        if (WantsDefaultNaN(op)) JumpIfNaNLane(ref NewDefaultNaN(size, isScalar: false, result));
    }

    // As EmitRoundAway; lanes without fraction bits, infinities and NaNs are computed as zeroes and replaced at the end.
    void EmitRoundAwayLanes(HostReg target, HostReg a, int size, bool raiseInexact)
    {
        bool wide = size == 3;
        HostReg small = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, target, a, AllButSigns(size));
        asm.Emit(CompareLanes(size), small.X(), target.X(), VectorOf(wide ? 4503599627370496.0 : 8388608.0, size), LessQuiet);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, target, target, small);
        Emit(RoundLanes(size), s2, target, RoundImmediate(Rounding.TowardsZero, raiseInexact));
        Emit(wide ? Code.VEX_Vsubpd_xmm_xmm_xmmm128 : Code.VEX_Vsubps_xmm_xmm_xmmm128, target, target, s2);
        asm.Emit(CompareLanes(size), target.X(), target.X(), VectorOf(0.5, size), GreaterOrEqualQuiet);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, target, target, VectorOf(1.0, size));
        Emit(wide ? Code.VEX_Vaddpd_xmm_xmm_xmmm128 : Code.VEX_Vaddps_xmm_xmm_xmmm128, s2, s2, target);
        Emit(Code.VEX_Vandps_xmm_xmm_xmmm128, target, a, SignBits(size));
        Emit(Code.VEX_Vorps_xmm_xmm_xmmm128, s2, s2, target);
        Emit(RoundLanes(size), target, a, RoundImmediate(Rounding.TowardsZero, raiseInexact: false));
        EmitBlend(size, target, s2, small);
    }

    void LowerVFNarrow(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A);
        HostReg result = alloc.Define(i);
        Emit(Code.VEX_Vcvtpd2ps_xmm_xmmm128, result, a);
        JumpIfNaNOrLeastLane(ref NewRepair(op, size, isScalar: false, result, a));
    }

    // ---- From integers ----

    void LowerVIntegerToF(int i, ref IrOp op, int size)
    {
        bool unsigned = (op.Imm & 8) != 0;
        int fractionBits = (int)(op.Imm >> 8) & 0xFF;
        HostReg a = alloc.Use(op.A);
        HostReg result = alloc.Define(i);
        if (size == 3 && !features.Avx512) LanesFromInteger(result, a, unsigned);
        else if (unsigned && !features.Avx512) FromUnsignedLanes(result, a);
        else Emit((size, unsigned) switch
        {
            (3, false) => Code.EVEX_Vcvtqq2pd_xmm_k1z_xmmm128b64,
            (3, true) => Code.EVEX_Vcvtuqq2pd_xmm_k1z_xmmm128b64,
            (_, false) => Code.VEX_Vcvtdq2ps_xmm_xmmm128,
            _ => Code.EVEX_Vcvtudq2ps_xmm_k1z_xmmm128b32,
        }, result, a);
        if (fractionBits != 0) Emit(size == 3 ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, result, result, VectorOf(Math.ScaleB(1.0, -fractionBits), size));
    }

    // Halfwords convert exactly; their sum is the only rounding.
    void FromUnsignedLanes(HostReg result, HostReg a)
    {
        HostReg s1 = HostRegs.ScratchX;
        Emit(Code.VEX_Vpsrld_xmm_xmm_imm8, s1, a, 16);
        Emit(Code.VEX_Vcvtdq2ps_xmm_xmmm128, s1, s1);
        Emit(Code.VEX_Vmulps_xmm_xmm_xmmm128, s1, s1, VectorOf(65536.0, 2));
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, result, a, Pool(LowHalves(1)));
        Emit(Code.VEX_Vcvtdq2ps_xmm_xmmm128, result, result);
        Emit(Code.VEX_Vaddps_xmm_xmm_xmmm128, result, result, s1);
    }

    void LanesFromInteger(HostReg result, HostReg a, bool unsigned)
    {
        HostReg low = alloc.Temporary(), high = alloc.Temporary(), upper = alloc.Temporary(vector: true);
        EmitExtract(low, a, 3, 0);
        EmitExtract(high, a, 3, 1);
        EmitFromInteger(result, low, 3, unsigned, 64);
        EmitFromInteger(upper, high, 3, unsigned, 64);
        Emit(Code.VEX_Vunpcklpd_xmm_xmm_xmmm128, result, result, upper);
    }
}
