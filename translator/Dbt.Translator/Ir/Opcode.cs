namespace Dbt.Translator.Ir;

/// <summary>The operations of the IR. Operands are named a, b, c, d; T is the operation's own type; imm and aux its immediates.</summary>
/// <remarks>
/// The meaning written here is what the reference interpreter does, bit for bit; optimizer and emitter must agree with it. Integer arithmetic wraps.
/// Types, effects and text names are in the op table. A vector element size is log2 of its bytes in aux (0 = 8-bit ... 3 = 64-bit).
/// </remarks>
public enum Opcode : ushort
{
    /// <summary>A removed operation.</summary>
    Nop,

    // ---- Constants and guest state ----
    /// <summary>imm, as I32 (low 32 bits), I64, F32 or F64 (bit pattern).</summary>
    Const,
    /// <summary>A V128 constant: both 64-bit halves equal imm (lane 0 and 1). Other constants: VFromPair of two Const.</summary>
    VConst,
    /// <summary>The current value of guest state slot imm. Its type is the slot's, or I32 of an I64 slot (low half), or F32/F64/I64 of a V128 slot (low lane).</summary>
    GetSlot,
    /// <summary>Guest state slot imm becomes a. a has the slot's type (a Flags slot takes Flags).</summary>
    SetSlot,

    // ---- Integer arithmetic, T = I32 or I64 ----
    /// <summary>a + b.</summary>
    Add,
    /// <summary>a - b.</summary>
    Sub,
    /// <summary>a * b, low half.</summary>
    Mul,
    /// <summary>High 64 bits of the unsigned 64 x 64 product (I64 only).</summary>
    MulHighUnsigned,
    /// <summary>High 64 bits of the signed 64 x 64 product (I64 only).</summary>
    MulHighSigned,
    /// <summary>Unsigned quotient; 0 when b = 0.</summary>
    DivUnsigned,
    /// <summary>Signed quotient towards zero; 0 when b = 0; the most negative value divided by -1 is itself.</summary>
    DivSigned,
    /// <summary>a &amp; b.</summary>
    And,
    /// <summary>a | b.</summary>
    Or,
    /// <summary>a ^ b.</summary>
    Xor,
    /// <summary>a &amp; ~b.</summary>
    AndNot,
    /// <summary>~a.</summary>
    Not,
    /// <summary>-a.</summary>
    Neg,
    /// <summary>a &lt;&lt; (b mod width). b is I32 or T.</summary>
    Shl,
    /// <summary>Logical a >> (b mod width).</summary>
    Shr,
    /// <summary>Arithmetic a >> (b mod width).</summary>
    Sar,
    /// <summary>Rotate right by b mod width.</summary>
    Ror,
    /// <summary>(a:b) >> imm, low half: bits imm upwards of the double-width value with high half a and low half b. 0 &lt; imm &lt; width.</summary>
    ExtractPair,
    /// <summary>Leading zero bits of a (width when a = 0).</summary>
    CountLeadingZeros,
    /// <summary>Trailing zero bits of a (width when a = 0).</summary>
    CountTrailingZeros,
    /// <summary>Number of one bits of a.</summary>
    PopCount,
    /// <summary>Bit order reversed.</summary>
    ReverseBits,
    /// <summary>Byte order reversed.</summary>
    ReverseBytes,
    /// <summary>Byte order reversed in each 16-bit part.</summary>
    ReverseBytes16,
    /// <summary>Byte order reversed in each 32-bit part (I64 only).</summary>
    ReverseBytes32,
    /// <summary>Zero-extended bit field of a: aux = lsb, imm = width; lsb + width &lt;= T's width.</summary>
    ExtractUnsigned,
    /// <summary>Sign-extended bit field of a: aux = lsb, imm = width.</summary>
    ExtractSigned,
    /// <summary>a with bits lsb..lsb+width-1 replaced by the low bits of b: aux = lsb, imm = width.</summary>
    InsertBits,
    /// <summary>I64 of I32 a, zero-extended.</summary>
    ZeroExtend32,
    /// <summary>I64 of I32 a, sign-extended.</summary>
    SignExtend32,
    /// <summary>I32: low half of I64 a.</summary>
    Truncate,
    /// <summary>aux (a <see cref="Condition"/>) holds for Flags a ? b : c. T = I32, I64, F32, F64 or V128.</summary>
    Select,
    /// <summary>1 if the condition aux holds for Flags a, else 0. T = I32 or I64.</summary>
    SetCondition,
    /// <summary>a + b + C of Flags c.</summary>
    AddWithCarry,
    /// <summary>a + ~b + C of Flags c (subtract with the Arm carry).</summary>
    SubWithCarry,
    /// <summary>CRC-32 (polynomial 0x04C11DB7, reflected) of accumulator a (I32) over the aux-sized (log2 bytes, 0..3) low part of b; I32. b is I64 when aux = 3, else I32.</summary>
    Crc32,
    /// <summary>As Crc32 with the Castagnoli polynomial 0x1EDC6F41.</summary>
    Crc32C,

