namespace Dbt.Translator.Ir;

/// <summary>Integer arithmetic, flags and memory.</summary>
public sealed partial class IrBuilder
{
    /// <summary>a + b.</summary>
    public Value Add(Value a, Value b) => Emit(Opcode.Add, TypeOf(a), a, b);
    /// <summary>a - b.</summary>
    public Value Sub(Value a, Value b) => Emit(Opcode.Sub, TypeOf(a), a, b);
    /// <summary>a * b, low half.</summary>
    public Value Mul(Value a, Value b) => Emit(Opcode.Mul, TypeOf(a), a, b);
    /// <summary>High half of the unsigned product, I64.</summary>
    public Value MulHighUnsigned(Value a, Value b) => Emit(Opcode.MulHighUnsigned, IrType.I64, a, b);
    /// <summary>High half of the signed product, I64.</summary>
    public Value MulHighSigned(Value a, Value b) => Emit(Opcode.MulHighSigned, IrType.I64, a, b);
    /// <summary>Unsigned quotient, total.</summary>
    public Value DivUnsigned(Value a, Value b) => Emit(Opcode.DivUnsigned, TypeOf(a), a, b);
    /// <summary>Signed quotient, total.</summary>
    public Value DivSigned(Value a, Value b) => Emit(Opcode.DivSigned, TypeOf(a), a, b);
    /// <summary>a &amp; b.</summary>
    public Value And(Value a, Value b) => Emit(Opcode.And, TypeOf(a), a, b);
    /// <summary>a | b.</summary>
    public Value Or(Value a, Value b) => Emit(Opcode.Or, TypeOf(a), a, b);
    /// <summary>a ^ b.</summary>
    public Value Xor(Value a, Value b) => Emit(Opcode.Xor, TypeOf(a), a, b);
    /// <summary>a &amp; ~b.</summary>
    public Value AndNot(Value a, Value b) => Emit(Opcode.AndNot, TypeOf(a), a, b);
    /// <summary>~a.</summary>
    public Value Not(Value a) => Emit(Opcode.Not, TypeOf(a), a);
    /// <summary>-a.</summary>
    public Value Neg(Value a) => Emit(Opcode.Neg, TypeOf(a), a);
    /// <summary>Left shift by b modulo the width.</summary>
    public Value Shl(Value a, Value b) => Emit(Opcode.Shl, TypeOf(a), a, b);
    /// <summary>Logical right shift.</summary>
    public Value Shr(Value a, Value b) => Emit(Opcode.Shr, TypeOf(a), a, b);
    /// <summary>Arithmetic right shift.</summary>
    public Value Sar(Value a, Value b) => Emit(Opcode.Sar, TypeOf(a), a, b);
    /// <summary>Right rotation.</summary>
    public Value Ror(Value a, Value b) => Emit(Opcode.Ror, TypeOf(a), a, b);
    /// <summary>Left shift by a constant.</summary>
    public Value Shl(Value a, int amount) => amount == 0 ? a : Shl(a, Const32(amount));
    /// <summary>Logical right shift by a constant.</summary>
    public Value Shr(Value a, int amount) => amount == 0 ? a : Shr(a, Const32(amount));
    /// <summary>Arithmetic right shift by a constant.</summary>
    public Value Sar(Value a, int amount) => amount == 0 ? a : Sar(a, Const32(amount));
    /// <summary>Right rotation by a constant.</summary>
    public Value Ror(Value a, int amount) => amount == 0 ? a : Ror(a, Const32(amount));
    /// <summary>Low half of (high:low) >> amount; 0 &lt; amount &lt; width.</summary>
    public Value ExtractPair(Value high, Value low, int amount) => Emit(Opcode.ExtractPair, TypeOf(high), high, low, imm: amount);
    /// <summary>Leading zeroes.</summary>
    public Value CountLeadingZeros(Value a) => Emit(Opcode.CountLeadingZeros, TypeOf(a), a);
    /// <summary>Trailing zeroes.</summary>
    public Value CountTrailingZeros(Value a) => Emit(Opcode.CountTrailingZeros, TypeOf(a), a);
    /// <summary>One bits.</summary>
    public Value PopCount(Value a) => Emit(Opcode.PopCount, TypeOf(a), a);
    /// <summary>Bits reversed.</summary>
    public Value ReverseBits(Value a) => Emit(Opcode.ReverseBits, TypeOf(a), a);
    /// <summary>Bytes reversed.</summary>
    public Value ReverseBytes(Value a) => Emit(Opcode.ReverseBytes, TypeOf(a), a);
    /// <summary>Bytes reversed in each halfword.</summary>
    public Value ReverseBytes16(Value a) => Emit(Opcode.ReverseBytes16, TypeOf(a), a);
    /// <summary>Bytes reversed in each word of an I64.</summary>
    public Value ReverseBytes32(Value a) => Emit(Opcode.ReverseBytes32, IrType.I64, a);
    /// <summary>Zero-extended bit field.</summary>
    public Value ExtractUnsigned(Value a, int lsb, int width) => Emit(Opcode.ExtractUnsigned, TypeOf(a), a, aux: lsb, imm: width);
    /// <summary>Sign-extended bit field.</summary>
    public Value ExtractSigned(Value a, int lsb, int width) => Emit(Opcode.ExtractSigned, TypeOf(a), a, aux: lsb, imm: width);
    /// <summary>a with a field replaced by the low bits of b.</summary>
    public Value InsertBits(Value a, Value b, int lsb, int width) => Emit(Opcode.InsertBits, TypeOf(a), a, b, aux: lsb, imm: width);
    /// <summary>I64 of I32, zero-extended.</summary>
    public Value ZeroExtend32(Value a) => Emit(Opcode.ZeroExtend32, IrType.I64, a);
    /// <summary>I64 of I32, sign-extended.</summary>
    public Value SignExtend32(Value a) => Emit(Opcode.SignExtend32, IrType.I64, a);
    /// <summary>Low half of I64 as I32.</summary>
    public Value Truncate(Value a) => Emit(Opcode.Truncate, IrType.I32, a);
    /// <summary>condition ? a : b, any type.</summary>
    public Value Select(Condition condition, Value flags, Value a, Value b) => Emit(Opcode.Select, TypeOf(a), flags, a, b, aux: (int)condition);
    /// <summary>condition ? 1 : 0.</summary>
    public Value SetCondition(IrType type, Condition condition, Value flags) => Emit(Opcode.SetCondition, type, flags, aux: (int)condition);
    /// <summary>a + b + C.</summary>
    public Value AddWithCarry(Value a, Value b, Value flags) => Emit(Opcode.AddWithCarry, TypeOf(a), a, b, flags);
    /// <summary>a + ~b + C.</summary>
    public Value SubWithCarry(Value a, Value b, Value flags) => Emit(Opcode.SubWithCarry, TypeOf(a), a, b, flags);
    /// <summary>CRC-32 step over 2^sizeLog2 bytes of <paramref name="data"/>; <paramref name="castagnoli"/> chooses CRC-32C.</summary>
    public Value Crc32(Value accumulator, Value data, int sizeLog2, bool castagnoli) =>
        Emit(castagnoli ? Opcode.Crc32C : Opcode.Crc32, IrType.I32, accumulator, data, aux: sizeLog2);

