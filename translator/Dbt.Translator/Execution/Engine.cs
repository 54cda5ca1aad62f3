using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Runs guest threads: finds or makes translations, enters them, and handles every way in which they come back.</summary>
public sealed unsafe partial class Engine
{
    /// <summary>Room in <see cref="ThreadBlock.Helpers"/>.</summary>
    const int MaxHelpers = 64;
    const int SetSegmentBaseSyscall = 158, SetGsBase = 0x1001;
    const uint DefaultMxcsr = FloatTraps.Masks;

    readonly World world = new();
    readonly TranslationTotals totals;
    readonly TranslationCache cache;
    readonly Translator translator;
    readonly StoredTranslations stored;
    readonly TaggedCode code;
    readonly FaultAddress faultAddress;
    readonly BlockChecker? checker;
    readonly FloatTraps floatTraps;
    readonly nint* helpers;

    /// <summary>Makes the engine of a process: one guest architecture, one kernel, one code cache.</summary>
    public Engine(GuestArchitecture guest, IGuestKernel kernel, EngineOptions options)
        : this(guest, kernel, options, totals => new TranslationPipeline(guest, options, totals)) { }

    internal Engine(GuestArchitecture guest, IGuestKernel kernel, EngineOptions options, Func<TranslationTotals, ICodeGenerator> generators)
    {
        totals = new TranslationTotals();
        Guest = guest;
        Kernel = kernel;
        Options = options;
        cache = new TranslationCache(options.CacheSize, linking: !options.Check);
        code = new TaggedCode(kernel);
        faultAddress = new FaultAddress(guest, code);
        if (options.Check) checker = new BlockChecker(guest, code, options.MaxBlockInstructions);
        translator = new Translator(cache, code, totals, () => generators(totals), options.Statistics);
        stored = new StoredTranslations(cache, code);
        floatTraps = new FloatTraps(guest, code);
        helpers = (nint*)NativeMemory.AllocZeroed(MaxHelpers, (nuint)sizeof(nint));
        helpers[(int)RuntimeHelper.ReadCounter] = (nint)(delegate* unmanaged<ThreadBlock*, ulong, ulong, ulong, ulong, ulong>)&RuntimeHelpers.ReadCounter;
        helpers[(int)RuntimeHelper.ReadStatus] = RuntimeStubs.ReadStatus;
        helpers[(int)RuntimeHelper.WriteStatus] = RuntimeStubs.WriteStatus;
        helpers[(int)RuntimeHelper.WriteControl] = RuntimeStubs.WriteControl;
        RuntimeStubs.Data->RegionStart = CodeRegion.Start;
        RuntimeStubs.Data->RegionLength = CodeRegion.Length;
        HostSignals.Install();
    }

    /// <summary>The instruction set of every thread.</summary>
    public GuestArchitecture Guest { get; }
    /// <summary>The guest's operating system.</summary>
    public IGuestKernel Kernel { get; }
    /// <summary>Options.</summary>
    public EngineOptions Options { get; }

    /// <summary>Host address range of the code cache, which the guest must not be given.</summary>
    public (nint Start, nint Length) ReservedRange => (CodeRegion.Start, CodeRegion.Length);

    /// <summary>What has been done so far, by this process: a forked child starts from zero.</summary>
    public EngineStatistics Statistics => totals.Report(world.Sum(), cache) with { CheckedBlocks = checker?.Checked ?? 0 };

    /// <summary>Makes a guest thread: zeroed state, location 0. It belongs to the host thread that calls <see cref="Run"/> on it.</summary>
    public GuestThread CreateThread()
    {
        var block = (ThreadBlock*)HostMemory.AllocateAligned(ThreadBlock.Alignment);
        var thread = new GuestThread(Guest, block);
        block->GuestMxcsr = block->HostMxcsr = DefaultMxcsr;
        block->StubLink = RuntimeStubs.LinkExit;
        block->StubIndirect = Options.Statistics ? RuntimeStubs.CountingTableProbe : RuntimeStubs.TableProbe;
        block->StubExit = RuntimeStubs.RecordExit;
        block->StubPoll = RuntimeStubs.PollExit;
        block->StubFloat = FloatStubs.Repair;
        block->StubEvaluate = RuntimeStubs.Evaluate;
        X64.ThreadConstants.CopyTo(block->Constants);
        block->EstimateTables = X64.EstimateTables.Data;
        block->Helpers = helpers;
        block->Thread = GCHandle.ToIntPtr(GCHandle.Alloc(thread));
        thread.Table.Initialize(block);
        world.Add(thread);
        return thread;
    }

    /// <summary>Whether a thread has been created and not destroyed: only such threads are stopped for a fork.</summary>
    public bool Knows(GuestThread thread)
    {
        lock (world.Gate) return world.Threads.Contains(thread);
    }

