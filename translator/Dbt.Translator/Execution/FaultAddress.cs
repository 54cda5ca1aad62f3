using System.Runtime.InteropServices;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Finds out which address an instruction accesses, where the host does not tell: interprets it on a copy of the state.</summary>
sealed unsafe class FaultAddress(GuestArchitecture guest, ICodeSource source)
{
    readonly Lock gate = new();
    readonly SpeculativeMemory memory = new(source.WindowBase);
    ThreadBlock* copy;
    IrBlock? block;
    ILifter? lifter;

    /// <summary>The address of the first access of the instruction that fails; false if none does.</summary>
    public bool TryFind(Location location, ThreadBlock* state, out ulong address, out bool isWrite)
    {
        lock (gate)
        {
            if (copy == null) copy = (ThreadBlock*)NativeMemory.AlignedAlloc((nuint)sizeof(ThreadBlock), 64);
            block ??= new IrBlock(guest.Layout);
            lifter ??= guest.CreateLifter(block);
            block.Reset();
            var code = new CodeReader(source);
            lifter.Lift(location, ref code, maxInstructions: 1);
            *copy = *state;
            memory.Reset();
            var exit = new IrInterpreter(memory) { Control = guest.FloatControlAt(location) }.Run(block, copy);
            (address, isWrite) = (exit.Address, exit.IsWrite);
            return exit.Kind == InterpreterExitKind.Fault;
        }
    }
}
