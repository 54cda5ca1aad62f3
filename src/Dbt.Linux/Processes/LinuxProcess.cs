using System.Runtime.CompilerServices;
using Dbt.Linux.Abi;
using Dbt.Linux.Abi.Arm64;
using Dbt.Linux.Diagnostics;
using Dbt.Linux.Files;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Linux.Memory;
using Dbt.Linux.Signals;
using Dbt.Linux.Strace;
using Dbt.Linux.Syscalls;
using Dbt.Linux.Threads;
using Dbt.Linux.Translations;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Linux.Processes;

/// <summary>The guest process: what the engine calls its kernel.</summary>
public sealed unsafe class LinuxProcess : IGuestKernel, ICodeWatcher
{
    readonly SyscallRow[] syscalls;
    readonly ProcessOptions options;
    readonly long[] unknownSyscalls = new long[512];
    static LinuxProcess? current;
    ulong signalTrampoline;

    LinuxProcess(ProcessOptions options)
    {
        this.options = options;
        Abi = new Arm64Abi();
        Actions = new SignalActions { ReportsEnd = options.Trace is not null || options.Exiting is not null || options.Backtrace || options.Core is not null };
        Space = new AddressSpace(new MemoryMap()) { Watcher = this };
        Memory = new GuestMemory();
        Limits = new ResourceLimits(Space);
        Table = new SyscallTable();
        syscalls = Table.Select(Abi.SyscallCount, Abi.IdentifySyscall);
        Engine = new Engine(Abi.Architecture, this, options.Engine);
        if (options.TranslationDirectory != 0) Translations = TranslationStore.Open(Engine, options.TranslationDirectory, options.TranslationDirectorySize);
        Threads = new ThreadGroup(this);
        if (options.RootDirectory != 0) Paths = RootDirectory.Open(options.RootDirectory, options.ChangedRoot);
        else if (options.Sysroot != 0) Paths = Sysroot.Open(options.Sysroot);
    }

    /// <summary>The engine that runs it.</summary>
    public Engine Engine { get; }

    internal GuestAbi Abi { get; }
    internal AddressSpace Space { get; }
    internal GuestMemory Memory { get; }
    internal SyscallTable Table { get; }
    internal SignalActions Actions { get; set; }
    internal ProcessFiles ProcessFiles { get; private set; } = null!;
    internal OwnExecutable Executable { get; } = new();
    internal ProcessExecution Execution { get; private set; } = null!;
    internal ResourceLimits Limits { get; }
    internal ThreadGroup Threads { get; }
    /// <summary>Where translations are kept for later runs, if they are.</summary>
    internal TranslationStore? Translations { get; }
    internal SyscallTracer? Tracer { get; private set; }
    internal HangWatch? HangWatch { get; private set; }
    internal ReadOnlySpan<SyscallRow> Syscalls => syscalls;

    /// <summary>Calls of system calls that dbt does not know: number and count.</summary>
    public IEnumerable<(int Number, long Count)> UnknownSyscalls
    {
        get
        {
            for (int number = 0; number < unknownSyscalls.Length; number++)
            {
                if (unknownSyscalls[number] != 0) yield return (number, unknownSyscalls[number]);
            }
        }
    }

    /// <summary>What the guest's paths mean, if it does not see the host's files as they are (-L, --rootfs).</summary>
    internal GuestPaths? Paths { get; }

    /// <summary>The directory of --rootfs, if there is one.</summary>
    internal RootDirectory? Root => Paths as RootDirectory;

    /// <summary>Program and guest pc of the process that this host process runs, for failure messages; null before it has started.</summary>
    public static string? CurrentPosition => current is { } process && ThreadGroup.Current is { } thread
        ? $"{CString.Display(CString.Bytes(process.options.Program))} at pc 0x{thread.Guest.Location.Pc:x}"
        : null;

