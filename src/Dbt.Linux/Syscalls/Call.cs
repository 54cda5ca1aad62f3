using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Syscalls;

/// <summary>A system call in progress: its arguments and who made it.</summary>
/// <remarks>A handler returns what the kernel would: a value, or a negative errno; or one of the constants here.</remarks>
readonly unsafe ref struct Call(LinuxThread thread, ulong* arguments, Sys host, SyscallTraits traits)
{
    /// <summary>The call has set all registers itself (rt_sigreturn): no result is stored.</summary>
    public const long NoResult = long.MinValue;

    /// <summary>Which call.</summary>
    public Sys Host => host;

    public LinuxThread Thread { get; } = thread;
    public LinuxProcess Process => Thread.Process;
    public GuestMemory Memory => Thread.Process.Memory;

    /// <summary>An argument as the 64-bit register has it.</summary>
    public long this[int index] => (long)arguments[index];

    /// <summary>An argument that is an address.</summary>
    public ulong Address(int index) => arguments[index];

    /// <summary>An argument that is an int.</summary>
    public int Int(int index) => (int)arguments[index];

    /// <summary>The same call with other arguments.</summary>
    public Call With(ulong* others) => new(Thread, others, host, traits);

    /// <summary>Makes the call, with the guest's paths translated if it does not see the host's files as they are.</summary>
    public long Run(in SyscallRow row) => Process.Paths is { } paths ? paths.Run(this, row) : row.Handler(this);

    /// <summary>The same call to the host with the same arguments.</summary>
    public long Forward() => Forward(this[0], this[1], this[2], this[3], this[4], this[5]);

    /// <summary>Another call to the host in its place.</summary>
    public long ForwardAs(Sys other, long a0, long a1, long a2) => HostCalls.BlockingSyscall(Thread.Guest, (long)other, a0, a1, a2, 0, 0, 0);

    /// <summary>The same call to the host with these arguments.</summary>
    public long Forward(long a0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0) =>
        (traits & SyscallTraits.Blocks) != 0
            ? HostCalls.BlockingSyscall(Thread.Guest, (long)host, a0, a1, a2, a3, a4, a5)
            : Kernel.Call(host, a0, a1, a2, a3, a4, a5);
}
