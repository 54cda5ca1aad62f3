using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Optimizer;

/// <summary>Text in, text out: runs a pass over a block and compares. Value numbers need not agree.</summary>
static class PassTest
{
    public delegate void Pass(IrBlock block);

    public static void Run(Pass pass, string before, string after)
    {
        using IrBlock block = IrParser.Parse(before, Arm64State.Layout);
        using IrBlock expected = IrParser.Parse(after, Arm64State.Layout);
        IrVerifier.Verify(block);
        pass(block);
        IrVerifier.Verify(block);
        Assert.Equal(IrPrinter.Print(expected, renumber: true), IrPrinter.Print(block, renumber: true));
    }
}

/// <summary>A guest that answers about flags at locations as a test says, and can do nothing else.</summary>
sealed class FlagsOracle(Func<Location, bool> dead) : GuestArchitecture
{
    public override string Name => "test";
    public override StateLayout Layout => Arm64State.Layout;
    public override ILifter CreateLifter(IrBlock block) => throw new NotSupportedException();
    public override string Disassemble(Location location, ReadOnlySpan<byte> bytes, out int length) => throw new NotSupportedException();
    public override bool FlagsAreDeadAt(Location location, ref CodeReader code) => dead(location);
}
