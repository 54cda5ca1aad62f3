namespace Dbt.Translator.Ir;

/// <summary>Names of small enumerations in the text form, shared by printer and parser.</summary>
static class IrNames
{
    public static readonly string[] Types = ["none", "i32", "i64", "f32", "f64", "v128", "flags"];
    public static readonly string[] Conditions = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"];
    public static readonly string[] Roundings = ["nearest", "up", "down", "zero", "away", "dynamic"];
    public static readonly string[] Atomics = ["add", "clear", "xor", "or", "smax", "smin", "umax", "umin", "swap"];
    public static readonly string[] Traps = ["undefined", "breakpoint", "divide_by_zero", "integer_overflow", "instruction_fetch", "misaligned", "software"];
    public static readonly string[] Indirects = ["jump", "call", "return"];
    public static readonly string[] Sizes = ["8", "16", "32", "64", "128"];
    public static readonly string[] CallEffects = ["reads", "writes", "faults"];

    /// <summary>The kind of operand number 0..3 (a..d).</summary>
    public static OperandKind Operand(in OpInfo info, int number) => number switch { 0 => info.A, 1 => info.B, 2 => info.C, _ => info.D };

    /// <summary>The index of operand number 0..3 (a..d).</summary>
    public static ref int Operand(ref IrOp op, int number)
    {
        switch (number)
        {
            case 0: return ref op.A;
            case 1: return ref op.B;
            case 2: return ref op.C;
            default: return ref op.D;
        }
    }

    /// <summary>
    /// The type that a literal operand has when it carries none itself; None if it must carry one. <paramref name="group"/> is the type of the first operand of the same
    /// kind that is not a literal (flags of two integers, comparison of two floats).
    /// </summary>
    public static IrType LiteralType(OperandKind kind, in IrOp op, StateLayout layout, IrType group, IrType typeOfB) => kind switch
    {
        OperandKind.Same => op.Type,
        OperandKind.I32 or OperandKind.Amount => IrType.I32,
        OperandKind.I64 => IrType.I64,
        OperandKind.V128 => IrType.V128,
        OperandKind.Address => layout.AddressBits == 32 ? IrType.I32 : IrType.I64,
        OperandKind.SlotValue => layout[(int)op.Imm].Type,
        OperandKind.SameAsB => typeOfB,
        OperandKind.CrcData => op.Aux == 3 ? IrType.I64 : IrType.I32,
        OperandKind.OtherFloat => op.Type == IrType.F32 ? IrType.F64 : IrType.F32,
        OperandKind.SameWidth => op.Type switch { IrType.I32 => IrType.F32, IrType.I64 => IrType.F64, IrType.F32 => IrType.I32, _ => IrType.I64 },
        OperandKind.OperandWidth or OperandKind.SameFloat => group,
        _ => IrType.None,
    };
}