    /// <summary>Loads a program and runs it; ends the host process with it.</summary>
    /// <returns>Never, if the program could be started.</returns>
    /// <exception cref="LoadException">It could not.</exception>
    public static void Run(ProcessOptions options)
    {
        current = new LinuxProcess(options);
        current.Start();
    }

    void Start()
    {
        Execution = new ProcessExecution(this, options);
        if (options.RootDirectory != 0) (Root ?? throw LoadException.Failed(-Errno.ENOENT, $"the directory {CString.Display(CString.Bytes(options.RootDirectory))} of --rootfs")).Enter();
        int descriptor = Execution.OpenInitialProgram(out nint path, out nint[] arguments);
        var loader = new ProgramLoader(Space, Abi.Machine, Paths, options.Sysroot);
        LoadedProgram program = loader.Load(descriptor);
        nint realPath = ProcessFiles.NameOf(descriptor, path);
        Kernel.Call(Sys.close, descriptor);
        Space.StartProgramBreak(program.Image.End);
        Limits.SuppressCores(options.Core is not null);
        Region stack = Space.MainStack = InitialStack.Allocate(Space);
        ulong sp = InitialStack.Fill(stack, program, arguments, options.Environment, path, Abi.Description, out StackLayout layout);
        (PublishedSpace.Own->CodeStart, PublishedSpace.Own->CodeEnd) = program.Code;
        PublishedSpace.Own->Stack = stack.Start;
        Space.Map.Publish();
        // Now: later it could turn up where the guest has just unmapped something.
        SignalTrampoline();
        ProcessFiles = new ProcessFiles(this, realPath, layout) { IsPublished = PublishedIdentity.Publish(layout) };
        ProcessFiles.NameThread(path);

        var thread = new LinuxThread(this, Engine.CreateThread());
        Threads.Begin(thread);
        Abi.Start(thread.Guest, program.StartAddress, sp);
        HostThread.Prepare();
        thread.Signals.Inherit();
        Actions.Inherit();
        if (options.Trace is { } trace)
        {
            Tracer = new SyscallTracer(this, trace);
            Tracer.Started(path, arguments, options.Environment);
        }
        if (options.HangTimeout > 0)
        {
            HangWatch = new HangWatch(this, CString.Display(CString.Bytes(options.Program)), options.HangTimeout);
            HangWatch.Start();
        }
        Engine.Run(thread.Guest);
        Threads.End(thread);
    }

    /// <inheritdoc/>
    public nint WindowBase => 0;

    /// <inheritdoc/>
    public bool IsExecutable(ulong address, int length) => Space.Map.Allows(address, address + (ulong)length, Protection.Execute);

    /// <inheritdoc/>
    public void Invalidate(ulong start, ulong length) => Engine.Invalidate(start, length);

    /// <inheritdoc/>
    public bool ChangesSilently(ulong address) => Space.ChangesSilently(address);

    void ICodeWatcher.Mapped(in Region region, int descriptor) => Translations?.Mapped(region, descriptor);

    /// <inheritdoc/>
    public void OnFlushCode(Engine engine, ulong start, ulong length)
    {
        Space.Flush(start, start + length);
    }

