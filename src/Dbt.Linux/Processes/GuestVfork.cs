using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Processes;

/// <summary>clone with CLONE_VM and CLONE_VFORK: a real host vfork, so that the guest sees exactly vfork.</summary>
/// <remarks>
/// posix_spawn reports a failed exec by writing to the parent's memory, and busybox by a variable on the parent's stack; both need truly shared memory. The host child has it too: it runs the
/// engine again, nested, below the frame of the suspended parent. What is per process in the kernel (descriptors, dispositions, mask) is the child's own; what dbt keeps about it in memory is
/// shared, while the parent's other threads go on: the child has signal actions of its own, and the parent puts guest registers and the thread's signal state back.
/// <code>
///   parent   ... OnSyscall | Spawn | vfork   (suspended)
///   child                          | RunChild | Engine.Run | ... execve or exit_group, never back into Spawn
/// </code>
/// </remarks>
static unsafe class GuestVfork
{
    /// <summary>Returns the child's id, when the child has executed a program or ended.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long Spawn(LinuxThread thread, in CloneRequest request)
    {
        if (!thread.Signals.TryHoldBack()) return HostCalls.NotStarted;
        var process = thread.Process;
        ThreadBlock* block = thread.Guest.Block;
        byte* state = stackalloc byte[ThreadBlock.GuestStateSize];
        new ReadOnlySpan<byte>(block, ThreadBlock.GuestStateSize).CopyTo(new Span<byte>(state, ThreadBlock.GuestStateSize));
        ulong location = block->Location;
        uint mxcsr = block->GuestMxcsr, floatStatus = block->FloatStatus;
        SignalActions actions = thread.Actions, childActions = (request.Flags & CloneRequest.SharedHandlers) != 0 ? actions : actions.Copy();
        (ulong clearTid, ulong robustList, bool nested) = (thread.ClearChildTid, thread.RobustList, thread.IsVforkChild);
        bool traced = process.Tracer?.IsChild ?? false;

        var signals = thread.Signals.Save();
        var limits = process.Limits.Save();
        thread.Actions = childActions;
        HostClone call;
        request.Prepare(&call, CloneRequest.SharedMemory | CloneRequest.Vfork, parentTid: null, childTid: null);
        // The child runs in this memory, on this stack, below this frame, until it executes a program or ends; only then the parent returns here.
        long pid = HostCalls.Clone((long*)&call);
        if (pid == 0) RunChild(thread, request);
        // A child that was killed in translated code has left this thread marked as being outside of managed code.
        Kernel.SettleThreadState();
        process.Engine.ResumeAfterVfork(thread.Guest);
        process.Limits.Restore(limits);
        new ReadOnlySpan<byte>(state, ThreadBlock.GuestStateSize).CopyTo(new Span<byte>(block, ThreadBlock.GuestStateSize));
        block->Location = location;
        block->GuestMxcsr = mxcsr;
        block->FloatStatus = floatStatus;
        thread.Actions = actions;
        thread.Signals.Restore(signals);
        (thread.ClearChildTid, thread.RobustList, thread.IsVforkChild) = (clearTid, robustList, nested);
        process.Tracer?.ReturnFromVfork(traced);
        thread.Signals.ApplyMask();
        if (pid > 0 && (request.Flags & CloneRequest.ParentSetTid) != 0) process.Memory.TryWrite(request.ParentTid, (int)pid);
        return pid;
    }

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    static void RunChild(LinuxThread thread, in CloneRequest request)
    {
        *thread.Arguments = 0;
        GuestFork.BecomeChild(thread, request);
        thread.IsVforkChild = true;
        thread.Signals.ApplyMask();
        thread.Process.Engine.Run(thread.Guest);
        while (true) Kernel.Call(Sys.exit_group, 127);
    }
}
