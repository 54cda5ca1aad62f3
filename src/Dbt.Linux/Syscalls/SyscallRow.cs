using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>What a signal does to a system call, and how it reaches the host.</summary>
[Flags]
enum SyscallTraits
{
    None = 0,
    /// <summary>May wait: goes through the engine's interruptible stub.</summary>
    Blocks = 1,
    /// <summary>The kernel's ERESTARTSYS: begun again after a handler with SA_RESTART, EINTR after one without.</summary>
    Restarts = 2,
    /// <summary>The kernel's ERESTARTNOHAND: EINTR after any handler, begun again if no handler ran.</summary>
    RestartsWithoutHandler = 4,
    /// <summary>Goes to the host untouched.</summary>
    Passed = 8,
    /// <summary>Always ENOSYS.</summary>
    Refused = 16,
}

/// <summary>One system call: everything that dispatch, <c>--strace</c> and the coverage page know about it.</summary>
readonly unsafe struct SyscallRow(Sys host, string name, string arguments, delegate*<in Call, long> handler, SyscallTraits traits)
{
    /// <summary>Identity, and the host's number if it is passed on.</summary>
    public Sys Host { get; } = host;
    public SyscallTraits Traits { get; } = traits;
    /// <summary>Null for a number without a row: ENOSYS.</summary>
    public delegate*<in Call, long> Handler { get; } = handler;
    public string Name { get; } = name;
    /// <summary>Argument kinds in the notation of <see cref="Strace.ArgumentFormatter"/>.</summary>
    public string Arguments { get; } = arguments;
}