    /// <summary>Frees a thread that is not running; sleeps before that while the world is stopped.</summary>
    public void DestroyThread(GuestThread thread)
    {
        if (world.StopWanted) World.Park(thread);
        world.Remove(thread);
        Free(thread);
    }

    /// <summary>
    /// Runs the thread on the calling host thread, from its location until its <see cref="GuestThread.StopRequested"/> is set. For the time of the call the host
    /// thread's alternate signal stack (and, for windowed guests, GS base) belong to the guest thread. Asynchronous signals that are caught must be blocked on the host thread outside of this call.
    /// </summary>
    public void Run(GuestThread thread)
    {
        ThreadBlock* block = thread.Block;
        var stack = HostSignals.Attach(block);
        if (Guest.Layout.AddressBits == 32) _ = HostCalls.Syscall(SetSegmentBaseSyscall, SetGsBase, Kernel.WindowBase);
        try
        {
            Dispatch(thread, block);
        }
        finally
        {
            block->Activity = (uint)ThreadActivity.Managed;
            HostSignals.Detach(block, stack);
        }
    }

    /// <summary>
    /// Discards every translation that was made from the guest bytes [start, start + length): after munmap, mprotect, mremap and mmap over existing or with execute permission, and when the guest
    /// flushes its instruction cache. Every alias of the bytes is a range of its own. Callable from any thread, inside or outside kernel callbacks. A thread that is inside such a block runs on to its next exit.
    /// </summary>
    public void Invalidate(ulong start, ulong length)
    {
        ulong end = length > ulong.MaxValue - start ? ulong.MaxValue : start + length;
        lock (cache.Gate)
        {
            var discarded = cache.Invalidate(start, end);
            if (discarded.Count == 0) return;
            lock (world.Gate)
            {
                foreach (var thread in world.Threads)
                {
                    // A peer may be in a loop inside such a block, which it leaves only when polled.
                    if (world.Threads.Count > 1) thread.RequestPoll();
                    foreach (nint info in discarded) ThreadTable.Forget(thread.Block, (BlockInfo*)info);
                }
            }
        }
    }

    /// <summary>Discards every translation.</summary>
    public void InvalidateAll() => Invalidate(0, ulong.MaxValue);

    /// <summary>Sets a helper function of the guest: index at least <see cref="RuntimeHelper.Count"/>, below 64; unmanaged (ThreadBlock*, ulong, ulong, ulong, ulong) -> ulong.</summary>
    public void SetHelper(int index, nint function)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(index, (int)RuntimeHelper.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, MaxHelpers);
        helpers[index] = function;
    }

    /// <summary>
    /// First step of fork, called by the forking guest thread inside a kernel callback: returns when every other guest thread is in native code (sleeping in the engine, or in
    /// <see cref="HostCalls.BlockingSyscall"/>, from which it does not return before the fork is over). The caller must hold no lock that another guest thread may wait for;
    /// it takes its own locks afterwards, then forks, then calls one of the two methods below.
    /// </summary>
    public void PrepareFork(GuestThread current)
    {
        while (!world.TryStop(current, allowManaged: false)) { }
    }

    /// <summary>Last step of fork in the parent: everything goes on.</summary>
    public void AfterForkParent(GuestThread current) => world.Resume();

    /// <summary>Last step of fork in the child: <paramref name="current"/> is the only thread left; the others' blocks are freed. The parent goes on filling the segments that both run, so the child opens its own.</summary>
    public void AfterForkChild(GuestThread current)
    {
        foreach (var dead in world.RemoveAllBut(current)) Free(dead);
        cache.SealAll();
        cache.FreeRetired();
        HostSignals.Adopt(current.Block);
        RuntimeStubs.Data->GuestThreads = 1;
        totals.Reset();
        cache.ResetCounters();
        world.ResetCounters();
        world.Resume();
    }

    /// <summary>
    /// After vfork: a child that shared this memory has run <paramref name="current"/> in a nested <see cref="Run"/> on the caller's host stack until it executed another program or ended; the parent takes
    /// the thread back. Asynchronous signals must be blocked from before the vfork until here: whatever is queued was the child's.
    /// </summary>
    public void ResumeAfterVfork(GuestThread current)
    {
        ThreadBlock* block = current.Block;
        Volatile.Write(ref block->Activity, (uint)ThreadActivity.Managed);
        block->QueueTail = block->QueueHead;
        HostSignals.Adopt(block);
    }

    void Free(GuestThread thread)
    {
        ThreadBlock* block = thread.Block;
        GCHandle.FromIntPtr(block->Thread).Free();
        thread.Table.Free(block);
        HostMemory.Free((nint)block, ThreadBlock.Alignment);
    }
}
