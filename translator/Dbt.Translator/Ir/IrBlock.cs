using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dbt.Translator.Ir;

/// <summary>The IR of one translation unit of tier 1: an extended basic block (one entry, side exits, one terminal at the end).</summary>
/// <remarks>
/// Operations lie in program order in one unmanaged array, so that building, walking and resetting a block allocate nothing on the managed heap and an operand is an
/// int index. A pass removes an operation by turning it into <see cref="Opcode.Nop"/>. Guest instructions are numbered in the order of decoding; every operation names its own.
/// </remarks>
public sealed unsafe class IrBlock : IDisposable
{
    /// <summary>Most guest instructions in one block.</summary>
    public const int MaxInstructions = 128;

    IrOp* ops;
    int capacity;
    readonly ulong* instructions;

    /// <summary>Makes an empty block over a guest's state.</summary>
    public IrBlock(StateLayout layout)
    {
        Layout = layout;
        capacity = 1024;
        ops = (IrOp*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(IrOp));
        instructions = (ulong*)NativeMemory.Alloc(MaxInstructions, sizeof(ulong));
        Count = 1;
    }

    /// <summary>The guest's slots.</summary>
    public StateLayout Layout { get; }

    /// <summary>One more than the highest operation index. Operations are 1 .. Count - 1.</summary>
    public int Count { get; private set; }

    /// <summary>Number of guest instructions begun.</summary>
    public int InstructionCount { get; private set; }

    /// <summary>The location of the first instruction.</summary>
    public Location Start => InstructionAt(0);

    /// <summary>Operations that raise floating-point exceptions may fault in this block, so that the engine can set cumulative flags which the host's arithmetic cannot tell exactly: see
    /// <see cref="Execution.FloatTraps"/>. Set by the lifter, from the block's mode.</summary>
    public bool FloatTraps { get; set; }

    /// <summary>An operation, by index.</summary>
    public ref IrOp this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref ops[index];
    }

    /// <summary>The location of guest instruction number <paramref name="instruction"/>.</summary>
    public Location InstructionAt(int instruction) => new(instructions[instruction]);

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Count = 1;
        InstructionCount = 0;
        FloatTraps = false;
    }

    /// <summary>Effects of an operation in this block.</summary>
    public OpEffects EffectsOf(in IrOp op)
    {
        OpEffects effects = OpTable.EffectsOf(op);
        return FloatTraps && (effects & OpEffects.RaisesFloat) != 0 ? effects | OpEffects.MayFault : effects;
    }

    /// <summary>Begins the next guest instruction: operations appended from here on belong to it.</summary>
    public void BeginInstruction(Location location) => instructions[InstructionCount++] = location.Bits;

    /// <summary>Appends an operation; returns its index.</summary>
    public int Append(in IrOp op)
    {
        if (Count == capacity) Grow();
        ops[Count] = op;
        ops[Count].Instruction = Math.Max(InstructionCount - 1, 0);
        return Count++;
    }

    void Grow()
    {
        capacity *= 2;
        ops = (IrOp*)NativeMemory.Realloc(ops, (nuint)capacity * (nuint)sizeof(IrOp));
    }

    /// <summary>Frees the arena.</summary>
    public void Dispose()
    {
        NativeMemory.Free(ops);
        NativeMemory.Free(instructions);
    }
}
