using System.Runtime.InteropServices;

namespace Dbt.Translator.Ir;

/// <summary>An operation apart from its block: all that the interpreter needs to execute it on operands that it is given. 16 bytes, in the data part of emitted code.</summary>
[StructLayout(LayoutKind.Sequential)]
struct OutOfLineOperation
{
    /// <summary>What it does.</summary>
    public Opcode Opcode;
    /// <summary>Type of the result: I32, I64, F32, F64 or V128.</summary>
    public IrType Type;
    /// <summary>As of the operation, without what the back end notes in it.</summary>
    public byte Aux;
    /// <summary>Types of the operands; None for those that it does not have.</summary>
    public IrType A, B, C, D;
    /// <summary>As of the operation.</summary>
    public long Imm;
}

/// <summary>Single operations.</summary>
public sealed unsafe partial class IrInterpreter
{
    static readonly StateLayout NoState = new([], flagsSlot: -1, addressBits: 64);
    IrBlock? single;

    /// <summary>Executes one operation that depends on nothing but its operands, under <see cref="Control"/>; adds to <see cref="Raised"/>. Allocates nothing after the first time.</summary>
    /// <param name="operation">Which.</param>
    /// <param name="operands">The four operands; bits beyond their types are ignored.</param>
    internal UInt128 Execute(in OutOfLineOperation operation, UInt128* operands)
    {
        IrBlock single = this.single ??= new IrBlock(NoState);
        single.Reset();
        var op = new IrOp { Opcode = operation.Opcode, Type = operation.Type, Aux = operation.Aux, Imm = operation.Imm };
        op.A = Place(single, operation.A, operands[0]);
        op.B = Place(single, operation.B, operands[1]);
        op.C = Place(single, operation.C, operands[2]);
        op.D = Place(single, operation.D, operands[3]);
        int index = single.Append(op);
        soft = new SoftFloat(Control);
        InterpreterExit exit = default;
        Step(single, index, null, ref exit);
        Raised |= soft.Raised;
        return values[index];
    }

    int Place(IrBlock block, IrType type, UInt128 value)
    {
        if (type == IrType.None) return 0;
        int index = block.Append(new IrOp { Opcode = Opcode.Nop, Type = type });
        values[index] = type == IrType.V128 ? value : (ulong)value & Mask(type);
        return index;
    }
}
