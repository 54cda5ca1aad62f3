using Dbt.Translator.Ir;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Blocks whose floating-point operations may trap (<see cref="Execution.FloatTraps"/>): state maps for them, and traps where the host's own instructions raise none.</summary>
/// <remarks>
/// A trap must find the operation's guest instruction undone: no operand's register may be overwritten before the last instruction that can trap. Cold code does not trap: it
/// runs with all exceptions masked.
/// </remarks>
public sealed unsafe partial class BlockEmitter
{
    /// <summary>The operation being lowered may trap.</summary>
    bool floatMayTrap;

    /// <summary>The next host instruction may trap.</summary>
    void MarkFloatTrap()
    {
        if (floatMayTrap) RecordStateMap(CurrentOp);
    }

    Code CompareScalar(int size) => size == 3 ? Code.VEX_Vcmpsd_xmm_xmm_xmmm64_imm8 : Code.VEX_Vcmpss_xmm_xmm_xmmm32_imm8;

    /// <summary>Traps for a subnormal operand although the operation itself does not tell of it: the host's roundings and conversions to integers never do, and a NaN, division by zero or
    /// invalid operation elsewhere takes precedence. Changes the first scratch register; raises Invalid for a signalling NaN.</summary>
    void TrapIfSubnormal(HostReg operand, int size, bool isScalar)
    {
        if (floatMayTrap) Emit(isScalar ? CompareScalar(size) : CompareLanes(size), HostRegs.ScratchX, operand, operand, EqualQuiet);
    }
}
