using Dbt.Linux.Host;
using Dbt.Linux.Signals;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Processes;

/// <summary>What clone and clone3 ask for (struct clone_args of linux/sched.h).</summary>
/// <param name="Flags">CLONE_ bits, without the exit signal.</param>
/// <param name="ExitSignal">The signal that tells the parent of the end, as the guest numbers it.</param>
/// <param name="Stack">The child's stack pointer; 0: that of the caller.</param>
/// <param name="ParentTid">Where CLONE_PARENT_SETTID puts the id.</param>
/// <param name="ChildTid">Where CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID put it.</param>
/// <param name="Tls">The thread pointer of CLONE_SETTLS.</param>
/// <param name="PidDescriptor">Where CLONE_PIDFD puts the descriptor.</param>
/// <param name="WantedIds">Ids per pid namespace (set_tid), <paramref name="WantedIdCount"/> of them.</param>
/// <param name="WantedIdCount">set_tid_size.</param>
/// <param name="Cgroup">The descriptor of CLONE_INTO_CGROUP.</param>
readonly record struct CloneRequest(
    ulong Flags, ulong ExitSignal, ulong Stack, ulong ParentTid, ulong ChildTid, ulong Tls, ulong PidDescriptor, ulong WantedIds = 0, ulong WantedIdCount = 0, ulong Cgroup = 0)
{
    public const ulong NewTime = 0x80, SharedMemory = 0x100, SharedFileSystem = 0x200, SharedFiles = 0x400, SharedHandlers = 0x800, WithPidDescriptor = 0x1000, Traced = 0x2000, Vfork = 0x4000,
        SameParent = 0x8000, Thread = 0x10000, NewNamespace = 0x20000, SharedSemaphores = 0x40000, SetTls = 0x80000, ParentSetTid = 0x100000, ChildClearTid = 0x200000, Detached = 0x400000,
        Untraced = 0x800000, ChildSetTid = 0x1000000, NewUser = 0x10000000, NewPid = 0x20000000, ClearHandlers = 0x100000000, IntoCgroup = 0x200000000;
    /// <summary>What a thread that does not ask for it gets a copy of.</summary>
    public const ulong SharedContext = SharedFileSystem | SharedFiles | SharedSemaphores;
    /// <summary>All bits of clone.</summary>
    public const ulong Legacy = 0xFFFFFF00;

    // What dbt does itself, in guest terms; and what means nothing, for want of a tracer.
    const ulong Own = SetTls | ParentSetTid | ChildSetTid | ChildClearTid | ClearHandlers, Meaningless = Traced | Untraced;

    /// <summary>Whether glibc's fork or vfork makes just this child, but for what dbt does itself.</summary>
    public bool IsPlain => (Flags & ~(Own | Meaningless | Detached | SharedMemory | Vfork)) == 0 && ExitSignal == SignalNumbers.Child && WantedIdCount == 0;

    /// <summary>Prepares the host's clone with what is the host kernel's matter: parent, signal, shared tables, namespaces, pid descriptor, ids, cgroup.</summary>
    /// <param name="to">Receives it.</param>
    /// <param name="sharing">CLONE_VM and CLONE_VFORK as the host shall have them.</param>
    /// <param name="parentTid">Receives the id before the child runs; may be null.</param>
    /// <param name="childTid">Where the host's C library keeps the id of the thread; set in the child, and cleared when it ends. May be null.</param>
    public unsafe void Prepare(HostClone* to, ulong sharing, int* parentTid, int* childTid)
    {
        ulong flags = (Flags & ~(Own | Meaningless | SharedMemory | Vfork)) | sharing;
        if (parentTid != null) flags |= ParentSetTid;
        if (childTid != null) flags |= ChildSetTid | ChildClearTid;
        // Addresses in the request are the guest's, which are the host's.
        if ((flags & ~Legacy) == 0 && WantedIdCount == 0 && (parentTid == null || (flags & WithPidDescriptor) == 0))
        {
            ulong second = (flags & WithPidDescriptor) != 0 ? PidDescriptor : (ulong)parentTid;
            *to = new HostClone { Number = (long)Sys.clone, First = (long)(flags | ExitSignal), Third = (long)second, Fourth = (long)childTid };
            return;
        }
        *to = new HostClone { Number = (long)Sys.clone3, First = (long)to->Arguments, Second = HostClone.ArgumentCount * sizeof(ulong) };
        (to->Arguments[0], to->Arguments[1], to->Arguments[2], to->Arguments[3], to->Arguments[4]) = (flags, PidDescriptor, (ulong)childTid, (ulong)parentTid, ExitSignal);
        (to->Arguments[8], to->Arguments[9], to->Arguments[10]) = (WantedIds, WantedIdCount, Cgroup);
    }
}

/// <summary>A system call of the host that makes a child: what <see cref="HostCalls.Clone"/> takes, and the structure of clone3 behind it.</summary>
unsafe struct HostClone
{
    public const int ArgumentCount = 11;

    public long Number, First, Second, Third, Fourth;
    public fixed ulong Arguments[ArgumentCount];
}
