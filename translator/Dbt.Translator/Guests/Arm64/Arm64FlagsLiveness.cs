namespace Dbt.Translator.Guests.Arm64;

/// <summary>Looks ahead in guest code for whether the condition flags are dead.</summary>
/// <remarks>
/// Compiled code hardly ever carries flags from one block to another, but a block that cannot be sure must store them at every exit. So a few instructions are classified by
/// their group bits alone; whatever is not known counts as a reader. An access that faults is no reader: a signal handler that inspects the saved flags may then find older
/// ones, which nothing that runs afterwards can read.
/// </remarks>
static class Arm64FlagsLiveness
{
    /// <summary>Most instructions looked at, over all paths.</summary>
    const int Budget = 32;

    enum Effect
    {
        /// <summary>Neither reads nor writes flags, and goes on with the next instruction.</summary>
        None,
        /// <summary>Writes all four flags and reads none.</summary>
        Writes,
        /// <summary>Reads flags, or is not known.</summary>
        Reads,
        /// <summary>B or BL.</summary>
        Jump,
        /// <summary>CBZ, CBNZ, TBZ or TBNZ.</summary>
        Branch,
    }

    /// <summary>Whether the flags are overwritten before they can be read on every path from <paramref name="pc"/>.</summary>
    public static bool AreDeadAt(ulong pc, ref CodeReader code)
    {
        int budget = Budget;
        return AreDeadAt(pc, ref code, ref budget);
    }

    static bool AreDeadAt(ulong pc, ref CodeReader code, ref int budget)
    {
        while (budget-- > 0 && (pc & 3) == 0 && code.TryPeek32(pc, out uint word))
        {
            switch (Classify(word))
            {
                case Effect.Writes:
                    return true;
                case Effect.Reads:
                    return false;
                case Effect.Jump:
                    pc += (ulong)(Arm64Immediate.Signed((int)(word & 0x3FF_FFFF), 26) * 4);
                    break;
                case Effect.Branch:
                    bool isTest = (word & 0x0200_0000) != 0;
                    long offset = isTest ? Arm64Immediate.Signed((int)(word >> 5) & 0x3FFF, 14) : Arm64Immediate.Signed((int)(word >> 5) & 0x7_FFFF, 19);
                    if (!AreDeadAt(pc + (ulong)(offset * 4), ref code, ref budget)) return false;
                    pc += 4;
                    break;
                default:
                    pc += 4;
                    break;
            }
        }

        return false;
    }

    /// <summary>By bits 28..25, the main groups of the encoding (Arm ARM C4.1).</summary>
    static Effect Classify(uint word) => ((word >> 25) & 15) switch
    {
        0b1000 or 0b1001 => DataProcessingImmediate(word),
        0b1010 or 0b1011 => BranchOrSystem(word),
        0b0100 or 0b0110 or 0b1100 or 0b1110 => Effect.None, // Loads and stores.
        0b0101 or 0b1101 => DataProcessingRegister(word),
        0b0111 or 0b1111 => FloatOrVector(word),
        _ => Effect.Reads,
    };

    static Effect DataProcessingImmediate(uint word) => ((word >> 23) & 7) switch
    {
        0b010 => (word & 0x2000_0000) != 0 ? Effect.Writes : Effect.None, // ADDS, SUBS.
        0b011 => Effect.Reads,
        0b100 => (word & 0x6000_0000) == 0x6000_0000 ? Effect.Writes : Effect.None, // ANDS.
        _ => Effect.None,
    };

    static Effect BranchOrSystem(uint word)
    {
        if ((word & 0x7C00_0000) == 0x1400_0000) return Effect.Jump;
        if ((word & 0x7C00_0000) == 0x3400_0000) return Effect.Branch;

        // Hints, barriers, and reading the thread pointer.
        bool isHarmless = (word & 0xFFFF_F01F) is 0xD503_201F or 0xD503_301F || (word & 0xFFFF_FFE0) == 0xD53B_D040;
        return isHarmless ? Effect.None : Effect.Reads;
    }

    static Effect DataProcessingRegister(uint word) => ((word >> 24) & 31) switch
    {
        0b01010 => (word & 0x6000_0000) == 0x6000_0000 ? Effect.Writes : Effect.None, // ANDS, BICS.
        0b01011 => (word & 0x2000_0000) != 0 ? Effect.Writes : Effect.None, // ADDS, SUBS.
        0b11010 => (word & 0x20E0_0000) == 0x00C0_0000 ? Effect.None : Effect.Reads, // One and two sources; carries and conditions.
        _ => Effect.None, // Three sources.
    };

    static Effect FloatOrVector(uint word)
    {
        if ((word & 0xFF20_FC07) == 0x1E20_2000) return Effect.Writes; // FCMP, FCMPE.
        return (word & 0xFF20_0400) == 0x1E20_0400 ? Effect.Reads : Effect.None; // FCCMP, FCSEL.
    }
}
