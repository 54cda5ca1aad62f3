using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Operations on vectors with rare operands, executed by the runtime: exact in every mode, and no cold code to speak of.</summary>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>A slow path that executes the whole operation, which must not have raised anything yet; it returns behind the hot code, with the result in its register.</summary>
    ref SlowPath NewEvaluation(in IrOp op, HostReg result, HostReg a, HostReg b = HostReg.None, HostReg c = HostReg.None)
    {
        var operation = (OutOfLineOperation*)AllocateData(sizeof(OutOfLineOperation));
        *operation = new OutOfLineOperation { Opcode = op.Opcode, Type = op.Type, Aux = OutOfLine.AuxOf(op), Imm = op.Imm, A = IrType.V128 };
        if (b != HostReg.None) operation->B = IrType.V128;
        if (c != HostReg.None) operation->C = IrType.V128;
        ref SlowPath slow = ref NewSlowPath();
        slow.Kind = SlowPathKind.Evaluate;
        slow.Operation = operation;
        slow.A = a;
        slow.B = b;
        slow.C = c;
        slow.Result = result;
        return ref slow;
    }

    void EmitEvaluation(ref SlowPath path)
    {
        ReadOnlySpan<HostReg> operands = [path.A, path.B, path.C];
        for (int k = 0; k < operands.Length; k++)
        {
            if (operands[k] != HostReg.None) alloc.StoreTo(Field(ThreadFields.Operands + (16 * k)), operands[k], IrType.V128);
        }
        asm.Emit(Code.Lea_r64_m, Register.RAX, Assembler.Rip(path.Operation));
        asm.Emit(Code.Call_rm64, Field(ThreadFields.StubEvaluate));
        alloc.LoadFrom(path.Result, Field(ThreadFields.Operands + (16 * ThreadBlock.ResultOperand)), path.Result.IsVector() ? IrType.V128 : IrType.I32);
    }
}
