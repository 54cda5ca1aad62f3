using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using static Dbt.Translator.Tests.Execution.TestMachine;

namespace Dbt.Translator.Tests.Execution;

[Collection(ProcessState.Name)]
public sealed class EngineTests
{
    static ulong X(GuestThread thread, int register) => thread.Slot(Arm64State.X0 + register);

    [Fact]
    public void A_fault_shows_the_state_before_the_instruction_and_its_address()
    {
        using var machine = new TestMachine();
        machine.Write(0, Mov(0, 7), AddImmediate(1, 0, 1), Mov(2, 0x18), AddImmediate(3, 1, 1), Ldr(1, 2), Mov(0, 9), Svc);
        MemoryFault seen = default;
        machine.Fault = (thread, fault) => { seen = fault; thread.StopRequested = true; };
        var thread = machine.Run();
        Assert.Equal(machine.Address(16), thread.Location.Pc);
        Assert.Equal(new MemoryFault(11, 1, 0x18, false), seen);
        Assert.Equal((7ul, 8ul, 9ul), (X(thread, 0), X(thread, 1), X(thread, 3)));
    }

    [Fact]
    public void A_store_fault_is_a_write_and_the_kernel_may_go_on_elsewhere()
    {
        using var machine = new TestMachine();
        machine.Write(0, Mov(2, 0x20), Str(0, 2), Svc);
        machine.Write(0x40, Mov(5, 55), Svc);
        bool write = false;
        machine.Fault = (thread, fault) => { write = fault.IsWrite; thread.Location = new Location(machine.Address(0x40), 0); };
        var thread = machine.Run();
        Assert.True(write);
        Assert.Equal(55u, X(thread, 5));
        Assert.Equal(1, machine.Engine.Statistics.Faults);
    }

    [Fact]
    public void A_null_reference_in_managed_code_is_still_an_exception()
    {
        using var machine = new TestMachine();
        string? nothing = null;
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
        machine.Write(0, Svc);
        machine.Syscall = (thread, _) => { thread.StopRequested = true; Assert.Throws<NullReferenceException>(() => nothing!.Length); };
        machine.Run();
    }

    [Fact]
    public void An_undefined_instruction_traps_at_its_own_location()
    {
        using var machine = new TestMachine();
        machine.Write(0, Mov(0, 1), 0);
        TrapKind seen = default;
        machine.Trap = (thread, kind, _) => { seen = kind; thread.StopRequested = true; };
        var thread = machine.Run();
        Assert.Equal(TrapKind.Undefined, seen);
        Assert.Equal(machine.Address(4), thread.Location.Pc);
    }

    [Fact]
    public void The_kernel_may_move_the_thread_in_a_system_call()
    {
        using var machine = new TestMachine();
        machine.Write(0, Svc, Mov(1, 1), Svc);
        machine.Write(0x80, Mov(1, 2), Svc);
        int calls = 0;
        machine.Syscall = (thread, _) =>
        {
            if (++calls == 1) thread.Location = new Location(machine.Address(0x80), 0);
            else thread.StopRequested = true;
        };
        Assert.Equal(2u, X(machine.Run(), 1));
    }

    [Fact]
    public void Changed_code_runs_after_invalidation()
    {
        using var machine = new TestMachine();
        machine.Write(0, Bl(0x100), Svc, B(-8));
        machine.Write(0x100, Mov(1, 1), Ret);
        var results = new List<ulong>();
        machine.Syscall = (thread, _) =>
        {
            results.Add(X(thread, 1));
            machine.Write(0x100, Mov(1, 1 + results.Count));
            machine.Engine.Invalidate(machine.Address(0x100), 4);
            thread.StopRequested = results.Count == 5;
        };
        machine.Run();
        Assert.Equal([1ul, 2, 3, 4, 5], results);
        Assert.Equal(5, machine.Engine.Statistics.Invalidations);
    }

    [Fact]
    public void Invalidation_reaches_inline_caches_and_the_thread_table()
    {
        using var machine = new TestMachine();
        machine.Write(0, Adr(2, 0x100), Blr(2), Svc, B(-8));
        machine.Write(0x100, Mov(1, 1), B(4), AddImmediate(1, 1, 0), Ret);
        var results = new List<ulong>();
        machine.Syscall = (thread, _) =>
        {
            results.Add(X(thread, 1));
            machine.Write(0x100, Mov(1, 10 * results.Count));
            if (results.Count > 2) machine.Engine.Invalidate(machine.Address(0x100), 4);
            thread.StopRequested = results.Count == 6;
        };
        machine.Run();
        Assert.Equal([1ul, 1, 1, 30, 40, 50], results);
    }

