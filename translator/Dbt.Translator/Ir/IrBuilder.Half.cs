namespace Dbt.Translator.Ir;

/// <summary>Arithmetic on half-precision elements.</summary>
public sealed partial class IrBuilder
{
    /// <summary>aux bit 5 of VF operations on halves: subnormal operands and results become zeroes (FPCR.FZ16).</summary>
    public const int FlushHalfBit = 0x20;

    /// <summary>Whether operations on halves that are built from here on flush subnormal numbers (FPCR.FZ16).</summary>
    public bool FlushHalf { get; set; }

    int FlushMode => FlushHalf ? FlushHalfBit : 0;

    /// <summary>A VF operation on eight halves whose result may be a NaN.</summary>
    public Value VHalf(Opcode opcode, Value a, Value b = default, Value c = default, int imm = 0) =>
        Emit(opcode, IrType.V128, a, b, c, aux: 1 | FlushMode | NaNMode, imm: imm);

    /// <summary>A comparison of eight halves, or a conversion between them and integers of the same size.</summary>
    public Value VHalfCompare(Opcode opcode, Value a, Value b = default, int imm = 0) =>
        Emit(opcode, IrType.V128, a, b, aux: 1 | FlushMode, imm: imm);

    /// <summary>Four singles, the results of a computation rather than of a conversion between formats, rounded to halves in the low half.</summary>
    public Value VNarrowToHalf(Value singles) => Emit(Opcode.VFNarrow, IrType.V128, singles, aux: 1 | FlushMode | NaNMode);
}
