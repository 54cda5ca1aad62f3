using System.Runtime.InteropServices;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Executes single operations for emitted code on a host that lacks the instructions for them: with the IR's reference interpreter, so that they mean the same.</summary>
/// <remarks>Called through <see cref="RuntimeStubs.Evaluate"/>, with the MXCSR of managed code. One interpreter per thread, made at its first such operation; nothing is allocated afterwards.</remarks>
static unsafe class OutOfLineEvaluator
{
    const uint FlushToZero = 1 << 15;

    [ThreadStatic]
    static IrInterpreter? interpreter;

    /// <summary>Executes an operation on the operands in <see cref="ThreadBlock.Operands"/> and leaves the result behind them.</summary>
    /// <param name="thread">The thread's block.</param>
    /// <param name="operation">Which.</param>
    /// <param name="mxcsr">The guest's MXCSR: rounding and flush mode.</param>
    /// <returns>Floating-point exceptions raised, as flags of MXCSR.</returns>
    [UnmanagedCallersOnly]
    public static uint Evaluate(ThreadBlock* thread, OutOfLineOperation* operation, uint mxcsr)
    {
        IrInterpreter current = interpreter ??= new IrInterpreter(new InterpreterHostMemory(0));
        current.Control = ControlOf(mxcsr);
        current.Raised = FloatExceptions.None;
        var operands = (UInt128*)thread->Operands;
        operands[ThreadBlock.ResultOperand] = current.Execute(*operation, operands);
        return ToMxcsr(current.Raised);
    }

    /// <summary>Rounding (bits 14..13; x86 counts down before up) and flush mode of an MXCSR value.</summary>
    static FloatControl ControlOf(uint mxcsr)
    {
        Rounding rounding = ((mxcsr >> 13) & 3) switch { 0 => Rounding.NearestEven, 1 => Rounding.Down, 2 => Rounding.Up, _ => Rounding.TowardsZero };
        return new FloatControl(rounding, (mxcsr & FlushToZero) != 0);
    }

    // MXCSR has its denormal flag, which says nothing of flushed operands, between invalid and the others.
    static uint ToMxcsr(FloatExceptions raised) => ((uint)raised & 1) | (((uint)raised & 0x1E) << 1);
}
