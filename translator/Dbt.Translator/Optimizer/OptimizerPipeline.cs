using Dbt.Translator.Guests;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Optimizer;

/// <summary>The passes of tier 1, in order. Folding, slot forwarding and sharing happen before, while the block is built.</summary>
public static class OptimizerPipeline
{
    /// <summary>Optimizes a block in place.</summary>
    /// <param name="block">A valid block; it stays valid.</param>
    /// <param name="guest">The guest, asked whether flags are dead at exits.</param>
    /// <param name="code">Reads the guest code at the exits' targets.</param>
    /// <param name="report">Called after each pass with its name, or null.</param>
    public static void Run(IrBlock block, GuestArchitecture guest, ref CodeReader code, Action<string, IrBlock>? report = null)
    {
        DeadFlags.Run(block, guest, ref code);
        report?.Invoke(nameof(DeadFlags), block);
        DeadSlots.Run(block);
        report?.Invoke(nameof(DeadSlots), block);
        DeadCode.Run(block);
        report?.Invoke(nameof(DeadCode), block);
    }
}
