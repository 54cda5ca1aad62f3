using System.Text;
using Dbt.Linux.Processes;

namespace Dbt.Linux.Diagnostics;

/// <summary>Finds out which thread a waiter waits for, from the futex word and, where that does not say, from the mutex of the C library around it.</summary>
static class FutexOwner
{
    const uint OwnerMask = 0x3FFFFFFF;
    const int LockPriority = 6, LockPriority2 = 13, WaitRequeuePriority = 11;
    /// <summary>glibc's pthread_mutex_t on 64-bit machines: int lock, unsigned count, int owner.</summary>
    const ulong OwnerInMutex = 8;

    /// <summary>Appends a line about the futex.</summary>
    public static unsafe void Append(StringBuilder text, LinuxProcess process, ulong address, int operation)
    {
        if (!process.Memory.TryRead(address, out uint word)) return;
        text.Append($"     futex 0x{address:x} holds 0x{word:x}");
        uint owner = word & OwnerMask;
        // Robust and priority-inheriting locks name their owner in the word; others are 1 or 2 when locked.
        bool named = operation is LockPriority or LockPriority2 or WaitRequeuePriority || IsThread(process, owner);
        bool isMutex = !named && word is 1 or 2 && process.Memory.TryRead(address + OwnerInMutex, out owner) && IsThread(process, owner);
        if (named && owner != 0) text.Append($": thread {owner} \"{ThreadNames.Of((int)owner)}\" owns it");
        else if (isMutex) text.Append($": if it is a mutex, thread {owner} \"{ThreadNames.Of((int)owner)}\" owns it");
        text.Append('\n');
    }

    static unsafe bool IsThread(LinuxProcess process, uint id) => Array.Exists(process.Threads.Live(), thread => thread.Guest.Block->HostThreadId == (int)id);
}
