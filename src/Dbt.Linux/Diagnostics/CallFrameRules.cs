namespace Dbt.Linux.Diagnostics;

/// <summary>How a function's caller is found from a place in it: where the canonical frame address is, and where each register was saved.</summary>
/// <remarks>DWARF 5, 6.4 (call frame information), as far as compilers use it for functions: expressions are not understood, and the walk then goes another way.</remarks>
struct CallFrameRules
{
    /// <summary>Registers with rules: the integer ones and the stack pointer.</summary>
    public const int Registers = 32;

    const int MostRemembered = 8;

    /// <summary>The frame address is this register plus <see cref="Offset"/>.</summary>
    public int Base;
    public long Offset;
    /// <summary>Registers that lie at frame address plus offset.</summary>
    public uint Saved;
    /// <summary>Registers whose value is lost: of the return address, that there is no caller.</summary>
    public uint Lost;
    public Offsets SavedAt;

    [System.Runtime.CompilerServices.InlineArray(Registers)]
    public struct Offsets
    {
        long first;
    }

    /// <summary>Runs the instructions of a CIE and of an FDE up to a place; false if there is something in them that is not understood.</summary>
    /// <param name="start">The instructions of the common part.</param>
    /// <param name="rest">Those of the function.</param>
    /// <param name="codeUnit">Factor of advances.</param>
    /// <param name="dataUnit">Factor of offsets.</param>
    /// <param name="distance">The place: bytes behind the function's beginning.</param>
    /// <param name="rules">What holds there.</param>
    public static bool TryFind(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, ulong codeUnit, long dataUnit, ulong distance, out CallFrameRules rules)
    {
        rules = default;
        if (!rules.Run(start, default, codeUnit, dataUnit, ulong.MaxValue)) return false;
        var initial = rules;
        return rules.Run(rest, initial, codeUnit, dataUnit, distance);
    }

    bool Run(ReadOnlySpan<byte> program, in CallFrameRules initial, ulong codeUnit, long dataUnit, ulong distance)
    {
        Span<CallFrameRules> remembered = new CallFrameRules[MostRemembered];
        int depth = 0;
        ulong at = 0;
        var reader = new DwarfReader(program);
        while (!reader.IsAtEnd)
        {
            int code = reader.Byte(), low = code & 0x3F;
            switch (code >> 6)
            {
                case 1:
                    at += (ulong)low * codeUnit;
                    break;
                case 2:
                    Save(low, (long)reader.Unsigned() * dataUnit);
                    break;
                case 3:
                    Restore(low, initial);
                    break;
                default:
                    switch (low)
                    {
                        case 0x00 or 0x2D: break;                                                                                        // nop, AArch64's negate_ra_state
                        case 0x02: at += (ulong)reader.Byte() * codeUnit; break;                                                         // advance_loc1
                        case 0x03: at += (ulong)(reader.Byte() | reader.Byte() << 8) * codeUnit; break;                                   // advance_loc2
                        case 0x04: at += reader.Word() * codeUnit; break;                                                                // advance_loc4
                        case 0x05: Save((int)reader.Unsigned(), (long)reader.Unsigned() * dataUnit); break;                              // offset_extended
                        case 0x06: Restore((int)reader.Unsigned(), initial); break;                                                      // restore_extended
                        case 0x07: Lose((int)reader.Unsigned()); break;                                                                  // undefined
                        case 0x08: Keep((int)reader.Unsigned()); break;                                                                  // same_value
                        case 0x0A when depth < MostRemembered: remembered[depth++] = this; break;                                        // remember_state
                        case 0x0B when depth > 0: this = remembered[--depth]; break;                                                     // restore_state
                        case 0x0C: (Base, Offset) = ((int)reader.Unsigned(), (long)reader.Unsigned()); break;                            // def_cfa
                        case 0x0D: Base = (int)reader.Unsigned(); break;                                                                 // def_cfa_register
                        case 0x0E: Offset = (long)reader.Unsigned(); break;                                                              // def_cfa_offset
                        case 0x11: Save((int)reader.Unsigned(), reader.Signed() * dataUnit); break;                                      // offset_extended_sf
                        case 0x12: (Base, Offset) = ((int)reader.Unsigned(), reader.Signed() * dataUnit); break;                         // def_cfa_sf
                        case 0x13: Offset = reader.Signed() * dataUnit; break;                                                           // def_cfa_offset_sf
                        case 0x2E: reader.Unsigned(); break;                                                                             // GNU_args_size
                        default: return false;
                    }
                    break;
            }
            if (reader.Failed) return false;
            // What follows holds behind the place only.
            if (at > distance) return true;
        }
        return Base < Registers;
    }

    void Save(int register, long offset)
    {
        if ((uint)register >= Registers) return;
        Saved |= 1U << register;
        Lost &= ~(1U << register);
        SavedAt[register] = offset;
    }

    void Lose(int register)
    {
        if ((uint)register >= Registers) return;
        Lost |= 1U << register;
        Saved &= ~(1U << register);
    }

    void Keep(int register)
    {
        if ((uint)register < Registers) (Saved, Lost) = (Saved & ~(1U << register), Lost & ~(1U << register));
    }

    void Restore(int register, in CallFrameRules initial)
    {
        Keep(register);
        if ((uint)register >= Registers) return;
        Saved |= initial.Saved & (1U << register);
        Lost |= initial.Lost & (1U << register);
        SavedAt[register] = initial.SavedAt[register];
    }
}
