using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>The dispatch loop.</summary>
/// <remarks>
/// Two states alternate. Outside, the thread holds nothing but its location: here it polls, sleeps while the world is stopped, and runs kernel callbacks. Inside
/// (<see cref="ThreadActivity.Engine"/>) it may hold pointers into the code cache, because nobody evicts without having stopped it.
/// </remarks>
public sealed unsafe partial class Engine
{
    /// <summary>SIGSEGV.</summary>
    const int SegmentationFault = 11;
    /// <summary>SI_KERNEL: a fault that is not of a page, so that there is no si_addr.</summary>
    const int NoAddress = 0x80;

    void Dispatch(GuestThread thread, ThreadBlock* block)
    {
        while (!thread.StopRequested)
        {
            if (Volatile.Read(ref block->Poll) != 0)
            {
                Poll(thread, block);
                continue;
            }
            nint code = EnterEngine(thread, block) ? CodeAt(thread, block->Location) : 0;
            while (code != 0)
            {
                if (checker is null || world.HasPeers) RuntimeStubs.Enter(block, code);
                else checker.Enter(block, code);
                code = HandleExit(thread, block);
            }
            Volatile.Write(ref block->Activity, (uint)ThreadActivity.Managed);
        }
    }

    // The poll word is cleared before the stop word is looked at: one who stops the world sets them in the other order, so its request is not lost.
    void Poll(GuestThread thread, ThreadBlock* block)
    {
        Interlocked.Exchange(ref block->Poll, 0);
        if (world.StopWanted) World.Park(thread);
        thread.Counters.Polls++;
        Kernel.OnPoll(thread);
    }

    // False if the thread has slept because the world was stopped: everything must be looked at afresh.
    bool EnterEngine(GuestThread thread, ThreadBlock* block)
    {
        Volatile.Write(ref block->Activity, (uint)ThreadActivity.Engine);
        if (!world.StopWanted) return true;
        World.Park(thread);
        return false;
    }

    /// <summary>Handles the exit that the block tells of. Returns the code to go on with, or 0 to go on outside at the thread's location.</summary>
    nint HandleExit(GuestThread thread, ThreadBlock* block)
    {
        var record = (ExitRecord*)block->ExitRecord;
        switch (block->ExitKind)
        {
            case ExitKind.Link:
                Uncount(thread);
                block->Location = record->Location;
                return Follow(thread, block, record);
            case ExitKind.Indirect:
                block->Location = block->ExitValue;
                return FollowIndirect(thread, block, (IndirectSite*)record);
            case ExitKind.Syscall:
                return CallKernel(thread, block, record);
            case ExitKind.Poll:
                Uncount(thread);
                block->Location = record->Location;
                return 0;
            case ExitKind.Trap:
                block->Location = record->Location;
                var (kind, code) = (record->Trap, record->Code);
                LeaveEngine(block);
                if (kind == TrapKind.Rewritten)
                {
                    Invalidate(new Location(block->Location).Pc, sizeof(uint));
                    return 0;
                }
                Kernel.OnTrap(thread, kind, code);
                return 0;
            case ExitKind.FlushCode:
                block->Location = record->Location;
                LeaveEngine(block);
                Kernel.OnFlushCode(this, block->ExitValue, block->ExitValue2);
                return 0;
            case ExitKind.Fault:
                HandleFault(thread, block);
                return 0;
            default:
                throw new InvalidOperationException($"Unknown exit {block->ExitKind} from translated code.");
        }
    }

    // The code counted an execution by link before it jumped, but it got here: how the next block is reached is counted there.
    void Uncount(GuestThread thread)
    {
        if (Options.Statistics) thread.Counters.Linked--;
    }

    nint Follow(GuestThread thread, ThreadBlock* block, ExitRecord* record)
    {
        if (block->Poll != 0) return 0;
        if (record->Target != record->Unlinked)
        {
            if (Options.Statistics) thread.Counters.Linked++;
            return record->Target;
        }
        int generation = cache.Generation;
        BlockInfo* info = FindOrTranslate(thread, block->Location);
        if (info == null) return 0;
        if (generation == cache.Generation)
        {
            lock (cache.Gate) cache.Link(record, info);
        }
        return info->Entry;
    }

