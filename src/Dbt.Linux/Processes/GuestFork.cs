using Dbt.Linux.Host;
using Dbt.Linux.Threads;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Processes;

/// <summary>clone without shared memory: a new process (DESIGN 4.9).</summary>
static unsafe class GuestFork
{
    /// <summary>Forks. Returns the child's id in the parent, 0 in the child.</summary>
    public static long Fork(LinuxThread thread, in CloneRequest request)
    {
        if (!thread.Signals.TryHoldBack()) return HostCalls.NotStarted;
        long result = ForkHeldBack(thread, request);
        thread.Signals.ApplyMask();
        return result;
    }

    static long ForkHeldBack(LinuxThread thread, in CloneRequest request)
    {
        var process = thread.Process;
        var suspension = (request.Flags & CloneRequest.Vfork) != 0 ? Suspension.Begin() : Suspension.None;
        process.Engine.PrepareFork(thread.Guest);
        process.Threads.BeforeFork();
        // Nobody else runs, so no lock of the C library is held and its fork has nothing to prepare that clone would miss but the thread's id.
        long pid = request.IsPlain ? Kernel.Fork() : Clone(request);
        if (pid == 0)
        {
            process.Engine.AfterForkChild(thread.Guest);
            process.Threads.AfterForkChild(thread);
            process.Space.AfterFork();
            suspension.StayInChild();
            process.Actions = thread.Actions;
            thread.IsVforkChild = false;
            BecomeChild(thread, request);
            process.HangWatch?.Start();
            return 0;
        }
        process.Engine.AfterForkParent(thread.Guest);
        if (pid > 0 && (request.Flags & CloneRequest.ParentSetTid) != 0) process.Memory.TryWrite(request.ParentTid, (int)pid);
        suspension.Wait(thread);
        return pid;
    }

    static long Clone(in CloneRequest request)
    {
        HostClone call;
        request.Prepare(&call, sharing: 0, parentTid: null, HostThread.OwnId());
        return HostCalls.Clone((long*)&call);
    }

    internal static void BecomeChild(LinuxThread thread, in CloneRequest request)
    {
        var process = thread.Process;
        process.Tracer?.BecomeChild(sharesMemory: (request.Flags & CloneRequest.SharedMemory) != 0);
        thread.Signals.AfterFork();
        if ((request.Flags & CloneRequest.ClearHandlers) != 0) thread.Actions.ClearHandlers();
        if (request.Stack != 0) process.Abi.StackPointer(thread.Guest) = request.Stack;
        if ((request.Flags & CloneRequest.SetTls) != 0) process.Abi.ThreadPointer(thread.Guest) = request.Tls;
        thread.ClearChildTid = (request.Flags & CloneRequest.ChildClearTid) != 0 ? request.ChildTid : 0;
        thread.RobustList = 0;
        if ((request.Flags & CloneRequest.ChildSetTid) != 0) process.Memory.TryWrite(request.ChildTid, (int)Kernel.Call(Sys.gettid));
    }

    /// <summary>
    /// CLONE_VFORK without shared memory: the parent goes on when the child has executed a program or ended. Not by the host's flag, under which the other threads could not go on either: a pipe,
    /// whose writing end only the child has, is closed by just these.
    /// </summary>
    readonly struct Suspension(int reading, int writing)
    {
        public static Suspension None => new(-1, -1);

        public static Suspension Begin()
        {
            const int CloseOnExec = 0x80000;
            int* ends = stackalloc int[2];
            return Kernel.Call(Sys.pipe2, (long)ends, CloseOnExec) < 0 ? None : new(High(ends[0]), High(ends[1]));
        }

        // Out of the way of programs that count on getting the lowest free descriptors.
        static int High(int descriptor)
        {
            const int DuplicateCloseOnExec = 1030, From = 900;
            long high = Kernel.Call(Sys.fcntl, descriptor, DuplicateCloseOnExec, From);
            if (high < 0) return descriptor;
            Kernel.Call(Sys.close, descriptor);
            return (int)high;
        }

        public void StayInChild()
        {
            if (reading >= 0) Kernel.Call(Sys.close, reading);
        }

        // Signals do not end this wait: they are delivered when it is over.
        public void Wait(LinuxThread thread)
        {
            if (reading < 0) return;
            Kernel.Call(Sys.close, writing);
            byte nothing;
            bool polled = false;
            long result;
            do
            {
                result = HostCalls.BlockingSyscall(thread.Guest, (long)Sys.read, reading, (long)&nothing, 1);
                if (Interlocked.Exchange(ref thread.Guest.Block->Poll, 0) != 0) polled = true;
            }
            while (result == HostCalls.NotStarted || result == HostCalls.Interrupted || result == -Errno.EINTR);
            if (polled) thread.Guest.RequestPoll();
            Kernel.Call(Sys.close, reading);
        }
    }
}
