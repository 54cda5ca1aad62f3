using Dbt.Linux.Signals;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Processes;

/// <summary>One guest thread as Linux knows it.</summary>
sealed unsafe class LinuxThread
{
    public LinuxThread(LinuxProcess process, GuestThread guest)
    {
        Process = process;
        Guest = guest;
        Arguments = process.Abi.SyscallArguments(guest);
        Number = process.Abi.SyscallNumber(guest);
        Actions = process.Actions;
        Signals = new ThreadSignals(this);
        guest.KernelData = this;
    }

    public LinuxProcess Process { get; }
    public GuestThread Guest { get; }
    public ThreadSignals Signals { get; }

    /// <summary>The process' signal actions; a vfork child has its own.</summary>
    public SignalActions Actions { get; set; }

    /// <summary>First system call argument in guest state.</summary>
    public ulong* Arguments { get; }
    /// <summary>System call number in guest state.</summary>
    public ulong* Number { get; }

    /// <summary>set_tid_address: cleared and woken when the thread ends.</summary>
    public ulong ClearChildTid { get; set; }

    /// <summary>set_robust_list: the futexes that it holds.</summary>
    public ulong RobustList { get; set; }

    /// <summary>Mapping of the host stack it runs on; 0 for the process' first host thread.</summary>
    public nint StackMapping { get; init; }

    /// <summary>True while it is a vfork child that borrows its parent's memory: a process of its own, whatever the thread group says.</summary>
    public bool IsVforkChild { get; set; }

    /// <summary>The signal that is acted upon: what a report of the end tells.</summary>
    public SignalInformation LastSignal { get; set; }

    /// <summary>System calls that have returned: whether it makes progress.</summary>
    public ulong Returned;

    /// <summary>Address and syndrome of the fault being delivered, for the signal frame.</summary>
    public ulong FaultAddress { get; set; }
    public ulong FaultSyndrome { get; set; }

    /// <summary>prctl(PR_SET_TAGGED_ADDR_CTRL): system calls accept pointers with tags.</summary>
    public bool AcceptsTags { get; set; }
}