    nint FollowIndirect(GuestThread thread, ThreadBlock* block, IndirectSite* site)
    {
        if (block->Poll != 0) return 0;
        int generation = cache.Generation;
        BlockInfo* info = FindOrTranslate(thread, block->Location);
        if (info == null) return 0;
        if (site != null && generation == cache.Generation)
        {
            lock (cache.Gate) cache.Cache(site, info);
        }
        if (checker is null) thread.Table.Insert(block, info, cache.Gate);
        return info->Entry;
    }

    // The usual system call changes nothing about where to go on: straight through the exit's link, without a lookup.
    nint CallKernel(GuestThread thread, ThreadBlock* block, ExitRecord* record)
    {
        ulong next = record->Location;
        int generation = cache.Generation;
        block->Location = next;
        int immediate = record->Code;
        thread.Counters.Syscalls++;
        LeaveEngine(block);
        Kernel.OnSyscall(thread, immediate);
        if (thread.StopRequested || !EnterEngine(thread, block)) return 0;
        if (block->Location != next || cache.Generation != generation) return 0;
        return Follow(thread, block, record);
    }

    void HandleFault(GuestThread thread, ThreadBlock* block)
    {
        var context = (HostContext*)((byte*)block + HostContext.Offset);
        BlockInfo* info;
        lock (cache.Gate) info = cache.FindByCode(context->Rip);
        if (info == null) throw new InvalidOperationException($"Host signal {context->Signal} at 0x{context->Rip:x}, between translated blocks.");
        block->Location = translator.Restore(info, context, block).Bits;
        if (context->Signal == HostSignals.FloatingPoint)
        {
            floatTraps.Complete(block);
            return;
        }
        var fault = new MemoryFault(context->Signal, context->Code, context->FaultAddress - (ulong)Kernel.WindowBase, (context->ErrorCode & 2) != 0);
        thread.Counters.Faults++;
        bool isDead = TranslationCache.IsDead(info);
        LeaveEngine(block);
        if (fault is { HostSignal: SegmentationFault, Code: NoAddress } && IsTagged(block, isDead, ref fault)) return;
        Kernel.OnMemoryFault(thread, fault);
    }

    /// <summary>
    /// The host refused an address that is none of its own (a general protection fault) and does not tell which. If it was a tagged pointer, the code of that page is translated anew for such
    /// pointers: true, and the instruction runs again. Programs without tagged pointers thus pay nothing for them.
    /// </summary>
    bool IsTagged(ThreadBlock* block, bool isDead, ref MemoryFault fault)
    {
        var location = new Location(block->Location);
        // Another thread has just had the page translated anew.
        if (isDead) return true;
        if (!faultAddress.TryFind(location, block, out ulong address, out bool isWrite)) return false;
        ulong untagged = Guest.Untag(address);
        if (untagged != address && code.Mark(location.Pc))
        {
            Invalidate(location.Pc & ~(TaggedCode.PageSize - 1), TaggedCode.PageSize);
            return true;
        }
        fault = fault with { Address = untagged, IsWrite = isWrite };
        return false;
    }

    nint CodeAt(GuestThread thread, ulong location)
    {
        BlockInfo* info = FindOrTranslate(thread, location);
        return info == null ? 0 : info->Entry;
    }

    // Null if the thread had to sleep meanwhile. Also when it has itself evicted, pointers into the cache from before are to be checked against the generation.
    BlockInfo* FindOrTranslate(GuestThread thread, ulong location)
    {
        BlockInfo* info = cache.Find(location);
        if (info == null) info = stored.TryLoad(location);
        if (info != null)
        {
            thread.Counters.Index++;
            return info;
        }
        thread.Counters.Miss++;
        while (true)
        {
            info = translator.Translate(new Location(location));
            if (info != null) return info;
            if (!world.TryStop(thread, allowManaged: true)) return null;
            Evict();
            world.Resume();
        }
    }

    // The world is stopped.
    void Evict()
    {
        lock (cache.Gate)
        {
            cache.EvictOldest();
            foreach (var thread in world.Threads) thread.Table.Clear(thread.Block);
        }
    }

    static void LeaveEngine(ThreadBlock* block) => Volatile.Write(ref block->Activity, (uint)ThreadActivity.Managed);
}
