using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;
using static Dbt.Translator.Tests.Execution.TestMachine;

namespace Dbt.Translator.Tests.Execution;

[Collection(ProcessState.Name)]
public sealed unsafe class BlockCheckerTests
{
    static void WriteProgram(TestMachine machine)
    {
        machine.Write(0, Mov(0, 300), Adr(6, 0x800 - 4), Bl(0x100 - 8), SubsImmediate(0, 0, 1), BNe(-8), Svc);
        machine.Write(0x100, AddImmediate(1, 1, 3), Str(1, 6), Ldr(2, 6), AddImmediate(3, 2, 1), Ret);
    }

    [Fact]
    public void Right_translations_pass_and_sampled_executions_are_compared()
    {
        using var machine = new TestMachine(new EngineOptions { Check = true });
        WriteProgram(machine);
        var thread = machine.Run();
        Assert.Equal((900ul, 900ul, 901ul), (thread.Slot(1), thread.Slot(2), thread.Slot(3)));
        Assert.InRange(machine.Engine.Statistics.CheckedBlocks, 12, 200);
    }

    [Fact]
    public void A_wrong_translation_is_named_with_what_differs()
    {
        using var machine = new TestMachine(new EngineOptions { Check = true }, Saboteur.Make);
        WriteProgram(machine);
        var thrown = Assert.Throws<TranslationCheckException>(() => machine.Run());
        Assert.Contains("the emitted code differs", thrown.Message);
        Assert.Contains("x1 = ", thrown.Message);
        Assert.Contains("byte at 0x", thrown.Message);
        Assert.Contains("add x1, x1, #", thrown.Message);
    }

    [Fact]
    public void Faults_are_predicted_without_being_caused()
    {
        using var machine = new TestMachine(new EngineOptions { Check = true });
        machine.Write(0, Mov(2, 0x18), Ldr(1, 2), Svc);
        int faults = 0;
        machine.Fault = (thread, _) => { faults++; thread.StopRequested = true; };
        machine.Run();
        Assert.Equal(1, faults);
        Assert.Equal(1, machine.Engine.Statistics.CheckedBlocks);
    }

    /// <summary>The pipeline, but "add x1, x1, #3" is translated as if it said 5.</summary>
    sealed class Saboteur(TestMachine machine, ICodeGenerator inner) : ICodeGenerator
    {
        public static Func<TranslationTotals, ICodeGenerator> Make(TestMachine machine, EngineOptions options) =>
            totals => new Saboteur(machine, new TranslationPipeline(Arm64Guest.Instance, options, totals));

        public void Prepare(Location start, Guests.ICodeSource source)
        {
            machine.Write(0x100, AddImmediate(1, 1, 5));
            inner.Prepare(start, source);
            machine.Write(0x100, AddImmediate(1, 1, 3));
        }

        public bool TryEmit(ref EmissionSpace space, out BlockInfo* info) => inner.TryEmit(ref space, out info);

        public Location Restore(BlockInfo* info, HostContext* context, ThreadBlock* block) => inner.Restore(info, context, block);
    }
}
