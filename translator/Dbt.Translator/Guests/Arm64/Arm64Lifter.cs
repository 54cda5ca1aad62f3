using Dbt.Decoding;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Lifts AArch64 code: this file walks the block; the instructions are in a file per chapter of the manual (Arm ARM C4.1).</summary>
/// <remarks>
/// A block goes on behind conditional branches (the taken way is a side exit; for loops it may be the other way round: Arm64Lifter.Loops.cs) and at the target of forward direct jumps. Addresses only grow while a block is walked,
/// so no instruction is met twice and the bytes read form at most <see cref="BlockInfo.MaxLiftedRanges"/> ranges.
/// </remarks>
[GuestInstructions(Syntax = typeof(Arm64Syntax))]
sealed partial class Arm64Lifter(IrBlock block) : ILifter
{
    readonly IrBuilder ir = new(block);
    readonly ulong[] ranges = new ulong[2 * BlockInfo.MaxLiftedRanges];
    int rangeCount;

    /// <summary>The instruction being lifted.</summary>
    Location location;

    /// <summary>Where the walk goes on after the instruction being lifted.</summary>
    ulong nextPc;

    /// <summary>The instruction being lifted emitted a terminal.</summary>
    bool ended;

    /// <summary>Address of the instruction being lifted.</summary>
    ulong Pc => location.Pc;

    /// <summary>The following instruction.</summary>
    Location Next => location.At(Pc + 4);

    /// <summary>The floating-point control class that the block is translated for.</summary>
    Arm64Mode Mode => new(location.Mode);

    /// <inheritdoc/>
    public ReadOnlySpan<ulong> Ranges => ranges.AsSpan(0, 2 * rangeCount);

    /// <inheritdoc/>
    public void Lift(Location start, ref CodeReader code, int maxInstructions)
    {
        location = start;
        rangeCount = 0;
        ended = false;
        ir.DefaultNaN = Mode.DefaultNaN;
        ir.FlushHalf = Mode.FlushHalf;
        block.FloatTraps = Mode.FlushToZero;
        BeginRange(start.Pc);

        while (!ended)
        {
            bool isFirst = block.InstructionCount == 0;
            if (!isFirst && block.InstructionCount >= maxInstructions)
            {
                ir.Goto(location);
                return;
            }

            bool isAligned = (Pc & 3) == 0;
            uint word = 0;
            if (!isAligned || !code.TryRead32(Pc, out word))
            {
                // Later in the block the fault may never be reached: leave it to a block of its own.
                if (!isFirst)
                {
                    ir.Goto(location);
                    return;
                }

                // The trap holds as long as nothing is mapped there: the range lets a mapping discard it.
                block.BeginInstruction(location);
                ranges[1] = Pc + 4;
                ir.Trap(isAligned ? TrapKind.InstructionFetch : TrapKind.Misaligned);
                return;
            }

            ir.IgnoresTopByte = code.IgnoresTopByte;
            block.BeginInstruction(location);
            ranges[2 * rangeCount - 1] = Pc + 4;
            nextPc = Pc + 4;
            if (code.ChangesSilently) ExitIfRewritten(word);
            followsTaken = OnlyTakenWayLoops(word, ref code);
            if (!Decode(word)) Undefined();
            location = location.At(nextPc);
        }
    }

    // The displacement from the block's start keeps the address in one register.
    void ExitIfRewritten(uint word)
    {
        ulong start = block.Start.Pc;
        var present = ir.Load(IrType.I32, ir.Const64(start), MemoryAccess.Of(2), (long)(Pc - start));
        ir.TrapIf(Condition.NotEqual, ir.FlagsSub(present, ir.Const32((int)word)), TrapKind.Rewritten, 0);
    }

    void BeginRange(ulong address)
    {
        ranges[2 * rangeCount] = address;
        ranges[2 * rangeCount + 1] = address;
        rangeCount++;
    }

    /// <summary>A direct jump: followed if it leads forward and its bytes can still be accounted for, else the end of the block.</summary>
    void JumpTo(ulong target)
    {
        if (target == nextPc) return;
        if (target > Pc && rangeCount < BlockInfo.MaxLiftedRanges)
        {
            BeginRange(target);
            nextPc = target;
            return;
        }

        End();
        ir.Goto(location.At(target));
    }

    /// <summary>Marks the block as ended; the caller emits the terminal.</summary>
    void End() => ended = true;

    /// <summary>The instruction does not exist for this guest: SIGILL.</summary>
    bool Undefined()
    {
        End();
        ir.Trap(TrapKind.Undefined);
        return true;
    }
}
