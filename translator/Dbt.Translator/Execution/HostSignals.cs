namespace Dbt.Translator.Execution;

/// <summary>The host's signal dispositions while guests run: emitted handlers only; managed code never runs in a signal handler (DESIGN 4.8).</summary>
public static unsafe class HostSignals
{
    /// <summary>Bytes of a siginfo_t.</summary>
    public const int SiginfoSize = 128;

    /// <summary>Installs the handler of synchronous faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP). A fault outside translated code goes on to the handler that was there before
    /// (.NET's); one sent by kill(2) or raised with no handler before it is queued or takes its default action. Idempotent; called by the first <see cref="Engine"/>.</summary>
    public static void Install() => throw new NotSupportedException();

    /// <summary>Installs the queueing handler for an asynchronous host signal: each arrival is appended to the queue of the guest thread it hit, and its poll word is set.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Catch(int hostSignal) => throw new NotSupportedException();

    /// <summary>Sets the host disposition to SIG_IGN.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Ignore(int hostSignal) => throw new NotSupportedException();

    /// <summary>Sets the host disposition to SIG_DFL.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int Default(int hostSignal) => throw new NotSupportedException();

    /// <summary>Takes the oldest queued signal of the thread. Called on the thread itself (from <see cref="IGuestKernel.OnPoll"/> or a syscall).</summary>
    /// <param name="thread">The calling guest thread.</param>
    /// <param name="signal">Host signal number.</param>
    /// <param name="siginfo">Receives <see cref="SiginfoSize"/> bytes.</param>
    public static bool TryDequeueSignal(GuestThread thread, out int signal, byte* siginfo) => throw new NotSupportedException();
}
