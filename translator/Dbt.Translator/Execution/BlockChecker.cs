using System.Runtime.InteropServices;
using System.Text;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;

namespace Dbt.Translator.Execution;

/// <summary>A translated block did something else than the meaning of its IR.</summary>
public sealed class TranslationCheckException(string message) : Exception(message);

/// <summary>The engine of <c>--check</c>: sampled executions of blocks are first run by the IR interpreter, as lifted and after each pass, then for real, and compared.</summary>
/// <remarks>
/// Blocks are not linked in this mode, so that each execution comes through here. The interpreter runs on a copy of the state and writes to memory of its own. What is compared: where the
/// block goes and why, all slots, the bytes written. Not compared: floating-point status, blocks that call helpers (they may read clocks), state after a fault (fault injection tests
/// do that), and flags where the guest cannot read them any more. Only while the process has one guest thread.
/// </remarks>
sealed unsafe class BlockChecker
{
    const int AlwaysChecked = 4, Interval = 61;
    readonly GuestArchitecture guest;
    readonly ICodeSource source;
    readonly int maxInstructions;
    readonly IrBlock block;
    readonly ILifter lifter;
    readonly SpeculativeMemory memory;
    readonly IrInterpreter interpreter;
    readonly Dictionary<ulong, int> executions = [];
    readonly ThreadBlock* before = (ThreadBlock*)NativeMemory.AlignedAlloc((nuint)sizeof(ThreadBlock), 64);
    readonly ThreadBlock* lifted = (ThreadBlock*)NativeMemory.AlignedAlloc((nuint)sizeof(ThreadBlock), 64);
    readonly ThreadBlock* optimized = (ThreadBlock*)NativeMemory.AlignedAlloc((nuint)sizeof(ThreadBlock), 64);

    public BlockChecker(GuestArchitecture guest, ICodeSource source, int maxInstructions)
    {
        this.guest = guest;
        this.source = source;
        this.maxInstructions = maxInstructions;
        block = new IrBlock(guest.Layout);
        lifter = guest.CreateLifter(block);
        memory = new SpeculativeMemory(source.WindowBase);
        interpreter = new IrInterpreter(memory);
    }

    /// <summary>Executions compared so far.</summary>
    public long Checked { get; private set; }

    /// <summary>Runs the block at the thread's location, which has the given code, and compares if it is its turn.</summary>
    /// <exception cref="TranslationCheckException">A difference.</exception>
    public void Enter(ThreadBlock* thread, nint code)
    {
        var location = new Location(thread->Location);
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(executions, location.Bits, out _);
        bool due = count < AlwaysChecked || count % Interval == 0;
        count++;
        if (!due || !TryPredict(location, thread, out var predicted))
        {
            RuntimeStubs.Enter(thread, code);
            return;
        }
        RuntimeStubs.Enter(thread, code);
        // The prediction was made from what the bytes are now.
        if (thread->ExitKind == ExitKind.Trap && ((ExitRecord*)thread->ExitRecord)->Trap == TrapKind.Rewritten) return;
        // A floating-point trap leaves in the middle of the block.
        if (thread->ExitKind == ExitKind.Fault && ((HostContext*)((byte*)thread + HostContext.Offset))->Signal == HostSignals.FloatingPoint) return;
        Checked++;
        Compare("the emitted code", location, predicted, ExitOf(thread, location), thread, compareMemory: true);
    }

    // Interprets the block as lifted and after each pass; afterwards "lifted" and "memory" hold what the emitted code must do.
    bool TryPredict(Location location, ThreadBlock* thread, out InterpreterExit predicted)
    {
        block.Reset();
        var code = new CodeReader(source);
        lifter.Lift(location, ref code, maxInstructions);
        predicted = default;
        for (int i = 1; i < block.Count; i++)
        {
            if (block[i].Opcode == Opcode.CallHelper) return false;
        }
        *before = *thread;
        interpreter.Control = guest.FloatControlAt(location);
        predicted = Interpret(lifted);
        var expected = predicted;
        OptimizerPipeline.Run(block, guest, ref code, (pass, _) =>
        {
            var exit = Interpret(optimized);
            Compare($"the pass {pass}", location, expected, exit, optimized, compareMemory: false);
        });
        _ = Interpret(optimized);
        return true;
    }

    InterpreterExit Interpret(ThreadBlock* state)
    {
        *state = *before;
        memory.Reset();
        return interpreter.Run(block, state);
    }

