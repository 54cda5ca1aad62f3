using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Arm64;

/// <summary>Code of pages that may change without a flush.</summary>
public sealed class SilentCodeTests
{
    const uint AddOne = 0x91000400, Return = 0xd65f03c0;

    [Fact]
    public void Every_instruction_is_compared_before_it_is_executed()
    {
        using var source = new GuestCode(AddOne, AddOne, Return) { ChangesUnseen = true };
        using var block = new IrBlock(Arm64State.Layout);
        var reader = new CodeReader(source);
        Arm64Guest.Instance.CreateLifter(block).Lift(new Location(GuestCode.Address), ref reader, 10);
        IrVerifier.Verify(block);
        var compared = new List<int>();
        for (int i = 1; i < block.Count; i++)
        {
            if (block[i].Opcode == Opcode.TrapIf && (TrapKind)block[i].Aux == TrapKind.Rewritten) compared.Add(block[i].Instruction);
        }
        Assert.Equal([0, 1, 2], compared);
    }

    [Fact]
    public void Code_that_is_flushed_is_not_compared()
    {
        string text = GuestCode.Lift(AddOne, Return);
        Assert.DoesNotContain("trap_if", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_concluded_from_code_ahead_that_may_change()
    {
        using var source = new GuestCode(0xeb01001f, Return) { ChangesUnseen = true };
        var reader = new CodeReader(source);
        Assert.False(Arm64Guest.Instance.FlagsAreDeadAt(new Location(GuestCode.Address), ref reader));
        Assert.True(GuestCode.FlagsAreDead(0xeb01001f, Return));
    }
}
