using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>Which operations have no way inline, because the host lacks a feature or because flush-to-zero mode wants flags that their host code does not raise: the runtime executes them.</summary>
static class OutOfLine
{
    /// <summary>True if a host with these features leaves the operation to the runtime. Lowering and the analysis of host flags both go by it.</summary>
    /// <param name="op">The operation.</param>
    /// <param name="features">The host's.</param>
    /// <param name="floatTraps">The block's <see cref="IrBlock.FloatTraps"/>.</param>
    public static bool IsNeeded(in IrOp op, in HostFeatures features, bool floatTraps) => IsNeeded(op, features) || (floatTraps && CannotTrap(op, features));

    // Rare in this mode; about 100 ns each. Their host code has cold parts that must not trap, or does not tell of subnormal operands.
    static bool CannotTrap(in IrOp op, in HostFeatures features) =>
        (op.Opcode is Opcode.IntegerToF or Opcode.VIntegerToF && !features.Avx512) || op.Opcode is Opcode.VFMulExtended or Opcode.VFNarrowToOdd or Opcode.VFRoundBounded or Opcode.FToIntegerModular || BlockEmitter.IsHalfOperation(op);

    static bool IsNeeded(in IrOp op, in HostFeatures features) => op.Opcode switch
    {
        // Halves are computed with as singles, eight in a register.
        _ when !(features.F16c && features.Avx2) && BlockEmitter.IsHalfOperation(op) => true,
        >= Opcode.VFRecipEstimate and <= Opcode.VFRecipSqrtStep when (op.Aux & 3) == 1 => true,
        // One rounding of an exact product and sum has no short substitute.
        Opcode.FMulAdd or Opcode.VFMulAdd => !features.Fma,
        Opcode.VFWiden or Opcode.VFNarrow => op.Aux % 16 == 1 && !features.F16c,
        Opcode.Crc32 or Opcode.VPolyMul64 => !features.Pclmul,
        >= Opcode.VAesEncrypt and <= Opcode.VAesInverseMixColumns => !features.Aes,
        >= Opcode.VSha1Rounds and <= Opcode.VSha256Schedule1 => !features.Sha,
        Opcode.VFRecipStep or Opcode.VFRecipSqrtStep => !features.Fma,
        // Their tables are read by gathering.
        Opcode.VFRecipEstimate or Opcode.VFRecipSqrtEstimate or Opcode.VRecipEstimate or Opcode.VRecipSqrtEstimate => !features.Avx2,
        // Before AVX2 all elements shift by one amount.
        Opcode.VShiftUnsigned or Opcode.VShiftSigned => !features.Avx2,
        _ => false,
    };

    /// <summary>Type of an operand that is an integer, as far as its bits above 32 matter: renaming may have put a 64-bit value in the place of its low half.</summary>
    public static IrType OperandType(in IrOp op, OperandKind kind, IrType actual) => kind switch
    {
        OperandKind.None => IrType.None,
        OperandKind.Same => op.Type,
        OperandKind.I32 => IrType.I32,
        OperandKind.I64 => IrType.I64,
        OperandKind.V128 => IrType.V128,
        OperandKind.OtherFloat => op.Type == IrType.F32 ? IrType.F64 : IrType.F32,
        OperandKind.SameWidth => op.Type switch { IrType.I32 => IrType.F32, IrType.I64 => IrType.F64, IrType.F32 => IrType.I32, _ => IrType.I64 },
        OperandKind.CrcData => op.Aux == 3 ? IrType.I64 : IrType.I32,
        OperandKind.Float when op.Opcode == Opcode.FToInteger => (op.Aux & BlockAnalysis.WideOperand) != 0 ? IrType.F64 : IrType.F32,
        OperandKind.Integer when op.Opcode == Opcode.IntegerToF => (op.Aux & BlockAnalysis.WideOperand) != 0 ? IrType.I64 : IrType.I32,
        OperandKind.Scalar when op.Opcode == Opcode.VFromScalar => (IrType)op.Aux,
        _ => actual,
    };

    /// <summary>The operation's aux without what <see cref="BlockAnalysis"/> notes in it.</summary>
    public static byte AuxOf(in IrOp op) => op.Opcode switch
    {
        Opcode.FToInteger or Opcode.IntegerToF => (byte)(op.Aux & ~BlockAnalysis.WideOperand),
        Opcode.VFromScalar => 0,
        _ => op.Aux,
    };
}