    int Width(Value a) => TypeOf(a) == IrType.I32 ? 32 : 64;
    /// <summary>Flags of a + b.</summary>
    public Value FlagsAdd(Value a, Value b) => Emit(Opcode.FlagsAdd, IrType.Flags, a, b, imm: Width(a));
    /// <summary>Flags of a - b.</summary>
    public Value FlagsSub(Value a, Value b) => Emit(Opcode.FlagsSub, IrType.Flags, a, b, imm: Width(a));
    /// <summary>N and Z of a.</summary>
    public Value FlagsLogic(Value a) => Emit(Opcode.FlagsLogic, IrType.Flags, a, imm: Width(a));
    /// <summary>Flags of a + b + C.</summary>
    public Value FlagsAddWithCarry(Value a, Value b, Value flags) => Emit(Opcode.FlagsAddWithCarry, IrType.Flags, a, b, flags, imm: Width(a));
    /// <summary>Flags of a + ~b + C.</summary>
    public Value FlagsSubWithCarry(Value a, Value b, Value flags) => Emit(Opcode.FlagsSubWithCarry, IrType.Flags, a, b, flags, imm: Width(a));
    /// <summary>condition ? flags of a - b : nzcv (bits 3..0).</summary>
    public Value FlagsSubIf(Condition condition, Value flags, Value a, Value b, int nzcv) =>
        Emit(Opcode.FlagsSubIf, IrType.Flags, flags, a, b, aux: (int)condition, imm: Width(a) | (nzcv << 8));
    /// <summary>condition ? flags of a + b : nzcv (bits 3..0).</summary>
    public Value FlagsAddIf(Condition condition, Value flags, Value a, Value b, int nzcv) =>
        Emit(Opcode.FlagsAddIf, IrType.Flags, flags, a, b, aux: (int)condition, imm: Width(a) | (nzcv << 8));
    /// <summary>Flags from bits 31..28 of an I32.</summary>
    public Value FlagsFromNzcv(Value a) => Emit(Opcode.FlagsFromNzcv, IrType.Flags, a);
    /// <summary>Bits 31..28 from flags, I32.</summary>
    public Value NzcvFromFlags(Value flags) => Emit(Opcode.NzcvFromFlags, IrType.I32, flags);
    /// <summary>Flags of an FP comparison.</summary>
    public Value FlagsFloatCompare(Value a, Value b, bool signalling) => Emit(Opcode.FlagsFloatCompare, IrType.Flags, a, b, aux: signalling ? 1 : 0);
    /// <summary>condition ? flags of an FP comparison : nzcv (bits 3..0).</summary>
    public Value FlagsFloatCompareIf(Condition condition, Value flags, Value a, Value b, int nzcv, bool signalling) =>
        Emit(Opcode.FlagsFloatCompareIf, IrType.Flags, flags, a, b, aux: (int)condition, imm: nzcv | (signalling ? 0x100 : 0));

