using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>What the process-wide repair code (<see cref="Execution.FloatStubs"/>) computes again as Arm does.</summary>
enum FloatRepair
{
    /// <summary>NaNs of the result become the default NaN.</summary>
    DefaultNaN,
    /// <summary>NaNs of an operation on A and B.</summary>
    Binary,
    /// <summary>NaNs of an operation on A.</summary>
    Unary,
    /// <summary>NaNs of A times B, and Underflow of a result that only rounding makes normal.</summary>
    Multiply,
    /// <summary>The same of A divided by B.</summary>
    Divide,
    /// <summary>Underflow of A, an F64 in each 64-bit lane, converted to F32.</summary>
    Narrow,
    /// <summary>NaNs of A times B plus C, Underflow as above, and Invalid of an infinity times zero beside a quiet NaN.</summary>
    MulAdd,
    /// <summary>The whole result of an extreme of A and B, of which one is a NaN somewhere.</summary>
    Max,
    /// <inheritdoc cref="Max"/>
    Min,
    /// <inheritdoc cref="Max"/>
    MaxNumber,
    /// <inheritdoc cref="Max"/>
    MinNumber,
    Count,
}

/// <summary>The word that cold code passes in eax: which repair, and the numbers of the vector registers that have its operands and its result.</summary>
/// <remarks>
/// <code>
///   7..4 A   11..8 B   15..12 C   19..16 result   21..20 what counts of the operands: 0 all, 1 the low 32 bits, 2 the low 64   31..24 number of the routine
/// </code>
/// </remarks>
static class FloatRepairRequest
{
    /// <summary>Positions of the register numbers.</summary>
    public const int A = 4, B = 8, C = 12, Result = 16;
    /// <summary>Position of the choice of lanes.</summary>
    public const int Lanes = 20;
    /// <summary>Position of the routine's number.</summary>
    public const int Routine = 24;
    /// <summary>Number of routines.</summary>
    public const int RoutineCount = (int)FloatRepair.Count * 16;

    /// <summary>A routine's number.</summary>
    /// <param name="repair">What it does.</param>
    /// <param name="size">log2 of the bytes of an element of the result: 2 or 3.</param>
    /// <param name="toDefault">NaNs become the default NaN.</param>
    /// <param name="negate">Bit 0: A is negated first; bit 1: C is.</param>
    public static int RoutineNumber(FloatRepair repair, int size, bool toDefault, int negate) => ((int)repair * 16) + (size == 3 ? 8 : 0) + (toDefault ? 4 : 0) + negate;

    /// <summary>The word; <paramref name="operandSize"/> is log2 of the bytes of an element of the operands; registers that the routine does not read may be None.</summary>
    public static int Encode(int routine, int operandSize, bool isScalar, HostReg result, HostReg a, HostReg b, HostReg c) =>
        (routine << Routine) | ((isScalar ? operandSize - 1 : 0) << Lanes) | (Number(result) << Result) | (Number(a) << A) | (Number(b) << B) | (Number(c) << C);

    static int Number(HostReg reg) => (int)reg & 15;

    /// <summary>The repair of an operation.</summary>
    public static FloatRepair Of(Opcode opcode) => opcode switch
    {
        Opcode.FMulAdd or Opcode.VFMulAdd => FloatRepair.MulAdd,
        Opcode.FMax or Opcode.VFMax => FloatRepair.Max,
        Opcode.FMin or Opcode.VFMin => FloatRepair.Min,
        Opcode.FMaxNumber or Opcode.VFMaxNumber => FloatRepair.MaxNumber,
        Opcode.FMinNumber or Opcode.VFMinNumber => FloatRepair.MinNumber,
        Opcode.FSqrt or Opcode.VFSqrt => FloatRepair.Unary,
        Opcode.FMul or Opcode.VFMul => FloatRepair.Multiply,
        Opcode.FDiv or Opcode.VFDiv => FloatRepair.Divide,
        Opcode.FConvert or Opcode.VFNarrow => FloatRepair.Narrow,
        _ => FloatRepair.Binary,
    };
}
