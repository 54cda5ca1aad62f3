using System.Runtime.InteropServices;
using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Threads;

/// <summary>The guest threads of the process, one host thread each: clone with CLONE_THREAD, and the end of a thread.</summary>
/// <remarks>
/// The life of a thread that the guest makes:
/// <code>
///   creator  clone ─ hold signals back ─ CreateThread ─ pthread_create ─ wait for the id ─ return it
///   thread             write the ids ─ tell the creator ─ Engine.Run ─ poll: take the creator's mask ─ ... ─ exit ─ Leave ─ End ─ return
/// </code>
/// A host thread that has ended is joined by the next one that starts, ends or forks; a forked child never touches the stacks of the parent's other threads, because the runtime's
/// records of these threads live there.
/// </remarks>
sealed unsafe partial class ThreadGroup(LinuxProcess process)
{
    const int KeptStacks = 8;
    const long FutexWaitPrivate = 128, FutexWakePrivate = 129, FutexWake = 1;

    readonly Lock gate = new();
    readonly List<LinuxThread> live = [];
    readonly List<(GuestThread Guest, HostThread Host)> ended = [];
    readonly Stack<nint> stacks = [];
    int? leaderStatus;

    [ThreadStatic]
    static LinuxThread? current;

    // The runtime knows the caller to be outside of managed code while these wait or never return.
    [DllImport("libc", EntryPoint = "syscall")]
    static extern long SyscallOutside(long number, long a0, long a1, long a2, long a3);

    /// <summary>The guest thread that the calling host thread runs.</summary>
    public static LinuxThread? Current => current;

    /// <summary>How many threads there are.</summary>
    public int Count => Volatile.Read(ref liveCount);

    int liveCount;

    /// <summary>The threads at this moment.</summary>
    public LinuxThread[] Live()
    {
        lock (gate) return live.ToArray();
    }

    /// <summary>Takes in the process' first thread, on its host thread.</summary>
    public void Begin(LinuxThread leader)
    {
        current = leader;
        Enlist(leader);
    }

    void Enlist(LinuxThread thread)
    {
        lock (gate)
        {
            live.Add(thread);
            liveCount = live.Count;
        }
    }

    /// <summary>clone with CLONE_THREAD: the new thread's id or a negative errno.</summary>
    public long Start(LinuxThread creator, in CloneRequest request) => Launch(creator, request, isProcess: false);

    long Launch(LinuxThread creator, in CloneRequest request, bool isProcess)
    {
        if (!creator.Signals.TryHoldBack()) return HostCalls.NotStarted;
        long result = LaunchHeldBack(creator, request, isProcess);
        creator.Signals.ApplyMask();
        return result;
    }

    long LaunchHeldBack(LinuxThread creator, in CloneRequest request, bool isProcess)
    {
        JoinEnded();
        nint stack = TakeStack();
        if (stack == 0) return -Errno.EAGAIN;
        var thread = new LinuxThread(process, process.Engine.CreateThread()) { StackMapping = stack, AcceptsTags = creator.AcceptsTags };
        CopyState(creator.Guest, thread.Guest);
        *thread.Arguments = 0;
        if (request.Stack != 0) process.Abi.StackPointer(thread.Guest) = request.Stack;
        if ((request.Flags & CloneRequest.SetTls) != 0) process.Abi.ThreadPointer(thread.Guest) = request.Tls;
        thread.ClearChildTid = (request.Flags & CloneRequest.ChildClearTid) != 0 ? request.ChildTid : 0;
        thread.Signals.InheritFrom(creator.Signals);
        if (isProcess) thread.Actions = (request.Flags & CloneRequest.SharedHandlers) != 0 ? creator.Actions : creator.Actions.Copy();
        else Enlist(thread);

        int id = 0;
        var birth = new Birth { Request = request, Id = &id, Thread = GCHandle.ToIntPtr(GCHandle.Alloc(thread)), IsProcess = isProcess };
        if (HostThread.TryStart(stack, &Enter, (nint)(&birth)))
        {
            while (Volatile.Read(ref id) == 0) SyscallOutside((long)Sys.futex, (long)&id, FutexWaitPrivate, 0, 0);
        }
        if (id == 0)
        {
            GCHandle.FromIntPtr(birth.Thread).Free();
            Delist(thread);
            process.Engine.DestroyThread(thread.Guest);
            KeepStack(stack);
            return -Errno.EAGAIN;
        }
        return id;
    }

    [UnmanagedCallersOnly]
    static nint Enter(nint argument)
    {
        var birth = (Birth*)argument;
        var handle = GCHandle.FromIntPtr(birth->Thread);
        var thread = (LinuxThread)handle.Target!;
        handle.Free();
        if (birth->IsProcess) thread.Process.Threads.RunProcess(thread, birth);
        else thread.Process.Threads.Run(thread, birth);
        return 0;
    }

