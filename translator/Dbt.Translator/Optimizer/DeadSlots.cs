using Dbt.Translator.Ir;

namespace Dbt.Translator.Optimizer;

/// <summary>Removes slot writes that are overwritten before anything can see them: before a read of the slot, an operation that may fault, a side exit or the terminal.</summary>
public static class DeadSlots
{
    /// <summary>Runs over one block in place. Linear in its operations; allocates nothing.</summary>
    public static void Run(IrBlock block)
    {
        // Bit n: slot n is written further down, and nothing in between sees it.
        Span<ulong> overwritten = stackalloc ulong[2];
        for (int i = block.Count - 1; i > 0; i--)
        {
            ref IrOp op = ref block[i];
            switch (op.Opcode)
            {
                case Opcode.SetSlot:
                    ref ulong word = ref overwritten[(int)op.Imm >> 6];
                    ulong bit = 1UL << (int)op.Imm;
                    if ((word & bit) != 0) op = default(IrOp) with { Instruction = op.Instruction };
                    word |= bit;
                    break;
                case Opcode.GetSlot:
                    overwritten[(int)op.Imm >> 6] &= ~(1UL << (int)op.Imm);
                    break;
                default:
                    if ((block.EffectsOf(op) & (OpEffects.Observes | OpEffects.ReadsSlot)) != 0) overwritten.Clear();
                    break;
            }
        }
    }
}