    // ---- Flags; imm = 32 or 64 is the operand width where operands are integers ----
    /// <summary>Flags of a + b.</summary>
    FlagsAdd,
    /// <summary>Flags of a - b (C = no borrow).</summary>
    FlagsSub,
    /// <summary>N and Z of a; C = V = 0.</summary>
    FlagsLogic,
    /// <summary>Flags of AddWithCarry(a, b, c).</summary>
    FlagsAddWithCarry,
    /// <summary>Flags of SubWithCarry(a, b, c).</summary>
    FlagsSubWithCarry,
    /// <summary>aux (condition) holds for Flags a ? FlagsSub(b, c) : nzcv; imm = width | nzcv &lt;&lt; 8 (bits 3..0 = NZCV).</summary>
    FlagsSubIf,
    /// <summary>aux (condition) holds for Flags a ? FlagsAdd(b, c) : nzcv; imm as FlagsSubIf.</summary>
    FlagsAddIf,
    /// <summary>Flags from bits 31..28 of I32 a (the layout of NZCV and CPSR).</summary>
    FlagsFromNzcv,
    /// <summary>I32 with N, Z, C, V of Flags a in bits 31..28, other bits zero.</summary>
    NzcvFromFlags,
    /// <summary>Flags of comparing a with b (F32 or F64): less 1000, equal 0110, greater 0010, unordered 0011. aux = 1: signalling on quiet NaNs too (affects FPSR only).</summary>
    FlagsFloatCompare,
    /// <summary>aux (condition) holds for Flags a ? FlagsFloatCompare(b, c) : nzcv in imm bits 3..0; imm bit 8: signalling.</summary>
    FlagsFloatCompareIf,

    // ---- Memory: address a (I64, or I32 for a windowed guest) plus displacement imm; aux = MemoryAccess. May fault. ----
    /// <summary>Loads. T = I32 or I64 for sizes 1..8 (extended to T), F32, F64, V128 (sizes 2..16 zero-extend into the vector).</summary>
    Load,
    /// <summary>Stores the low part of b (any type).</summary>
    Store,
    /// <summary>Old value at a (zero-extended); if it equals the low part of b, the low part of c is stored. Sequentially consistent. aux size 1..8: I32/I64; 16: V128.</summary>
    CompareExchange,
    /// <summary>Old value at a (zero-extended, I32 or I64); memory becomes imm bits 7..0 (<see cref="AtomicOperation"/>) of it and b. Sequentially consistent. No displacement.</summary>
    AtomicRmw,
    /// <summary>Store exclusive: if a equals c (I64, the monitored address) and memory equals d (the monitored value, type of b), b is stored and the result is 0, else 1 (I32). Faults as a store to a. No displacement.</summary>
    StoreExclusive,
    /// <summary>Full memory barrier.</summary>
    Fence,

    // ---- Conversions between register files ----
    /// <summary>V128 with a (I32, I64, F32, F64) in the low lane and zeroes above.</summary>
    VFromScalar,
    /// <summary>Low lane of V128 a as T = F32 or F64 (I32/I64: use VExtract).</summary>
    ScalarFromV,
    /// <summary>V128: low half a (I64), high half b (I64).</summary>
    VFromPair,
    /// <summary>Bit pattern of a (F32/F64) as I32/I64, or the reverse.</summary>
    Bitcast,

