using System.Runtime.CompilerServices;
using Dbt.Translator.Execution;

namespace Dbt.Translator.Ir;

/// <summary>How an interpreted block ended.</summary>
public enum InterpreterExitKind : byte
{
    /// <summary>A Goto; Target is the location.</summary>
    Goto,
    /// <summary>An ExitIf whose condition held; Target is the location.</summary>
    SideExit,
    /// <summary>An Indirect; Target is the location, Code the <see cref="IndirectKind"/>.</summary>
    Indirect,
    /// <summary>A Syscall; Target is the next location, Code the immediate.</summary>
    Syscall,
    /// <summary>A Trap or TrapIf; Trap and Code say which, Target is the location of the guest instruction.</summary>
    Trap,
    /// <summary>A FlushCode; Target is the next location, Address and Size the range.</summary>
    FlushCode,
    /// <summary>A memory operation failed; Target is the location of the guest instruction, Address what it accessed.</summary>
    Fault,
}

/// <summary>Where and why an interpreted block was left.</summary>
/// <param name="Kind">The way out.</param>
/// <param name="Operation">Index of the operation that left.</param>
/// <param name="Instruction">Number of its guest instruction.</param>
/// <param name="Target">See <see cref="InterpreterExitKind"/>.</param>
/// <param name="Trap">Kind of a trap.</param>
/// <param name="Code">Trap code, syscall immediate, or kind of indirect branch.</param>
/// <param name="Address">Guest address of a fault or flush.</param>
/// <param name="Size">Bytes of a flush.</param>
/// <param name="IsWrite">A fault was a write's (atomics count as writes).</param>
public readonly record struct InterpreterExit(
    InterpreterExitKind Kind, int Operation, int Instruction, Location Target, TrapKind Trap = default, long Code = 0, ulong Address = 0, ulong Size = 0, bool IsWrite = false);

/// <summary>Executes a block operation by operation: the meaning of the IR, against which lifters, passes and emitter are checked.</summary>
/// <remarks>
/// Values are kept as 128-bit words: I32 and F32 zero-extended, Flags as bits 3..0 = N, Z, C, V. SetSlot stores at once, so guest state is exact wherever the block is left.
/// Not thread-safe; one instance may run many blocks.
/// </remarks>
public sealed unsafe partial class IrInterpreter(IInterpreterMemory memory)
{
    UInt128[] values = new UInt128[256];
    SoftFloat soft;
    ThreadBlock* thread;
    bool faulted;
    bool faultIsWrite;
    ulong faultAddress;

    /// <summary>Floating-point control of the runs to come.</summary>
    public FloatControl Control { get; set; }

    /// <summary>Cumulative floating-point exceptions of all runs until cleared.</summary>
    public FloatExceptions Raised { get; set; }

    /// <summary>Value of an operation of the last run (V128, or zero-extended; Flags: N, Z, C, V in bits 3..0).</summary>
    public UInt128 this[Value value] => values[value.Index];

    /// <summary>Runs a block on the guest state of <paramref name="thread"/> until it is left.</summary>
    public InterpreterExit Run(IrBlock block, ThreadBlock* thread)
    {
        if (values.Length < block.Count) values = new UInt128[block.Count * 2];
        this.thread = thread;
        soft = new SoftFloat(Control);
        faulted = false;
        byte* state = (byte*)thread + ThreadBlock.Bias;
        InterpreterExit exit = default;
        int i = 1;
        while (!Step(block, i, state, ref exit)) i++;
        Raised |= soft.Raised;
        return exit;
    }