    InterpreterExit ExitOf(ThreadBlock* thread, Location start)
    {
        var record = (ExitRecord*)thread->ExitRecord;
        return thread->ExitKind switch
        {
            ExitKind.Indirect => new(InterpreterExitKind.Goto, 0, 0, new Location(thread->ExitValue)),
            ExitKind.Syscall => new(InterpreterExitKind.Syscall, 0, 0, new Location(record->Location), Code: record->Code),
            ExitKind.Trap => new(InterpreterExitKind.Trap, 0, 0, new Location(record->Location), record->Trap, record->Code),
            ExitKind.FlushCode => new(InterpreterExitKind.FlushCode, 0, 0, new Location(record->Location), Address: thread->ExitValue, Size: thread->ExitValue2),
            ExitKind.Fault => new(InterpreterExitKind.Fault, 0, 0, start),
            _ => new(InterpreterExitKind.Goto, 0, 0, new Location(record->Location)),
        };
    }

    void Compare(string culprit, Location location, in InterpreterExit expected, in InterpreterExit actual, ThreadBlock* state, bool compareMemory)
    {
        var differences = new StringBuilder();
        string wanted = Describe(expected), got = Describe(actual);
        if (wanted != got) differences.AppendLine($"  leaves by {got}, must leave by {wanted}");
        if (expected.Kind != InterpreterExitKind.Fault)
        {
            CompareSlots(expected, state, differences);
            if (compareMemory) CompareMemory(differences);
        }
        if (differences.Length > 0)
            throw new TranslationCheckException($"--check: {culprit} differs from the meaning of the block at {location}:\n{differences}{Listing(location)}");
    }

    static string Describe(in InterpreterExit exit) => exit.Kind switch
    {
        InterpreterExitKind.Goto or InterpreterExitKind.SideExit or InterpreterExitKind.Indirect => $"branch to {exit.Target}",
        InterpreterExitKind.Trap => $"trap {exit.Trap} {exit.Code} at {exit.Target}",
        InterpreterExitKind.Syscall => $"system call {exit.Code} before {exit.Target}",
        InterpreterExitKind.FlushCode => $"flush of {exit.Size} bytes at 0x{exit.Address:x} before {exit.Target}",
        _ => "fault",
    };

    void CompareSlots(in InterpreterExit exit, ThreadBlock* state, StringBuilder differences)
    {
        for (int slot = 0; slot < guest.Layout.Count; slot++)
        {
            ref readonly var info = ref guest.Layout[slot];
            UInt128 wanted = Slot(lifted, info), got = Slot(state, info);
            if (wanted == got || (info.Type == IrType.Flags && FlagsAreDead(exit))) continue;
            differences.AppendLine($"  {info.Name} = 0x{got:x}, must be 0x{wanted:x}");
        }
    }

    bool FlagsAreDead(in InterpreterExit exit)
    {
        if (exit.Kind is not (InterpreterExitKind.Goto or InterpreterExitKind.SideExit)) return false;
        var code = new CodeReader(source);
        return guest.FlagsAreDeadAt(exit.Target, ref code);
    }

    void CompareMemory(StringBuilder differences)
    {
        foreach (var (address, value) in memory.Written)
        {
            byte? present = memory.HostByte(address);
            if (present != value) differences.AppendLine($"  byte at 0x{address:x} = 0x{present:x2}, must be 0x{value:x2}");
        }
    }

    static UInt128 Slot(ThreadBlock* thread, in SlotInfo info)
    {
        byte* place = (byte*)thread + ThreadBlock.Bias + info.Offset;
        return info.Type switch
        {
            IrType.V128 => *(UInt128*)place,
            IrType.I64 or IrType.F64 => *(ulong*)place,
            IrType.Flags => (uint)StateLayout.UnpackFlags(*(uint*)place),
            _ => *(uint*)place,
        };
    }

    string Listing(Location location)
    {
        var text = new StringBuilder();
        for (int i = 0; i < block.InstructionCount; i++)
        {
            var at = block.InstructionAt(i);
            if (!source.IsExecutable(at.Pc, 4)) break;
            text.AppendLine($"  0x{at.Pc:x}  {guest.Disassemble(at, new ReadOnlySpan<byte>((byte*)source.WindowBase + at.Pc, 4), out _)}");
        }
        return text.ToString();
    }
}
