using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Linux.Strace;

namespace Dbt.Linux.Diagnostics;

/// <summary>What <c>--backtrace</c> prints when a signal kills the guest: signal, place, registers, stack.</summary>
static class CrashReport
{
    const int Quit = 3, ProcessorLimit = 24, FileLimit = 25, BadSyscall = 31;

    /// <summary>Whether a signal's default action would leave a core file (signal(7)): the ones that tell of an error.</summary>
    public static bool IsError(int signal) => signal is Quit or SignalNumbers.Ill or SignalNumbers.Trap or SignalNumbers.Abort or SignalNumbers.Bus or SignalNumbers.Fpe or SignalNumbers.Segv
        or ProcessorLimit or FileLimit or BadSyscall;

    /// <summary>The report of a thread that is being killed.</summary>
    public static void Print(LinuxThread thread, string program, in SignalInformation information)
    {
        var text = new StringBuilder();
        var symbols = new Symbolizer();
        int signal = information.Signal;
        bool isFault = information.Code > 0 && information.Code != SignalInformation.Kernel && (SignalNumbers.Faults & SignalNumbers.Bit(signal)) != 0;
        text.Append($"dbt: {program} is killed by {SignalNumbers.Name(signal)} ({Names.SignalCode(signal, information.Code)})");
        text.Append(isFault ? $" at address 0x{information.Address:x}\n" : $" sent by process {information.Process}\n");
        text.Append($"     process {Kernel.Call(Sys.getpid)}, thread {Kernel.Call(Sys.gettid)} \"{ThreadNames.Of((int)Kernel.Call(Sys.gettid))}\"\n");
        thread.Process.Abi.AppendRegisters(text, thread.Guest);
        StackReport.Append(text, thread, symbols);
        HostOutput.WriteError(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
