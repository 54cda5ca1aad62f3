using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>How a Flags value reaches those who need it.</summary>
enum FlagsMode : byte
{
    /// <summary>Not a Flags value.</summary>
    None,
    /// <summary>It stays in the host's flags from its definition to its last use: nothing between changes them.</summary>
    Host,
    /// <summary>It is computed again where it is needed, from operands that are kept alive.</summary>
    Recompute,
    /// <summary>It is packed into a general register at its definition (the Flags slot's word).</summary>
    Packed,
}

/// <summary>What the back end knows of one value: first from <see cref="BlockAnalysis"/>, then while registers are assigned.</summary>
struct ValueInfo
{
    /// <summary>Index of the last operation that needs the value, directly or to describe a slot; 0 if none does.</summary>
    public int End;
    /// <summary>Number of operands that name it.</summary>
    public int Uses;
    /// <summary>The value that holds the same bits (itself, unless the operation is free on the host).</summary>
    public int Alias;
    /// <summary>For a flag producer: the arithmetic operation that leaves the same flags behind; for that operation: the producer. 0 if none.</summary>
    public int Partner;
    /// <summary>Of a floating-point operation whose result is tested with others: the one before it in its group, or 0.</summary>
    public int GroupBefore;
    /// <summary>The operation that tests it, the last of its group; 0 if it does so itself.</summary>
    public int TestedAt;
    /// <summary>Register that holds it.</summary>
    public HostReg Reg;
    /// <summary>Register that it should be in at a loop's back edge, or rax, which is never allocated.</summary>
    public HostReg Hint;
    /// <summary>How a Flags value travels.</summary>
    public FlagsMode Mode;
    /// <summary>True if the operation is computed inside its only user (addressing mode, test).</summary>
    public bool Folded;
    /// <summary>True if a guest slot takes the value (so an observer may ask for it).</summary>
    public bool InSlot;
    /// <summary>True of a scalar float that stands for the vector with zeroes above it: a spill keeps all 128 bits.</summary>
    public bool Wide;
    /// <summary>Of a vector register: the bits known to be zero.</summary>
    public ZeroAbove ZeroAbove;
    /// <summary>Spill slot in the frame, or -1.</summary>
    public short Spill;
    /// <summary>Guest slot whose memory holds it, or -1.</summary>
    public short Home;
    /// <summary>Number of guest slots of which it is the newest, not yet stored value.</summary>
    public short DirtySlots;
}
