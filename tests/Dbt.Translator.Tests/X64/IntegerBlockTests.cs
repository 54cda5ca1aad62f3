using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.X64;

/// <summary>Blocks written by hand, emitted and run.</summary>
public sealed unsafe class IntegerBlockTests : IDisposable
{
    readonly IrBlock block = new(Arm64State.Layout);
    readonly EmittedBlock emitted = new(Arm64State.Layout);
    readonly IrBuilder ir;

    public IntegerBlockTests()
    {
        ir = new IrBuilder(block);
        block.BeginInstruction(new Location(0x1000));
    }

    ulong X(int register) => (ulong)*emitted.Slot(register);

    void SetX(int register, ulong value) => *(ulong*)emitted.Slot(register) = value;

    ulong Finish()
    {
        ir.Goto(new Location(0x2000));
        emitted.Emit(block);
        return emitted.Run();
    }

    [Fact]
    public void Registers_swap_through_slots()
    {
        SetX(1, 11);
        SetX(2, 22);
        Value a = ir.GetSlot(1), b = ir.GetSlot(2);
        ir.SetSlot(1, b);
        ir.SetSlot(2, a);
        Assert.Equal(0x2000ul, Finish());
        Assert.Equal(22ul, X(1));
        Assert.Equal(11ul, X(2));
    }

    [Fact]
    public void More_values_than_registers_survive()
    {
        for (int i = 0; i < 31; i++) SetX(i, (ulong)(i * 1000));
        var sums = new Value[31];
        for (int i = 0; i < 31; i++) sums[i] = ir.Add(ir.GetSlot(i), ir.Mul(ir.GetSlot((i + 7) % 31), ir.Const64(3)));
        for (int i = 0; i < 31; i++) ir.SetSlot(i, sums[30 - i]);
        Finish();
        for (int i = 0; i < 31; i++)
        {
            int from = 30 - i;
            Assert.Equal((ulong)((from * 1000) + ((from + 7) % 31 * 3000)), X(i));
        }
    }

    [Theory]
    [InlineData(5, 5, 0b0110)]
    [InlineData(4, 5, 0b1000)]
    [InlineData(6, 5, 0b0010)]
    [InlineData(long.MinValue, 1, 0b0011)]
    [InlineData(0, -1, 0b0000)]
    public void Flags_of_a_comparison_are_stored_at_the_exit(long a, long b, int nzcv)
    {
        SetX(0, (ulong)a);
        SetX(1, (ulong)b);
        Value left = ir.GetSlot(0), right = ir.GetSlot(1);
        ir.SetSlot(Arm64State.Flags, ir.FlagsSub(left, right));
        ir.SetSlot(3, ir.Xor(left, right));
        Finish();
        Assert.Equal(nzcv, StateLayout.UnpackFlags((uint)*emitted.Slot(Arm64State.Flags)));
        Assert.Equal((ulong)(a ^ b), X(3));
    }

    [Theory]
    [InlineData(3, 0x3000ul)]
    [InlineData(1, 0x2000ul)]
    public void A_side_exit_stores_the_state_of_its_point(ulong x0, ulong exit)
    {
        SetX(0, x0);
        Value value = ir.GetSlot(0);
        ir.SetSlot(1, ir.Add(value, ir.Const64(100)));
        ir.ExitIf(Condition.Equal, ir.FlagsSub(value, ir.Const64(3)), new Location(0x3000));
        ir.SetSlot(1, ir.Const64(7));
        ir.SetSlot(2, ir.Const64(0x1234_5678_9ABC));
        Assert.Equal(exit, Finish());
        Assert.Equal(exit == 0x3000 ? x0 + 100 : 7, X(1));
    }

    // The same with a constant that would be an immediate in the other operand's place.
    [Theory]
    [InlineData(0ul, 0x2000ul)]
    [InlineData(1ul, 0x3000ul)]
    public void Flags_of_a_constant_less_a_constant_are_right_on_both_ways_of_a_branch(ulong x2, ulong exit)
    {
        SetX(2, x2);
        ir.SetSlot(Arm64State.Flags, ir.FlagsSub(ir.Const64(0), ir.Const64(4096)));
        ir.ExitIf(Condition.NotEqual, ir.FlagsLogic(ir.GetSlot(2)), new Location(0x3000));
        Assert.Equal(exit, Finish());
        Assert.Equal(0b1000, StateLayout.UnpackFlags((uint)*emitted.Slot(Arm64State.Flags)));
    }

    // The constant of the comparison was loaded on the way that falls through, and taken for loaded on the other.
    [Theory]
    [InlineData(0ul, 0x3000ul)]
    [InlineData(1ul << 63, 0x2000ul)]
    public void Float_flags_are_right_on_both_ways_of_a_branch_that_tests_something_else(ulong x2, ulong exit)
    {
        SetX(2, x2);
        *(float*)emitted.Slot(Arm64State.V0) = 199.5f;
        ir.SetSlot(Arm64State.Flags, ir.FlagsFloatCompare(ir.GetSlot(Arm64State.V0, IrType.F32), ir.ConstF(IrType.F32, 0), signalling: true));
        ir.ExitIf(Condition.Equal, ir.FlagsLogic(ir.And(ir.GetSlot(2), ir.Const64(1ul << 63))), new Location(0x3000));
        Assert.Equal(exit, Finish());
        Assert.Equal(0b0010, StateLayout.UnpackFlags((uint)*emitted.Slot(Arm64State.Flags)));
    }

    // As above, with a constant that is compared with another one: only the second operand of a comparison can be an immediate.
    [Theory]
    [InlineData(5ul, 0x3000ul)]
    [InlineData(1ul << 63, 0x2000ul)]
    public void Flags_of_two_constants_are_right_on_both_ways_of_a_branch_that_tests_something_else(ulong x2, ulong exit)
    {
        SetX(2, x2);
        ir.SetSlot(Arm64State.Flags, ir.FlagsSub(ir.Const64(0), ir.Const64(0)));
        ir.ExitIf(Condition.Equal, ir.FlagsLogic(ir.And(ir.GetSlot(2), ir.Const64(1ul << 63))), new Location(0x3000));
        Assert.Equal(exit, Finish());
        Assert.Equal(0b0110, StateLayout.UnpackFlags((uint)*emitted.Slot(Arm64State.Flags)));
    }

    // Making room for the result moved another value through rax, which held the quotient.
    [Fact]
    public void A_quotient_survives_the_eviction_that_makes_room_for_it()
    {
        for (int i = 0; i < 31; i++) SetX(i, (ulong)(i + 100));
        var old = new Value[16];
        for (int i = 0; i < 16; i++) old[i] = ir.GetSlot(i);
        var sums = new Value[16];
        for (int i = 0; i < 16; i++)
        {
            sums[i] = ir.Add(ir.GetSlot(i + 10), ir.Const64(1));
            ir.SetSlot(i, sums[i]);
        }
        Value quotient = ir.DivSigned(ir.GetSlot(29), ir.GetSlot(28));
        ir.SetSlot(30, quotient);
        for (int i = 0; i < 16; i++) ir.SetSlot(i, ir.Xor(ir.Mul(sums[i], ir.Const64(5)), old[i]));
        Finish();
        Assert.Equal(129ul / 128, X(30));
        for (int i = 0; i < 16; i++) Assert.Equal((ulong)(((i + 111) * 5) ^ (i + 100)), X(i));
    }

    public void Dispose()
    {
        block.Dispose();
        emitted.Dispose();
    }
}