    [Fact]
    public void A_poll_request_leaves_an_endless_loop()
    {
        using var machine = new TestMachine();
        machine.Write(0, AddImmediate(1, 1, 1), Svc, B(0));
        machine.Syscall = (_, _) => { };
        machine.Poll = thread => thread.StopRequested = true;
        var thread = machine.Start();
        var host = new Thread(() => machine.Engine.Run(thread));
        host.Start();
        thread.RequestPoll();
        host.Join();
        Assert.Equal(1, machine.Engine.Statistics.Polls);
    }

    [Fact]
    public void A_full_cache_evicts_and_everything_still_runs()
    {
        using var machine = new TestMachine(new EngineOptions { CacheSize = 1 << 20 });
        WriteManyFunctions(machine, functions: 6000);
        int rounds = 0;
        machine.Syscall = (thread, _) => thread.StopRequested = ++rounds == 3;
        var thread = machine.Run();
        Assert.Equal(3u * 6000, X(thread, 1));
        var statistics = machine.Engine.Statistics;
        Assert.True(statistics.Evictions > 3, statistics.ToString());
        Assert.True(statistics.CacheBytes <= 1 << 20);
    }

    [Fact]
    public void Threads_run_at_once_while_the_full_cache_evicts()
    {
        using var machine = new TestMachine(new EngineOptions { CacheSize = 1 << 20 });
        WriteManyFunctions(machine, functions: 3000);
        machine.Syscall = (thread, _) =>
        {
            if (++thread.Slot(Arm64State.X0 + 9) == 4) thread.StopRequested = true;
        };
        var guests = Enumerable.Range(0, 3).Select(_ => machine.Start()).ToArray();
        var hosts = guests.Select(guest => new Thread(() => machine.Engine.Run(guest))).ToArray();
        foreach (var host in hosts) host.Start();
        foreach (var host in hosts) host.Join();
        foreach (var guest in guests) Assert.Equal(4u * 3000, X(guest, 1));
        Assert.True(machine.Engine.Statistics.Evictions > 3, machine.Engine.Statistics.ToString());
    }

    [Fact]
    public void Code_is_invalidated_while_other_threads_run_it()
    {
        using var machine = new TestMachine();
        WriteManyFunctions(machine, functions: 500);
        machine.Syscall = (thread, _) =>
        {
            if (++thread.Slot(Arm64State.X0 + 9) == 40) thread.StopRequested = true;
            machine.Engine.InvalidateAll();
        };
        var guests = Enumerable.Range(0, 3).Select(_ => machine.Start()).ToArray();
        var hosts = guests.Select(guest => new Thread(() => machine.Engine.Run(guest))).ToArray();
        foreach (var host in hosts) host.Start();
        foreach (var host in hosts) host.Join();
        foreach (var guest in guests) Assert.Equal(40u * 500, X(guest, 1));
    }

    [Fact]
    public void Fork_preparation_stops_the_other_threads_and_lets_them_go_on()
    {
        using var machine = new TestMachine();
        machine.Write(0, AddImmediate(1, 1, 1), B(-4));
        machine.Write(0x40, Svc, B(-4));
        int calls = 0;
        GuestThread spinner = machine.Start();
        machine.Poll = thread => thread.StopRequested = Volatile.Read(ref calls) == 20;
        machine.Syscall = (thread, _) =>
        {
            machine.Engine.PrepareFork(thread);
            ulong before = X(spinner, 1);
            Thread.Yield();
            Assert.Equal(before, X(spinner, 1));
            machine.Engine.AfterForkParent(thread);
            thread.StopRequested = ++calls == 20;
        };
        var host = new Thread(() => machine.Engine.Run(spinner));
        host.Start();
        machine.Run(0x40);
        spinner.RequestPoll();
        host.Join();
        Assert.True(X(spinner, 1) > 0);
    }

    // A chain of functions, each of which adds 1 to x1 and is called from a long straight line; then a system call and again.
    static void WriteManyFunctions(TestMachine machine, int functions)
    {
        const int table = 0x40000;
        for (int i = 0; i < functions; i++)
        {
            machine.Write(4 * i, Bl(table + 16 * i - 4 * i));
            machine.Write(table + 16 * i, AddImmediate(1, 1, 1), Ret);
        }
        machine.Write(4 * functions, Svc, B(-4 * (functions + 1)));
    }
}
