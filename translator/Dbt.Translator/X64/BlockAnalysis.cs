using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>One forward and one backward walk over a block before code is emitted: lifetimes, free conversions, folding, and how flags travel.</summary>
/// <remarks>
/// <para>A value lives until its last operand use, and also until the last point that may observe a guest slot of which it is the newest value. Observers are operations
/// that may fault (their state map names the value), side exits and the terminal (which store it). Slots are not stored at SetSlot, so this is what keeps them recoverable.</para>
/// <para>A Flags value stays in the host's flags if nothing between its definition and its last need changes them; otherwise comparisons are cheap enough to be repeated
/// where they are needed (their operands live on), and the remaining producers are packed into a register.</para>
/// </remarks>
sealed partial class BlockAnalysis
{
    /// <summary>Bit of Goto's and ExitIf's aux: the flags are dead at the target.</summary>
    public const int FlagsDeadAtTarget = IrOp.FlagsDeadAtTarget;

    /// <summary>Longest distance over which a Flags value is followed in the host's flags.</summary>
    const int MaxFlagsDistance = 24;

    readonly int[] observedFrom = new int[128];
    readonly int[] readAt = new int[128];
    int[] observers = new int[256];
    int[] flagObservers = new int[256];
    ValueInfo[] values = [];
    IrBlock block = null!;
    HostFeatures features;

    /// <summary>Fills <paramref name="table"/> (at least <see cref="IrBlock.Count"/> long) for the block; turns stores to slots that nobody observes into Nop.</summary>
    public void Run(IrBlock irBlock, ValueInfo[] table, in HostFeatures hostFeatures)
    {
        block = irBlock;
        values = table;
        features = hostFeatures;
        CountUses();
        GroupFloatTests();
        WalkBackward();
    }

    void CountUses()
    {
        for (int i = 0; i < block.Count; i++)
        {
            values[i] = new ValueInfo { Alias = i, Reg = HostReg.None, Spill = -1, Home = -1 };
            ref IrOp op = ref block[i];
            NoteOperandWidth(ref op);
            Rename(ref op.A);
            Rename(ref op.B);
            Rename(ref op.C);
            Rename(ref op.D);
            values[i].ZeroAbove = FindZeroAbove(op);
            if (TryShareVector(i, ref op)) continue;
            if (op.Opcode == Opcode.Truncate || (op.Opcode == Opcode.ZeroExtend32 && HasZeroUpper(block[op.A])))
            {
                values[i].Alias = op.A;
                op.Opcode = Opcode.Nop;
                values[op.A].Uses--;
            }
        }
    }

    void Rename(ref int operand)
    {
        if (operand == 0) return;
        operand = values[operand].Alias;
        values[operand].Uses++;
    }

    /// <summary>Whether an I32 value certainly has a zero upper half wherever it is: true of everything that a 32-bit host instruction computes, but not of half a slot's memory.</summary>
    static bool HasZeroUpper(in IrOp op) => op.Type == IrType.I32 && op.Opcode is not (Opcode.Const or Opcode.CallHelper or Opcode.GetSlot);