    /// <inheritdoc/>
    public void OnSyscall(GuestThread guest, int immediate)
    {
        var thread = Unsafe.As<LinuxThread>(guest.KernelData!);
        ulong* arguments = thread.Arguments;
        ulong number = *thread.Number;
        ulong first = arguments[0];
        if (number >= (ulong)syscalls.Length || syscalls[number].Handler == null)
        {
            Unknown(thread, number);
            return;
        }
        ref readonly SyscallRow row = ref syscalls[number];
        if (Volatile.Read(ref guest.Block->Poll) != 0)
        {
            // What is pending came before this instruction: delivered there, it cannot make a call fail that has not begun. The engine polls, then the guest calls again.
            Abi.RestartSyscall(guest, first);
            return;
        }
        if (thread.AcceptsTags)
        {
            ulong* stripped = stackalloc ulong[TaggedArguments.Count];
            TaggedArguments.Strip(row, Abi.Architecture, arguments, stripped);
            arguments = stripped;
        }
        var call = new Call(thread, arguments, row.Host, row.Traits);
        long result = Tracer is null ? call.Run(row) : Tracer.Run(row, call);
        var interruption = Interruption.None;
        if (result == HostCalls.NotStarted)
        {
            Abi.RestartSyscall(guest, first);
            return;
        }
        if (result == HostCalls.Interrupted)
        {
            interruption = Interruption.Restartable;
            result = -Errno.EINTR;
        }
        else if (result == -Errno.EINTR && (row.Traits & SyscallTraits.RestartsWithoutHandler) != 0)
        {
            interruption = Interruption.WithoutHandler;
        }
        thread.Returned++;
        if (result != Call.NoResult) thread.Arguments[0] = (ulong)result;
        if (Volatile.Read(ref guest.Block->Poll) != 0 || interruption != Interruption.None || thread.Signals.HoldsUnder(thread.Signals.Mask))
        {
            thread.Signals.Deliver(new InterruptedCall(interruption, first));
        }
    }

    void Unknown(LinuxThread thread, ulong number)
    {
        unknownSyscalls[Math.Min(number, (ulong)unknownSyscalls.Length - 1)]++;
        Tracer?.Unknown(number, thread.Arguments);
        thread.Arguments[0] = unchecked((ulong)-Errno.ENOSYS);
    }

    /// <inheritdoc/>
    public void OnPoll(GuestThread guest)
    {
        var thread = Unsafe.As<LinuxThread>(guest.KernelData!);
        thread.Signals.Deliver(default);
    }

    /// <inheritdoc/>
    public void OnTrap(GuestThread guest, TrapKind kind, int code)
    {
        const int IllegalOpcode = 1, Breakpoint = 1, IntegerDivide = 1, IntegerOverflow = 2, Alignment = 1;
        var thread = Unsafe.As<LinuxThread>(guest.KernelData!);
        ulong pc = guest.Location.Pc;
        switch (kind)
        {
            case TrapKind.InstructionFetch:
                bool mapped = Space.Map.TryFind(pc, out _);
                thread.Signals.TryForce(SignalInformation.Fault(SignalNumbers.Segv, mapped ? 2 : 1, pc), Abi.FaultSyndrome(instruction: true, write: false, mapped));
                break;
            case TrapKind.Breakpoint:
                thread.Signals.TryForce(SignalInformation.Fault(SignalNumbers.Trap, Breakpoint, pc), 0);
                break;
            case TrapKind.DivideByZero:
                thread.Signals.TryForce(SignalInformation.Fault(SignalNumbers.Fpe, IntegerDivide, pc), 0);
                break;
            case TrapKind.IntegerOverflow:
                thread.Signals.TryForce(SignalInformation.Fault(SignalNumbers.Fpe, IntegerOverflow, pc), 0);
                break;
            case TrapKind.Misaligned:
                thread.Signals.TryForce(SignalInformation.Fault(SignalNumbers.Bus, Alignment, pc), 0);
                break;
            default:
                thread.Signals.TryForce(SignalInformation.Fault(SignalNumbers.Ill, IllegalOpcode, pc), 0);
                break;
        }
    }

    /// <inheritdoc/>
    public void OnMemoryFault(GuestThread guest, in MemoryFault fault)
    {
        const int NotMapped = 1, NotPermitted = 2;
        var thread = Unsafe.As<LinuxThread>(guest.KernelData!);
        bool mapped = Space.Map.TryFind(fault.Address, out _);
        int code = fault.HostSignal == SignalNumbers.Segv ? (mapped ? NotPermitted : NotMapped) : fault.Code;
        thread.Signals.TryForce(SignalInformation.Fault(fault.HostSignal, code, fault.Address), Abi.FaultSyndrome(instruction: false, fault.IsWrite, mapped));
    }

