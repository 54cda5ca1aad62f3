using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using static Dbt.Translator.Tests.Execution.TestMachine;

namespace Dbt.Translator.Tests.Execution;

/// <summary>How blocks reach each other: what goes through the engine, and what does not.</summary>
[Collection(ProcessState.Name)]
public sealed class DispatchTests
{
    static ulong X(GuestThread thread, int register) => thread.Slot(Arm64State.X0 + register);

    [Fact]
    public void A_loop_runs_until_the_kernel_stops_the_thread()
    {
        using var machine = new TestMachine();
        machine.Write(0, Mov(0, 1000), Mov(1, 0), AddImmediate(1, 1, 3), SubsImmediate(0, 0, 1), BNe(-8), Svc);
        var thread = machine.Run();
        Assert.Equal(3000u, X(thread, 1));
        Assert.Equal(machine.Address(24), thread.Location.Pc);
    }

    [Fact]
    public void A_linked_loop_comes_back_to_the_engine_only_to_be_linked()
    {
        using var machine = new TestMachine(new EngineOptions { Statistics = true });
        machine.Write(0, Mov(0, 60000), SubsImmediate(0, 0, 1), BNe(-4), Svc);
        machine.Run();
        var statistics = machine.Engine.Statistics;
        Assert.True(statistics.ExecutionsLinked > 59000, $"{statistics.ExecutionsLinked}");
        Assert.True(statistics.ExecutionsIndex + statistics.ExecutionsMiss < 10);
        Assert.Equal(1, statistics.Syscalls);
    }

    [Fact]
    public void Calls_return_through_the_ring_and_only_the_first_goes_through_the_engine()
    {
        using var machine = new TestMachine(new EngineOptions { Statistics = true });
        machine.Write(0, Mov(0, 5000), Bl(0x100 - 4), SubsImmediate(0, 0, 1), BNe(-8), Svc);
        machine.Write(0x100, AddImmediate(1, 1, 1), Ret);
        var thread = machine.Run();
        Assert.Equal(5000u, X(thread, 1));
        Assert.True(machine.Engine.Statistics.ExecutionsReturn >= 4999, machine.Engine.Statistics.ToString());
    }

    [Fact]
    public void An_indirect_branch_with_one_target_is_cached_and_with_many_goes_through_the_table()
    {
        using var machine = new TestMachine(new EngineOptions { Statistics = true });
        // x2 walks over 8 stubs of 16 bytes each; each adds its number to x1 and jumps back.
        machine.Write(0, Mov(0, 4000), Adr(3, 0x100 - 4), Mov(4, 0), MovRegister(2, 3), AddImmediate(2, 2, 0), Br(2));
        for (int i = 0; i < 8; i++)
            machine.Write(0x100 + 16 * i, AddImmediate(1, 1, i), AddImmediate(2, 2, i == 7 ? 0 : 16), SubsImmediate(0, 0, 1), B(0x200 - (0x100 + 16 * i + 12)));
        machine.Write(0x200, 0x54000040 /* b.eq +8 */, Br(2), Svc);
        var thread = machine.Run();
        Assert.Equal(28u + 7 * (4000 - 8), X(thread, 1));
        var statistics = machine.Engine.Statistics;
        Assert.True(statistics.ExecutionsInlineCache + statistics.ExecutionsTable >= 3970, statistics.ToString());
    }
}
