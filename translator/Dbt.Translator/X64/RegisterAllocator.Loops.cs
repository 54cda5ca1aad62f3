using System.Numerics;
using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>One value that is in a register whenever control comes to a loop's head.</summary>
/// <param name="Register">The register.</param>
/// <param name="Value">The value, by its name in the iteration that begins.</param>
/// <param name="Final">The same value by its name at the end of the iteration before.</param>
/// <param name="Type">Type of the whole register.</param>
readonly record struct HeadRegister(HostReg Register, int Value, int Final, IrType Type);

/// <summary>The allocator at the head and at the back edge of a loop.</summary>
sealed unsafe partial class RegisterAllocator
{
    /// <summary>Starts the body of a loop: everything is forgotten but the values in the registers given.</summary>
    public void StartLoop(ValueInfo[] table, ReadOnlySpan<HeadRegister> head)
    {
        Start(block, table);
        foreach (ref readonly HeadRegister at in head) Occupy(at.Register, at.Value);
    }

    /// <summary>At a loop's head: the slot's memory holds the value, in every iteration.</summary>
    public void AssumeHome(int slot, int value)
    {
        memoryHolds[slot] = value;
        values[value].Home = (short)slot;
    }

    /// <summary>At a loop's head: the value is the newest of the slot, and its memory has another one.</summary>
    public void AssumeDirty(int slot, int value)
    {
        newest[slot] = value;
        dirty[slot >> 6] |= 1ul << (slot & 63);
        values[value].DirtySlots++;
    }

    /// <summary>The register of a value, or None.</summary>
    public HostReg RegisterOf(int value) => values[value].Reg;

    /// <summary>Whether a slot's memory holds the value.</summary>
    public bool MemoryHolds(int slot, int value) => memoryHolds[slot] == value && values[value].Home == slot;

    /// <summary>Whether a value is somewhere already.</summary>
    public bool IsLive(int value) => values[value].Reg != HostReg.None || values[value].Spill >= 0 || values[value].Home >= 0;

    /// <summary>Whether every value of the head is in its register.</summary>
    public bool IsAt(ReadOnlySpan<HeadRegister> head)
    {
        foreach (ref readonly HeadRegister at in head)
        {
            if (values[at.Final].Reg != at.Register) return false;
        }
        return true;
    }

    /// <summary>Brings every value of the head into its register: all at once as far as the guest can see. What else the registers held is lost. Changes no flags.</summary>
    public void MoveTo(ReadOnlySpan<HeadRegister> head)
    {
        Span<HostReg> sources = stackalloc HostReg[HostRegs.Count];
        uint pending = 0;
        foreach (ref readonly HeadRegister at in head)
        {
            HostReg source = values[at.Final].Reg;
            if (source == HostReg.None || source == at.Register) continue;
            sources[(int)at.Register] = source;
            pending |= Bit(at.Register);
        }
        while (pending != 0)
        {
            uint wanted = 0;
            for (uint rest = pending; rest != 0; rest &= rest - 1) wanted |= Bit(sources[BitOperations.TrailingZeroCount(rest)]);
            uint ready = pending & ~wanted;
            if (ready == 0)
            {
                // Only cycles are left: one register steps aside, into scratch.
                var aside = (HostReg)BitOperations.TrailingZeroCount(pending);
                HostReg scratch = aside.IsVector() ? HostRegs.ScratchX : HostReg.Rax;
                Move(scratch, aside, IrType.I64);
                for (uint rest = pending; rest != 0; rest &= rest - 1)
                {
                    ref HostReg source = ref sources[BitOperations.TrailingZeroCount(rest)];
                    if (source == aside) source = scratch;
                }
                ready = Bit(aside);
            }
            var target = (HostReg)BitOperations.TrailingZeroCount(ready);
            Move(target, sources[(int)target], IrType.I64);
            pending &= ~Bit(target);
        }
        foreach (ref readonly HeadRegister at in head)
        {
            ref ValueInfo final = ref values[at.Final];
            if (final.Reg != HostReg.None) continue;
            if (final.Home >= 0 && final.Spill < 0) LoadFrom(at.Register, SlotOperand(final.Home), at.Type);
            else Load(at.Final, at.Register);
        }
    }

    /// <summary>A register for what a single host instruction loads. It may be one whose value only a fault of that instruction would show: the fault comes before the result.</summary>
    public HostReg DefineLoaded(int value)
    {
        HostReg hint = values[value].Hint;
        if ((Bit(hint) & ClassOf(value)) != 0)
        {
            int dying = occupant[(int)hint];
            if (dying != 0 && values[dying].End <= current)
            {
                TakeOver(hint, value);
                return hint;
            }
        }
        return DefineOver(value);
    }

    // The register that a value should be in at the back edge, if it can be had now.
    bool TryHint(int value, uint free, out HostReg hint)
    {
        hint = values[value].Hint;
        if ((Bit(hint) & free) == 0) return false;
        if (occupant[(int)hint] != 0) Release(occupant[(int)hint]);
        return true;
    }
}
