using System.Buffers.Binary;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Guests.Arm64;

/// <summary>AArch64 at EL0, little-endian: Armv8.5-A without the optional extensions that HWCAP does not offer.</summary>
public sealed class Arm64Guest : GuestArchitecture
{
    Arm64Guest() { }

    /// <summary>The one instance.</summary>
    public static Arm64Guest Instance { get; } = new();

    /// <inheritdoc/>
    public override string Name => "arm64";

    /// <inheritdoc/>
    public override StateLayout Layout => Arm64State.Layout;

    /// <inheritdoc/>
    public override ILifter CreateLifter(IrBlock block) => new Arm64Lifter(block);

    /// <inheritdoc/>
    public override string Disassemble(Location location, ReadOnlySpan<byte> bytes, out int length)
    {
        length = 4;
        return Arm64Disassembler.Disassemble(BinaryPrimitives.ReadUInt32LittleEndian(bytes), location.Pc);
    }

    /// <summary>Linux has top-byte-ignore on for EL0: bit 55 stands for the tag's bits (Arm ARM D8.9).</summary>
    public override ulong Untag(ulong address) => (ulong)((long)(address << 8) >> 8);

    /// <inheritdoc/>
    public override FloatControl FloatControlAt(Location location)
    {
        var mode = new Arm64Mode(location.Mode);
        return new FloatControl(mode.Rounding, mode.FlushToZero, mode.DefaultNaN);
    }

    /// <inheritdoc/>
    public override bool FlagsAreDeadAt(Location location, ref CodeReader code) => Arm64FlagsLiveness.AreDeadAt(location.Pc, ref code);
}
