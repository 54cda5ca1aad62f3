using Dbt.Linux.Host;

namespace Dbt.Linux.Processes;

/// <summary>clone without shared memory: a new process (DESIGN 4.9).</summary>
static class GuestFork
{
    public const ulong SharedMemory = 0x100, Vfork = 0x4000, Thread = 0x10000, SetTls = 0x80000, ParentSetTid = 0x100000, ChildClearTid = 0x200000, ChildSetTid = 0x1000000,
        PidDescriptor = 0x1000, SharedHandlers = 0x800;
    /// <summary>CLONE_FS, CLONE_FILES and CLONE_SYSVSEM: what a thread that does not ask for it gets a copy of.</summary>
    public const ulong SharedContext = 0x200 | 0x400 | 0x40000;

    /// <summary>What clone and clone3 ask for.</summary>
    public readonly record struct Request(ulong Flags, ulong Stack, ulong ParentTid, ulong ChildTid, ulong Tls, ulong PidDescriptor);

    /// <summary>Forks. Returns the child's id in the parent, 0 in the child.</summary>
    public static long Fork(LinuxThread thread, in Request request)
    {
        var process = thread.Process;
        process.Engine.PrepareFork(thread.Guest);
        process.Threads.BeforeFork();
        long pid = Kernel.Fork();
        if (pid == 0)
        {
            process.Engine.AfterForkChild(thread.Guest);
            process.Threads.AfterForkChild(thread);
            process.Space.AfterFork();
            BecomeChild(thread, request);
            process.HangWatch?.Start(thread);
            return 0;
        }
        process.Engine.AfterForkParent(thread.Guest);
        if (pid < 0) return pid;
        if ((request.Flags & ParentSetTid) != 0) process.Memory.TryWrite(request.ParentTid, (int)pid);
        if ((request.Flags & PidDescriptor) != 0)
        {
            int descriptor = (int)Kernel.Call(Sys.pidfd_open, pid);
            process.Memory.TryWrite(request.PidDescriptor, descriptor);
        }
        return pid;
    }

    internal static void BecomeChild(LinuxThread thread, in Request request)
    {
        var process = thread.Process;
        process.Tracer?.BecomeChild();
        thread.Signals.AfterFork();
        if (request.Stack != 0) process.Abi.StackPointer(thread.Guest) = request.Stack;
        if ((request.Flags & SetTls) != 0) process.Abi.ThreadPointer(thread.Guest) = request.Tls;
        thread.ClearChildTid = (request.Flags & ChildClearTid) != 0 ? request.ChildTid : 0;
        thread.RobustList = 0;
        if ((request.Flags & ChildSetTid) != 0) process.Memory.TryWrite(request.ChildTid, (int)Kernel.Call(Sys.gettid));
    }
}
