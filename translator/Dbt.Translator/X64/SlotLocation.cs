namespace Dbt.Translator.X64;

/// <summary>Where a value is at some point of the code.</summary>
enum LocationKind : byte
{
    /// <summary>Nowhere (no entry).</summary>
    None,
    /// <summary>In host register <see cref="SlotLocation.Index"/>.</summary>
    Register,
    /// <summary>In spill slot <see cref="SlotLocation.Index"/> of the frame.</summary>
    Spill,
    /// <summary>In the memory of guest slot <see cref="SlotLocation.Index"/>.</summary>
    Home,
    /// <summary>It is the constant <see cref="SlotLocation.Constant"/> (both halves of a vector).</summary>
    Constant,
}

/// <summary>A location, with the guest slot whose newest value is there.</summary>
struct SlotLocation
{
    /// <summary>Guest slot, or <see cref="FlagsOperandA"/>, <see cref="FlagsOperandB"/>.</summary>
    public byte Slot;
    /// <summary>Kind of location.</summary>
    public LocationKind Kind;
    /// <summary>Register, spill slot or guest slot.</summary>
    public short Index;
    /// <summary>The constant.</summary>
    public long Constant;

    /// <summary>Pseudo slot: first operand of the comparison that gives the flags.</summary>
    public const byte FlagsOperandA = 254;
    /// <summary>Pseudo slot: second operand.</summary>
    public const byte FlagsOperandB = 255;
}

/// <summary>How the flags can be had at an exit or a fault.</summary>
enum FlagsSource : byte
{
    /// <summary>They are in their slot's memory.</summary>
    Stored,
    /// <summary>In the host's flags after a subtraction (carry is the borrow).</summary>
    HostSub,
    /// <summary>In the host's flags after an addition (carry is C).</summary>
    HostAdd,
    /// <summary>In the host's flags after a logical operation (C = V = 0).</summary>
    HostLogic,
    /// <summary>Flags of A - B.</summary>
    Sub,
    /// <summary>Flags of A + B.</summary>
    Add,
    /// <summary>Flags of the logical result A.</summary>
    Logic,
    /// <summary>Flags of the logical result A &amp; B.</summary>
    LogicAnd,
    /// <summary>Flags of comparing floating-point A with B.</summary>
    FloatCompare,
    /// <summary>Packed: an ordinary entry of the Flags slot.</summary>
    Packed,
}
