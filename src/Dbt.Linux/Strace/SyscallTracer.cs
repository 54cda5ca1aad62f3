using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Strace;

/// <summary>Prints system calls and signals in strace's syntax: one write per line.</summary>
/// <remarks>
/// A line is written when its call returns. If another thread does something meanwhile, its beginning is written before that, as strace does it: <c>read(0,  &lt;unfinished ...&gt;</c>, and
/// <c>&lt;... read resumed&gt;"x", 1) = 1</c> in the end. So at most one call has begun and not been written.
/// </remarks>
sealed unsafe class SyscallTracer(LinuxProcess process, TraceOptions options)
{
    const int ResultColumn = 40;
    const string Separator = ", ";
    // Threads trace at the same time; each builds its own line.
    [ThreadStatic]
    static StringBuilder? ownLine;
    readonly TraceOutput output = new(options);
    readonly Lock gate = new();
    Begun? unwritten;
    bool isChild;

    /// <summary>A call that has not returned.</summary>
    /// <param name="Text">The line so far.</param>
    /// <param name="Separator">What stands between it and the arguments that the call fills in.</param>
    sealed record Begun(string Text, string Separator);

    /// <summary>The program has been loaded.</summary>
    public void Started(nint path, ReadOnlySpan<nint> arguments, ReadOnlySpan<nint> environment)
    {
        if (!Shows(Sys.execve)) return;
        var line = Begin();
        line.Append("execve(");
        ArgumentFormatter.AppendWhole(line, CString.Bytes(path));
        line.Append(", [");
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0) line.Append(", ");
            ArgumentFormatter.AppendWhole(line, CString.Bytes(arguments[i]));
        }
        line.Append($"], [/* {environment.Length} vars */])");
        AppendEquals(line).Append('0');
        End(line);
    }

    bool Shows(Sys host) => options.Filter is not { } filter || filter.Shows(host);

    /// <summary>Runs a system call and prints it.</summary>
    public long Run(in SyscallRow row, in Call call)
    {
        if (!Shows(row.Host)) return call.Run(row);
        var line = Begin();
        line.Append(row.Name).Append('(');
        var formatter = new ArgumentFormatter(process, row);
        formatter.AppendInputs(line, call);
        if (row.Host is Sys.exit or Sys.exit_group)
        {
            line.Append(')');
            AppendEquals(line).Append('?');
            End(line);
            return call.Run(row);
        }
        var begun = new Begun(line.ToString(), formatter.HasOutputs ? Separator : "");
        Enter(begun);
        long began = options.ShowsDuration ? Now(1) : 0;
        long result = call.Run(row);
        // It has not begun: its line comes when it is made again.
        if (result == HostCalls.NotStarted) return result;
        // A child returns here too; its beginning is not a line of its own.
        if (result == 0 && row.Host is (Sys.clone or Sys.clone3)) return result;
        long took = options.ShowsDuration ? Now(1) - began : 0;
        bool isReturn = result == Call.NoResult;
        if (isReturn) result = 0;
        line.Clear();
        formatter.AppendOutputs(line, call, result);
        string outputs = line.ToString();
        lock (gate)
        {
            if (ReferenceEquals(unwritten, begun))
            {
                unwritten = null;
                line.Clear().Append(begun.Text).Append(outputs);
            }
            else
            {
                WriteUnfinished();
                if (begun.Separator.Length > 0 && outputs.StartsWith(begun.Separator, StringComparison.Ordinal)) outputs = outputs[begun.Separator.Length..];
                Begin().Append($"<... {row.Name} resumed>").Append(outputs);
            }
            line.Append(')');
            AppendEquals(line);
            formatter.AppendResult(line, call, result);
            if (options.ShowsDuration) line.Append($" <{took / 1_000_000_000}.{took % 1_000_000_000 / 1000:000000}>");
            output.Write(line.Append('\n').ToString());
        }
        return isReturn ? Call.NoResult : result;
    }

    void Enter(Begun begun)
    {
        lock (gate)
        {
            WriteUnfinished();
            unwritten = begun;
        }
    }

    // Requires the gate.
    void WriteUnfinished()
    {
        if (unwritten is not { } begun) return;
        unwritten = null;
        output.Write($"{begun.Text}{begun.Separator} <unfinished ...>\n");
    }

    /// <summary>A number without a row.</summary>
    public void Unknown(ulong number, ulong* arguments)
    {
        var line = Begin();
        line.Append($"syscall_0x{number:x}(0x{arguments[0]:x}, 0x{arguments[1]:x}, 0x{arguments[2]:x}, 0x{arguments[3]:x}, 0x{arguments[4]:x}, 0x{arguments[5]:x})");
        AppendEquals(line).Append($"-1 ENOSYS ({Errno.Message(Errno.ENOSYS)})");
        End(line);
    }

    /// <summary>A signal is acted upon: its handler is about to run, or its default action.</summary>
    public void Signal(in SignalInformation information)
    {
        var line = Begin();
        line.Append($"--- {SignalNumbers.Name(information.Signal)} ");
        ArgumentFormatter.AppendInformation(line, information);
        line.Append(" ---");
        End(line);
    }

    /// <summary>The process dies by a signal.</summary>
    public void Killed(int signal)
    {
        var line = Begin();
        line.Append($"+++ killed by {SignalNumbers.Name(signal)} +++");
        End(line);
    }

    /// <summary>A thread or the process ends by itself.</summary>
    public void Exited(int status)
    {
        var line = Begin();
        line.Append($"+++ exited with {status & 0xFF} +++");
        End(line);
    }

    /// <summary>From now on lines carry the process id.</summary>
    public void BecomeChild(bool sharesMemory)
    {
        isChild = true;
        // The parent writes it.
        if (!sharesMemory) unwritten = null;
    }

    /// <summary>Whether lines carry the process id.</summary>
    public bool IsChild => isChild;

    /// <summary>The child that shared this memory is gone, with its call that does not return; lines are again as they were.</summary>
    public void ReturnFromVfork(bool wasChild)
    {
        isChild = wasChild;
        unwritten = null;
    }

    // What stands in front of a line says who and when, in strace's order.
    StringBuilder Begin()
    {
        var line = (ownLine ??= new StringBuilder(256)).Clear();
        bool manyThreads = process.Threads.Count > 1;
        if (output.IsPerProcess ? manyThreads : !output.IsFile && (isChild || manyThreads)) line.Append($"[pid {Kernel.Call(Sys.gettid),5}] ");
        else if (output.IsFile && !output.IsPerProcess) line.Append($"{Kernel.Call(Sys.gettid),-5} ");
        if (options.ShowsTime)
        {
            long* time = stackalloc long[2];
            Kernel.GetTime(0, time);
            line.Append(LocalTime.OfDay(time[0], time[1])).Append(' ');
        }
        return line;
    }

    // Results stand in one column where the line is short enough.
    static StringBuilder AppendEquals(StringBuilder line) => line.Append(' ', Math.Max(1, ResultColumn - line.Length)).Append("= ");

    static long Now(int clock)
    {
        long* time = stackalloc long[2];
        Kernel.GetTime(clock, time);
        return time[0] * 1_000_000_000 + time[1];
    }

    void End(StringBuilder line)
    {
        lock (gate)
        {
            WriteUnfinished();
            output.Write(line.Append('\n').ToString());
        }
    }
}