    /// <summary>Loads from address + displacement.</summary>
    public Value Load(IrType type, Value address, MemoryAccess access, long displacement = 0) => Emit(Opcode.Load, type, Accessed(address, ref displacement), aux: access.Bits, imm: displacement);
    /// <summary>Stores to address + displacement.</summary>
    public void Store(Value address, Value value, MemoryAccess access, long displacement = 0) =>
        Emit(Opcode.Store, IrType.None, Accessed(address, ref displacement), value, aux: access.Bits, imm: displacement);
    /// <summary>Compare and exchange; returns the old value with the type of <paramref name="expected"/>.</summary>
    public Value CompareExchange(Value address, Value expected, Value desired, MemoryAccess access) =>
        Emit(Opcode.CompareExchange, TypeOf(expected), Untagged(address), expected, desired, aux: access.Bits);
    /// <summary>Atomic read-modify-write; returns the old value with the type of <paramref name="value"/>.</summary>
    public Value AtomicRmw(AtomicOperation operation, Value address, Value value, MemoryAccess access) =>
        Emit(Opcode.AtomicRmw, TypeOf(value), Untagged(address), value, aux: access.Bits, imm: (long)operation);
    /// <summary>Store exclusive; 0 on success, 1 on failure (I32).</summary>
    public Value StoreExclusive(Value address, Value value, Value monitoredAddress, Value monitoredValue, MemoryAccess access) =>
        Emit(Opcode.StoreExclusive, IrType.I32, Untagged(address), value, monitoredAddress, monitoredValue, access.Bits);
    /// <summary>Full barrier.</summary>
    public void Fence() => Emit(Opcode.Fence, IrType.None);
}
