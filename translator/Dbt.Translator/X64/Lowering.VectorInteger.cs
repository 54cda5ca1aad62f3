using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Integer vector operations that may take several host instructions: multiplication, extremes, counting, pairs, saturation. None of these changes the host's flags.</summary>
public sealed unsafe partial class BlockEmitter
{
    void LowerVectorInteger(int i, ref IrOp op, int size)
    {
        switch (op.Opcode)
        {
            case Opcode.VMul: LowerVMul(i, ref op, size); break;
            case Opcode.VAbs: LowerVAbs(i, ref op, size); break;
            case Opcode.VMaxSigned or Opcode.VMaxUnsigned or Opcode.VMinSigned or Opcode.VMinUnsigned: LowerVExtreme(i, ref op, size); break;
            case Opcode.VCompareGreaterUnsigned: LowerGreaterUnsigned(i, ref op, size); break;
            case Opcode.VPopCount: LowerVPopCount(i, ref op); break;
            case Opcode.VCountLeadingZeros: LowerVCountLeadingZeros(i, ref op, size); break;
            case Opcode.VPairAdd or Opcode.VPairMaxUnsigned or Opcode.VPairMinUnsigned or Opcode.VPairMaxSigned or Opcode.VPairMinSigned: LowerPair(i, ref op, size); break;
            case Opcode.VMulWideUnsigned or Opcode.VMulWideSigned: LowerMulWide(i, ref op, size, op.Opcode == Opcode.VMulWideSigned); break;
            case Opcode.VAddSaturatingSigned or Opcode.VSubSaturatingSigned: LowerSaturatingSigned(i, ref op, size, op.Opcode == Opcode.VAddSaturatingSigned); break;
            case Opcode.VAddSaturatingUnsigned: LowerAddSaturatingUnsigned(i, ref op, size); break;
            case Opcode.VSubSaturatingUnsigned: LowerSubSaturatingUnsigned(i, ref op, size); break;
            case Opcode.VShlImmediate or Opcode.VShrImmediate or Opcode.VSarImmediate: LowerVectorShiftImmediate(i, ref op, size); break;
            case Opcode.VShiftUnsigned or Opcode.VShiftSigned: LowerVectorShift(i, ref op, size); break;
            default: LowerVectorFloat(i, ref op); break;
        }
    }