    // ---- Scalar floating point, T = F32 or F64. NaN rules: Arm's FPProcessNaNs, default NaN positive; rounding: the location's FP control class.
    //      aux bit 6, on every operation here and on the VF operations that may make a NaN: any NaN result is the default NaN (FPCR.DN).
    //      aux bit 5, on VF operations on halves (element size 1) and on VFNarrow to them: subnormal operands and results become zeroes (FPCR.FZ16). ----
    /// <summary>a + b.</summary>
    FAdd,
    /// <summary>a - b.</summary>
    FSub,
    /// <summary>a * b.</summary>
    FMul,
    /// <summary>a / b.</summary>
    FDiv,
    /// <summary>Square root of a.</summary>
    FSqrt,
    /// <summary>Arm FMAX: a NaN operand gives a NaN; +0 > -0.</summary>
    FMax,
    /// <summary>Arm FMIN.</summary>
    FMin,
    /// <summary>Arm FMAXNM: a quiet NaN with a number gives the number.</summary>
    FMaxNumber,
    /// <summary>Arm FMINNM.</summary>
    FMinNumber,
    /// <summary>Sign bit inverted (NaNs too).</summary>
    FNeg,
    /// <summary>Sign bit cleared.</summary>
    FAbs,
    /// <summary>Fused a * b + c, NaN rules of FPMulAdd(c, a, b). aux bit 0: negate a first; bit 1: negate c first.</summary>
    FMulAdd,
    /// <summary>a rounded to an integral value in format T; aux = <see cref="Rounding"/>; imm = 1 raises Inexact (FRINTX).</summary>
    FRound,
    /// <summary>F32 from F64 or F64 from F32; NaNs are quieted and keep their top payload bits.</summary>
    FConvert,
    /// <summary>T = I32 or I64 from a (F32 or F64): saturating; NaN gives 0. aux bits 2..0 = <see cref="Rounding"/>, bit 3: unsigned; imm = fraction bits (a is multiplied by 2^imm first, exactly).</summary>
    FToInteger,
    /// <summary>T = F32 or F64 from integer a (I32 or I64). aux bit 3: unsigned; imm = fraction bits (the result is divided by 2^imm, one rounding).</summary>
    IntegerToF,

