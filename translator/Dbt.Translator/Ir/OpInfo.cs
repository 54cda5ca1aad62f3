namespace Dbt.Translator.Ir;

/// <summary>What an operation does besides defining its value.</summary>
[Flags]
public enum OpEffects : ushort
{
    /// <summary>Only defines its value: may be removed when unused and shared when repeated.</summary>
    None = 0,
    /// <summary>May raise a synchronous memory fault at its guest instruction: it needs the precise state there, and is never removed.</summary>
    MayFault = 1,
    /// <summary>Must stay even when its value is unused.</summary>
    HasSideEffect = 2,
    /// <summary>Reads guest memory.</summary>
    ReadsMemory = 4,
    /// <summary>Writes guest memory (or orders accesses to it).</summary>
    WritesMemory = 8,
    /// <summary>Ends the block.</summary>
    Terminal = 16,
    /// <summary>Reads slots in the middle of the block: GetSlot its own, CallHelper possibly any.</summary>
    ReadsSlot = 32,
    /// <summary>Writes slots: SetSlot its own, CallHelper possibly any.</summary>
    WritesSlot = 64,
    /// <summary>May leave the block in its middle; all slots must have their values there.</summary>
    SideExit = 128,
    /// <summary>May raise cumulative floating-point exceptions (MXCSR, later FPSR): stays when unused, but repeating it with the same operands changes nothing (unless a helper clears them in between).</summary>
    RaisesFloat = 256,
    /// <summary>Anything that keeps an operation alive whose value is unused.</summary>
    Live = MayFault | HasSideEffect | WritesMemory | Terminal | WritesSlot | SideExit | RaisesFloat,
    /// <summary>Anything that shows the state of all slots to somebody outside the block.</summary>
    Observes = MayFault | Terminal | SideExit,
}

/// <summary>What an operand may be.</summary>
public enum OperandKind : byte
{
    /// <summary>Absent.</summary>
    None,
    /// <summary>The operation's own type.</summary>
    Same,
    /// <summary>I32.</summary>
    I32,
    /// <summary>I64.</summary>
    I64,
    /// <summary>I32 or I64.</summary>
    Integer,
    /// <summary>F32 or F64.</summary>
    Float,
    /// <summary>I32, I64, F32 or F64.</summary>
    Scalar,
    /// <summary>V128.</summary>
    V128,
    /// <summary>Flags.</summary>
    Flags,
    /// <summary>A guest address: I64, or I32 where the guest's addresses have 32 bits.</summary>
    Address,
    /// <summary>A shift amount: I32 or the operation's type.</summary>
    Amount,
    /// <summary>I32 or I64 as the operand width in imm's low byte says.</summary>
    OperandWidth,
    /// <summary>The type of the slot named by imm.</summary>
    SlotValue,
    /// <summary>F32 or F64, the same for all such operands.</summary>
    SameFloat,
    /// <summary>F32 for F64 and the reverse.</summary>
    OtherFloat,
    /// <summary>The type of equal width in the other register file (I32 and F32, I64 and F64).</summary>
    SameWidth,
    /// <summary>A value of at least the access's size; any type.</summary>
    Stored,
    /// <summary>The type of operand b.</summary>
    SameAsB,
    /// <summary>I32, or I64 when aux = 3.</summary>
    CrcData,
    /// <summary>An integer, or absent.</summary>
    Optional,
}

/// <summary>What type an operation may define.</summary>
public enum ResultKind : byte
{
    /// <summary>No value.</summary>
    None,
    /// <summary>I32.</summary>
    I32,
    /// <summary>I64.</summary>
    I64,
    /// <summary>V128.</summary>
    V128,
    /// <summary>Flags.</summary>
    Flags,
    /// <summary>I32 or I64.</summary>
    Integer,
    /// <summary>F32 or F64.</summary>
    Float,
    /// <summary>I32, I64, F32 or F64.</summary>
    Scalar,
    /// <summary>Any value but Flags.</summary>
    Data,
    /// <summary>What GetSlot of the slot may read.</summary>
    SlotRead,
    /// <summary>A type that holds the access: wide enough, and of equal size for F32 and F64.</summary>
    Loaded,
    /// <summary>I32 or I64 that holds the access, or V128 for 16 bytes.</summary>
    Exchanged,
    /// <summary>None, I32 or I64.</summary>
    Call,
}