    /// <summary>Executes one operation; true if it leaves the block.</summary>
    bool Step(IrBlock block, int index, byte* state, ref InterpreterExit exit)
    {
        if (index >= block.Count) throw new IrVerificationException("the block has no terminal");
        ref IrOp op = ref block[index];
        switch (op.Opcode)
        {
            case Opcode.Nop or Opcode.Fence:
                if (op.Opcode == Opcode.Fence) Thread.MemoryBarrier();
                return false;
            case Opcode.Const:
                values[index] = (ulong)op.Imm & Mask(op.Type);
                return false;
            case Opcode.VConst:
                values[index] = new UInt128((ulong)op.Imm, (ulong)op.Imm);
                return false;
            case Opcode.GetSlot:
                values[index] = ReadSlot(state + block.Layout[(int)op.Imm].Offset, op.Type);
                return false;
            case Opcode.SetSlot:
                WriteSlot(state + block.Layout[(int)op.Imm].Offset, block.Layout[(int)op.Imm].Type, values[op.A]);
                return false;
            case Opcode.CallHelper:
                values[index] = Call(op) & Mask(op.Type);
                return false;
            case Opcode.Select:
                values[index] = values[Holds(op.Aux, op.A) ? op.B : op.C];
                return false;
            case >= Opcode.ExitIf and <= Opcode.FlushCode:
                return Leave(block, index, op, ref exit);
            case >= Opcode.Load and <= Opcode.StoreExclusive:
                values[index] = Memory(block, op);
                if (faulted)
                {
                    exit = new(InterpreterExitKind.Fault, index, op.Instruction, block.InstructionAt(op.Instruction), Address: faultAddress, IsWrite: faultIsWrite);
                    return true;
                }
                return false;
            case <= Opcode.Crc32C:
                values[index] = Integer(op) & Mask(op.Type);
                return false;
            case <= Opcode.FlagsFloatCompareIf:
                values[index] = (uint)Flags(op, block);
                return false;
            case <= Opcode.Bitcast:
                values[index] = MoveAcross(op);
                return false;
            case >= Opcode.VFRecipEstimate and <= Opcode.VDot:
                values[index] = Estimate(op);
                return false;
            case <= Opcode.IntegerToF:
                values[index] = Float(op, block[op.A].Type);
                return false;
            case >= Opcode.VRotateRight and <= Opcode.VSm4Substitute:
                values[index] = Cryptography(op);
                return false;
            default:
                values[index] = Vector(op);
                return false;
        }
    }

    bool Leave(IrBlock block, int index, in IrOp op, ref InterpreterExit exit)
    {
        var target = new Location((ulong)op.Imm);
        int instruction = op.Instruction;
        switch (op.Opcode)
        {
            case Opcode.ExitIf:
                if (!Holds(op.Aux, op.A)) return false;
                exit = new(InterpreterExitKind.SideExit, index, instruction, target);
                return true;
            case Opcode.TrapIf:
                if (!Holds((byte)op.Imm, op.A)) return false;
                exit = new(InterpreterExitKind.Trap, index, instruction, block.InstructionAt(instruction), (TrapKind)op.Aux, op.Imm >> 8);
                return true;
            case Opcode.Trap:
                exit = new(InterpreterExitKind.Trap, index, instruction, block.InstructionAt(instruction), (TrapKind)op.Aux, op.Imm);
                return true;
            case Opcode.Goto:
                exit = new(InterpreterExitKind.Goto, index, instruction, target);
                return true;
            case Opcode.Indirect:
                exit = new(InterpreterExitKind.Indirect, index, instruction, new Location(Low(op.A)), Code: op.Aux);
                return true;
            case Opcode.Syscall:
                exit = new(InterpreterExitKind.Syscall, index, instruction, target, Code: op.Aux);
                return true;
            default:
                exit = new(InterpreterExitKind.FlushCode, index, instruction, target, Address: Low(op.A), Size: Low(op.B));
                return true;
        }
    }

    ulong Low(int index) => (ulong)values[index];

    bool Holds(byte condition, int flags) => ((Condition)(condition & 15)).Holds((int)values[flags]);

    static ulong Mask(IrType type) => type is IrType.I32 or IrType.F32 ? uint.MaxValue : ulong.MaxValue;

    static UInt128 ReadSlot(byte* slot, IrType type) => type switch
    {
        IrType.I32 or IrType.F32 => *(uint*)slot,
        IrType.Flags => (uint)StateLayout.UnpackFlags(*(uint*)slot),
        IrType.V128 => Unsafe.ReadUnaligned<UInt128>(slot),
        _ => *(ulong*)slot,
    };

    static void WriteSlot(byte* slot, IrType type, UInt128 value)
    {
        switch (type)
        {
            case IrType.I32 or IrType.F32: *(uint*)slot = (uint)value; break;
            case IrType.Flags: *(uint*)slot = StateLayout.PackFlags((int)value); break;
            case IrType.V128: Unsafe.WriteUnaligned(slot, value); break;
            default: *(ulong*)slot = (ulong)value; break;
        }
    }

    ulong Call(in IrOp op)
    {
        var helper = (delegate* unmanaged<ThreadBlock*, ulong, ulong, ulong, ulong, ulong>)thread->Helpers[op.Imm];
        return helper(thread, Operand(op.A), Operand(op.B), Operand(op.C), Operand(op.D));
    }

    ulong Operand(int index) => index == 0 ? 0 : Low(index);
}