    // ---- Vectors, V128; aux = element size (log2 bytes) unless said ----
    /// <summary>a &amp; b.</summary>
    VAnd,
    /// <summary>a | b.</summary>
    VOr,
    /// <summary>a ^ b.</summary>
    VXor,
    /// <summary>a &amp; ~b.</summary>
    VAndNot,
    /// <summary>~a.</summary>
    VNot,
    /// <summary>(b &amp; a) | (c &amp; ~a): a is the mask.</summary>
    VBitSelect,
    /// <summary>The low 64 bits of a; upper half zero.</summary>
    VZeroUpper,
    /// <summary>Element-wise a + b.</summary>
    VAdd,
    /// <summary>a - b.</summary>
    VSub,
    /// <summary>a * b, low part (sizes 0..2).</summary>
    VMul,
    /// <summary>-a.</summary>
    VNeg,
    /// <summary>|a|, wrapping.</summary>
    VAbs,
    /// <summary>Signed maximum.</summary>
    VMaxSigned,
    /// <summary>Unsigned maximum.</summary>
    VMaxUnsigned,
    /// <summary>Signed minimum.</summary>
    VMinSigned,
    /// <summary>Unsigned minimum.</summary>
    VMinUnsigned,
    /// <summary>All ones where a = b.</summary>
    VCompareEqual,
    /// <summary>All ones where a > b, signed.</summary>
    VCompareGreaterSigned,
    /// <summary>All ones where a > b, unsigned.</summary>
    VCompareGreaterUnsigned,
    /// <summary>a &lt;&lt; imm, imm below the element width.</summary>
    VShlImmediate,
    /// <summary>Logical a >> imm; imm up to the element width (then 0).</summary>
    VShrImmediate,
    /// <summary>Arithmetic a >> imm; imm up to the element width (then the sign).</summary>
    VSarImmediate,
    /// <summary>Elements of the low halves of a and b, interleaved (a first): ZIP1.</summary>
    VZipLow,
    /// <summary>Elements of the high halves, interleaved: ZIP2.</summary>
    VZipHigh,
    /// <summary>Even-numbered elements of a (low half of the result) and of b: UZP1.</summary>
    VUnzipEven,
    /// <summary>Odd-numbered elements: UZP2.</summary>
    VUnzipOdd,
    /// <summary>Even-numbered elements of a and b as pairs: TRN1.</summary>
    VTransposeEven,
    /// <summary>Odd-numbered elements: TRN2.</summary>
    VTransposeOdd,
    /// <summary>Bytes imm..imm+15 of the 32-byte b:a (a is the low part): EXT. 0 &lt;= imm &lt;= 15.</summary>
    VExtractBytes,
    /// <summary>Elements of size aux reversed within each container of 2^imm bytes: REV16/32/64.</summary>
    VReverse,
    /// <summary>Bits reversed in each byte: RBIT.</summary>
    VReverseBits,
    /// <summary>a (I32 or I64) low part in every element.</summary>
    VBroadcast,
    /// <summary>Element imm of a in every element.</summary>
    VBroadcastLane,
    /// <summary>a with element imm replaced by the low part of b (I32 or I64).</summary>
    VInsert,
    /// <summary>a with element (imm &amp; 15) replaced by element (imm >> 4) of b.</summary>
    VInsertLane,
    /// <summary>T = I32 or I64: element imm of a, zero-extended.</summary>
    VExtract,
    /// <summary>T = I32 or I64: element imm of a, sign-extended.</summary>
    VExtractSigned,
    /// <summary>Each result byte = table[index byte of b], 0 where out of range; the table is a alone (16 bytes): TBL.</summary>
    VTable,
    /// <summary>Low parts of a's double-size elements in the low half; upper half zero: XTN. aux = size of the result's elements.</summary>
    VNarrow,
    /// <summary>Low-half elements of a zero-extended to double size: UXTL. aux = size of the source elements.</summary>
    VWidenUnsigned,
    /// <summary>Low-half elements of a sign-extended to double size: SXTL.</summary>
    VWidenSigned,
    /// <summary>Upper half of a in the lower half; upper half zero.</summary>
    VHighHalf,
    /// <summary>Low half of a, low half of b above it.</summary>
    VCombineLow,
    /// <summary>One bits of each byte: CNT.</summary>
    VPopCount,
    /// <summary>Leading zero bits of each element (sizes 0..2).</summary>
    VCountLeadingZeros,
    /// <summary>Sums of adjacent pairs of b:a (a first): ADDP.</summary>
    VPairAdd,
    /// <summary>Unsigned maxima of adjacent pairs of b:a: UMAXP.</summary>
    VPairMaxUnsigned,
    /// <summary>Unsigned minima of adjacent pairs: UMINP.</summary>
    VPairMinUnsigned,
    /// <summary>Signed maxima of adjacent pairs.</summary>
    VPairMaxSigned,
    /// <summary>Signed minima of adjacent pairs.</summary>
    VPairMinSigned,
    /// <summary>Each element shifted left by the signed low byte of b's element, right when negative (logical): USHL. Amounts beyond the width give 0.</summary>
    VShiftUnsigned,
    /// <summary>As VShiftUnsigned, arithmetic right shifts: SSHL.</summary>
    VShiftSigned,
    /// <summary>FP element-wise a + b (aux 1, 2 or 3).</summary>
    VFAdd,
    /// <summary>a - b.</summary>
    VFSub,
    /// <summary>a * b.</summary>
    VFMul,
    /// <summary>a / b.</summary>
    VFDiv,
    /// <summary>Square roots.</summary>
    VFSqrt,
    /// <summary>Fused c + a * b element-wise; imm bit 0: negate a first.</summary>
    VFMulAdd,
    /// <summary>Products of the low-half elements of a and b at double size, unsigned: UMULL. aux = size of the source elements (0..2).</summary>
    VMulWideUnsigned,
    /// <summary>Products of the low-half elements at double size, signed: SMULL.</summary>
    VMulWideSigned,
    /// <summary>a + b, clamped to the signed range: SQADD.</summary>
    VAddSaturatingSigned,
    /// <summary>a + b, clamped to the unsigned range: UQADD.</summary>
    VAddSaturatingUnsigned,
    /// <summary>a - b, clamped to the signed range: SQSUB.</summary>
    VSubSaturatingSigned,
    /// <summary>a - b, clamped to the unsigned range: UQSUB.</summary>
    VSubSaturatingUnsigned,
    /// <summary>FP element-wise <see cref="FMax"/>.</summary>
    VFMax,
    /// <summary>FP element-wise <see cref="FMin"/>.</summary>
    VFMin,
    /// <summary>FP element-wise <see cref="FMaxNumber"/>.</summary>
    VFMaxNumber,
    /// <summary>FP element-wise <see cref="FMinNumber"/>.</summary>
    VFMinNumber,
    /// <summary>All ones where a = b (FP; false for NaNs, quiet ones raise nothing).</summary>
    VFCompareEqual,
    /// <summary>All ones where a > b (FP; false for NaNs).</summary>
    VFCompareGreater,
    /// <summary>All ones where a >= b (FP; false for NaNs).</summary>
    VFCompareGreaterOrEqual,
    /// <summary>FP elements rounded to integral values; imm bits 2..0 = <see cref="Rounding"/>, bit 3: raises Inexact.</summary>
    VFRound,
    /// <summary>FP elements to integers of the same size as <see cref="FToInteger"/>; imm bits 2..0 = <see cref="Rounding"/>, bit 3: unsigned, bits 15..8: fraction bits.</summary>
    VFToInteger,
    /// <summary>Integer elements to FP of the same size as <see cref="IntegerToF"/>; imm bit 3: unsigned, bits 15..8: fraction bits.</summary>
    VIntegerToF,
    /// <summary>FP elements of the low half of a at double size: FCVTL. aux = size of the source elements (1 or 2).</summary>
    VFWiden,
    /// <summary>FP elements of a at half size in the low half, upper half zero: FCVTN. aux = size of the result's elements (1 or 2).</summary>
    VFNarrow,

