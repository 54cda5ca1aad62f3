using System.Text;
using Dbt.Linux.Diagnostics;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests;

namespace Dbt.Linux.Abi;

/// <summary>Everything in which Linux differs between guest architectures: numbers, registers, structures, signal frames.</summary>
abstract unsafe class GuestAbi
{
    /// <summary>The instruction set.</summary>
    public abstract GuestArchitecture Architecture { get; }
    /// <summary>Which ELF files are programs for it.</summary>
    public abstract GuestMachine Machine { get; }
    /// <summary>What its auxiliary vector says.</summary>
    public abstract MachineDescription Description { get; }
    /// <summary>uname's machine field.</summary>
    public abstract ReadOnlySpan<byte> MachineName { get; }

    /// <summary>The same for a program that has asked for a 32-bit machine with personality(2).</summary>
    public abstract ReadOnlySpan<byte> NarrowMachineName { get; }

    /// <summary>/proc/cpuinfo of a machine with these processors online.</summary>
    public abstract string ProcessorInformation(IEnumerable<int> processors);

    /// <summary>One more than the greatest system call number.</summary>
    public abstract int SyscallCount { get; }
    /// <summary>What a number means.</summary>
    public abstract Sys IdentifySyscall(int number);

    /// <summary>Where the thread's first system call argument is; the others follow in the next words.</summary>
    public abstract ulong* SyscallArguments(GuestThread thread);
    /// <summary>Where the thread's system call number is.</summary>
    public abstract ulong* SyscallNumber(GuestThread thread);
    /// <summary>Puts the thread back to its system call instruction, with its first argument as it was.</summary>
    public abstract void RestartSyscall(GuestThread thread, ulong firstArgument);

    /// <summary>O_ flags of open and fcntl.</summary>
    public abstract int OpenFlagsToHost(int guest);
    /// <summary>The reverse.</summary>
    public abstract int OpenFlagsFromHost(int host);
    /// <summary>Writes struct stat: 0 or -EFAULT.</summary>
    public abstract long WriteStat(GuestMemory memory, ulong address, in HostStat stat);

    /// <summary>Stack pointer.</summary>
    public abstract ref ulong StackPointer(GuestThread thread);
    /// <summary>TLS register.</summary>
    public abstract ref ulong ThreadPointer(GuestThread thread);
    /// <summary>State of a new program.</summary>
    public abstract void Start(GuestThread thread, ulong entry, ulong stackPointer);

    /// <summary>Builds the frame below <paramref name="stack"/> and sends the thread into its handler; false if the stack cannot be written.</summary>
    public abstract bool EnterSignalHandler(LinuxThread thread, in SignalAction action, in SignalInformation information, ulong stack, ulong mask);
    /// <summary>rt_sigreturn: takes everything back from the frame, edited or not; false if there is no valid frame, or if a signal came first and the call is to begin again.</summary>
    public abstract bool ReturnFromSignal(LinuxThread thread, out bool again);

    /// <summary>Whether the thread's location is the one behind a system call instruction.</summary>
    public abstract bool IsBehindSyscall(LinuxThread thread);
    /// <summary>The thread's stack, innermost frame first.</summary>
    public abstract List<StackFrame> WalkStack(LinuxThread thread, Symbolizer symbols);
    /// <summary>The registers, for people.</summary>
    public abstract void AppendRegisters(StringBuilder text, GuestThread thread);
    /// <summary>Bytes of a core file's general registers (elf_gregset_t).</summary>
    public abstract int CoreRegistersSize { get; }
    /// <summary>Bytes of a core file's floating-point registers (elf_fpregset_t).</summary>
    public abstract int CoreVectorsSize { get; }
    /// <summary>Writes elf_gregset_t.</summary>
    public abstract void WriteCoreRegisters(GuestThread thread, Span<byte> to);
    /// <summary>Writes elf_fpregset_t.</summary>
    public abstract void WriteCoreVectors(GuestThread thread, Span<byte> to);

    /// <summary>The architecture's syndrome word of a memory fault, for the signal frame.</summary>
    public abstract ulong FaultSyndrome(bool instruction, bool write, bool mapped);
}
