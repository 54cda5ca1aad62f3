namespace Dbt.Linux.Signals;

/// <summary>Signal numbers of guest and host. They are the same (asm-generic), except around the one real-time signal that the .NET runtime keeps for itself.</summary>
/// <remarks>
/// .NET uses the host's signal 34 to stop threads for garbage collection. The guest's 34 (the first that a C library leaves to programs) is the host's 64 instead, and the guest's 64 does
/// not exist. 32 and 33 belong to the guest's C library: dbt's own glibc never needs them.
/// </remarks>
static class SignalNumbers
{
    public const int Hup = 1, Ill = 4, Trap = 5, Abort = 6, Bus = 7, Fpe = 8, Kill = 9, Segv = 11, Child = 17, Continue = 18, Stop = 19, TerminalStop = 20, TerminalInput = 21,
        TerminalOutput = 22, Urgent = 23, WindowChange = 28;

    /// <summary>One more than the greatest number.</summary>
    public const int Count = 65;

    const int Runtime = 34, Replacement = 64;

    /// <summary>Signals caused by the running instruction: never blocked on the host.</summary>
    public const ulong Synchronous = 1UL << (Ill - 1) | 1UL << (Trap - 1) | 1UL << (Bus - 1) | 1UL << (Fpe - 1) | 1UL << (Segv - 1);

    /// <summary>Signals that cannot be blocked, caught or ignored.</summary>
    public const ulong Untouchable = 1UL << (Kill - 1) | 1UL << (Stop - 1);

    /// <summary>The bit of a signal in a set.</summary>
    public static ulong Bit(int signal) => 1UL << (signal - 1);

    /// <summary>The host's number; 0 stays 0; -1 if there is none.</summary>
    public static int ToHost(int guest) => guest switch { Runtime => Replacement, < 0 or >= Replacement => -1, _ => guest };

    /// <summary>The guest's number.</summary>
    public static int ToGuest(int host) => host == Replacement ? Runtime : host;

    /// <summary>A guest's signal mask as the host shall have it: never the runtime's signal, nor those that translated code raises.</summary>
    public static ulong MaskToHost(ulong guest)
    {
        ulong host = guest & ~(Bit(Runtime) | Bit(Replacement) | Synchronous | Untouchable);
        return (guest & Bit(Runtime)) != 0 ? host | Bit(Replacement) : host;
    }

    /// <summary>A set that the host reports, as the guest shall see it.</summary>
    public static ulong MaskToGuest(ulong host)
    {
        ulong guest = host & ~(Bit(Runtime) | Bit(Replacement));
        return (host & Bit(Replacement)) != 0 ? guest | Bit(Runtime) : guest;
    }

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
