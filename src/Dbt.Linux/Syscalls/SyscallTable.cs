using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>All rows, by identity. Families add theirs; an ABI picks by number.</summary>
sealed unsafe class SyscallTable
{
    readonly SyscallRow[] rows = new SyscallRow[512];

    public SyscallTable()
    {
        FileSyscalls.Register(this);
        DirectorySyscalls.Register(this);
        DescriptorSyscalls.Register(this);
        PollSyscalls.Register(this);
        MemorySyscalls.Register(this);
        ProcessSyscalls.Register(this);
        CloneSyscalls.Register(this);
        IdentitySyscalls.Register(this);
        SchedulingSyscalls.Register(this);
        SignalSyscalls.Register(this);
        TimeSyscalls.Register(this);
        SocketSyscalls.Register(this);
        IpcSyscalls.Register(this);
        SystemSyscalls.Register(this);
        LandlockSyscalls.Register(this);
    }

    /// <summary>The row of a system call; without handler if there is none.</summary>
    public ref readonly SyscallRow this[Sys host] => ref rows[(int)host];

    /// <summary>A call that means the same on host and guest: passed on untouched.</summary>
    public void Pass(Sys host, string name, string arguments, SyscallTraits traits = SyscallTraits.None) =>
        rows[(int)host] = new SyscallRow(host, name, arguments, (traits & SyscallTraits.Blocks) != 0 ? &PassBlocking : &PassDirectly, traits | SyscallTraits.Passed);

    /// <summary>A call that needs work.</summary>
    public void Add(Sys host, string name, string arguments, delegate*<in Call, long> handler, SyscallTraits traits = SyscallTraits.None) =>
        rows[(int)host] = new SyscallRow(host, name, arguments, handler, traits);

    /// <summary>A call that exists but that a process under dbt cannot have: ENOSYS, as on a kernel built without it.</summary>
    public void Refuse(Sys host, string name, string arguments) => Add(host, name, arguments, &NotImplemented, SyscallTraits.Refused);

    static long NotImplemented(in Call call) => -Errno.ENOSYS;

    static long PassDirectly(in Call call) => call.Forward();
    static long PassBlocking(in Call call) => call.Forward();

    /// <summary>The dispatch table of an ABI: its numbers are the indices.</summary>
    public SyscallRow[] Select(int count, Func<int, Sys> identify)
    {
        var selected = new SyscallRow[count];
        for (int number = 0; number < count; number++)
        {
            Sys host = identify(number);
            if (host >= 0) selected[number] = rows[(int)host];
        }
        return selected;
    }
}
