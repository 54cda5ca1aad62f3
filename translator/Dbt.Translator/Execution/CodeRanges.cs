using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Which guest bytes a block was made from, out of the addresses of its instructions.</summary>
static class CodeRanges
{
    /// <summary>Bytes assumed for an instruction whose length does not follow from its successor: the longest of any guest.</summary>
    const ulong InstructionSize = 4;

    /// <summary>Writes at most <see cref="BlockInfo.MaxLiftedRanges"/> ascending pairs [start, end); returns the number of words. A lifter that followed more jumps than that has its
    /// last ranges merged: too much is invalidated then, never too little.</summary>
    public static int Find(IrBlock block, Span<ulong> ranges)
    {
        int count = 0;
        for (int i = 0; i < block.InstructionCount; i++)
        {
            ulong pc = block.InstructionAt(i).Pc;
            if (count > 0 && pc >= ranges[count - 2] && pc <= ranges[count - 1])
            {
                ranges[count - 1] = Math.Max(ranges[count - 1], pc + InstructionSize);
            }
            else if (count < ranges.Length)
            {
                ranges[count++] = pc;
                ranges[count++] = pc + InstructionSize;
            }
            else
            {
                ranges[count - 2] = Math.Min(ranges[count - 2], pc);
                ranges[count - 1] = Math.Max(ranges[count - 1], pc + InstructionSize);
            }
        }
        return count;
    }
}
