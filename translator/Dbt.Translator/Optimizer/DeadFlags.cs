using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Optimizer;

/// <summary>Removes flag writes that nobody reads, and marks exits at which the flags need not be stored.</summary>
/// <remarks>
/// Guests set flags far more often than they read them: in compiled A64 code about one ADDS, SUBS or CMP in three has a reader. Walking the block backwards, the flags are live where
/// somebody outside may see them before the next write: at an exit whose target may read them (the guest peeks at the target's first instructions; see
/// <see cref="GuestArchitecture.FlagsAreDeadAt"/>), and at an operation that may fault. A write met while they are dead goes; dead-code elimination takes its operands.
/// A write that only a fault could see stays: the back end names its producer in the state map and computes nothing.
/// </remarks>
public static class DeadFlags
{
    /// <summary>Runs over one block in place. Linear in its operations, with one peek per exit behind a flag write; allocates nothing.</summary>
    public static void Run(IrBlock block, GuestArchitecture guest, ref CodeReader code)
    {
        int slot = block.Layout.FlagsSlot;
        int first = slot < 0 ? block.Count : FirstWrite(block, slot);
        bool live = true;
        for (int i = block.Count - 1; i >= first; i--)
        {
            ref IrOp op = ref block[i];
            switch (op.Opcode)
            {
                case Opcode.SetSlot:
                    if (op.Imm != slot) break;
                    if (!live) op = default(IrOp) with { Instruction = op.Instruction };
                    live = false;
                    break;
                case Opcode.GetSlot:
                    live |= op.Imm == slot;
                    break;
                case Opcode.Goto or Opcode.ExitIf:
                    bool dead = guest.FlagsAreDeadAt(new Location((ulong)op.Imm), ref code);
                    if (dead) op.Aux |= IrOp.FlagsDeadAtTarget;
                    live = !dead | (live & op.Opcode == Opcode.ExitIf);
                    break;
                default:
                    live |= (block.EffectsOf(op) & (OpEffects.Observes | OpEffects.ReadsSlot)) != 0;
                    break;
            }
        }
    }

    static int FirstWrite(IrBlock block, int slot)
    {
        for (int i = 1; i < block.Count; i++)
        {
            if (block[i].Opcode == Opcode.SetSlot && block[i].Imm == slot) return i;
        }
        return block.Count;
    }
}
