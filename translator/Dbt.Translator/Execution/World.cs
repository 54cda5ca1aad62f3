namespace Dbt.Translator.Execution;

/// <summary>The guest threads of an engine, and stopping all of them but one: to evict a segment, and to fork.</summary>
/// <remarks>
/// A thread announces what it does in <see cref="ThreadBlock.Activity"/> with plain stores and then looks at the stop word; one that stops the world sets the word, makes every
/// processor order its memory accesses (membarrier) and then looks at the activities: one of the two sees the other, and the frequent side pays nothing.
/// Whoever meets the stop word sleeps on it in native code, through an emitted stub, so that it does not run one managed instruction before the world goes on.
/// </remarks>
sealed unsafe class World
{
    const int FutexSyscall = 202, FutexWakePrivate = 129, YieldSyscall = 24, NanosleepSyscall = 35;
    readonly uint* stopWord = (uint*)System.Runtime.InteropServices.NativeMemory.AllocZeroed(64);
    readonly Lock gate = new();
    readonly List<GuestThread> threads = [];
    ThreadCounters retired;

    /// <summary>All threads. Lock <see cref="Gate"/> to walk it.</summary>
    public List<GuestThread> Threads => threads;
    /// <summary>Guards <see cref="Threads"/>. Innermost lock.</summary>
    public Lock Gate => gate;
    /// <summary>True if there is more than one thread.</summary>
    public bool HasPeers => threads.Count > 1;
    /// <summary>True while a thread stops the world.</summary>
    public bool StopWanted => Volatile.Read(ref *stopWord) != 0;

    /// <summary>Adds a thread, which is not running yet.</summary>
    public void Add(GuestThread thread)
    {
        thread.Block->StopWord = stopWord;
        thread.Block->Activity = (uint)ThreadActivity.Managed;
        lock (gate) threads.Add(thread);
    }

    /// <summary>Removes a thread; its counters stay.</summary>
    public void Remove(GuestThread thread)
    {
        lock (gate)
        {
            threads.Remove(thread);
            retired.Add(thread.Counters.With(thread.Block));
        }
    }

    /// <summary>In a forked child: removes every thread but the survivor and returns them.</summary>
    public List<GuestThread> RemoveAllBut(GuestThread survivor)
    {
        var dead = threads.FindAll(t => t != survivor);
        foreach (var thread in dead) Remove(thread);
        return dead;
    }

    /// <summary>In a forked child: counts from zero.</summary>
    public void ResetCounters()
    {
        retired = default;
        foreach (var thread in threads)
        {
            thread.Counters = default;
            thread.Block->CountLinked = thread.Block->CountInlineCache = thread.Block->CountReturn = thread.Block->CountTable = 0;
        }
    }

    /// <summary>Sum of the counters of all threads, past and present.</summary>
    public ThreadCounters Sum()
    {
        lock (gate)
        {
            var sum = retired;
            foreach (var thread in threads) sum.Add(thread.Counters.With(thread.Block));
            return sum;
        }
    }

    /// <summary>Sleeps while the world is stopped. Afterwards the thread counts as managed.</summary>
    public static void Park(GuestThread self) => RuntimeStubs.Park(self.Block);

    /// <summary>
    /// Stops every thread but the caller's. False if another thread was stopping the world: the caller has slept until that was over and must look again at what it wanted.
    /// </summary>
    /// <param name="self">The calling thread.</param>
    /// <param name="allowManaged">True: the others may run kernel callbacks but not enter the engine. False: the others are in native code only.</param>
    public bool TryStop(GuestThread self, bool allowManaged)
    {
        if (Interlocked.CompareExchange(ref *stopWord, 1, 0) != 0)
        {
            Park(self);
            return false;
        }
        int count;
        lock (gate) count = threads.Count;
        if (count > 1) Interlocked.MemoryBarrierProcessWide();
        for (int round = 0; !AllStopped(self, allowManaged); round++) Wait(round);
        return true;
    }

    /// <summary>Lets everyone go on.</summary>
    public void Resume()
    {
        Volatile.Write(ref *stopWord, 0);
        _ = HostCalls.Syscall(FutexSyscall, (long)stopWord, FutexWakePrivate, int.MaxValue);
    }

    bool AllStopped(GuestThread self, bool allowManaged)
    {
        lock (gate)
        {
            bool all = true;
            foreach (var thread in threads)
            {
                if (thread == self) continue;
                var activity = (ThreadActivity)Volatile.Read(ref thread.Block->Activity);
                if (activity == ThreadActivity.Native || (allowManaged && activity == ThreadActivity.Managed)) continue;
                thread.RequestPoll();
                all = false;
            }
            return all;
        }
    }

    // Yields first (the others mostly need a few microseconds), then sleeps 50 µs at a time.
    static void Wait(int round)
    {
        if (round < 50)
        {
            _ = HostCalls.Syscall(YieldSyscall);
            return;
        }
        long* time = stackalloc long[2] { 0, 50_000 };
        _ = HostCalls.Syscall(NanosleepSyscall, (long)time);
    }
}