    // ---- Rotation, choice and cryptography, V128. State and round of an algorithm are the host-neutral parts of the guests' instructions. ----
    /// <summary>Each element of a rotated right by imm, below the element's width; aux 2 or 3.</summary>
    VRotateRight,
    /// <summary>32-bit elements imm bits 1..0 and 3..2 of a (low half), bits 5..4 and 7..6 of b (high half).</summary>
    VShuffleWords,
    /// <summary>Any function of three bits: each bit of the result is bit (4 a + 2 b + c) of imm, where a, b and c are the operands' bits at its place.</summary>
    VLogic3,
    /// <summary>Polynomial (carry-less) product of each byte of a and b, low 8 bits: PMUL.</summary>
    VPolyMul,
    /// <summary>Polynomial products, 16 bits wide, of the bytes of the low halves: PMULL.</summary>
    VPolyMulWide,
    /// <summary>Polynomial product, 128 bits wide, of one half of a (imm bit 0: the high one) and one of b (imm bit 1).</summary>
    VPolyMul64,
    /// <summary>A round of AES on state a with round key b: MixColumns(SubBytes(ShiftRows(a))) ^ b (FIPS 197).</summary>
    VAesEncrypt,
    /// <summary>The last round: SubBytes(ShiftRows(a)) ^ b.</summary>
    VAesEncryptLast,
    /// <summary>A round of the inverse cipher: InvMixColumns(InvSubBytes(InvShiftRows(a))) ^ b.</summary>
    VAesDecrypt,
    /// <summary>Its last round: InvSubBytes(InvShiftRows(a)) ^ b.</summary>
    VAesDecryptLast,
    /// <summary>MixColumns(a).</summary>
    VAesMixColumns,
    /// <summary>InvMixColumns(a).</summary>
    VAesInverseMixColumns,
    /// <summary>
    /// Four rounds of SHA-1 (FIPS 180-4, 6.1.2). State a has d, c, b, a in elements 0..3 and the result the new ones; b has w3, w2, w1 and w0 + e.
    /// imm = t / 20 selects function and constant: 0 Ch, 1 Parity, 2 Maj, 3 Parity.
    /// </summary>
    VSha1Rounds,
    /// <summary>Last part of the SHA-1 schedule: element i of a ^ element i - 1 of b (for i = 0: element 3 of the result), rotated left by 1.</summary>
    VSha1Schedule,
    /// <summary>
    /// Two rounds of SHA-256 (6.2.2): a has h, g, d, c in elements 0..3, b has f, e, b, a; the result has the new f, e, b, a (b is then h, g, d, c). Elements 0 and 1
    /// (imm 1: 2 and 3) of c are the rounds' w + k.
    /// </summary>
    VSha256Rounds,
    /// <summary>First part of the SHA-256 schedule: element i of a + sigma0 of element i + 1 of b:a (4 being b's first).</summary>
    VSha256Schedule0,
    /// <summary>Second part: element i of a + sigma1 of element i + 2 of b for i = 0, 1, and + sigma1 of the result's element i - 2 for i = 2, 3.</summary>
    VSha256Schedule1,
    /// <summary>Each byte of a through the S-box of SM4 (GB/T 32907-2016).</summary>
    VSm4Substitute,

