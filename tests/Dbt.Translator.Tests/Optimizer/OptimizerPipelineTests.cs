using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;
using Dbt.Translator.Tests.Ir;

namespace Dbt.Translator.Tests.Optimizer;

public sealed class OptimizerPipelineTests
{
    /// <summary>Half of all locations, chosen by their bits.</summary>
    static bool IsDead(Location location) => (location.Pc >> 2 & 1) == 0;

    static readonly FlagsOracle Guest = new(IsDead);

    [Fact]
    public void Each_pass_keeps_the_meaning_of_random_blocks()
    {
        using var original = new IrBlock(Arm64State.Layout);
        using var block = new IrBlock(Arm64State.Layout);
        for (int seed = 0; seed < 1500; seed++)
        {
            RandomIr.Fill(original, seed, operations: 60);
            RandomIr.Fill(block, seed, operations: 60);
            CodeReader code = default;
            OptimizerPipeline.Run(block, Guest, ref code, (pass, after) =>
            {
                IrVerifier.Verify(after);
                Compare(original, after, seed, faultAfter: -1, pass);
            });
        }
    }

    [Fact]
    public void State_at_every_possible_fault_is_what_it_was_before_optimization()
    {
        using var original = new IrBlock(Arm64State.Layout);
        using var block = new IrBlock(Arm64State.Layout);
        for (int seed = 0; seed < 400; seed++)
        {
            RandomIr.Fill(original, seed, operations: 60, RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics);
            RandomIr.Fill(block, seed, operations: 60, RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics);
            CodeReader code = default;
            OptimizerPipeline.Run(block, Guest, ref code);
            for (int faultAfter = 0; faultAfter < 12; faultAfter++)
            {
                if (Compare(original, block, seed, faultAfter, "pipeline").Kind != InterpreterExitKind.Fault) break;
            }
        }
    }

    [Fact]
    public void Passes_are_reported_in_order()
    {
        using IrBlock block = IrParser.Parse("set x0, 1\ngoto 0x0", Arm64State.Layout);
        var passes = new List<string>();
        CodeReader code = default;
        OptimizerPipeline.Run(block, Guest, ref code, (pass, _) => passes.Add(pass));
        Assert.Equal(["DeadFlags", "DeadSlots", "DeadCode"], passes);
    }

    static InterpreterExit Compare(IrBlock original, IrBlock optimized, int seed, int faultAfter, string pass)
    {
        InterpreterExit exit = InterpretedBlock.Run(original, seed, faultAfter: faultAfter).Exit;
        bool withFlags = exit.Kind is not (InterpreterExitKind.Goto or InterpreterExitKind.SideExit) || !IsDead(exit.Target);
        InterpretedBlock expected = InterpretedBlock.Run(original, seed, faultAfter: faultAfter, withFlags: withFlags);
        InterpretedBlock actual = InterpretedBlock.Run(optimized, seed, faultAfter: faultAfter, withFlags: withFlags);
        Assert.True(expected == actual, $"{pass}, seed {seed}\n{IrPrinter.Print(original)}\nbecame:\n{IrPrinter.Print(optimized)}\nexpected {expected}\nactual {actual}");
        return exit;
    }
}
