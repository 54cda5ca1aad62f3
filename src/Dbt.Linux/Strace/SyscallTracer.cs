using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Strace;

/// <summary>Prints system calls and signals in strace's syntax on stderr: one write per line.</summary>
sealed unsafe class SyscallTracer(LinuxProcess process)
{
    // Threads trace at the same time; each builds its own line.
    [ThreadStatic]
    static StringBuilder? ownLine;
    bool isChild;

    /// <summary>The program has been loaded.</summary>
    public void Started(nint path, ReadOnlySpan<nint> arguments, ReadOnlySpan<nint> environment)
    {
        var line = Begin();
        line.Append("execve(");
        ArgumentFormatter.AppendWhole(line, CString.Bytes(path));
        line.Append(", [");
        for (int i = 0; i < arguments.Length; i++)
        {
            if (i > 0) line.Append(", ");
            ArgumentFormatter.AppendWhole(line, CString.Bytes(arguments[i]));
        }
        line.Append($"], [/* {environment.Length} vars */]) = 0");
        End(line);
    }

    /// <summary>Runs a system call and prints it.</summary>
    public long Run(in SyscallRow row, in Call call)
    {
        var line = Begin();
        line.Append(row.Name).Append('(');
        var formatter = new ArgumentFormatter(process, row);
        formatter.AppendInputs(line, call);
        if (row.Host is Sys.exit or Sys.exit_group)
        {
            line.Append(") = ?");
            End(line);
            return call.Run(row);
        }
        string inputs = line.ToString();
        long result = call.Run(row);
        // A child returns here too; its beginning is not a line of its own.
        if (result == 0 && row.Host is (Sys.clone or Sys.clone3)) return result;
        bool isReturn = result == Call.NoResult;
        if (isReturn) result = 0;
        line.Clear().Append(inputs);
        formatter.AppendOutputs(line, call, result);
        line.Append(") = ");
        formatter.AppendResult(line, result);
        End(line);
        return isReturn ? Call.NoResult : result;
    }

    /// <summary>A number without a row.</summary>
    public void Unknown(ulong number, ulong* arguments)
    {
        var line = Begin();
        line.Append($"syscall_0x{number:x}(0x{arguments[0]:x}, 0x{arguments[1]:x}, 0x{arguments[2]:x}, 0x{arguments[3]:x}, 0x{arguments[4]:x}, 0x{arguments[5]:x}) = -1 ENOSYS ({Errno.Message(Errno.ENOSYS)})");
        End(line);
    }

    /// <summary>A signal is acted upon: its handler is about to run, or its default action.</summary>
    public void Signal(in SignalInformation information)
    {
        var line = Begin();
        line.Append($"--- {SignalNumbers.Name(information.Signal)} {{si_signo={SignalNumbers.Name(information.Signal)}, si_code={information.Code}");
        bool isFault = information.Code > 0 && (SignalNumbers.Synchronous & SignalNumbers.Bit(information.Signal)) != 0;
        line.Append(isFault ? $", si_addr=0x{information.Address:x}" : $", si_pid={information.Process}, si_uid={information.User32}");
        line.Append("} ---");
        End(line);
    }

    /// <summary>The process dies by a signal.</summary>
    public void Killed(int signal)
    {
        var line = Begin();
        line.Append($"+++ killed by {SignalNumbers.Name(signal)} +++");
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

    StringBuilder Begin()
    {
        var line = (ownLine ??= new StringBuilder(256)).Clear();
        if (isChild || process.Threads.Count > 1) line.Append($"[pid {Kernel.Call(Sys.gettid)}] ");
        return line;
    }

    static void End(StringBuilder line) => Kernel.WriteAll(2, Encoding.UTF8.GetBytes(line.Append('\n').ToString()));
}
