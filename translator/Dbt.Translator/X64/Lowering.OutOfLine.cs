using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Operations that the runtime executes because the host lacks the instructions for them.</summary>
/// <remarks>
/// The operands go to <see cref="ThreadBlock.Operands"/>; the stub calls the interpreter's own implementation of the operation, outside of the guest's MXCSR, and merges the
/// exceptions that it raised into the cumulative flags. It leaves all registers as they were but rax, and changes the host's flags.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>Leaves a pure operation (of integers, floats or vectors; not of Flags) to the runtime.</summary>
    void LowerOutOfLine(int i, ref IrOp op)
    {
        ref readonly OpInfo info = ref OpTable.Info(op.Opcode);
        ClobberFlags();
        var record = (OutOfLineOperation*)AllocateData(sizeof(OutOfLineOperation));
        *record = new OutOfLineOperation { Opcode = op.Opcode, Type = op.Type, Aux = OutOfLine.AuxOf(op), Imm = op.Imm };
        record->A = PassOperand(op, 0, op.A, info.A);
        record->B = PassOperand(op, 1, op.B, info.B);
        record->C = PassOperand(op, 2, op.C, info.C);
        record->D = PassOperand(op, 3, op.D, info.D);
        HostReg result = alloc.DefineOver(i);
        asm.Emit(Code.Lea_r64_m, Register.RAX, Assembler.Rip(record));
        asm.Emit(Code.Call_rm64, Field(ThreadFields.StubEvaluate));
        alloc.LoadFrom(result, Field(ThreadFields.Operands + (16 * ThreadBlock.ResultOperand)), result.IsVector() ? IrType.V128 : op.Type);
    }

    /// <summary>Stores the whole register of an operand; bits that do not belong to it are masked by the runtime.</summary>
    IrType PassOperand(in IrOp op, int number, int value, OperandKind kind)
    {
        if (value == 0) return IrType.None;
        HostReg reg = alloc.Use(value);
        alloc.StoreTo(Field(ThreadFields.Operands + (16 * number)), reg, reg.IsVector() ? IrType.V128 : IrType.I64);
        return OutOfLine.OperandType(op, kind, block[value].Type);
    }
}