    void WalkBackward()
    {
        int observerCount = 0, flagObserverCount = 0;
        int slots = block.Layout.Count, flagsSlot = block.Layout.FlagsSlot;
        Array.Clear(observedFrom, 0, slots);
        Array.Clear(readAt, 0, slots);
        if (observers.Length < block.Count)
        {
            observers = new int[block.Count * 2];
            flagObservers = new int[block.Count * 2];
        }

        for (int i = block.Count - 1; i > 0; i--)
        {
            ref IrOp op = ref block[i];
            ref ValueInfo value = ref values[i];
            switch (op.Opcode)
            {
                case Opcode.Nop:
                    continue;

                case Opcode.SetSlot:
                    int slot = (int)op.Imm;
                    bool isFlags = slot == flagsSlot;
                    int count = isFlags ? flagObserverCount : observerCount;
                    int last = count > observedFrom[slot] ? (isFlags ? flagObservers : observers)[observedFrom[slot]] : 0;
                    last = Math.Max(last, readAt[slot]);
                    observedFrom[slot] = count;
                    readAt[slot] = 0;
                    if (last == 0)
                    {
                        op.Opcode = Opcode.Nop;
                        continue;
                    }
                    Extend(op.A, last);
                    values[op.A].InSlot = true;
                    continue;

                case Opcode.GetSlot:
                    readAt[(int)op.Imm] = Math.Max(readAt[(int)op.Imm], i);
                    if (value.End == 0) op.Opcode = Opcode.Nop;
                    if (op.Type == IrType.Flags) value.Mode = FlagsMode.Packed;
                    continue;
            }

            if (IsMerging(op.Opcode) && value.End != 0) Merge(i, ref op);
            var effects = OpTable.Effects(op.Opcode);
            if (Observes(block, op.Opcode))
            {
                observers[observerCount++] = i;
                bool flagsDead = op.Opcode is Opcode.Goto or Opcode.ExitIf && (op.Aux & IrOp.FlagsDeadAtTarget) != 0;
                if (!flagsDead) flagObservers[flagObserverCount++] = i;
            }

            if (value.Folded) continue;
            if (value.End == 0 && (effects & OpEffects.Live) == 0)
            {
                op.Opcode = Opcode.Nop;
                continue;
            }

            if (op.Type == IrType.Flags) ChooseFlagsMode(i);
            else ExtendOperands(ref op, i);
            ExtendGroup(i);
        }
    }

    /// <summary>Whether an operation may show the state of all slots to somebody outside.</summary>
    public static bool Observes(IrBlock block, Opcode opcode)
    {
        OpEffects faults = block.FloatTraps ? OpEffects.MayFault | OpEffects.RaisesFloat : OpEffects.MayFault;
        return (OpTable.Effects(opcode) & faults) != 0 || IsExit(opcode);
    }

    static bool IsExit(Opcode opcode) => opcode is Opcode.ExitIf or Opcode.TrapIf or Opcode.CallHelper or >= Opcode.Goto;

    void ExtendOperands(ref IrOp op, int at)
    {
        if (op.Opcode is Opcode.Load or Opcode.Store)
        {
            ExtendAddress(op.A, at);
            Extend(op.B, at);
            return;
        }
        Extend(op.A, at);
        Extend(op.B, at);
        Extend(op.C, at);
        Extend(op.D, at);
    }

    void Extend(int operand, int at)
    {
        if (operand != 0 && values[operand].End < at) values[operand].End = at;
    }

    // base + index << scale and base + constant disappear into the x64 addressing mode when the sum has no other use.
    void ExtendAddress(int address, int at)
    {
        ref IrOp sum = ref block[address];
        if (sum.Opcode != Opcode.Add || values[address].Uses != 1)
        {
            Extend(address, at);
            return;
        }
        values[address].Folded = true;
        Extend(sum.A, at);
        ref IrOp index = ref block[sum.B];
        if (index.Opcode == Opcode.Shl && values[sum.B].Uses == 1 && block[index.B].Opcode == Opcode.Const && block[index.B].Imm is > 0 and <= 3)
        {
            values[sum.B].Folded = true;
            Extend(index.A, at);
        }
        else
        {
            Extend(sum.B, at);
        }
    }

