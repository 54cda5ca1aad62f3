using Dbt.Linux.Host;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Threads;

/// <summary>clone with CLONE_VM but neither CLONE_THREAD nor CLONE_VFORK: a process of its own that shares this memory and runs at the same time.</summary>
/// <remarks>
/// The host's C library and runtime know threads by their thread pointer, so such a process needs a host thread whose pointer nobody else uses. One is made for it, and does nothing but vfork: while the child runs with
/// its thread pointer and on its stack, the host thread is suspended; when the child has executed a program or ended, the host thread cleans up and ends.
/// <code>
///   creator  clone ─ CreateThread ─ pthread_create ─ wait for the id ─ return it
///   placeholder              CLONE_VM|CLONE_VFORK ············· (suspended) ················ End ─ return
///   child                                        └ tell the id ─ Engine.Run ─ exit or execve ┘
/// </code>
/// </remarks>
sealed unsafe partial class ThreadGroup
{
    /// <summary>The new process' id or a negative errno.</summary>
    public long StartProcess(LinuxThread creator, in CloneRequest request) => Launch(creator, request, isProcess: true);

    void RunProcess(LinuxThread thread, Birth* birth)
    {
        current = thread;
        // The creator goes on as soon as the id is there: its frame may be gone then.
        var request = birth->Request;
        int* told = birth->Id;
        HostClone call;
        request.Prepare(&call, CloneRequest.SharedMemory | CloneRequest.Vfork, parentTid: told, childTid: null);
        long pid = HostCalls.Clone((long*)&call);
        if (pid == 0) BeProcess(thread, request, told);
        if (pid < 0)
        {
            Volatile.Write(ref *told, (int)pid);
            Kernel.Call(Sys.futex, (long)told, FutexWakePrivate, 1);
        }
        Kernel.SettleThreadState();
        process.Engine.ResumeAfterVfork(thread.Guest);
        End(thread);
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn, System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    void BeProcess(LinuxThread thread, in CloneRequest request, int* told)
    {
        int id = Volatile.Read(ref *told);
        if ((request.Flags & CloneRequest.ParentSetTid) != 0) process.Memory.TryWrite(request.ParentTid, id);
        Kernel.Call(Sys.futex, (long)told, FutexWakePrivate, 1);
        GuestFork.BecomeChild(thread, request);
        thread.IsVforkChild = true;
        process.Engine.Run(thread.Guest);
        while (true) Kernel.Call(Sys.exit_group, 127);
    }
}
