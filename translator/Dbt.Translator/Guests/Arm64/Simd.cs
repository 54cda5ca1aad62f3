using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Access to the vector registers. Sizes are log2 of an element's bytes; an instruction on 64 bits (Q = 0) zeroes the upper half.</summary>
sealed partial class Arm64Lifter
{
    Value V(int n) => ir.GetSlot(Arm64State.V0 + n);

    void SetV(int n, Value value) => ir.SetSlot(Arm64State.V0 + n, value);

    bool SetV(int n, bool Q, Value value)
    {
        SetV(n, Q ? value : ir.VZeroUpper(value));
        return true;
    }

    /// <summary>An operand of an FP vector instruction: the upper half is zero where it takes no part, so that it raises nothing.</summary>
    Value VFloat(int n, bool Q) => Q ? V(n) : ir.VZeroUpper(V(n));

    static IrType FloatType(bool isDouble) => isDouble ? IrType.F64 : IrType.F32;

    /// <summary>The S or D register.</summary>
    Value Fp(int n, bool isDouble) => ir.GetSlot(Arm64State.V0 + n, FloatType(isDouble));

    /// <summary>Writes the S or D register; the rest of the vector register becomes zero.</summary>
    bool SetFp(int n, Value value)
    {
        SetV(n, ir.VFromScalar(value));
        return true;
    }

    /// <summary>The low or, for the instructions with suffix 2, the high half of a register in the low half.</summary>
    Value Half(int n, bool high) => high ? ir.VUnary(Opcode.VHighHalf, 0, V(n)) : V(n);

    /// <summary>Writes a narrowed result (low half): zeroing above it, or into the upper half for the instructions with suffix 2.</summary>
    bool SetHalf(int n, bool high, Value narrowed)
    {
        SetV(n, high ? ir.VBinary(Opcode.VCombineLow, 0, V(n), narrowed) : narrowed);
        return true;
    }

    Value Widen(bool unsigned, int size, Value value) => ir.VUnary(unsigned ? Opcode.VWidenUnsigned : Opcode.VWidenSigned, size, value);

    Value VAdd(int size, Value a, Value b) => ir.VBinary(Opcode.VAdd, size, a, b);

    Value VSub(int size, Value a, Value b) => ir.VBinary(Opcode.VSub, size, a, b);

    Value VShl(int size, Value a, int amount) => amount == 0 ? a : ir.VUnary(Opcode.VShlImmediate, size, a, amount);

    /// <summary>Right shift of every element by 0 .. width.</summary>
    Value VShr(bool unsigned, int size, Value a, int amount) => amount == 0 ? a : ir.VUnary(unsigned ? Opcode.VShrImmediate : Opcode.VSarImmediate, size, a, amount);

    Value VMax(bool unsigned, int size, Value a, Value b) => ir.VBinary(unsigned ? Opcode.VMaxUnsigned : Opcode.VMaxSigned, size, a, b);

    Value VMin(bool unsigned, int size, Value a, Value b) => ir.VBinary(unsigned ? Opcode.VMinUnsigned : Opcode.VMinSigned, size, a, b);

    /// <summary>The same constant in every element.</summary>
    Value VConstant(int size, ulong element) => ir.VConst(Replicate(size, element));

    static ulong Replicate(int size, ulong element) => size switch
    {
        0 => (element & 0xFF) * 0x0101_0101_0101_0101,
        1 => (element & 0xFFFF) * 0x0001_0001_0001_0001,
        2 => (element & 0xFFFF_FFFF) * 0x0000_0001_0000_0001,
        _ => element,
    };

    /// <summary>Sign bits of FP elements.</summary>
    Value SignBits(int size) => VConstant(size, 1UL << ((8 << size) - 1));
}
