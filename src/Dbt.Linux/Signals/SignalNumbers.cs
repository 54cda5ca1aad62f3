namespace Dbt.Linux.Signals;

/// <summary>Signal numbers: the same on guest and host (asm-generic). 32 and 33 belong to the guest's C library: dbt's own glibc never needs them, and .NET's 34 is taken from it when dbt is linked.</summary>
static class SignalNumbers
{
    public const int Hup = 1, Ill = 4, Trap = 5, Abort = 6, Bus = 7, Fpe = 8, Kill = 9, Segv = 11, Child = 17, Continue = 18, Stop = 19, TerminalStop = 20, TerminalInput = 21,
        TerminalOutput = 22, Urgent = 23, WindowChange = 28;

    /// <summary>One more than the greatest number.</summary>
    public const int Count = 65;

    /// <summary>Signals that instructions of the host cause, of translated code and of dbt's own: never blocked on the host, and always caught.</summary>
    public const ulong Synchronous = 1UL << (Bus - 1) | 1UL << (Fpe - 1) | 1UL << (Segv - 1);

    /// <summary>Signals that instructions of the guest cause.</summary>
    public const ulong Faults = Synchronous | 1UL << (Ill - 1) | 1UL << (Trap - 1);

    /// <summary>Signals that cannot be blocked, caught or ignored.</summary>
    public const ulong Untouchable = 1UL << (Kill - 1) | 1UL << (Stop - 1);

    /// <summary>The bit of a signal in a set.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);

    /// <summary>Whether there is a signal of that number.</summary>
    public static bool Exists(int signal) => signal is > 0 and < Count;

    /// <summary>A guest's signal mask as the host shall have it: without the signals that translated code raises.</summary>
    public static ulong HostMask(ulong guest) => guest & ~(Synchronous | Untouchable);

    /// <summary>What the default disposition does.</summary>
    public static DefaultAction DefaultActionOf(int signal) => signal switch
    {
        Child or Continue or Urgent or WindowChange => DefaultAction.Ignore,
        Stop or TerminalStop or TerminalInput or TerminalOutput => DefaultAction.Stop,
        _ => DefaultAction.Terminate,
    };

    /// <summary>Name without SIG, as strace prints it.</summary>
    public static string Name(int signal) => signal switch
    {
        > 0 and < 32 => Names[signal],
        >= 34 and <= 64 => $"SIGRT_{signal - 32}",
        _ => signal.ToString(),
    };

    static ReadOnlySpan<string> Names => (string[])
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];
}

/// <summary>Default dispositions (signal(7)).</summary>
enum DefaultAction
{
    Terminate,
    Ignore,
    Stop,
}
