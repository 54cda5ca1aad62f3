using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;

namespace Dbt.Translator.Tests.Ir;

public sealed class BuilderFoldingTests
{
    /// <summary>Builds every operation of a block again, through the folding builder.</summary>
    static void Rebuild(IrBlock from, IrBlock to)
    {
        to.Reset();
        var builder = new IrBuilder(to);
        var values = new Value[from.Count];
        int begun = 0;
        for (int i = 1; i < from.Count; i++)
        {
            ref IrOp op = ref from[i];
            while (begun <= op.Instruction && begun < from.InstructionCount) to.BeginInstruction(from.InstructionAt(begun++));
            switch (op.Opcode)
            {
                case Opcode.Nop: break;
                case Opcode.GetSlot: values[i] = builder.GetSlot((int)op.Imm, op.Type); break;
                case Opcode.CallHelper: values[i] = builder.CallHelper((int)op.Imm, op.Type, op.Aux, values[op.A], values[op.B], values[op.C], values[op.D]); break;
                case Opcode.SetSlot: builder.SetSlot((int)op.Imm, values[op.A]); break;
                default: values[i] = builder.Emit(op.Opcode, op.Type, values[op.A], values[op.B], values[op.C], values[op.D], op.Aux, op.Imm); break;
            }
        }
    }

    [Fact]
    public void Random_blocks_mean_the_same_after_folding()
    {
        using var block = new IrBlock(Arm64State.Layout);
        using var folded = new IrBlock(Arm64State.Layout);
        for (int seed = 0; seed < 3000; seed++)
        {
            RandomIr.Fill(block, seed, operations: 50);
            Rebuild(block, folded);
            IrVerifier.Verify(folded);
            InterpretedBlock expected = InterpretedBlock.Run(block, seed), actual = InterpretedBlock.Run(folded, seed);
            Assert.True(expected == actual, $"seed {seed}\n{IrPrinter.Print(block)}\nfolded:\n{IrPrinter.Print(folded)}\nexpected {expected}\nactual {actual}");
        }
    }

    [Fact]
    public void Integer_blocks_mean_the_same_after_folding()
    {
        using var block = new IrBlock(Arm64State.Layout);
        using var folded = new IrBlock(Arm64State.Layout);
        for (int seed = 0; seed < 5000; seed++)
        {
            RandomIr.Fill(block, seed, operations: 60, RandomIrParts.Integer);
            Rebuild(block, folded);
            IrVerifier.Verify(folded);
            InterpretedBlock expected = InterpretedBlock.Run(block, seed), actual = InterpretedBlock.Run(folded, seed);
            Assert.True(expected == actual, $"seed {seed}\n{IrPrinter.Print(block)}\nfolded:\n{IrPrinter.Print(folded)}\nexpected {expected}\nactual {actual}");
        }
    }

    static void Becomes(string before, string after)
    {
        using IrBlock block = IrParser.Parse(before + "\ngoto 0x0", Arm64State.Layout);
        using IrBlock expected = IrParser.Parse(after + "\ngoto 0x0", Arm64State.Layout);
        using var folded = new IrBlock(Arm64State.Layout);
        Rebuild(block, folded);
        DeadCode.Run(folded);
        Assert.Equal(IrPrinter.Print(expected, renumber: true), IrPrinter.Print(folded, renumber: true));
    }

    [Theory]
    [InlineData("add %1, 0 : i64", "%1")]
    [InlineData("and %1, -1 : i64", "%1")]
    [InlineData("and %1, 0 : i64", "0")]
    [InlineData("xor %1, %1 : i64", "0")]
    [InlineData("shl %1, 64 : i64", "%1")]
    [InlineData("ubfx %1, lsb=0, width=64 : i64", "%1")]
    [InlineData("add 3, 4 : i64", "7")]
    [InlineData("divu 9, 0 : i64", "0")]
    [InlineData("select al %9, %1, 3 : i64", "%1")]
    public void Identities_leave_nothing_behind(string before, string after) => Becomes(
        $"%9 = get flags\n%1 = get x0 : i64\n%2 = {before}\nset x2, %2",
        (after[0] == '%' ? "%1 = get x0 : i64\n" : "") + $"set x2, {after}");

    [Theory]
    [InlineData("add 5, %1 : i64", "add %1, 5 : i64")]
    [InlineData("xor %1, -1 : i64", "not %1 : i64")]
    [InlineData("andn %1, 15 : i64", "and %1, -16 : i64")]
    [InlineData("mul %1, 8 : i64", "shl %1, 3 : i64")]
    [InlineData("sub 0, %1 : i64", "neg %1 : i64")]
    [InlineData("ubfx %1, lsb=60, width=4 : i64", "shr %1, 60 : i64")]
    [InlineData("extr %1, %1, by=8 : i64", "ror %1, 8 : i64")]
    [InlineData("sub %1, 4 : i64", "sub %1, 4 : i64")]
    public void Operations_become_simpler_ones(string before, string after) => Becomes(
        $"%1 = get x0 : i64\n%2 = {before}\nset x2, %2",
        $"%1 = get x0 : i64\n%2 = {after}\nset x2, %2");

