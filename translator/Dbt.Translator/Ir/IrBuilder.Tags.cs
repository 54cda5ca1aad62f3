namespace Dbt.Translator.Ir;

/// <summary>Addresses whose top byte is a tag.</summary>
public sealed partial class IrBuilder
{
    /// <summary>Bits of an address below the tag; the highest of them is the sign.</summary>
    const int UntaggedBits = 56;

    /// <summary>True while instructions are lifted that were seen to access memory through tagged pointers: every access then ignores bits 63..56 of its address (Arm ARM AddrTop), at the cost
    /// of an operation. Plain accesses through such a pointer fault on the host.</summary>
    public bool IgnoresTopByte { get; set; }

    /// <summary>The address as far as it is looked at: bit 55 in place of the tag, or the address itself where no tags are expected.</summary>
    public Value Untagged(Value address) => IgnoresTopByte ? ExtractSigned(address, 0, UntaggedBits) : address;

    // The tag is taken off the sum, not off the base.
    Value Accessed(Value address, ref long displacement)
    {
        if (!IgnoresTopByte) return address;
        address = Untagged(Add(address, Const64(displacement)));
        displacement = 0;
        return address;
    }
}
