using System.Runtime.CompilerServices;
using O = Dbt.Translator.Ir.OperandKind;
using R = Dbt.Translator.Ir.ResultKind;

namespace Dbt.Translator.Ir;

/// <summary>The one description of every operation: names, types, immediates and effects. Builder, verifier, text form and passes all go by it.</summary>
public static class OpTable
{
    const OpEffects Fp = OpEffects.RaisesFloat;
    const OpEffects Side = OpEffects.HasSideEffect;
    const OpEffects Exit = OpEffects.HasSideEffect | OpEffects.SideExit;
    const OpEffects End = OpEffects.HasSideEffect | OpEffects.Terminal;
    const OpEffects Read = OpEffects.MayFault | OpEffects.ReadsMemory;
    const OpEffects Write = OpEffects.MayFault | OpEffects.HasSideEffect | OpEffects.WritesMemory;

    static readonly OpInfo[] Rows = MakeRows();
    static readonly OpEffects[] EffectBits = MakeEffects();

    /// <summary>The row of an opcode.</summary>
    public static ref readonly OpInfo Info(Opcode opcode) => ref Rows[(int)opcode];

    /// <summary>Effects of an opcode: the most that any operation with it has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OpEffects Effects(Opcode opcode) => EffectBits[(int)opcode];

    /// <summary>Effects of an operation: as of its opcode, except that a helper call has those that it names.</summary>
    public static OpEffects EffectsOf(in IrOp op)
    {
        OpEffects effects = Effects(op.Opcode);
        if (op.Opcode == Opcode.CallHelper)
        {
            if ((op.Aux & 1) == 0) effects &= ~OpEffects.ReadsSlot;
            if ((op.Aux & 2) == 0) effects &= ~OpEffects.WritesSlot;
            if ((op.Aux & 4) == 0) effects &= ~OpEffects.MayFault;
        }
        return effects;
    }

    /// <summary>True if equal operations (same operands and immediates) have equal values wherever they stand in a block, so that one may serve for both.</summary>
    public static bool IsShareable(Opcode opcode) => (Effects(opcode) & ~Fp) == 0 && opcode is not (Opcode.Nop or Opcode.GetSlot);

