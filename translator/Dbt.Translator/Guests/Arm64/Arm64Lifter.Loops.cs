using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>Which way a block goes on at a forward conditional branch: behind it, unless only the taken way comes back to the block's start.</summary>
/// <remarks>
/// Compilers leave a loop in its middle by falling through: <c>loop: ...; b.mi on; (leave); on: ...; b.ne loop</c>. Going on at the target makes the whole loop one block, whose registers
/// the back end carries round.
/// </remarks>
sealed partial class Arm64Lifter
{
    /// <summary>Most instructions looked at on either way.</summary>
    const int LookAhead = 48;

    /// <summary>The branch being lifted is followed where it is taken.</summary>
    bool followsTaken;

    bool OnlyTakenWayLoops(uint word, ref CodeReader code)
    {
        if (!IsConditionalBranch(word, Pc, out ulong target) || target <= Pc + 4 || rangeCount == BlockInfo.MaxLiftedRanges) return false;
        if (!LeadsBack(target, ref code)) return false;
        ulong pc = Pc + 4;
        for (int budget = LookAhead; budget > 0 && pc < target && code.TryPeek32(pc, out uint next); budget--, pc += 4)
        {
            if (IsConditionalBranch(next, pc, out ulong side) && side == block.Start.Pc) return false;
            if (IsBranch(next, pc, out ulong jump)) return jump != block.Start.Pc && !LeadsBack(jump, ref code);
            if (IsReturn(next)) return true;
        }

        return false;
    }

    // Along fall-through and forward jumps.
    bool LeadsBack(ulong pc, ref CodeReader code)
    {
        ulong start = block.Start.Pc;
        if (pc < start) return false;
        for (int budget = LookAhead; budget > 0 && code.TryPeek32(pc, out uint word); budget--)
        {
            if (IsConditionalBranch(word, pc, out ulong side) && side == start) return true;
            if (IsBranch(word, pc, out ulong jump))
            {
                if (jump == start) return true;
                if (jump <= pc) return false;
                pc = jump;
                continue;
            }

            if (IsCallOrIndirect(word)) return false;
            pc += 4;
        }

        return false;
    }

    static bool IsConditionalBranch(uint word, ulong pc, out ulong target)
    {
        bool isTest = (word & 0x7E00_0000) == 0x3600_0000;
        long offset = isTest ? Arm64Immediate.Signed((int)(word >> 5) & 0x3FFF, 14) : Arm64Immediate.Signed((int)(word >> 5) & 0x7_FFFF, 19);
        target = pc + (ulong)(offset * 4);
        bool isConditional = (word & 0xFF00_0010) == 0x5400_0000 && (Condition)(word & 15) < Condition.Always;
        return isTest || isConditional || (word & 0x7E00_0000) == 0x3400_0000;
    }

    static bool IsBranch(uint word, ulong pc, out ulong target)
    {
        target = pc + (ulong)(Arm64Immediate.Signed((int)(word & 0x3FF_FFFF), 26) * 4);
        return (word & 0xFC00_0000) == 0x1400_0000;
    }

    static bool IsReturn(uint word) => (word & 0xFFFF_FC1F) == 0xD65F_0000;

    // BL; SVC and its like; branches to registers.
    static bool IsCallOrIndirect(uint word) => (word & 0xFC00_0000) == 0x9400_0000 || (word & 0xFF00_0000) == 0xD400_0000 || (word & 0xFE00_0000) == 0xD600_0000;
}