    [Fact]
    public void Shifts_and_fields_of_shifts_and_fields_merge() => Becomes("""
        %1 = get x0
        %2 = shr %1, 8 : i64
        %3 = shr %2, 8 : i64
        set x1, %3
        %4 = ubfx %1, lsb=8, width=16 : i64
        %5 = ubfx %4, lsb=4, width=32 : i64
        set x2, %5
        """, """
        %1 = get x0
        %3 = shr %1, 16 : i64
        set x1, %3
        %5 = ubfx %1, lsb=12, width=12 : i64
        set x2, %5
        """);

    [Fact]
    public void A_narrow_load_needs_no_extension() => Becomes("""
        %1 = get x0
        %2 = load.8 [%1] : i64
        %3 = ubfx %2, lsb=0, width=8 : i64
        set x1, %3
        %4 = and %2, 255 : i64
        set x2, %4
        """, """
        %1 = get x0
        %2 = load.8 [%1] : i64
        set x1, %2
        set x2, %2
        """);

    [Fact]
    public void A_slot_write_is_forwarded_to_later_reads() => Becomes("""
        %1 = get x0 : i32
        %2 = add %1, 1 : i32
        %3 = zext32 %2
        set x1, %3
        %4 = get x1 : i32
        %5 = get x1 : i64
        %6 = zext32 %4
        set x2, %6
        set x3, %5
        """, """
        %1 = get x0 : i64
        %2 = trunc %1
        %3 = add %2, 1 : i32
        %4 = zext32 %3
        set x1, %4
        set x2, %4
        set x3, %4
        """);

    [Fact]
    public void Scalars_written_to_vector_slots_are_read_back_as_scalars() => Becomes("""
        %1 = get v0 : f64
        %2 = get v0 : f64
        %3 = fadd %1, %2 : f64
        %4 = v_from %3
        set v1, %4
        %5 = get v1 : f64
        %6 = fmul %5, %5 : f64
        %7 = v_from %6
        set v2, %7
        %8 = get v2 : i64
        set x0, %8
        """, """
        %1 = get v0 : f64
        %3 = fadd %1, %1 : f64
        %4 = v_from %3
        set v1, %4
        %6 = fmul %3, %3 : f64
        %7 = v_from %6
        set v2, %7
        %8 = bitcast %6 : i64
        set x0, %8
        """);

    [Fact]
    public void A_helper_that_writes_slots_makes_them_unknown() => Becomes("""
        %1 = get x0
        %2 = call.reads %1, helper=1 : i64
        %3 = get x0
        set x1, %3
        %4 = call.writes %1, helper=2 : i64
        %5 = get x0
        set x2, %5
        """, """
        %1 = get x0
        %2 = call.reads %1, helper=1 : i64
        set x1, %1
        %4 = call.writes %1, helper=2 : i64
        %5 = get x0
        set x2, %5
        """);

    [Fact]
    public void Writing_back_what_a_slot_holds_is_dropped() => Becomes("""
        %1 = get x0
        set x0, %1
        set x1, %1
        set x1, %1
        """, """
        %1 = get x0
        set x1, %1
        """);

    [Fact]
    public void Equal_operations_are_shared_but_loads_are_not() => Becomes("""
        %1 = get x0
        %2 = add %1, 16 : i64
        %3 = add %1, 16 : i64
        set x1, %2
        set x2, %3
        %4 = load.64 [%1] : i64
        %5 = load.64 [%1] : i64
        set x3, %4
        set x4, %5
        """, """
        %1 = get x0
        %2 = add %1, 16 : i64
        set x1, %2
        set x2, %2
        %4 = load.64 [%1] : i64
        %5 = load.64 [%1] : i64
        set x3, %4
        set x4, %5
        """);

    [Fact]
    public void Floating_point_is_not_shared_across_a_helper_that_may_clear_its_exceptions() => Becomes("""
        %1 = get v0 : f64
        %2 = fadd %1, %1 : f64
        %3 = fadd %1, %1 : f64
        call helper=1
        %4 = fadd %1, %1 : f64
        """, """
        %1 = get v0 : f64
        %2 = fadd %1, %1 : f64
        call helper=1
        %4 = fadd %1, %1 : f64
        """);

    [Fact]
    public void A_builder_begins_afresh_when_its_block_is_reset()
    {
        using var block = new IrBlock(Arm64State.Layout);
        var builder = new IrBuilder(block);
        builder.SetSlot(0, builder.Const64(5));
        block.Reset();
        builder.Fence();
        builder.SetSlot(1, builder.GetSlot(0));
        Assert.Equal("fence\n%2 = get x0 : i64\nset x1, %2\n", IrPrinter.Print(block));
    }
}
