using System.Runtime.InteropServices;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Executes single operations for emitted code on a host that lacks the instructions for them: with the IR's reference interpreter, so that they mean the same.</summary>
/// <remarks>Called through <see cref="RuntimeStubs.Evaluate"/>, with the MXCSR of managed code. One interpreter per thread, made at its first such operation; nothing is allocated afterwards.</remarks>
static unsafe class OutOfLineEvaluator
{
        [ThreadStatic]
    static IrInterpreter? interpreter;

    /// <summary>Executes an operation on the operands in <see cref="ThreadBlock.Operands"/> and leaves the result behind them, the exceptions in <see cref="ThreadBlock.FloatStatus"/>.</summary>
    /// <param name="thread">The thread's block.</param>
    /// <param name="operation">Which.</param>
    /// <param name="mxcsr">The guest's MXCSR: rounding and flush mode.</param>
    [UnmanagedCallersOnly]
    public static void Evaluate(ThreadBlock* thread, OutOfLineOperation* operation, uint mxcsr)
    {
        IrInterpreter current = interpreter ??= new IrInterpreter(new InterpreterHostMemory(0));
        current.Control = ControlOf(mxcsr);
        current.Raised = FloatExceptions.None;
        var operands = (UInt128*)thread->Operands;
        operands[ThreadBlock.ResultOperand] = current.Execute(*operation, operands);
        thread->FloatStatus |= FloatTraps.ToHost(current.Raised);
    }

    /// <summary>Rounding (bits 14..13; x86 counts down before up) and flush mode of an MXCSR value.</summary>
    static FloatControl ControlOf(uint mxcsr)
    {
        Rounding rounding = ((mxcsr >> 13) & 3) switch { 0 => Rounding.NearestEven, 1 => Rounding.Down, 2 => Rounding.Up, _ => Rounding.TowardsZero };
        return new FloatControl(rounding, (mxcsr & FloatTraps.FlushResults) != 0);
    }
}