    void ChooseFlagsMode(int i)
    {
        ref IrOp op = ref block[i];
        ref ValueInfo value = ref values[i];
        switch (op.Opcode)
        {
            case Opcode.FlagsSub:
                PairWith(i, Opcode.Sub);
                ChooseHostOr(i, FlagsMode.Recompute);
                break;
            case Opcode.FlagsAdd:
                PairWith(i, Opcode.Add);
                ChooseHostOr(i, FlagsMode.Recompute);
                break;
            case Opcode.FlagsLogic:
                if (IsFoldableTest(op.A, value.InSlot))
                {
                    values[op.A].Folded = true;
                    ChooseHostOr(i, FlagsMode.Recompute);
                    int until = value.Mode == FlagsMode.Host ? i : value.End;
                    Extend(block[op.A].A, until);
                    Extend(block[op.A].B, until);
                    return;
                }
                ChooseHostOr(i, FlagsMode.Recompute);
                break;
            case Opcode.FlagsFloatCompare:
                // Which comparison is emitted depends on the condition asked for: see ConditionLowering. A helper may change the cumulative flags, or the mode: behind it no comparison is repeated.
                value.Mode = IsHelperBetween(i, value.End) ? FlagsMode.Packed : FlagsMode.Recompute;
                break;
            case Opcode.FlagsAddWithCarry:
                PairWith(i, Opcode.AddWithCarry);
                ChooseHostOr(i, FlagsMode.Packed);
                break;
            case Opcode.FlagsSubWithCarry:
                PairWith(i, Opcode.SubWithCarry);
                ChooseHostOr(i, FlagsMode.Packed);
                break;
            case Opcode.FlagsSubIf or Opcode.FlagsAddIf or Opcode.FlagsFloatCompareIf:
                ChooseHostOr(i, FlagsMode.Packed);
                break;
            default:
                value.Mode = FlagsMode.Packed;
                break;
        }
        int end = value.Mode == FlagsMode.Recompute ? Math.Max(value.End, i) : i;
        Extend(op.A, end);
        Extend(op.B, end);
        Extend(op.C, end);
    }

    bool IsHelperBetween(int first, int last)
    {
        for (int i = first + 1; i < last; i++)
        {
            if (block[i].Opcode == Opcode.CallHelper) return true;
        }
        return false;
    }

    bool IsFoldableTest(int operand, bool inSlot)
    {
        ref IrOp op = ref block[operand];
        return values[operand].Uses == 1 && (op.Opcode == Opcode.And || (op.Opcode == Opcode.ExtractUnsigned && op.Imm == 1 && !inSlot));
    }

    // "subs x1, x1, x2" is Sub and FlagsSub of the same operands, close to each other: one host instruction makes both.
    void PairWith(int producer, Opcode arithmetic)
    {
        for (int i = producer - 1, seen = 0; i > 0 && seen < 2; i--)
        {
            if (block[i].Opcode is Opcode.Nop) continue;
            if (TryPair(producer, i, arithmetic)) return;
            if (block[i].Opcode is not Opcode.SetSlot) return;
            seen++;
        }
        for (int i = producer + 1, seen = 0; i < block.Count && seen < 3; i++)
        {
            if (block[i].Opcode is Opcode.Nop) continue;
            if (TryPair(producer, i, arithmetic)) return;
            if (block[i].Opcode is not Opcode.SetSlot) return;
            seen++;
        }
    }

    bool TryPair(int producer, int candidate, Opcode arithmetic)
    {
        ref IrOp f = ref block[producer];
        ref IrOp r = ref block[candidate];
        bool dead = candidate > producer && values[candidate].End == 0;
        if (r.Opcode != arithmetic || dead || r.A != f.A || r.B != f.B || r.C != f.C || (r.Type == IrType.I32 ? 32 : 64) != f.Imm || values[candidate].Folded) return false;
        values[producer].Partner = candidate;
        values[candidate].Partner = producer;
        return true;
    }

    void ChooseHostOr(int producer, FlagsMode otherwise)
    {
        ref ValueInfo value = ref values[producer];
        value.Mode = value.End - producer <= MaxFlagsDistance && HostFlagsSurvive(producer, value.End) ? FlagsMode.Host : otherwise;
    }