/// <summary>What <see cref="IrOp.Aux"/> holds. Operations that raise FP exceptions may have bit 6 (<see cref="IrBuilder.DefaultNaNBit"/>) besides.</summary>
public enum AuxKind : byte
{
    /// <summary>Zero.</summary>
    None,
    /// <summary>A <see cref="Ir.Condition"/>.</summary>
    Condition,
    /// <summary>Element size 0..3 (log2 bytes).</summary>
    Element,
    /// <summary>A <see cref="MemoryAccess"/>.</summary>
    Access,
    /// <summary>Lowest bit of a field.</summary>
    Lsb,
    /// <summary>log2 of a number of bytes, 0..3.</summary>
    SizeLog2,
    /// <summary>1: quiet NaNs signal too.</summary>
    Signalling,
    /// <summary>Bit 0: negate a, bit 1: negate c.</summary>
    Negate,
    /// <summary>A <see cref="Ir.Rounding"/>.</summary>
    Rounding,
    /// <summary>A rounding in bits 2..0, bit 3: unsigned.</summary>
    RoundingUnsigned,
    /// <summary>Bit 3: unsigned.</summary>
    Unsigned,
    /// <summary>Effects of a helper: bits 0..2.</summary>
    CallEffects,
    /// <summary>A <see cref="TrapKind"/>.</summary>
    Trap,
    /// <summary>An <see cref="IndirectKind"/>.</summary>
    Indirect,
    /// <summary>A byte.</summary>
    Byte,
}

/// <summary>What <see cref="IrOp.Imm"/> holds.</summary>
public enum ImmKind : byte
{
    /// <summary>Zero.</summary>
    None,
    /// <summary>The value of a constant.</summary>
    Constant,
    /// <summary>A slot number.</summary>
    Slot,
    /// <summary>Width of a bit field, at least 1.</summary>
    FieldWidth,
    /// <summary>A shift amount, 1 .. width - 1.</summary>
    PairAmount,
    /// <summary>Operand width, 32 or 64.</summary>
    OperandWidth,
    /// <summary>Operand width in bits 7..0, NZCV in bits 11..8.</summary>
    WidthNzcv,
    /// <summary>NZCV in bits 3..0, bit 8: signalling.</summary>
    NzcvSignalling,
    /// <summary>Displacement of an address.</summary>
    Displacement,
    /// <summary>An <see cref="Ir.AtomicOperation"/>.</summary>
    Atomic,
    /// <summary>0 or 1.</summary>
    Bit,
    /// <summary>Number of fraction bits, 0..64.</summary>
    FractionBits,
    /// <summary>Left shift, 0 .. element width - 1.</summary>
    ShiftLeft,
    /// <summary>Right shift, 0 .. element width.</summary>
    ShiftRight,
    /// <summary>Element number.</summary>
    Lane,
    /// <summary>Element number in bits 3..0, source element in bits 7..4.</summary>
    LanePair,
    /// <summary>Byte number, 0..15.</summary>
    ByteNumber,
    /// <summary>log2 of a container's bytes, above aux, at most 3.</summary>
    Container,
    /// <summary>A rounding in bits 2..0, bit 3: unsigned or inexact, bits 15..8: number of fraction bits.</summary>
    VectorConversion,
    /// <summary>A choice, from 0 to <see cref="IrVerifier.MaxSelector"/> of the opcode.</summary>
    Selector,
    /// <summary>Number of elements computed, 1 .. 16 / element size, a power of two.</summary>
    ElementCount,
    /// <summary>Number of a runtime helper.</summary>
    Helper,
    /// <summary>A location (<see cref="Location.Bits"/>).</summary>
    Location,
    /// <summary>A condition in bits 7..0 and a trap code above.</summary>
    ConditionCode,
    /// <summary>A trap code.</summary>
    Code,
}

/// <summary>One row of the op table.</summary>
/// <param name="Name">Name in the text form.</param>
/// <param name="Result">Type rule of the value.</param>
/// <param name="A">Operand a.</param>
/// <param name="B">Operand b.</param>
/// <param name="C">Operand c.</param>
/// <param name="D">Operand d.</param>
/// <param name="Aux">Meaning of aux.</param>
/// <param name="Imm">Meaning of imm.</param>
/// <param name="Effects">Effects (the most that it can have: see <see cref="OpTable.EffectsOf"/>).</param>
public readonly record struct OpInfo(
    string Name, ResultKind Result, OperandKind A, OperandKind B, OperandKind C, OperandKind D, AuxKind Aux, ImmKind Imm, OpEffects Effects);
