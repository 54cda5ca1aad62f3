using Dbt.Translator.Ir;

namespace Dbt.Translator.Optimizer;

/// <summary>Removes operations whose values nobody uses. What may fault, raise FP exceptions or has another effect stays: a load is more than its value.</summary>
public static class DeadCode
{
    const int MaxOnStack = 16 * 1024;

    /// <summary>Runs over one block in place. Linear in its operations.</summary>
    public static void Run(IrBlock block)
    {
        Span<bool> used = block.Count <= MaxOnStack ? stackalloc bool[block.Count] : new bool[block.Count];
        for (int i = block.Count - 1; i > 0; i--)
        {
            ref IrOp op = ref block[i];
            if (!used[i] && (OpTable.Effects(op.Opcode) & OpEffects.Live) == 0)
            {
                op = default(IrOp) with { Instruction = op.Instruction };
                continue;
            }
            used[op.A] = true;
            used[op.B] = true;
            used[op.C] = true;
            used[op.D] = true;
        }
    }
}
