using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Reciprocal and reciprocal square root: estimates by table, steps by fused multiplication.</summary>
/// <remarks>
/// One comparison in front finds elements that are not ordinary numbers, and the whole operation is then evaluated out of line. So the hot code behind it raises
/// exactly what its own instructions raise, and makes no NaN.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    void LowerEstimate(int i, ref IrOp op)
    {
        int size = op.Aux & 3;
        switch (op.Opcode)
        {
            case Opcode.VFRecipEstimate: RecipEstimate(i, ref op, size); break;
            case Opcode.VFRecipSqrtEstimate: RecipSqrtEstimate(i, ref op, size); break;
            case Opcode.VFRecipExponent: RecipExponent(i, ref op, size); break;
            case Opcode.VFRecipStep: RecipStep(i, ref op, size, isSqrt: false); break;
            case Opcode.VFRecipSqrtStep: RecipStep(i, ref op, size, isSqrt: true); break;
            case Opcode.VFMulExtended: MulExtended(i, ref op, size); break;
            case Opcode.VFNarrowToOdd: NarrowToOdd(i, ref op); break;
            case Opcode.VFRoundBounded: RoundBounded(i, ref op, size); break;
            case Opcode.FToIntegerModular: ToIntegerModular(i, ref op); break;
            case Opcode.VDot: Dot(i, ref op); break;
            case Opcode.VRecipEstimate: FixedRecipEstimate(i, ref op); break;
            case Opcode.VRecipSqrtEstimate: FixedRecipSqrtEstimate(i, ref op); break;
            default: throw new InvalidOperationException($"no lowering for {op.Opcode}");
        }
    }

    // ---- Formats ----

    static int FractionBits(int size) => size == 3 ? 52 : 23;

    static ulong ExponentOnes(int size) => size == 3 ? 0x7FFul : 0xFF;

    /// <summary>A constant with the field value in the exponent of every element (wrapping beyond the sign).</summary>
    static ulong Exponents(int size, ulong field) => size == 3 ? field << 52 : (uint)(field << 23) * 0x1_0000_0001ul;

    static ulong SignMask(int size) => size == 3 ? 1ul << 63 : 0x8000_0000_8000_0000;

    /// <summary>The constant in the low elements, zeroes in those that the operation does not compute.</summary>
    MemoryOperand PoolElements(int size, int elements, ulong constant)
    {
        int bytes = elements << size;
        return bytes >= 16 ? Pool(constant) : Pool(bytes == 8 ? constant : (uint)constant, 0);
    }

    /// <summary>Goes to the slow path unless first &lt;= exponent field &lt;= last in every element computed. Elements of a with the sign set count as large. Uses the second scratch register.</summary>
    void JumpUnlessExponents(ref SlowPath slow, HostReg a, int size, int elements, ulong first, ulong last)
    {
        HostReg s2 = HostRegs.ScratchX2;
        ulong sign = SignMask(size), one = size == 3 ? 1ul : 0x1_0000_0001;
        // Moved so that the range begins at the least signed number.
        ulong bias = size == 3 ? sign - Exponents(3, first) : (uint)(0x8000_0000 - (uint)Exponents(2, first)) * one;
        ulong limit = size == 3 ? sign + Exponents(3, last - first + 1) - 1 : (uint)(0x8000_0000 + (uint)Exponents(2, last - first + 1) - 1) * one;
        Emit(AddLanes[size], s2, a, Pool(bias));
        Emit(GreaterLanes[size], s2, s2, Pool(limit));
        if (elements << size >= 16) Emit(Code.VEX_Vptest_xmm_xmmm128, s2, s2);
        else asm.Emit(Code.VEX_Vptest_xmm_xmmm128, s2.X(), PoolElements(size, elements, ulong.MaxValue));
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
    }

    // ---- Estimates ----

    static Code ShiftRightLanes(int size) => size == 3 ? Code.VEX_Vpsrlq_xmm_xmm_imm8 : Code.VEX_Vpsrld_xmm_xmm_imm8;

    static Code ShiftLeftLanes(int size) => size == 3 ? Code.VEX_Vpsllq_xmm_xmm_imm8 : Code.VEX_Vpslld_xmm_xmm_imm8;

    /// <summary>result = table entries of the indices, in the low elements; the others become zero. result and index differ; index and the first scratch register are lost.</summary>
    void EmitLookUp(HostReg result, HostReg index, int table, int size, int elements)
    {
        HostReg mask = HostRegs.ScratchX;
        bool all = elements << size >= 16;
        asm.Emit(Code.Mov_r64_rm64, Register.RAX, Field(ThreadFields.EstimateTables));
        if (all) Emit(EqualLanes[2], mask, mask, mask);
        else asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, mask.X(), PoolElements(size, elements, ulong.MaxValue));
        // Zeroed also when all elements are loaded: the instruction waits for its former content.
        EmitZero(result);
        var address = new MemoryOperand(Register.RAX, index.X(), 8, table, 8);
        asm.Emit(Instruction.Create(size == 3 ? Code.VEX_Vpgatherqq_xmm_vm64x_xmm : Code.VEX_Vpgatherdd_xmm_vm32x_xmm, result.X(), address, mask.X()));
    }

    // Result exponent = 2 * bias - 1 - exponent = (all ones - exponent) - 2; the table knows the 2.
    void RecipEstimate(int i, ref IrOp op, int size)
    {
        ClobberFlags();
        int elements = (int)op.Imm;
        HostReg a = alloc.Use(op.A), result = alloc.Define(i), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        ref SlowPath slow = ref NewEvaluation(op, result, a);
        ulong ones = ExponentOnes(size), sign = SignMask(size);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, a, AllButSigns(size));
        // The last two exponents have denormal results.
        JumpUnlessExponents(ref slow, s1, size, elements, 1, ones - 3);
        Emit(ShiftRightLanes(size), s2, a, FractionBits(size) - 8);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, Pool(size == 3 ? 0xFFul : 0xFF_0000_00FF));
        EmitLookUp(result, s2, EstimateTables.Recip, size, elements);
        Emit(ShiftLeftLanes(size), result, result, FractionBits(size) - 8);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s1, a, Pool(Exponents(size, ones)));
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, s1, PoolElements(size, elements, Exponents(size, ones) | sign));
        Emit(AddLanes[size], result, result, s1);
        asm.Bind(ref slow.Return);
    }

    // Result exponent = floor((3 * bias - 1 - exponent) / 2) = floor((all ones - exponent) / 2) + bias / 2 - lowest exponent bit; the table knows the last.
    void RecipSqrtEstimate(int i, ref IrOp op, int size)
    {
        ClobberFlags();
        int elements = (int)op.Imm;
        HostReg a = alloc.Use(op.A), result = alloc.Define(i), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        ref SlowPath slow = ref NewEvaluation(op, result, a);
        ulong ones = ExponentOnes(size);
        JumpUnlessExponents(ref slow, a, size, elements, 1, ones - 1);
        Emit(ShiftRightLanes(size), s2, a, FractionBits(size) - 7);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, Pool(size == 3 ? 0xFFul : 0xFF_0000_00FF));
        EmitLookUp(result, s2, EstimateTables.RecipSqrt, size, elements);
        Emit(ShiftLeftLanes(size), result, result, FractionBits(size) - 8);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s1, a, Pool(Exponents(size, ones)));
        Emit(ShiftRightLanes(size), s1, s1, 1);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, s1, PoolElements(size, elements, Exponents(size, ones)));
        Emit(AddLanes[size], result, result, s1);
        Emit(AddLanes[size], result, result, PoolElements(size, elements, Exponents(size, ones >> 2)));
        asm.Bind(ref slow.Return);
    }

    void RecipExponent(int i, ref IrOp op, int size)
    {
        ClobberFlags();
        int elements = (int)op.Imm;
        HostReg a = alloc.Use(op.A), result = alloc.Define(i), s1 = HostRegs.ScratchX;
        ref SlowPath slow = ref NewEvaluation(op, result, a);
        ulong exponents = Exponents(size, ExponentOnes(size));
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, a, AllButSigns(size));
        JumpUnlessExponents(ref slow, s1, size, elements, 1, ExponentOnes(size) - 1);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, result, a, Pool(exponents));
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, result, result, PoolElements(size, elements, exponents | SignMask(size)));
        asm.Bind(ref slow.Return);
    }

    // The table's entries, shifted to bit 31, carry into it just as the leading one of the estimate does.
    void FixedRecipEstimate(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A), result = alloc.Define(i), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(Code.VEX_Vpsrld_xmm_xmm_imm8, s2, a, 23);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, Pool(0xFF_0000_00FF));
        EmitLookUp(result, s2, EstimateTables.Recip, 2, 4);
        Emit(Code.VEX_Vpslld_xmm_xmm_imm8, result, result, 23);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, Pool(SignMask(2)));
        // All ones for fractions below a half.
        Emit(EqualLanes[2], s1, s1, s1);
        Emit(GreaterLanes[2], s1, a, s1);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, s1);
    }

    void FixedRecipSqrtEstimate(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A), result = alloc.Define(i), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        // From a half on, 7 bits behind the leading one; below it, as many behind the second bit, and the index bit that marks this half of the table.
        Emit(Code.VEX_Vpsrld_xmm_xmm_imm8, s1, a, 24);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, s1, Pool(0x7F_0000_007F));
        Emit(Code.VEX_Vpsrld_xmm_xmm_imm8, s2, a, 23);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, Pool(0xFF_0000_00FF));
        EmitBlend(2, s2, s1, a);
        EmitLookUp(result, s2, EstimateTables.RecipSqrt, 2, 4);
        Emit(Code.VEX_Vpslld_xmm_xmm_imm8, result, result, 23);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, Pool(SignMask(2)));
        // All ones for fractions below a quarter.
        Emit(Code.VEX_Vpsrld_xmm_xmm_imm8, s1, a, 30);
        EmitZero(s2);
        Emit(EqualLanes[2], s1, s1, s2);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, s1);
    }

    // ---- Steps ----

    // Operands without infinities and NaNs; for the root small ones, so that what is halved at the end never overflowed.
    void RecipStep(int i, ref IrOp op, int size, bool isSqrt)
    {
        ClobberFlags();
        bool wide = size == 3;
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), result = alloc.Define(i);
        ref SlowPath slow = ref NewEvaluation(op, result, a, b);
        JumpUnlessBelow(ref slow, a, b, size, isSqrt ? (wide ? 0x5FEu : 190) : (wide ? 0x7FFu : 255));
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, result.X(), VectorOf(isSqrt ? 3.0 : 2.0, size));
        Emit(wide ? Code.VEX_Vfnmadd231pd_xmm_xmm_xmmm128 : Code.VEX_Vfnmadd231ps_xmm_xmm_xmmm128, result, a, b);
        if (isSqrt) Emit(wide ? Code.VEX_Vmulpd_xmm_xmm_xmmm128 : Code.VEX_Vmulps_xmm_xmm_xmmm128, result, result, VectorOf(0.5, size));
        asm.Bind(ref slow.Return);
    }

    /// <summary>Goes to the slow path unless all exponent fields of a and b are less than the limit. Uses both scratch registers.</summary>
    void JumpUnlessBelow(ref SlowPath slow, HostReg a, HostReg b, int size, uint limit)
    {
        HostReg s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        // The upper half of a double decides; its lower half is masked out.
        MemoryOperand mask = Pool(size == 3 ? 0x7FFF_FFFF_0000_0000ul : 0x7FFF_FFFF_7FFF_FFFFul);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, a, mask);
        if (b != a)
        {
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, b, mask);
            Emit(Code.VEX_Vpmaxsd_xmm_xmm_xmmm128, s1, s1, s2);
        }
        Emit(GreaterLanes[2], s1, s1, Pool(size == 3 ? ((((ulong)limit << 20) - 1) << 32) : (((ulong)limit << 23) - 1) * 0x1_0000_0001));
        Emit(Code.VEX_Vptest_xmm_xmmm128, s1, s1);
        asm.Jump(HostCondition.NotEqual, ref slow.Entry);
    }
}
