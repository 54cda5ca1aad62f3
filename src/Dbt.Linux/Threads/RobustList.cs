using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Threads;

/// <summary>What a thread that ends does to the robust futexes that it holds (kernel/futex/core.c, exit_robust_list; struct robust_list_head in linux/futex.h).</summary>
/// <remarks>
/// The host kernel has the list, too (set_robust_list is passed on), and walks it when the process is killed. For a thread that ends by itself this must have happened before its clear_child_tid
/// word is cleared, which is dbt's work because the host thread lives a little longer.
/// </remarks>
static unsafe class RobustList
{
    const int Limit = 2048;
    const uint OwnerMask = 0x3FFFFFFF, OwnerDied = 0x40000000, Waiters = 0x80000000;
    const long WakeOne = 1;

    readonly record struct Head(ulong First, long FutexOffset, ulong Pending);

    /// <summary>Marks the futexes of a dead thread and wakes one waiter of each.</summary>
    /// <param name="memory">Guest memory.</param>
    /// <param name="list">Address of the list's head, 0 if there is none.</param>
    /// <param name="owner">The thread's id.</param>
    public static void Release(GuestMemory memory, ulong list, uint owner)
    {
        if (list == 0 || !memory.TryRead(list, out Head head)) return;
        ulong entry = head.First;
        for (int i = 0; i < Limit && (entry & ~1UL) != list; i++)
        {
            // The next one is read first: a woken owner may free this one.
            bool more = memory.TryRead(entry & ~1UL, out ulong next);
            if (entry != head.Pending) Release(memory, entry, head.FutexOffset, owner, pending: false);
            if (!more) break;
            entry = next;
        }
        if (head.Pending != 0) Release(memory, head.Pending, head.FutexOffset, owner, pending: true);
    }

    // Bit 0 of an entry says that the futex inherits priorities: its waiters are the kernel's matter.
    static void Release(GuestMemory memory, ulong entry, long offset, uint owner, bool pending)
    {
        bool inheritsPriority = (entry & 1) != 0;
        ulong address = (entry & ~1UL) + (ulong)offset;
        if ((address & 3) != 0) return;
        while (true)
        {
            if (!memory.TryRead(address, out uint word)) return;
            if (pending && !inheritsPriority && word == 0)
            {
                // Unlocked, but the thread died before it could wake anybody.
                Kernel.Call(Sys.futex, (long)address, 1, WakeOne);
                return;
            }
            if ((word & OwnerMask) != owner) return;
            uint dead = (word & Waiters) | OwnerDied;
            if (!memory.TryCompareExchange(address, word, dead, out uint seen)) return;
            if (seen != word) continue;
            if (!inheritsPriority && (word & Waiters) != 0) Kernel.Call(Sys.futex, (long)address, 1, WakeOne);
            return;
        }
    }
}