    // ---- Estimates and steps towards a quotient or root, V128; aux = element size. "elements" (imm): only so many low elements are computed, the others become zero. ----
    /// <summary>Reciprocals to 8 bits: FPRecipEstimate. imm = elements.</summary>
    VFRecipEstimate,
    /// <summary>Reciprocal square roots to 8 bits: FPRSqrtEstimate. imm = elements.</summary>
    VFRecipSqrtEstimate,
    /// <summary>Powers of two near the reciprocals: FPRecpX. imm = elements.</summary>
    VFRecipExponent,
    /// <summary>2 - a * b, fused; 2 for infinity times zero: FPRecipStepFused. A NaN a changes its sign.</summary>
    VFRecipStep,
    /// <summary>(3 - a * b) / 2, fused; 1.5 for infinity times zero: FPRSqrtStepFused. A NaN a changes its sign.</summary>
    VFRecipSqrtStep,
    /// <summary>a * b; 2 with the product's sign for infinity times zero: FPMulX.</summary>
    VFMulExtended,
    /// <summary>FP elements of a at half size in the low half, rounded to odd (FCVTXN). aux = size of the source elements (3), imm = elements.</summary>
    VFNarrowToOdd,
    /// <summary>Elements rounded to integral values that a signed integer can hold, else its least value: FPRoundIntN. imm bit 0: of 64 bits instead of 32; bit 1: rounds as the mode says instead of towards zero.</summary>
    VFRoundBounded,
    /// <summary>I32 from the double in the low lane of a (V128), modulo 2^32: FPToFixedJS.</summary>
    FToIntegerModular,
    /// <summary>Reciprocals of 32-bit fixed-point fractions: UnsignedRecipEstimate (aux 2).</summary>
    VRecipEstimate,
    /// <summary>Reciprocal square roots of 32-bit fixed-point fractions: UnsignedRSqrtEstimate (aux 2).</summary>
    VRecipSqrtEstimate,
    /// <summary>32-bit elements c + the products of the four bytes of a and b at the same place. imm bit 0: a's bytes are signed; bit 1: b's are.</summary>
    VDot,

    // ---- System ----
    /// <summary>Calls runtime helper imm with up to four integer operands; T may be None, I32 or I64. aux bit 0: it may read slots, bit 1: it may write slots, bit 2: it may fault.</summary>
    CallHelper,

    // ---- Control ----
    /// <summary>Leaves the block for location imm if condition aux holds for Flags a. State at the exit is what the preceding SetSlots made (aux bit 7: <see cref="IrOp.FlagsDeadAtTarget"/>).</summary>
    ExitIf,
    /// <summary>Raises trap aux (<see cref="TrapKind"/>) with code imm at the current guest instruction if the condition in imm bits 7..0 holds for Flags a; the code is imm >> 8.</summary>
    TrapIf,
    /// <summary>Terminal: goes to location imm. aux bit 7: <see cref="IrOp.FlagsDeadAtTarget"/>.</summary>
    Goto,
    /// <summary>Terminal: goes to the location a (I64); aux = <see cref="IndirectKind"/>.</summary>
    Indirect,
    /// <summary>Terminal: the guest's kernel is called; goes on at location imm. aux: the ABI's immediate, if it has one.</summary>
    Syscall,
    /// <summary>Terminal: raises trap aux (<see cref="TrapKind"/>) with code imm at the current guest instruction.</summary>
    Trap,
    /// <summary>Terminal: translations of the guest bytes [a, a + b) are discarded; goes on at location imm.</summary>
    FlushCode,
    /// <summary>Number of opcodes; not an operation.</summary>
    Count,
}
