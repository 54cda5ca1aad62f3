namespace Dbt.Translator.Ir;

/// <summary>Floating point and vectors.</summary>
public sealed partial class IrBuilder
{
    /// <summary>Scalar in the low lane, zeroes above.</summary>
    public Value VFromScalar(Value a) => Emit(Opcode.VFromScalar, IrType.V128, a);
    /// <summary>Low lane as F32 or F64.</summary>
    public Value ScalarFromV(IrType type, Value a) => Emit(Opcode.ScalarFromV, type, a);
    /// <summary>Vector of two I64 halves.</summary>
    public Value VFromPair(Value low, Value high) => Emit(Opcode.VFromPair, IrType.V128, low, high);
    /// <summary>Bit pattern between I32/F32 or I64/F64.</summary>
    public Value Bitcast(IrType type, Value a) => Emit(Opcode.Bitcast, type, a);

    /// <summary>aux bit 6 of FP operations; see <see cref="Opcode"/>.</summary>
    public const int DefaultNaNBit = 0x40;

    /// <summary>Whether the FP operations built from here on turn every NaN result into the default NaN (FPCR.DN).</summary>
    public bool DefaultNaN { get; set; }

    int NaNMode => DefaultNaN ? DefaultNaNBit : 0;

    /// <summary>A scalar FP operation of one operand that makes no NaN: FNeg, FAbs.</summary>
    public Value FSign(Opcode opcode, Value a) => Emit(opcode, TypeOf(a), a);
    /// <summary>FSqrt.</summary>
    public Value FUnary(Opcode opcode, Value a) => Emit(opcode, TypeOf(a), a, aux: NaNMode);
    /// <summary>A scalar FP operation of two operands: FAdd, FSub, FMul, FDiv, FMax, FMin, FMaxNumber, FMinNumber.</summary>
    public Value FBinary(Opcode opcode, Value a, Value b) => Emit(opcode, TypeOf(a), a, b, aux: NaNMode);
    /// <summary>(negateProduct ? -a : a) * b + (negateAddend ? -c : c), fused.</summary>
    public Value FMulAdd(Value a, Value b, Value c, bool negateProduct, bool negateAddend) =>
        Emit(Opcode.FMulAdd, TypeOf(a), a, b, c, aux: (negateProduct ? 1 : 0) | (negateAddend ? 2 : 0) | NaNMode);
    /// <summary>Rounds to integral.</summary>
    public Value FRound(Value a, Rounding rounding, bool raiseInexact) => Emit(Opcode.FRound, TypeOf(a), a, aux: (int)rounding | NaNMode, imm: raiseInexact ? 1 : 0);
    /// <summary>Converts between F32 and F64.</summary>
    public Value FConvert(IrType type, Value a) => Emit(Opcode.FConvert, type, a, aux: NaNMode);
    /// <summary>FP to saturated integer.</summary>
    public Value FToInteger(IrType type, Value a, Rounding rounding, bool unsigned, int fractionBits = 0) =>
        Emit(Opcode.FToInteger, type, a, aux: (int)rounding | (unsigned ? 8 : 0), imm: fractionBits);
    /// <summary>Integer to FP.</summary>
    public Value IntegerToF(IrType type, Value a, bool unsigned, int fractionBits = 0) =>
        Emit(Opcode.IntegerToF, type, a, aux: unsigned ? 8 : 0, imm: fractionBits);

    /// <summary>A vector operation of one operand without immediates beyond the element size (log2 bytes).</summary>
    public Value VUnary(Opcode opcode, int element, Value a, int imm = 0) => Emit(opcode, IrType.V128, a, aux: element, imm: imm);
    /// <summary>A vector operation of two operands.</summary>
    public Value VBinary(Opcode opcode, int element, Value a, Value b, int imm = 0) => Emit(opcode, IrType.V128, a, b, aux: element, imm: imm);
    /// <summary>A vector operation of three operands: VFMulAdd(a, b, c).</summary>
    public Value VTernary(Opcode opcode, int element, Value a, Value b, Value c, int imm = 0) => Emit(opcode, IrType.V128, a, b, c, aux: element, imm: imm);
    /// <summary>An FP vector operation of up to three operands whose result may be a NaN: the VF operations except comparisons and conversions with integers.</summary>
    public Value VFloat(Opcode opcode, int element, Value a, Value b = default, Value c = default, int imm = 0) =>
        Emit(opcode, IrType.V128, a, b, c, aux: element | NaNMode, imm: imm);
    /// <summary>(b &amp; mask) | (c &amp; ~mask).</summary>
    public Value VBitSelect(Value mask, Value b, Value c) => Emit(Opcode.VBitSelect, IrType.V128, mask, b, c);
    /// <summary>a &amp; b.</summary>
    public Value VAnd(Value a, Value b) => Emit(Opcode.VAnd, IrType.V128, a, b);
    /// <summary>a | b.</summary>
    public Value VOr(Value a, Value b) => Emit(Opcode.VOr, IrType.V128, a, b);
    /// <summary>a ^ b.</summary>
    public Value VXor(Value a, Value b) => Emit(Opcode.VXor, IrType.V128, a, b);
    /// <summary>a &amp; ~b.</summary>
    public Value VAndNot(Value a, Value b) => Emit(Opcode.VAndNot, IrType.V128, a, b);
    /// <summary>~a.</summary>
    public Value VNot(Value a) => Emit(Opcode.VNot, IrType.V128, a);
    /// <summary>Low 64 bits, upper half zero.</summary>
    public Value VZeroUpper(Value a) => Emit(Opcode.VZeroUpper, IrType.V128, a);
    /// <summary>An integer's low part in every element.</summary>
    public Value VBroadcast(int element, Value a) => Emit(Opcode.VBroadcast, IrType.V128, a, aux: element);
    /// <summary>An integer into one element.</summary>
    public Value VInsert(int element, Value vector, int lane, Value a) => Emit(Opcode.VInsert, IrType.V128, vector, a, aux: element, imm: lane);
    /// <summary>One element into another vector's.</summary>
    public Value VInsertLane(int element, Value into, int lane, Value from, int fromLane) =>
        Emit(Opcode.VInsertLane, IrType.V128, into, from, aux: element, imm: lane | (fromLane << 4));
    /// <summary>One element as an integer.</summary>
    public Value VExtract(IrType type, int element, Value vector, int lane, bool signed = false) =>
        Emit(signed ? Opcode.VExtractSigned : Opcode.VExtract, type, vector, aux: element, imm: lane);
}
