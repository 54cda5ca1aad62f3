namespace Dbt.Translator.Ir;

/// <summary>Where guest execution stands: pc plus everything that changes translation (T32 and IT state, floating-point control class, byte order).</summary>
/// <remarks>One 64-bit word, so that an inline cache compares it in one instruction: bits 47..0 pc, bits 63..48 the guest's mode word.
/// Each guest defines its mode word; for AArch64 see <c>Guests.Arm64.Arm64Mode</c>.</remarks>
public readonly record struct Location(ulong Bits)
{
    /// <summary>Builds a location. <paramref name="pc"/> must fit 48 bits.</summary>
    public Location(ulong pc, ushort mode) : this((pc & PcMask) | ((ulong)mode << 48)) { }

    /// <summary>The bits of <see cref="Bits"/> that hold the pc.</summary>
    public const ulong PcMask = 0x0000_FFFF_FFFF_FFFF;

    /// <summary>The guest program counter.</summary>
    public ulong Pc => Bits & PcMask;

    /// <summary>The mode word.</summary>
    public ushort Mode => (ushort)(Bits >> 48);

    /// <summary>The same mode at another pc.</summary>
    public Location At(ulong pc) => new(pc, Mode);

    /// <inheritdoc/>
    public override string ToString() => Mode == 0 ? $"0x{Pc:x}" : $"0x{Pc:x}/{Mode:x}";
}
