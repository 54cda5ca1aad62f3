using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Strace;

/// <summary>Prints system calls and signals in strace's syntax: one write per line.</summary>
sealed unsafe class SyscallTracer(LinuxProcess process, TraceOptions options)
{
    const int ResultColumn = 40;
    // Threads trace at the same time; each builds its own line.
    [ThreadStatic]
    static StringBuilder? ownLine;
    readonly TraceOutput output = new(options);
    bool isChild;

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
        string inputs = line.ToString();
        long began = options.ShowsDuration ? Now(1) : 0;
        long result = call.Run(row);
        // It has not begun: its line comes when it is made again.
        if (result == HostCalls.NotStarted) return result;
        // A child returns here too; its beginning is not a line of its own.
        if (result == 0 && row.Host is (Sys.clone or Sys.clone3)) return result;
        long took = options.ShowsDuration ? Now(1) - began : 0;
        bool isReturn = result == Call.NoResult;
        if (isReturn) result = 0;
        line.Clear().Append(inputs);
        formatter.AppendOutputs(line, call, result);
        line.Append(')');
        AppendEquals(line);
        formatter.AppendResult(line, call, result);
        if (options.ShowsDuration) line.Append($" <{took / 1_000_000_000}.{took % 1_000_000_000 / 1000:000000}>");
        End(line);
        return isReturn ? Call.NoResult : result;
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
    public void BecomeChild() => isChild = true;

    /// <summary>Whether lines carry the process id.</summary>
    public bool IsChild
    {
        get => isChild;
        set => isChild = value;
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

    void End(StringBuilder line) => output.Write(line.Append('\n'));
}