    /// <summary>The page with the guest's return from signal handlers (the kernel has it in the vDSO).</summary>
    internal ulong SignalTrampoline()
    {
        lock (Space.Gate) return signalTrampoline != 0 ? signalTrampoline : MakeSignalTrampoline();
    }

    ulong MakeSignalTrampoline()
    {
        long page = Space.MapPages(0, AddressSpace.PageSize, 3, 0x22, -1, 0);
        if (page is < 0 and >= -4095) return 0;
        // mov x8, #__NR_rt_sigreturn; svc #0: unwinders recognise exactly these words.
        ((uint*)page)[0] = 0xD2801168;
        ((uint*)page)[1] = 0xD4000001;
        Space.Protect((ulong)page, AddressSpace.PageSize, 5);
        return signalTrampoline = (ulong)page;
    }

    /// <summary>Ends the thread or the process: the result of the system call, if the thread has to leave the engine because others go on, or to call again.</summary>
    internal long Exit(LinuxThread thread, int status, bool group)
    {
        if (!group && !thread.IsVforkChild)
        {
            if (!thread.Signals.TryHoldBack()) return HostCalls.NotStarted;
            if (Threads.TryLeave(thread, ref status))
            {
                Tracer?.Exited(status);
                thread.Guest.StopRequested = true;
                return Call.NoResult;
            }
        }
        Threads.ReleaseFutexes(thread);
        Tracer?.Exited(status);
        options.Exiting?.Invoke(this);
        KeepTranslations(thread);
        while (true) Kernel.Call(Sys.exit_group, status);
    }

    /// <summary>Before the process ends or becomes another program. A vfork child is its parent's memory, which goes on.</summary>
    internal void KeepTranslations(LinuxThread thread)
    {
        if (!thread.IsVforkChild) Translations?.Save(Space);
    }

    /// <summary>What the default disposition of a signal does now.</summary>
    internal void TakeDefaultAction(int signal)
    {
        switch (SignalNumbers.DefaultActionOf(signal))
        {
            case DefaultAction.Terminate:
                TerminateBySignal(signal);
                break;
            case DefaultAction.Stop:
                RaiseUnblocked(signal);
                break;
        }
    }

    // The others stand still from here on, so that their stacks hold still too. A vfork child has no threads of its own, and its memory is its parent's.
    void ReportCrash(int signal)
    {
        if ((!options.Backtrace && options.Core is null) || ThreadGroup.Current is not { IsVforkChild: false } thread) return;
        var information = thread.LastSignal.Signal == signal ? thread.LastSignal : new SignalInformation { Signal = signal, Code = SignalInformation.Kernel };
        Engine.PrepareFork(thread.Guest);
        string program = CString.Display(CString.Bytes(options.Program));
        if (options.Backtrace) CrashReport.Print(thread, program, information);
        if (options.Core is not { } pattern) return;
        CoreFile.Write(thread, pattern, information, out string message);
        HostOutput.WriteError(System.Text.Encoding.UTF8.GetBytes($"dbt: {program}: {message}\n"));
    }

    /// <summary>Dies by a signal, so that whoever waits sees exactly that.</summary>
    internal void TerminateBySignal(int signal)
    {
        options.Exiting?.Invoke(this);
        Tracer?.Killed(signal);
        if (CrashReport.IsError(signal)) ReportCrash(signal);
        HostSignals.Default(signal);
        RaiseUnblocked(signal);
        while (true) Kernel.Call(Sys.exit_group, 128 + signal);
    }

    static void RaiseUnblocked(int signal)
    {
        ulong mask = SignalNumbers.Bit(signal);
        Kernel.Call(Sys.rt_sigprocmask, 1, (long)&mask, 0, 8);
        Kernel.Call(Sys.tgkill, Kernel.Call(Sys.getpid), Kernel.Call(Sys.gettid), signal);
    }
}