    /// <summary>The opcode with the given text name, or <see cref="Opcode.Count"/>. A linear search: for parsing tests and dumps.</summary>
    public static Opcode Find(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Rows.Length; i++)
        {
            if (name.SequenceEqual(Rows[i].Name)) return (Opcode)i;
        }
        return Opcode.Count;
    }

    static OpEffects[] MakeEffects()
    {
        var effects = new OpEffects[Rows.Length];
        for (int i = 0; i < effects.Length; i++) effects[i] = Rows[i].Effects;
        return effects;
    }

    static OpInfo[] MakeRows()
    {
        var rows = new OpInfo[(int)Opcode.Count];
        void Op(Opcode opcode, string name, R result, O a = O.None, O b = O.None, O c = O.None, O d = O.None, AuxKind aux = AuxKind.None, ImmKind imm = ImmKind.None, OpEffects effects = OpEffects.None) =>
            rows[(int)opcode] = new(name, result, a, b, c, d, aux, imm, effects);
        void Integer2(Opcode opcode, string name) => Op(opcode, name, R.Integer, O.Same, O.Same);
        void Integer1(Opcode opcode, string name) => Op(opcode, name, R.Integer, O.Same);
        void Float2(Opcode opcode, string name) => Op(opcode, name, R.Float, O.Same, O.Same, effects: Fp);
        void Vector2(Opcode opcode, string name, ImmKind imm = ImmKind.None, OpEffects effects = OpEffects.None) =>
            Op(opcode, name, R.V128, O.V128, O.V128, aux: AuxKind.Element, imm: imm, effects: effects);
        void Vector1(Opcode opcode, string name, ImmKind imm = ImmKind.None, OpEffects effects = OpEffects.None) =>
            Op(opcode, name, R.V128, O.V128, aux: AuxKind.Element, imm: imm, effects: effects);
        void Bits2(Opcode opcode, string name, ImmKind imm = ImmKind.None) => Op(opcode, name, R.V128, O.V128, O.V128, imm: imm);
        void Bits1(Opcode opcode, string name) => Op(opcode, name, R.V128, O.V128);

        Op(Opcode.Nop, "nop", R.None);
        Op(Opcode.Const, "const", R.Scalar, imm: ImmKind.Constant);
        Op(Opcode.VConst, "vconst", R.V128, imm: ImmKind.Constant);
        Op(Opcode.GetSlot, "get", R.SlotRead, imm: ImmKind.Slot, effects: OpEffects.ReadsSlot);
        Op(Opcode.SetSlot, "set", R.None, O.SlotValue, imm: ImmKind.Slot, effects: OpEffects.WritesSlot);

        Integer2(Opcode.Add, "add");
        Integer2(Opcode.Sub, "sub");
        Integer2(Opcode.Mul, "mul");
        Op(Opcode.MulHighUnsigned, "mulhu", R.I64, O.I64, O.I64);
        Op(Opcode.MulHighSigned, "mulhs", R.I64, O.I64, O.I64);
        Integer2(Opcode.DivUnsigned, "divu");
        Integer2(Opcode.DivSigned, "divs");
        Integer2(Opcode.And, "and");
        Integer2(Opcode.Or, "or");
        Integer2(Opcode.Xor, "xor");
        Integer2(Opcode.AndNot, "andn");
        Integer1(Opcode.Not, "not");
        Integer1(Opcode.Neg, "neg");
        Op(Opcode.Shl, "shl", R.Integer, O.Same, O.Amount);
        Op(Opcode.Shr, "shr", R.Integer, O.Same, O.Amount);
        Op(Opcode.Sar, "sar", R.Integer, O.Same, O.Amount);
        Op(Opcode.Ror, "ror", R.Integer, O.Same, O.Amount);
        Op(Opcode.ExtractPair, "extr", R.Integer, O.Same, O.Same, imm: ImmKind.PairAmount);
        Integer1(Opcode.CountLeadingZeros, "clz");
        Integer1(Opcode.CountTrailingZeros, "ctz");
        Integer1(Opcode.PopCount, "popcnt");
        Integer1(Opcode.ReverseBits, "rbit");
        Integer1(Opcode.ReverseBytes, "bswap");
        Integer1(Opcode.ReverseBytes16, "bswap16");
        Op(Opcode.ReverseBytes32, "bswap32", R.I64, O.I64);
        Op(Opcode.ExtractUnsigned, "ubfx", R.Integer, O.Same, aux: AuxKind.Lsb, imm: ImmKind.FieldWidth);
        Op(Opcode.ExtractSigned, "sbfx", R.Integer, O.Same, aux: AuxKind.Lsb, imm: ImmKind.FieldWidth);
        Op(Opcode.InsertBits, "bfi", R.Integer, O.Same, O.Same, aux: AuxKind.Lsb, imm: ImmKind.FieldWidth);
        Op(Opcode.ZeroExtend32, "zext32", R.I64, O.I32);
        Op(Opcode.SignExtend32, "sext32", R.I64, O.I32);
        Op(Opcode.Truncate, "trunc", R.I32, O.I64);
        Op(Opcode.Select, "select", R.Data, O.Flags, O.Same, O.Same, aux: AuxKind.Condition);
        Op(Opcode.SetCondition, "cset", R.Integer, O.Flags, aux: AuxKind.Condition);
        Op(Opcode.AddWithCarry, "adc", R.Integer, O.Same, O.Same, O.Flags);
        Op(Opcode.SubWithCarry, "sbc", R.Integer, O.Same, O.Same, O.Flags);
        Op(Opcode.Crc32, "crc32", R.I32, O.I32, O.CrcData, aux: AuxKind.SizeLog2);
        Op(Opcode.Crc32C, "crc32c", R.I32, O.I32, O.CrcData, aux: AuxKind.SizeLog2);

        Op(Opcode.FlagsAdd, "flags.add", R.Flags, O.OperandWidth, O.OperandWidth, imm: ImmKind.OperandWidth);
        Op(Opcode.FlagsSub, "flags.sub", R.Flags, O.OperandWidth, O.OperandWidth, imm: ImmKind.OperandWidth);
        Op(Opcode.FlagsLogic, "flags.logic", R.Flags, O.OperandWidth, imm: ImmKind.OperandWidth);
        Op(Opcode.FlagsAddWithCarry, "flags.adc", R.Flags, O.OperandWidth, O.OperandWidth, O.Flags, imm: ImmKind.OperandWidth);
        Op(Opcode.FlagsSubWithCarry, "flags.sbc", R.Flags, O.OperandWidth, O.OperandWidth, O.Flags, imm: ImmKind.OperandWidth);
        Op(Opcode.FlagsSubIf, "flags.sub_if", R.Flags, O.Flags, O.OperandWidth, O.OperandWidth, aux: AuxKind.Condition, imm: ImmKind.WidthNzcv);
        Op(Opcode.FlagsAddIf, "flags.add_if", R.Flags, O.Flags, O.OperandWidth, O.OperandWidth, aux: AuxKind.Condition, imm: ImmKind.WidthNzcv);
        Op(Opcode.FlagsFromNzcv, "flags.from_nzcv", R.Flags, O.I32);
        Op(Opcode.NzcvFromFlags, "nzcv", R.I32, O.Flags);
        Op(Opcode.FlagsFloatCompare, "flags.fcmp", R.Flags, O.SameFloat, O.SameFloat, aux: AuxKind.Signalling, effects: Fp);
        Op(Opcode.FlagsFloatCompareIf, "flags.fcmp_if", R.Flags, O.Flags, O.SameFloat, O.SameFloat, aux: AuxKind.Condition, imm: ImmKind.NzcvSignalling, effects: Fp);

        Op(Opcode.Load, "load", R.Loaded, O.Address, aux: AuxKind.Access, imm: ImmKind.Displacement, effects: Read);
        Op(Opcode.Store, "store", R.None, O.Address, O.Stored, aux: AuxKind.Access, imm: ImmKind.Displacement, effects: Write);
        Op(Opcode.CompareExchange, "cas", R.Exchanged, O.Address, O.Same, O.Same, aux: AuxKind.Access, effects: Read | Write);
        Op(Opcode.AtomicRmw, "rmw", R.Exchanged, O.Address, O.Same, aux: AuxKind.Access, imm: ImmKind.Atomic, effects: Read | Write);
        Op(Opcode.StoreExclusive, "stex", R.I32, O.Address, O.Stored, O.I64, O.SameAsB, aux: AuxKind.Access, effects: Read | Write);
        Op(Opcode.Fence, "fence", R.None, effects: Side | OpEffects.WritesMemory);

        Op(Opcode.VFromScalar, "v_from", R.V128, O.Scalar);
        Op(Opcode.ScalarFromV, "scalar", R.Float, O.V128);
        Op(Opcode.VFromPair, "vpair", R.V128, O.I64, O.I64);
        Op(Opcode.Bitcast, "bitcast", R.Scalar, O.SameWidth);

        Float2(Opcode.FAdd, "fadd");
        Float2(Opcode.FSub, "fsub");
        Float2(Opcode.FMul, "fmul");
        Float2(Opcode.FDiv, "fdiv");
        Op(Opcode.FSqrt, "fsqrt", R.Float, O.Same, effects: Fp);
        Float2(Opcode.FMax, "fmax");
        Float2(Opcode.FMin, "fmin");
        Float2(Opcode.FMaxNumber, "fmaxnm");
        Float2(Opcode.FMinNumber, "fminnm");
        Op(Opcode.FNeg, "fneg", R.Float, O.Same);
        Op(Opcode.FAbs, "fabs", R.Float, O.Same);
        Op(Opcode.FMulAdd, "fmadd", R.Float, O.Same, O.Same, O.Same, aux: AuxKind.Negate, effects: Fp);
        Op(Opcode.FRound, "fround", R.Float, O.Same, aux: AuxKind.Rounding, imm: ImmKind.Bit, effects: Fp);
        Op(Opcode.FConvert, "fconvert", R.Float, O.OtherFloat, effects: Fp);
        Op(Opcode.FToInteger, "f_to_int", R.Integer, O.Float, aux: AuxKind.RoundingUnsigned, imm: ImmKind.FractionBits, effects: Fp);
        Op(Opcode.IntegerToF, "int_to_f", R.Float, O.Integer, aux: AuxKind.Unsigned, imm: ImmKind.FractionBits, effects: Fp);

        Bits2(Opcode.VAnd, "vand");
        Bits2(Opcode.VOr, "vor");
        Bits2(Opcode.VXor, "vxor");
        Bits2(Opcode.VAndNot, "vandn");
        Bits1(Opcode.VNot, "vnot");
        Op(Opcode.VBitSelect, "vbsl", R.V128, O.V128, O.V128, O.V128);
        Bits1(Opcode.VZeroUpper, "vzero_upper");
        Vector2(Opcode.VAdd, "vadd");
        Vector2(Opcode.VSub, "vsub");
        Vector2(Opcode.VMul, "vmul");
        Vector1(Opcode.VNeg, "vneg");
        Vector1(Opcode.VAbs, "vabs");
        Vector2(Opcode.VMaxSigned, "vmaxs");
        Vector2(Opcode.VMaxUnsigned, "vmaxu");
        Vector2(Opcode.VMinSigned, "vmins");
        Vector2(Opcode.VMinUnsigned, "vminu");
        Vector2(Opcode.VCompareEqual, "vcmpeq");
        Vector2(Opcode.VCompareGreaterSigned, "vcmpgts");
        Vector2(Opcode.VCompareGreaterUnsigned, "vcmpgtu");
        Vector1(Opcode.VShlImmediate, "vshl", ImmKind.ShiftLeft);
        Vector1(Opcode.VShrImmediate, "vshr", ImmKind.ShiftRight);
        Vector1(Opcode.VSarImmediate, "vsar", ImmKind.ShiftRight);
        Vector2(Opcode.VZipLow, "vzip_low");
        Vector2(Opcode.VZipHigh, "vzip_high");
        Vector2(Opcode.VUnzipEven, "vunzip_even");
        Vector2(Opcode.VUnzipOdd, "vunzip_odd");
        Vector2(Opcode.VTransposeEven, "vtrn_even");
        Vector2(Opcode.VTransposeOdd, "vtrn_odd");
        Bits2(Opcode.VExtractBytes, "vext", ImmKind.ByteNumber);
        Vector1(Opcode.VReverse, "vrev", ImmKind.Container);
        Bits1(Opcode.VReverseBits, "vrbit");
        Op(Opcode.VBroadcast, "vdup", R.V128, O.Integer, aux: AuxKind.Element);
        Vector1(Opcode.VBroadcastLane, "vdup_lane", ImmKind.Lane);
        Op(Opcode.VInsert, "vinsert", R.V128, O.V128, O.Integer, aux: AuxKind.Element, imm: ImmKind.Lane);
        Vector2(Opcode.VInsertLane, "vinsert_lane", ImmKind.LanePair);
        Op(Opcode.VExtract, "vextract", R.Integer, O.V128, aux: AuxKind.Element, imm: ImmKind.Lane);
        Op(Opcode.VExtractSigned, "vextracts", R.Integer, O.V128, aux: AuxKind.Element, imm: ImmKind.Lane);
        Bits2(Opcode.VTable, "vtbl");
        Vector1(Opcode.VNarrow, "vnarrow");
        Vector1(Opcode.VWidenUnsigned, "vwidenu");
        Vector1(Opcode.VWidenSigned, "vwidens");
        Bits1(Opcode.VHighHalf, "vhigh");
        Bits2(Opcode.VCombineLow, "vcombine");
        Bits1(Opcode.VPopCount, "vpopcnt");
        Vector1(Opcode.VCountLeadingZeros, "vclz");
        Vector2(Opcode.VPairAdd, "vpadd");
        Vector2(Opcode.VPairMaxUnsigned, "vpmaxu");
        Vector2(Opcode.VPairMinUnsigned, "vpminu");
        Vector2(Opcode.VPairMaxSigned, "vpmaxs");
        Vector2(Opcode.VPairMinSigned, "vpmins");
        Vector2(Opcode.VShiftUnsigned, "vushl");
        Vector2(Opcode.VShiftSigned, "vsshl");
        Vector2(Opcode.VFAdd, "vfadd", effects: Fp);
        Vector2(Opcode.VFSub, "vfsub", effects: Fp);
        Vector2(Opcode.VFMul, "vfmul", effects: Fp);
        Vector2(Opcode.VFDiv, "vfdiv", effects: Fp);
        Vector1(Opcode.VFSqrt, "vfsqrt", effects: Fp);
        Op(Opcode.VFMulAdd, "vfmadd", R.V128, O.V128, O.V128, O.V128, aux: AuxKind.Element, imm: ImmKind.Bit, effects: Fp);

        Vector2(Opcode.VMulWideUnsigned, "vmulwu");
        Vector2(Opcode.VMulWideSigned, "vmulws");
        Vector2(Opcode.VAddSaturatingSigned, "vqadds");
        Vector2(Opcode.VAddSaturatingUnsigned, "vqaddu");
        Vector2(Opcode.VSubSaturatingSigned, "vqsubs");
        Vector2(Opcode.VSubSaturatingUnsigned, "vqsubu");
        Vector2(Opcode.VFMax, "vfmax", effects: Fp);
        Vector2(Opcode.VFMin, "vfmin", effects: Fp);
        Vector2(Opcode.VFMaxNumber, "vfmaxnm", effects: Fp);
        Vector2(Opcode.VFMinNumber, "vfminnm", effects: Fp);
        Vector2(Opcode.VFCompareEqual, "vfcmpeq", effects: Fp);
        Vector2(Opcode.VFCompareGreater, "vfcmpgt", effects: Fp);
        Vector2(Opcode.VFCompareGreaterOrEqual, "vfcmpge", effects: Fp);
        Vector1(Opcode.VFRound, "vfround", ImmKind.VectorConversion, Fp);
        Vector1(Opcode.VFToInteger, "vf_to_int", ImmKind.VectorConversion, Fp);
        Vector1(Opcode.VIntegerToF, "vint_to_f", ImmKind.VectorConversion, Fp);
        Vector1(Opcode.VFWiden, "vfwiden", effects: Fp);
        Vector1(Opcode.VFNarrow, "vfnarrow", effects: Fp);

        Vector1(Opcode.VRotateRight, "vror", ImmKind.ShiftLeft);
        Bits2(Opcode.VShuffleWords, "vshufw", ImmKind.Selector);
        Op(Opcode.VLogic3, "vlogic3", R.V128, O.V128, O.V128, O.V128, imm: ImmKind.Selector);
        Bits2(Opcode.VPolyMul, "vpmul");
        Bits2(Opcode.VPolyMulWide, "vpmulw");
        Bits2(Opcode.VPolyMul64, "vpmul64", ImmKind.Selector);
        Bits2(Opcode.VAesEncrypt, "vaesenc");
        Bits2(Opcode.VAesEncryptLast, "vaesenc_last");
        Bits2(Opcode.VAesDecrypt, "vaesdec");
        Bits2(Opcode.VAesDecryptLast, "vaesdec_last");
        Bits1(Opcode.VAesMixColumns, "vaesmix");
        Bits1(Opcode.VAesInverseMixColumns, "vaesmix_inverse");
        Bits2(Opcode.VSha1Rounds, "vsha1", ImmKind.Selector);
        Bits2(Opcode.VSha1Schedule, "vsha1_schedule");
        Op(Opcode.VSha256Rounds, "vsha256", R.V128, O.V128, O.V128, O.V128, imm: ImmKind.Selector);
        Bits2(Opcode.VSha256Schedule0, "vsha256_schedule0");
        Bits2(Opcode.VSha256Schedule1, "vsha256_schedule1");
        Bits1(Opcode.VSm4Substitute, "vsm4_sbox");

        Vector1(Opcode.VFRecipEstimate, "vfrecip", ImmKind.ElementCount, Fp);
        Vector1(Opcode.VFRecipSqrtEstimate, "vfrsqrt", ImmKind.ElementCount, Fp);
        Vector1(Opcode.VFRecipExponent, "vfrecip_exponent", ImmKind.ElementCount, Fp);
        Vector2(Opcode.VFRecipStep, "vfrecip_step", effects: Fp);
        Vector2(Opcode.VFRecipSqrtStep, "vfrsqrt_step", effects: Fp);
        Vector2(Opcode.VFMulExtended, "vfmulx", effects: Fp);
        Vector1(Opcode.VFNarrowToOdd, "vfnarrow_odd", ImmKind.ElementCount, Fp);
        Vector1(Opcode.VFRoundBounded, "vfround_bounded", ImmKind.Selector, Fp);
        Op(Opcode.FToIntegerModular, "f_to_int_modular", R.I32, O.V128, effects: Fp);
        Vector1(Opcode.VRecipEstimate, "vrecip");
        Vector1(Opcode.VRecipSqrtEstimate, "vrsqrt");
        Op(Opcode.VDot, "vdot", R.V128, O.V128, O.V128, O.V128, imm: ImmKind.Selector);

        Op(Opcode.CallHelper, "call", R.Call, O.Optional, O.Optional, O.Optional, O.Optional, AuxKind.CallEffects, ImmKind.Helper,
            Side | OpEffects.MayFault | OpEffects.ReadsMemory | OpEffects.WritesMemory | OpEffects.ReadsSlot | OpEffects.WritesSlot);
        Op(Opcode.ExitIf, "exit_if", R.None, O.Flags, aux: AuxKind.Condition, imm: ImmKind.Location, effects: Exit);
        Op(Opcode.TrapIf, "trap_if", R.None, O.Flags, aux: AuxKind.Trap, imm: ImmKind.ConditionCode, effects: Exit);
        Op(Opcode.Goto, "goto", R.None, imm: ImmKind.Location, effects: End);
        Op(Opcode.Indirect, "indirect", R.None, O.I64, aux: AuxKind.Indirect, effects: End);
        Op(Opcode.Syscall, "syscall", R.None, aux: AuxKind.Byte, imm: ImmKind.Location, effects: End);
        Op(Opcode.Trap, "trap", R.None, aux: AuxKind.Trap, imm: ImmKind.Code, effects: End);
        Op(Opcode.FlushCode, "flush_code", R.None, O.I64, O.I64, imm: ImmKind.Location, effects: End);
        return rows;
    }
}
