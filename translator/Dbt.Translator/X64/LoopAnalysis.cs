using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>Finds out whether a block jumps back to its own start at its end, and what of the guest's state such a loop carries from one iteration to the next.</summary>
/// <remarks>
/// A slot that the block never writes is <em>invariant</em>: the value that its GetSlot names is the same in every iteration. A slot that it writes is <em>changed</em>: at the loop's head it
/// holds what the last SetSlot of the iteration before gave it (<see cref="FinalOf"/>), which is needed until its first SetSlot if something reads or observes it before that, and is
/// dead otherwise.
/// </remarks>
sealed class LoopAnalysis
{
    readonly int[] firstWrite = new int[128];
    readonly int[] observedUntil = new int[128];
    readonly int[] finalValue = new int[128];
    readonly bool[] readAtHead = new bool[128];
    IrBlock block = null!;

    /// <summary>The operation that closes the loop: the terminal Goto, or the ExitIf right before it; 0 if the block is not a loop.</summary>
    public int Closing { get; private set; }

    /// <summary>The value that a changed slot has at the end of each iteration.</summary>
    public int FinalOf(int slot) => finalValue[slot];

    /// <summary>Whether the block writes the slot.</summary>
    public bool IsChanged(int slot) => firstWrite[slot] != 0;

    /// <summary>Whether a GetSlot reads what a changed slot holds at the head.</summary>
    public bool IsReadAtHead(int slot) => readAtHead[slot];

    /// <summary>The last operation that observes what a changed slot holds at the head without reading it, or 0.</summary>
    public int ObservedUntil(int slot) => observedUntil[slot];

    /// <summary>Whether an operation reads what a changed slot holds at the head.</summary>
    public bool ReadsHead(int index, in IrOp op) => op.Opcode == Opcode.GetSlot && index < firstWrite[(int)op.Imm];

    /// <summary>Whether a value is the same in every iteration and known by one name: a constant, or a slot that is never written.</summary>
    public bool IsInvariant(in IrOp op) => op.Opcode is Opcode.Const or Opcode.VConst || (op.Opcode == Opcode.GetSlot && firstWrite[(int)op.Imm] == 0);

    /// <summary>Whether some exit of the block goes to its own start.</summary>
    public static bool MayLoop(in IrOp op, ulong start) => op.Opcode is Opcode.Goto or Opcode.ExitIf && (ulong)op.Imm == start;

    /// <summary>No loop.</summary>
    public void Clear() => Closing = 0;

    /// <summary>Looks at a block that <see cref="BlockAnalysis"/> has been over, and makes the values that are worth keeping in registers round the loop live to its end.</summary>
    public void Run(IrBlock irBlock, ValueInfo[] values)
    {
        block = irBlock;
        Closing = FindClosing();
        if (Closing == 0) return;
        int slots = block.Layout.Count;
        Array.Clear(firstWrite, 0, slots);
        Array.Clear(observedUntil, 0, slots);
        Array.Clear(finalValue, 0, slots);
        Array.Clear(readAtHead, 0, slots);

        int lastObserver = 0, end = block.Count - 1;
        for (int i = 1; i <= end; i++)
        {
            ref IrOp op = ref block[i];
            switch (op.Opcode)
            {
                case Opcode.Nop:
                    break;
                case Opcode.CallHelper:
                    Closing = 0;
                    return;
                case Opcode.SetSlot:
                    int slot = (int)op.Imm;
                    if (firstWrite[slot] == 0)
                    {
                        firstWrite[slot] = i;
                        observedUntil[slot] = lastObserver;
                    }
                    finalValue[slot] = op.A;
                    break;
                case Opcode.GetSlot:
                    if (firstWrite[(int)op.Imm] == 0) readAtHead[(int)op.Imm] = true;
                    break;
                default:
                    if (BlockAnalysis.Observes(block, op.Opcode)) lastObserver = i;
                    break;
            }
        }
        for (int i = 1; i < end; i++)
        {
            ref IrOp op = ref block[i];
            if (values[i].End != 0 && IsInvariant(op) && IsWorthKeeping(op)) values[i].End = end;
        }
    }

    // Loading an integer constant or a zero costs nothing that a register would save.
    static bool IsWorthKeeping(in IrOp op) => op.Opcode switch
    {
        Opcode.GetSlot => op.Type != IrType.Flags,
        _ => op.Type is IrType.F32 or IrType.F64 or IrType.V128 && op.Imm != 0,
    };

    int FindClosing()
    {
        int terminal = block.Count - 1, before = terminal - 1;
        ulong start = block.Start.Bits;
        if (block[terminal].Opcode != Opcode.Goto) return 0;
        while (before > 0 && block[before].Opcode == Opcode.Nop) before--;
        bool loops = MayLoop(block[terminal], start);
        if (block[before].Opcode != Opcode.ExitIf) return loops ? terminal : 0;
        bool isConditional = (Condition)(block[before].Aux & 15) < Condition.Always;
        return isConditional && loops != MayLoop(block[before], start) ? before : 0;
    }
}
