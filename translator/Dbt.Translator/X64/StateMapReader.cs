using Dbt.Translator.CodeCache;

namespace Dbt.Translator.X64;

/// <summary>Walks a block's state maps in code order; for the format see <see cref="StateMapWriter"/>.</summary>
unsafe ref struct StateMapReader
{
    /// <summary>Ends a record.</summary>
    public const byte Terminator = 0xFD;
    /// <summary>Number of entries of the table of locations.</summary>
    public const int Slots = 256;

    readonly byte* end;
    readonly Span<SlotLocation> locations;
    byte* at;
    int nextOffset;

    /// <param name="info">The block.</param>
    /// <param name="locations">Where the newest value of each slot is, kept up to date by <see cref="Read"/>: <see cref="Slots"/> entries, empty.</param>
    public StateMapReader(BlockInfo* info, Span<SlotLocation> locations)
    {
        at = info->StateMap;
        end = at + info->StateMapSize;
        this.locations = locations;
        Flags = FlagsSource.Stored;
        Width = 32;
        if (HasNext) nextOffset = ReadVarint();
    }

    /// <summary>Whether a record follows.</summary>
    public readonly bool HasNext => at < end;
    /// <summary>Host offset from which the next record holds.</summary>
    public readonly int NextOffset => nextOffset;
    /// <summary>Index of the guest instruction.</summary>
    public int Instruction { get; private set; }
    /// <summary>How the flags can be had.</summary>
    public FlagsSource Flags { get; private set; }
    /// <summary>Width of the flags' operands in bits.</summary>
    public int Width { get; private set; }

    /// <summary>Applies the next record.</summary>
    public void Read()
    {
        Instruction += ReadVarint();
        Flags = (FlagsSource)(*at & 0x7F);
        Width = (*at++ & 0x80) != 0 ? 64 : 32;
        while (*at != Terminator)
        {
            ref SlotLocation location = ref locations[*at];
            location = new SlotLocation { Slot = at[0], Kind = (LocationKind)at[1] };
            at += 2;
            switch (location.Kind)
            {
                case LocationKind.Register or LocationKind.Home: location.Index = *at++; break;
                case LocationKind.Spill: location.Index = *(short*)at; at += 2; break;
                case LocationKind.Constant: location.Constant = *(long*)at; at += 8; break;
            }
        }
        at++;
        if (HasNext) nextOffset += ReadVarint();
    }

    int ReadVarint()
    {
        int value = 0, shift = 0;
        for (; (*at & 0x80) != 0; shift += 7) value |= (*at++ & 0x7F) << shift;
        return value | (*at++ << shift);
    }
}