    bool HostFlagsSurvive(int producer, int end)
    {
        for (int i = producer + 1; i < end; i++)
        {
            // An ADC and the flags that it leaves are one instruction, and the last that needs these flags.
            if (block[i].C == producer && values[i].Partner == end) return true;
            if (i != values[producer].Partner && !PreservesHostFlags(i, producer)) return false;
        }
        // The last one that needs them may change them afterwards: a reader of them, or a terminal (which stores state first).
        ref IrOp last = ref block[end];
        return last.A == producer || last.C == producer || last.Opcode >= Opcode.Goto || PreservesHostFlags(end, producer);
    }

    // Without MOVBE two bytes change places by a rotation.
    bool SwapPreservesHostFlags(in IrOp op)
    {
        var access = new MemoryAccess(op.Aux);
        return features.Movbe || !access.IsSwapped || access.SizeLog2 != 1;
    }

    /// <summary>Whether the lowering of an operation leaves the host's flags alone while a Flags value lives in them.</summary>
    bool PreservesHostFlags(int i, int producer)
    {
        ref IrOp op = ref block[i];
        if (OutOfLine.IsNeeded(op, features, block.FloatTraps)) return false;
        if (BlockEmitter.IsHalfOperation(op)) return false;
        switch (op.Opcode)
        {
            case Opcode.GetSlot:
                // Reading a flags slot whose newest value is not stored makes it be packed.
                return op.Type != IrType.Flags;
            case Opcode.Nop or Opcode.Const or Opcode.VConst or Opcode.SetSlot or Opcode.Truncate or Opcode.ZeroExtend32 or Opcode.SignExtend32:
            case Opcode.Not or Opcode.ReverseBytes or Opcode.Add:
            case >= Opcode.VFromScalar and <= Opcode.Bitcast or Opcode.FNeg or Opcode.FAbs:
            case >= Opcode.VAnd and <= Opcode.VShiftSigned or >= Opcode.VMulWideUnsigned and <= Opcode.VSubSaturatingUnsigned:
            case Opcode.VRecipEstimate or Opcode.VRecipSqrtEstimate or Opcode.VDot:
                return values[i].Partner == 0;
            case >= Opcode.VRotateRight and <= Opcode.VSm4Substitute:
                return true;
            case Opcode.FRound or Opcode.FConvert:
                return (op.Aux & IrBuilder.DefaultNaNBit) == 0 && (op.Opcode == Opcode.FConvert ? op.Type == IrType.F64 : (Rounding)(op.Aux & 7) != Rounding.NearestAway);
            case Opcode.VFCompareEqual or Opcode.VFCompareGreater or Opcode.VFCompareGreaterOrEqual:
                return true;
            case Opcode.VFRound or Opcode.VFWiden:
                return (op.Aux & IrBuilder.DefaultNaNBit) == 0;
            case Opcode.VFNarrow:
                return (op.Aux & 3) == 1 && (op.Aux & IrBuilder.DefaultNaNBit) == 0;
            case Opcode.VFToInteger or Opcode.VIntegerToF:
                return features.Avx512 || (op.Aux & 3) == 2;
            case Opcode.IntegerToF:
                return features.Avx512 || (op.Aux & 8) == 0 || (op.Aux & WideOperand) == 0;
            case Opcode.Load:
                return values[i].Partner == 0 && SwapPreservesHostFlags(op);
            case Opcode.Store:
                return !new MemoryAccess(op.Aux).IsOrdered && SwapPreservesHostFlags(op);
            case Opcode.Sub:
                return values[i].Partner == 0 && block[op.B].Opcode == Opcode.Const && op.Imm == 0 && block[op.B].Imm is > int.MinValue and <= int.MaxValue;
            case Opcode.Shl or Opcode.Shr or Opcode.Sar:
                return features.Bmi2;
            case Opcode.Select or Opcode.SetCondition or Opcode.ExitIf or Opcode.TrapIf:
                return op.A == producer;
            default:
                return values[i].Folded;
        }
    }
}
