using Dbt.Linux.Host;
using Dbt.Linux.Processes;

namespace Dbt.Linux.Syscalls;

/// <summary>clone and clone3: threads, processes, and what is between them (kernel/fork.c).</summary>
static unsafe class CloneSyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Add(Sys.clone, "clone", "clone_call", &Clone);
        table.Add(Sys.clone3, "clone3", "clone_args size", &Clone3);
    }

    // Argument order of CONFIG_CLONE_BACKWARDS: flags, stack, parent_tid, tls, child_tid. The pid descriptor goes where the parent's id would.
    static long Clone(in Call call)
    {
        ulong flags = call.Address(0) & CloneRequest.Legacy;
        if ((flags & CloneRequest.WithPidDescriptor) != 0 && (flags & (CloneRequest.ParentSetTid | CloneRequest.Detached)) != 0) return -Errno.EINVAL;
        return Clone(call, new CloneRequest(flags, call.Address(0) & 0xFF, call.Address(1), call.Address(2), call.Address(4), call.Address(3), call.Address(2)));
    }

    // struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup.
    static long Clone3(in Call call)
    {
        const int SmallestSize = 64, KnownSize = 88, PageSize = 4096, MostIds = 32, GreatestSignal = 64;
        const ulong Known = CloneRequest.Legacy | CloneRequest.ClearHandlers | CloneRequest.IntoCgroup | CloneRequest.NewTime;
        ulong size = call.Address(1);
        if (size > PageSize) return -Errno.E2BIG;
        if (size < SmallestSize) return -Errno.EINVAL;
        ulong* words = stackalloc ulong[PageSize / 8];
        new Span<ulong>(words, PageSize / 8).Clear();
        if (!call.Memory.TryRead(call.Address(0), words, (nuint)size)) return -Errno.EFAULT;
        for (ulong i = KnownSize; i < size; i++)
        {
            if (((byte*)words)[i] != 0) return -Errno.E2BIG;
        }
        var (flags, exitSignal, stack, stackSize) = (words[0], words[4], words[5], words[6]);
        var (ids, idCount, cgroup) = (words[8], words[9], words[10]);
        if (idCount > MostIds || (ids == 0) != (idCount == 0)) return -Errno.EINVAL;
        if ((exitSignal & ~0xFFUL) != 0 || exitSignal > GreatestSignal) return -Errno.EINVAL;
        if ((flags & CloneRequest.IntoCgroup) != 0 && (cgroup > int.MaxValue || size < KnownSize)) return -Errno.EINVAL;
        if ((flags & ~Known) != 0 || (flags & CloneRequest.Detached) != 0) return -Errno.EINVAL;
        if ((flags & (CloneRequest.SharedHandlers | CloneRequest.ClearHandlers)) == (CloneRequest.SharedHandlers | CloneRequest.ClearHandlers)) return -Errno.EINVAL;
        if ((flags & (CloneRequest.Thread | CloneRequest.SameParent)) != 0 && exitSignal != 0) return -Errno.EINVAL;
        if ((stack == 0) != (stackSize == 0)) return -Errno.EINVAL;
        return Clone(call, new CloneRequest(flags, exitSignal, stack == 0 ? 0 : stack + stackSize, words[3], words[2], words[7], words[1], ids, idCount, cgroup));
    }

    static long Clone(in Call call, in CloneRequest request)
    {
        const ulong ThreadNeeds = CloneRequest.SharedMemory | CloneRequest.SharedHandlers, ThreadHasNone = CloneRequest.WithPidDescriptor | CloneRequest.NewUser | CloneRequest.NewPid;
        ulong flags = request.Flags;
        if ((flags & CloneRequest.SharedFileSystem) != 0 && (flags & (CloneRequest.NewNamespace | CloneRequest.NewUser)) != 0) return -Errno.EINVAL;
        if ((flags & CloneRequest.SharedHandlers) != 0 && (flags & CloneRequest.SharedMemory) == 0) return -Errno.EINVAL;
        if ((flags & CloneRequest.Thread) != 0)
        {
            if ((flags & ThreadNeeds) != ThreadNeeds || (flags & ThreadHasNone) != 0) return -Errno.EINVAL;
            return call.Thread.IsVforkChild ? -Errno.EAGAIN : call.Process.Threads.Start(call.Thread, request);
        }
        if ((flags & CloneRequest.SharedMemory) == 0) return GuestFork.Fork(call.Thread, request);
        return (flags & CloneRequest.Vfork) != 0 ? GuestVfork.Spawn(call.Thread, request) : call.Process.Threads.StartProcess(call.Thread, request);
    }
}
