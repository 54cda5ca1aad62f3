using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Access to the registers, and the operand forms that many instructions share (Arm ARM, shared pseudocode aarch64/instrs).</summary>
sealed partial class Arm64Lifter
{
    /// <summary>The integer type of a register of 64 or 32 bits.</summary>
    static IrType IntegerType(bool sf) => sf ? IrType.I64 : IrType.I32;

    /// <summary>A general register, 31 being the zero register: I64 or I32.</summary>
    Value X(int n, bool sf) => n == 31 ? ir.Const(IntegerType(sf), 0) : ir.GetSlot(Arm64State.X0 + n, IntegerType(sf));

    /// <summary>A general register, 31 being the stack pointer: I64 or I32.</summary>
    Value XOrSp(int n, bool sf) => ir.GetSlot(n == 31 ? Arm64State.Sp : Arm64State.X0 + n, IntegerType(sf));

    /// <summary>Writes a general register, 31 being the zero register; an I32 is zero-extended.</summary>
    void SetX(int n, Value value)
    {
        if (n != 31) ir.SetSlot(Arm64State.X0 + n, Extended(value));
    }

    /// <summary>Writes a general register, 31 being the stack pointer; an I32 is zero-extended.</summary>
    void SetXOrSp(int n, Value value) => ir.SetSlot(n == 31 ? Arm64State.Sp : Arm64State.X0 + n, Extended(value));

    Value Extended(Value value) => ir.TypeOf(value) == IrType.I32 ? ir.ZeroExtend32(value) : value;

    /// <summary>The condition flags.</summary>
    Value Flags => ir.GetSlot(Arm64State.Flags);

    /// <summary>Writes the condition flags.</summary>
    void SetFlags(Value flags) => ir.SetSlot(Arm64State.Flags, flags);

    /// <summary>ShiftReg: LSL, LSR, ASR or ROR by a constant.</summary>
    Value Shifted(Value value, int shift, int amount) => shift switch
    {
        0 => ir.Shl(value, amount),
        1 => ir.Shr(value, amount),
        2 => ir.Sar(value, amount),
        _ => ir.Ror(value, amount),
    };

    /// <summary>ExtendReg: UXTB, UXTH, UXTW, UXTX, SXTB, SXTH, SXTW or SXTX, then a left shift.</summary>
    Value ExtendedRegister(int m, int option, int amount, bool sf)
    {
        int width = 8 << (option & 3);
        bool signed = option >= 4;
        Value value;
        if (width == 64 || (width == 32 && !sf)) value = X(m, sf);
        else if (width == 32) value = signed ? ir.SignExtend32(X(m, false)) : ir.ZeroExtend32(X(m, false));
        else value = signed ? ir.ExtractSigned(X(m, sf), 0, width) : ir.ExtractUnsigned(X(m, sf), 0, width);
        return ir.Shl(value, amount);
    }

    /// <summary>condition ? a : b, where the last two conditions are always true.</summary>
    Value Choose(Condition condition, Value a, Value b) => condition >= Condition.Always ? a : ir.Select(condition, Flags, a, b);

    /// <summary>A two's complement field.</summary>
    static long SignExtend(long value, int bits) => value << (64 - bits) >> (64 - bits);
}
