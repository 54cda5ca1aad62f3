namespace Dbt.Translator.Ir;

/// <summary>One numbered piece of guest state.</summary>
/// <param name="Name">Name in the text form: <c>x0</c>, <c>sp</c>, <c>v3</c>, <c>flags</c>.</param>
/// <param name="Type">Type of its value.</param>
/// <param name="Offset">Signed byte offset from the state pointer (host register rbp). Hot slots lie in -128..127.</param>
public readonly record struct SlotInfo(string Name, IrType Type, int Offset);

/// <summary>The slots of a guest's state: an immutable table made once per guest architecture.</summary>
/// <remarks>
/// A Flags slot is a 32-bit word in the host's order, chosen so that subtractions (three flag writers in four) store without conversion:
/// bit 15 N, bit 14 Z, bit 8 the borrow (= not C), bit 0 V; bits 7..1 zero; all others unspecified. <see cref="PackFlags"/> and <see cref="UnpackFlags"/> convert.
/// V128 slots are 16-byte aligned.
/// </remarks>
public sealed class StateLayout
{
    readonly SlotInfo[] slots;

    /// <summary>Builds a layout.</summary>
    /// <param name="slots">The slots; their index is their number.</param>
    /// <param name="flagsSlot">Number of the Flags slot, or -1.</param>
    /// <param name="addressBits">64 for identity-mapped guests, 32 for windowed ones.</param>
    public StateLayout(SlotInfo[] slots, int flagsSlot, int addressBits)
    {
        this.slots = slots;
        FlagsSlot = flagsSlot;
        AddressBits = addressBits;
    }

    /// <summary>Number of slots (at most 128).</summary>
    public int Count => slots.Length;

    /// <summary>Number of the condition flags' slot, or -1 if the guest has none.</summary>
    public int FlagsSlot { get; }

    /// <summary>Width of a guest address: 64 (identity-mapped) or 32 (GS window, address arithmetic wraps).</summary>
    public int AddressBits { get; }

    /// <summary>A slot's description.</summary>
    public ref readonly SlotInfo this[int slot] => ref slots[slot];

    /// <summary>The Flags slot's word for N, Z, C, V given in bits 3..0.</summary>
    public static uint PackFlags(int nzcv) =>
        (uint)(((nzcv & 8) << 12) | ((nzcv & 4) << 12) | ((~nzcv & 2) << 7) | (nzcv & 1));

    /// <summary>N, Z, C, V in bits 3..0 of a Flags slot's word.</summary>
    public static int UnpackFlags(uint word) =>
        (int)(((word >> 12) & 8) | ((word >> 12) & 4) | ((~word >> 7) & 2) | (word & 1));
}
