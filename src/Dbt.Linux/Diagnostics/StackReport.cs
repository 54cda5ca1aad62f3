using System.Text;
using Dbt.Linux.Processes;

namespace Dbt.Linux.Diagnostics;

/// <summary>Prints the stack of a guest thread, innermost frame first, in the layout of debuggers.</summary>
static class StackReport
{
    /// <summary>Appends a line per frame.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="thread">A thread whose guest state is canonical: it is in a callback or stopped.</param>
    /// <param name="symbols">Names.</param>
    public static void Append(StringBuilder text, LinuxThread thread, Symbolizer symbols)
    {
        int number = 0;
        foreach (var frame in thread.Process.Abi.WalkStack(thread, symbols))
        {
            if (frame.IsHandlerBoundary)
            {
                text.Append($"     #{number++,-3} <signal handler called>\n");
                continue;
            }
            text.Append($"     #{number++,-3} 0x{frame.Pc:x16} in {symbols.Describe(frame.Pc, frame.IsReturnAddress)}\n");
        }
    }
}