    void Run(LinuxThread thread, Birth* birth)
    {
        current = thread;
        var request = birth->Request;
        int id = (int)Kernel.Call(Sys.gettid);
        // Both words are often one and the same, and the new thread looks at it first.
        if ((request.Flags & CloneRequest.ParentSetTid) != 0) process.Memory.TryWrite(request.ParentTid, id);
        if ((request.Flags & CloneRequest.ChildSetTid) != 0) process.Memory.TryWrite(request.ChildTid, id);
        ulong own = CloneRequest.SharedContext & ~request.Flags;
        if (own != 0) Kernel.Call(Sys.unshare, (long)own);
        int* told = birth->Id;
        Volatile.Write(ref *told, id);
        Kernel.Call(Sys.futex, (long)told, FutexWakePrivate, 1);
        process.Engine.Run(thread.Guest);
        End(thread);
    }

    /// <summary>
    /// exit: takes the thread, whose signals are held back, out of the group, with everything that others see of its end. False if it is the last one, with the status of the whole process: that of the first thread, as the
    /// kernel reports it.
    /// </summary>
    public bool TryLeave(LinuxThread thread, ref int status)
    {
        lock (gate)
        {
            if (live.Count == 1)
            {
                status = leaderStatus ?? status;
                return false;
            }
            if (Kernel.Call(Sys.gettid) == Kernel.Call(Sys.getpid)) leaderStatus = status;
            live.Remove(thread);
            liveCount = live.Count;
        }
        thread.Signals.Abandon();
        ReleaseFutexes(thread);
        return true;
    }

    /// <summary>The words through which others notice the end of a thread: robust futexes first, as in the kernel.</summary>
    public void ReleaseFutexes(LinuxThread thread)
    {
        RobustList.Release(process.Memory, thread.RobustList, (uint)Kernel.Call(Sys.gettid));
        if (thread.ClearChildTid == 0) return;
        process.Memory.TryWrite(thread.ClearChildTid, 0);
        Kernel.Call(Sys.futex, (long)thread.ClearChildTid, FutexWake, 1);
    }

    /// <summary>Last steps of a thread that has left the group and the engine. The process' first host thread does not come back: it stays as the zombie that stands for the process.</summary>
    public void End(LinuxThread thread)
    {
        // The guest's list is dealt with; the kernel must not look at memory that may be another thread's by now.
        ulong* none = stackalloc ulong[3] { 0, 0, 0 };
        none[0] = (ulong)none;
        Kernel.Call(Sys.set_robust_list, (long)none, 3 * sizeof(ulong));
        // It stays known to the engine, as one that is in native code: a fork that found it between the two would copy a thread that runs managed code.
        while (thread.StackMapping == 0)
        {
            Volatile.Write(ref thread.Guest.Block->Poll, 0);
            HostCalls.BlockingSyscall(thread.Guest, (long)Sys.exit, leaderStatus ?? 0);
        }
        JoinEnded();
        // On the list before the engine forgets it: fork stops whom the engine knows, and joins whom it does not.
        lock (gate) ended.Add((thread.Guest, HostThread.Current(thread.StackMapping)));
        process.Engine.DestroyThread(thread.Guest);
    }

    /// <summary>Fork, when the others have been stopped: no host thread may be on its way out.</summary>
    public void BeforeFork() => JoinEnded();

    /// <summary>Fork, in the child: only the survivor is left.</summary>
    public void AfterForkChild(LinuxThread survivor)
    {
        live.Clear();
        live.Add(survivor);
        liveCount = 1;
        leaderStatus = null;
        ended.Clear();
    }

    void Delist(LinuxThread thread)
    {
        lock (gate)
        {
            live.Remove(thread);
            liveCount = live.Count;
        }
    }

    // One that the engine still knows may be asleep until the world goes on, perhaps until the caller's fork is over: it is left for another time.
    void JoinEnded()
    {
        while (TryTakeEnded(out HostThread host))
        {
            host.Join();
            KeepStack(host.Stack);
        }
    }

    bool TryTakeEnded(out HostThread host)
    {
        lock (gate)
        {
            int i = ended.FindIndex(entry => !process.Engine.Knows(entry.Guest));
            host = i >= 0 ? ended[i].Host : default;
            if (i >= 0) ended.RemoveAt(i);
            return i >= 0;
        }
    }

    nint TakeStack()
    {
        lock (gate)
        {
            if (stacks.TryPop(out nint stack)) return stack;
        }
        return HostThread.MapStack();
    }

    void KeepStack(nint stack)
    {
        lock (gate)
        {
            if (stacks.Count < KeptStacks)
            {
                stacks.Push(stack);
                return;
            }
        }
        HostThread.UnmapStack(stack);
    }

    /// <summary>What a new host thread needs; on the creator's stack, which waits until the id is there.</summary>
    struct Birth
    {
        public CloneRequest Request;
        public int* Id;
        public nint Thread;
        public bool IsProcess;
    }

    static void CopyState(GuestThread from, GuestThread to)
    {
        new ReadOnlySpan<byte>(from.Block, ThreadBlock.GuestStateSize).CopyTo(new Span<byte>(to.Block, ThreadBlock.GuestStateSize));
        (to.Block->GuestMxcsr, to.Block->FloatStatus) = (from.Block->GuestMxcsr, from.Block->FloatStatus);
        to.Location = from.Location;
    }
}
