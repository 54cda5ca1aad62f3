namespace Dbt.Translator.Execution;

/// <summary>The runtime functions that translated code may call (<see cref="Ir.Opcode.CallHelper"/>): indices into <see cref="ThreadBlock.Helpers"/>.</summary>
public enum RuntimeHelper
{
    /// <summary>The virtual counter: ticks of 1 ns of the host's monotonic clock (I64).</summary>
    ReadCounter,
    /// <summary>The cumulative floating-point exception flags since the last write, in the order of <see cref="ThreadBlock.FloatStatus"/>: bit 0 invalid, 1 subnormal operand flushed,
    /// 2 divide by zero, 3 overflow, 4 underflow, 5 inexact (I32).</summary>
    ReadStatus,
    /// <summary>Replaces these flags by the low six bits of the argument.</summary>
    WriteStatus,
    /// <summary>Replaces the control bits of the guest's MXCSR (bit 6 DAZ, bits 14..13 rounding, bit 15 FTZ) by those of the argument; with FTZ, traps are armed (<see cref="FloatTraps"/>). The cumulative flags stay.</summary>
    WriteControl,
    /// <summary>Number of predefined helpers; a guest's own follow (see <see cref="Engine.SetHelper"/>).</summary>
    Count,
}
