using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>Groups of floating-point operations whose results are tested together, after the last of them.</summary>
/// <remarks>
/// <para>A test costs as much as the operation. Between the first and the last of a group nothing may look at the results but the group's own arithmetic, into which a NaN passes: no
/// operation that may fault, no exit, no other use. Cold code then repairs the results in order; a repair depends on the operands alone, so it does not matter that a later operation was
/// first computed from an earlier one's unrepaired NaN. A result that another one of the group is computed from needs no test for NaNs of its own.</para>
/// <para>All operands and results live until the test.</para>
/// </remarks>
sealed partial class BlockAnalysis
{
    /// <summary>Most operations of a group.</summary>
    public const int MaxGroup = 4;

    /// <summary>Most operands and results of a group, which are in registers all at once.</summary>
    const int MaxGroupValues = 9;

    /// <summary>Longest distance from the first to the last.</summary>
    const int MaxGroupDistance = 24;

    readonly int[] group = new int[MaxGroup];
    readonly int[] groupValues = new int[MaxGroupValues + 4];
    int groupCount, groupValueCount;

    void GroupFloatTests()
    {
        groupCount = 0;
        for (int i = 1; i < block.Count; i++)
        {
            ref IrOp op = ref block[i];
            if (op.Opcode == Opcode.Nop) continue;
            if (MayBeGrouped(op))
            {
                if (groupCount == MaxGroup || (groupCount > 0 && (i - group[0] > MaxGroupDistance || !IsSameKind(block[group[0]], op))) || !TryAdd(i)) CloseGroup();
                else continue;
                _ = TryAdd(i);
            }
            else if (groupCount > 0 && MayObserveGroup(i, op))
            {
                CloseGroup();
            }
        }
        CloseGroup();
    }

    bool MayBeGrouped(in IrOp op)
    {
        bool isSuch = op.Opcode is Opcode.FAdd or Opcode.FSub or Opcode.FMul or Opcode.FDiv or Opcode.FSqrt or Opcode.FMulAdd
            || (op.Opcode is Opcode.VFAdd or Opcode.VFSub or Opcode.VFMul or Opcode.VFDiv or Opcode.VFSqrt or Opcode.VFMulAdd && (op.Aux & 3) >= 2);
        // Where results are flushed, a repaired one may become zero, and a later member that was made of it would have to be made again.
        return isSuch && !block.FloatTraps && (op.Aux & IrBuilder.DefaultNaNBit) == 0 && !IsConstant(op.A) && !IsConstant(op.B) && !IsConstant(op.C) && !OutOfLine.IsNeeded(op, features, block.FloatTraps);
    }

    bool IsConstant(int value) => block[value].Opcode is Opcode.Const or Opcode.VConst;

    static bool IsSameKind(in IrOp a, in IrOp b) => a.Type == b.Type && (a.Type != IrType.V128 || ((a.Aux ^ b.Aux) & 3) == 0);

    bool TryAdd(int i)
    {
        int before = groupValueCount;
        ref IrOp op = ref block[i];
        NoteGroupValue(op.A);
        NoteGroupValue(op.B);
        NoteGroupValue(op.C);
        NoteGroupValue(i);
        if (groupValueCount > MaxGroupValues)
        {
            groupValueCount = before;
            return false;
        }
        group[groupCount++] = i;
        return true;
    }

    void NoteGroupValue(int value)
    {
        if (value == 0 || Array.IndexOf(groupValues, value, 0, groupValueCount) >= 0) return;
        groupValues[groupValueCount++] = value;
    }

    bool IsMember(int value) => value != 0 && Array.IndexOf(group, value, 0, groupCount) >= 0;

    bool MayObserveGroup(int i, in IrOp op)
    {
        switch (op.Opcode)
        {
            case Opcode.SetSlot:
                // The allocator knows one place in memory of a value.
                if (!IsMember(op.A)) return false;
                for (int k = group[0]; k < i; k++)
                {
                    if (block[k].Opcode == Opcode.SetSlot && block[k].A == op.A) return true;
                }
                return false;
            case Opcode.GetSlot:
                for (int k = group[0]; k < i; k++)
                {
                    if (block[k].Opcode == Opcode.SetSlot && block[k].Imm == op.Imm) return true;
                }
                return false;
            case Opcode.VSha256Rounds:
                // It takes a register by its name.
                return true;
            default:
                return op.Opcode >= Opcode.CallHelper || (OpTable.Effects(op.Opcode) & (OpEffects.MayFault | OpEffects.Observes)) != 0 || OutOfLine.IsNeeded(op, features, block.FloatTraps)
                    || IsMember(op.A) || IsMember(op.B) || IsMember(op.C) || IsMember(op.D);
        }
    }

    void CloseGroup()
    {
        if (groupCount > 1)
        {
            int last = group[groupCount - 1];
            for (int k = 0; k < groupCount; k++)
            {
                if (k > 0) values[group[k]].GroupBefore = group[k - 1];
                if (group[k] != last) values[group[k]].TestedAt = last;
            }
        }
        groupCount = groupValueCount = 0;
    }

    void ExtendGroup(int last)
    {
        if (values[last].TestedAt != 0) return;
        for (int member = values[last].GroupBefore; member != 0; member = values[member].GroupBefore)
        {
            ref IrOp op = ref block[member];
            Extend(member, last);
            Extend(op.A, last);
            Extend(op.B, last);
            Extend(op.C, last);
        }
    }
}