    void LowerVMul(int i, ref IrOp op, int size)
    {
        if (size != 0)
        {
            VectorCommutative(i, ref op, size == 1 ? Code.VEX_Vpmullw_xmm_xmm_xmmm128 : Code.VEX_Vpmulld_xmm_xmm_xmmm128);
            return;
        }
        // Odd bytes as the high half of halfword products, even bytes as the low half.
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        Emit(Code.VEX_Vpsrlw_xmm_xmm_imm8, s1, a, 8);
        Emit(Code.VEX_Vpsrlw_xmm_xmm_imm8, s2, b, 8);
        Emit(Code.VEX_Vpmullw_xmm_xmm_xmmm128, s1, s1, s2);
        Emit(Code.VEX_Vpsllw_xmm_xmm_imm8, s1, s1, 8);
        Emit(Code.VEX_Vpmullw_xmm_xmm_xmmm128, s2, a, b);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, Pool(LowHalves(0)));
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
    }

    void LowerVAbs(int i, ref IrOp op, int size)
    {
        if (size < 3)
        {
            VectorUnary(i, ref op, size switch { 0 => Code.VEX_Vpabsb_xmm_xmmm128, 1 => Code.VEX_Vpabsw_xmm_xmmm128, _ => Code.VEX_Vpabsd_xmm_xmmm128 });
            return;
        }
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        if (features.Avx512)
        {
            Emit(Code.EVEX_Vpabsq_xmm_k1z_xmmm128b64, alloc.DefineOver(i), a);
            return;
        }
        EmitZero(s1);
        Emit(Code.VEX_Vpcmpgtq_xmm_xmm_xmmm128, s1, s1, a);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s2, a, s1);
        Emit(Code.VEX_Vpsubq_xmm_xmm_xmmm128, alloc.DefineOver(i), s2, s1);
    }

    static Code ExtremeLanes(Opcode opcode, int size) => (opcode, size) switch
    {
        (Opcode.VMaxSigned or Opcode.VPairMaxSigned, 0) => Code.VEX_Vpmaxsb_xmm_xmm_xmmm128,
        (Opcode.VMaxSigned or Opcode.VPairMaxSigned, 1) => Code.VEX_Vpmaxsw_xmm_xmm_xmmm128,
        (Opcode.VMaxSigned or Opcode.VPairMaxSigned, 2) => Code.VEX_Vpmaxsd_xmm_xmm_xmmm128,
        (Opcode.VMaxSigned or Opcode.VPairMaxSigned, _) => Code.EVEX_Vpmaxsq_xmm_k1z_xmm_xmmm128b64,
        (Opcode.VMinSigned or Opcode.VPairMinSigned, 0) => Code.VEX_Vpminsb_xmm_xmm_xmmm128,
        (Opcode.VMinSigned or Opcode.VPairMinSigned, 1) => Code.VEX_Vpminsw_xmm_xmm_xmmm128,
        (Opcode.VMinSigned or Opcode.VPairMinSigned, 2) => Code.VEX_Vpminsd_xmm_xmm_xmmm128,
        (Opcode.VMinSigned or Opcode.VPairMinSigned, _) => Code.EVEX_Vpminsq_xmm_k1z_xmm_xmmm128b64,
        (Opcode.VMaxUnsigned or Opcode.VPairMaxUnsigned, 0) => Code.VEX_Vpmaxub_xmm_xmm_xmmm128,
        (Opcode.VMaxUnsigned or Opcode.VPairMaxUnsigned, 1) => Code.VEX_Vpmaxuw_xmm_xmm_xmmm128,
        (Opcode.VMaxUnsigned or Opcode.VPairMaxUnsigned, 2) => Code.VEX_Vpmaxud_xmm_xmm_xmmm128,
        (Opcode.VMaxUnsigned or Opcode.VPairMaxUnsigned, _) => Code.EVEX_Vpmaxuq_xmm_k1z_xmm_xmmm128b64,
        (_, 0) => Code.VEX_Vpminub_xmm_xmm_xmmm128,
        (_, 1) => Code.VEX_Vpminuw_xmm_xmm_xmmm128,
        (_, 2) => Code.VEX_Vpminud_xmm_xmm_xmmm128,
        _ => Code.EVEX_Vpminuq_xmm_k1z_xmm_xmmm128b64,
    };

    void LowerVExtreme(int i, ref IrOp op, int size)
    {
        if (size < 3 || features.Avx512)
        {
            HostReg left = alloc.Use(op.A), right = alloc.Use(op.B);
            Emit(ExtremeLanes(op.Opcode, size), alloc.DefineOver(i), left, right);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        EmitExtreme64(alloc.DefineOver(i), a, b, op.Opcode);
    }

    /// <summary>64-bit extremes with AVX2. Both scratch registers are used; the operands may be the second.</summary>
    void EmitExtreme64(HostReg result, HostReg a, HostReg b, Opcode opcode)
    {
        bool maximum = opcode is Opcode.VMaxSigned or Opcode.VMaxUnsigned or Opcode.VPairMaxSigned or Opcode.VPairMaxUnsigned;
        bool signed = opcode is Opcode.VMaxSigned or Opcode.VMinSigned or Opcode.VPairMaxSigned or Opcode.VPairMinSigned;
        EmitGreater(HostRegs.ScratchX, a, b, 3, signed, HostRegs.ScratchX2);
        // The mask says "a > b".
        asm.Emit(Code.VEX_Vblendvpd_xmm_xmm_xmmm128_xmm, result.X(), (maximum ? b : a).X(), (maximum ? a : b).X(), HostRegs.ScratchX.X());
    }

    /// <summary>mask = a > b. scratch may be the mask's register only for signed elements.</summary>
    void EmitGreater(HostReg mask, HostReg a, HostReg b, int size, bool signed, HostReg scratch)
    {
        if (!signed)
        {
            MemoryOperand signs = Pool(SignsOf(size));
            Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, mask, a, signs);
            Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, scratch, b, signs);
            a = mask;
            b = scratch;
        }
        Emit(GreaterLanes[size], mask, a, b);
    }

    static ulong SignsOf(int size) => size switch { 0 => 0x8080_8080_8080_8080, 1 => 0x8000_8000_8000_8000, 2 => 0x8000_0000_8000_0000, _ => 0x8000_0000_0000_0000 };

    void LowerGreaterUnsigned(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        MemoryOperand signs = Pool(SignsOf(size));
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, HostRegs.ScratchX, a, signs);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, HostRegs.ScratchX2, b, signs);
        Emit(GreaterLanes[size], alloc.DefineOver(i), HostRegs.ScratchX, HostRegs.ScratchX2);
    }

    // ---- Counting ----

    void LowerVPopCount(int i, ref IrOp op)
    {
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        SplitNibbles(a, low: s1, high: s2);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, result.X(), Pool(0x0302_0201_0201_0100, 0x0403_0302_0302_0201));
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, s1, result, s1);
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, s2, result, s2);
        Emit(Code.VEX_Vpaddb_xmm_xmm_xmmm128, result, s1, s2);
    }

    void LowerVCountLeadingZeros(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        if (size == 2 && features.Avx512)
        {
            Emit(Code.EVEX_Vplzcntd_xmm_k1z_xmmm128b32, alloc.DefineOver(i), a);
            return;
        }
        HostReg result = alloc.Define(i);
        // A byte: the count of its high nibble, and if that is zero (4) the count of its low nibble too.
        SplitNibbles(a, low: s1, high: s2);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, result.X(), Pool(0x0101_0101_0202_0304, 0));
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, s1, result, s1);
        Emit(Code.VEX_Vpshufb_xmm_xmm_xmmm128, result, result, s2);
        Emit(Code.VEX_Vpcmpeqb_xmm_xmm_xmmm128, s2, s2, Pool(0));
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s1, s1, s2);
        Emit(Code.VEX_Vpaddb_xmm_xmm_xmmm128, result, result, s1);
        // Twice as wide: the high half's count, and if it is full the low half's too.
        for (int half = 0; half < size; half++)
        {
            Code right = half == 0 ? Code.VEX_Vpsrlw_xmm_xmm_imm8 : Code.VEX_Vpsrld_xmm_xmm_imm8;
            int bits = 8 << half;
            Emit(right, s1, result, bits);
            Emit(EqualLanes[half + 1], s2, s1, Pool((ulong)bits * (half == 0 ? 0x0001_0001_0001_0001ul : 0x0000_0001_0000_0001ul)));
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, result);
            Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, s2, s2, Pool(LowHalves(half)));
            Emit(AddLanes[half + 1], result, s1, s2);
        }
    }

    // ---- Pairs and products ----

    void LowerPair(int i, ref IrOp op, int size)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B);
        if (op.Opcode == Opcode.VPairAdd && size is 1 or 2)
        {
            Emit(size == 1 ? Code.VEX_Vphaddw_xmm_xmm_xmmm128 : Code.VEX_Vphaddd_xmm_xmm_xmmm128, alloc.DefineOver(i), a, b);
            return;
        }
        HostReg even = alloc.Temporary(vector: true), odd = HostRegs.ScratchX2;
        EmitUnzip(even, a, b, size, odd: false, HostRegs.ScratchX);
        EmitUnzip(odd, a, b, size, odd: true, HostRegs.ScratchX);
        HostReg result = alloc.Define(i);
        if (op.Opcode == Opcode.VPairAdd) Emit(AddLanes[size], result, even, odd);
        else if (size < 3 || features.Avx512) Emit(ExtremeLanes(op.Opcode, size), result, even, odd);
        else EmitExtreme64Of(result, even, odd, op.Opcode);
    }

    // The odd elements are in the second scratch register, which an unsigned comparison needs.
    void EmitExtreme64Of(HostReg result, HostReg even, HostReg odd, Opcode opcode)
    {
        HostReg kept = alloc.Temporary(vector: true);
        alloc.Move(kept, odd, IrType.V128);
        EmitExtreme64(result, even, kept, opcode);
    }

    void LowerMulWide(int i, ref IrOp op, int size, bool signed)
    {
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        switch (size)
        {
            case 0:
                Emit((signed ? WidenSigned : WidenUnsigned)[0], s1, a);
                Emit((signed ? WidenSigned : WidenUnsigned)[0], s2, b);
                Emit(Code.VEX_Vpmullw_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
                break;
            case 1:
                Emit(Code.VEX_Vpmullw_xmm_xmm_xmmm128, s1, a, b);
                Emit(signed ? Code.VEX_Vpmulhw_xmm_xmm_xmmm128 : Code.VEX_Vpmulhuw_xmm_xmm_xmmm128, s2, a, b);
                Emit(Code.VEX_Vpunpcklwd_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
                break;
            default:
                // The product reads the low half of every 64-bit element only.
                Emit(WidenUnsigned[2], s1, a);
                Emit(WidenUnsigned[2], s2, b);
                Emit(signed ? Code.VEX_Vpmuldq_xmm_xmm_xmmm128 : Code.VEX_Vpmuludq_xmm_xmm_xmmm128, alloc.DefineOver(i), s1, s2);
                break;
        }
    }

    // ---- Saturation ----

    void LowerSaturatingSigned(int i, ref IrOp op, int size, bool add)
    {
        if (size < 2)
        {
            VectorBinary(i, ref op, (add, size) switch
            {
                (true, 0) => Code.VEX_Vpaddsb_xmm_xmm_xmmm128,
                (true, _) => Code.VEX_Vpaddsw_xmm_xmm_xmmm128,
                (false, 0) => Code.VEX_Vpsubsb_xmm_xmm_xmmm128,
                _ => Code.VEX_Vpsubsw_xmm_xmm_xmmm128,
            });
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        Emit((add ? AddLanes : SubLanes)[size], result, a, b);
        // Overflow (in the sign bit): the result's sign differs from a's, and b's sign allows it.
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s1, a, result);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s2, a, b);
        Emit(add ? Code.VEX_Vpandn_xmm_xmm_xmmm128 : Code.VEX_Vpand_xmm_xmm_xmmm128, s1, s2, s1);
        // The bound on a's side.
        EmitZero(s2);
        Emit(GreaterLanes[size], s2, s2, a);
        Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s2, s2, Pool(~SignsOf(size)));
        EmitBlend(size, result, s2, s1);
    }

    void LowerAddSaturatingUnsigned(int i, ref IrOp op, int size)
    {
        if (size < 2)
        {
            VectorCommutative(i, ref op, size == 0 ? Code.VEX_Vpaddusb_xmm_xmm_xmmm128 : Code.VEX_Vpaddusw_xmm_xmm_xmmm128);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX, s2 = HostRegs.ScratchX2;
        HostReg result = alloc.Define(i);
        // min(a, ~b) + b never wraps.
        Emit(Code.VEX_Vpcmpeqd_xmm_xmm_xmmm128, s1, s1, s1);
        if (size == 2 || features.Avx512)
        {
            Emit(Code.VEX_Vpxor_xmm_xmm_xmmm128, s1, b, s1);
            Emit(ExtremeLanes(Opcode.VMinUnsigned, size), s1, s1, a);
            Emit(AddLanes[size], result, s1, b);
            return;
        }
        Emit(Code.VEX_Vpaddq_xmm_xmm_xmmm128, result, a, b);
        EmitGreater(s1, a, result, 3, signed: false, s2);
        Emit(Code.VEX_Vpor_xmm_xmm_xmmm128, result, result, s1);
    }

    void LowerSubSaturatingUnsigned(int i, ref IrOp op, int size)
    {
        if (size < 2)
        {
            VectorBinary(i, ref op, size == 0 ? Code.VEX_Vpsubusb_xmm_xmm_xmmm128 : Code.VEX_Vpsubusw_xmm_xmm_xmmm128);
            return;
        }
        HostReg a = alloc.Use(op.A), b = alloc.Use(op.B), s1 = HostRegs.ScratchX;
        if (size == 2 || features.Avx512)
        {
            // max(a, b) - b.
            Emit(ExtremeLanes(Opcode.VMaxUnsigned, size), s1, a, b);
            Emit(SubLanes[size], alloc.DefineOver(i), s1, b);
            return;
        }
        HostReg result = alloc.Define(i);
        EmitGreater(s1, a, b, 3, signed: false, HostRegs.ScratchX2);
        Emit(Code.VEX_Vpsubq_xmm_xmm_xmmm128, result, a, b);
        Emit(Code.VEX_Vpand_xmm_xmm_xmmm128, result, result, s1);
    }
}
