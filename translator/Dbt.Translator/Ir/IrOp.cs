namespace Dbt.Translator.Ir;

/// <summary>One operation of a block; also names the value that it defines by its index.</summary>
/// <remarks>32 bytes. Operands are indices of earlier operations, 0 where absent (index 0 is never an operation).</remarks>
public struct IrOp
{
    /// <summary>Bit of Goto's and ExitIf's <see cref="Aux"/>: the condition flags are overwritten before they can be read at the target, so they need not be stored there.</summary>
    public const int FlagsDeadAtTarget = 0x80;

    /// <summary>What it does.</summary>
    public Opcode Opcode;
    /// <summary>Type of the value it defines, None if it defines none.</summary>
    public IrType Type;
    /// <summary>Small immediate: condition, element size, memory access, rounding: see <see cref="Opcode"/>.</summary>
    public byte Aux;
    /// <summary>Index of the guest instruction that it belongs to; see <see cref="IrBlock.InstructionAt"/>.</summary>
    public int Instruction;
    /// <summary>Operands.</summary>
    public int A, B, C, D;
    /// <summary>Large immediate.</summary>
    public long Imm;
}

/// <summary>A value: the index of the operation that defines it in its block. The default is "no value".</summary>
public readonly record struct Value(int Index)
{
    /// <summary>True for "no value".</summary>
    public bool IsNone => Index == 0;
}
