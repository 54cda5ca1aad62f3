using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dbt.Translator.Execution;

/// <summary>The helpers of <see cref="RuntimeHelper"/> that are managed code. They run with the guest's MXCSR and must not compute in floating point.</summary>
static unsafe class RuntimeHelpers
{
    /// <summary>See <see cref="RuntimeHelper.ReadCounter"/>. On Linux the runtime's timestamp is CLOCK_MONOTONIC in nanoseconds.</summary>
    [UnmanagedCallersOnly]
    public static ulong ReadCounter(ThreadBlock* block, ulong a, ulong b, ulong c, ulong d) => (ulong)Stopwatch.GetTimestamp();
}
