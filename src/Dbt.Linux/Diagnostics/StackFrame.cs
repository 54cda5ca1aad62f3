namespace Dbt.Linux.Diagnostics;

/// <summary>One function activation of a guest thread.</summary>
/// <param name="Pc">Where it stands, or will go on.</param>
/// <param name="IsReturnAddress">Control comes back here from a call: the call itself is the instruction before.</param>
/// <param name="IsHandlerBoundary">The kernel's frame of a signal, between a handler and the code that it interrupted.</param>
readonly record struct StackFrame(ulong Pc, bool IsReturnAddress, bool IsHandlerBoundary = false);
