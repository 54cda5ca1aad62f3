using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests;

/// <summary>A guest instruction set: its state and how its code becomes IR. One immutable instance per architecture.</summary>
/// <remarks>A guest never sees host features, addresses of host code or the operating system.</remarks>
public abstract class GuestArchitecture
{
    /// <summary>Name in options and messages: <c>arm64</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The guest's slots.</summary>
    public abstract StateLayout Layout { get; }

    /// <summary>Makes a lifter that appends to <paramref name="block"/>; it is reused for many blocks.</summary>
    public abstract ILifter CreateLifter(IrBlock block);

    /// <summary>Disassembles one instruction for dumps; also tells its length in bytes.</summary>
    public abstract string Disassemble(Location location, ReadOnlySpan<byte> bytes, out int length);

    /// <summary>Whether the condition flags are certainly overwritten before they can be read by anything, on every path from <paramref name="location"/>
    /// (peeks at a bounded number of instructions; anything unknown counts as a read).</summary>
    public abstract bool FlagsAreDeadAt(Location location, ref CodeReader code);

    /// <summary>A data address without its tag: as it is, for guests that have none.</summary>
    public virtual ulong Untag(ulong address) => address;

    /// <summary>The floating-point control that the mode word of a location stands for.</summary>
    public virtual FloatControl FloatControlAt(Location location) => default;
}

/// <summary>Turns guest instructions into IR.</summary>
public interface ILifter
{
    /// <summary>
    /// Lifts an extended basic block that begins at <paramref name="start"/> into the (reset) block of this lifter: follows fall-through of conditional branches and forward
    /// direct jumps, up to <paramref name="maxInstructions"/>. The block always ends with a terminal. An undefined instruction becomes <see cref="TrapKind.Undefined"/>;
    /// when the first instruction cannot be fetched, the block is one <see cref="TrapKind.InstructionFetch"/>. Pure: the same bytes give the same IR.
    /// </summary>
    void Lift(Location start, ref CodeReader code, int maxInstructions);

    /// <summary>The guest byte ranges that the last <see cref="Lift"/> read instructions from, as pairs [start, end): at most <see cref="CodeCache.BlockInfo.MaxLiftedRanges"/>.
    /// Valid until the next call.</summary>
    ReadOnlySpan<ulong> Ranges { get; }
}

/// <summary>Which guest code bytes may be read; backed by the kernel's memory map.</summary>
public interface ICodeSource
{
    /// <summary>True if the whole range is mapped with execute permission (as the guest sees it). Another thread may unmap it at any time.</summary>
    bool IsExecutable(ulong address, int length);

    /// <summary>Whether the instructions of the page with this address are translated for tagged pointers (see <see cref="IrBuilder.IgnoresTopByte"/>): an input of translation like the bytes.</summary>
    bool IgnoresTopByte(ulong address) => false;

    /// <summary>Whether the bytes of the page with this address may change without an announcement (a flush of the instruction cache): each of its instructions is then compared with what was
    /// translated, right before it is executed.</summary>
    bool ChangesSilently(ulong address) => false;

    /// <summary>The host address of guest address 0 (0 for identity-mapped guests).</summary>
    nint WindowBase { get; }
}

/// <summary>Reads guest code; remembers the page last checked, so that a sequential reader asks the map once per page.</summary>
public struct CodeReader(ICodeSource source)
{
    /// <summary>Most separate ranges that may be peeked at for one block.</summary>
    public const int MaxPeekedRanges = 4;

    /// <summary>Peeks this close to each other count as one range.</summary>
    const ulong Near = 128;

    ulong checkedPage = ulong.MaxValue;
    PeekedRanges peeked;
    int peekedCount;

    [System.Runtime.CompilerServices.InlineArray(2 * MaxPeekedRanges)]
    struct PeekedRanges
    {
        ulong first;
    }

    /// <summary>Whether the page read from last is translated for tagged pointers.</summary>
    public bool IgnoresTopByte { get; private set; }

    /// <summary>Whether the page read from last may change without an announcement.</summary>
    public bool ChangesSilently { get; private set; }

    /// <summary>The ranges peeked at so far, as pairs [start, end). A translation that looked there is wrong once they change.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<ulong> Peeked => ((ReadOnlySpan<ulong>)peeked)[..(2 * peekedCount)];

    /// <summary>Reads a word outside the block being translated and remembers its range; false if it is not executable or too many ranges were looked at.</summary>
    public bool TryPeek32(ulong address, out uint word)
    {
        word = 0;
        int i = 0;
        while (i < peekedCount && (address + Near < peeked[2 * i] || address > peeked[2 * i + 1] + Near)) i++;
        // What cannot be relied upon is no knowledge.
        if (i == MaxPeekedRanges || !TryRead32(address, out word) || ChangesSilently) return false;
        if (i == peekedCount)
        {
            peeked[2 * i] = address;
            peeked[2 * i + 1] = address + 4;
            peekedCount++;
        }
        peeked[2 * i] = Math.Min(peeked[2 * i], address);
        peeked[2 * i + 1] = Math.Max(peeked[2 * i + 1], address + 4);
        return true;
    }

    /// <summary>Reads a little-endian 32-bit word; false if it is not executable.</summary>
    public unsafe bool TryRead32(ulong address, out uint word)
    {
        if (address >> 12 != checkedPage || (address & 0xFFF) > 0xFFC)
        {
            if (!source.IsExecutable(address, 4))
            {
                word = 0;
                return false;
            }
            checkedPage = address >> 12;
            IgnoresTopByte = source.IgnoresTopByte(address);
            ChangesSilently = source.ChangesSilently(address);
        }
        return GuardedMemory.TryRead32((void*)(source.WindowBase + (nint)address), out word);
    }
}
