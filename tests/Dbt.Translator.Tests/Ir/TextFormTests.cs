using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Ir;

public sealed class TextFormTests
{
    [Fact]
    public void Every_opcode_has_a_row_with_its_own_name()
    {
        var names = Enumerable.Range(0, (int)Opcode.Count).Select(i => OpTable.Info((Opcode)i).Name).ToList();
        Assert.DoesNotContain(null, names);
        Assert.Equal(names.Count, names.Distinct().Count());
        for (int i = 0; i < names.Count; i++) Assert.Equal((Opcode)i, OpTable.Find(names[i]));
    }

    [Fact]
    public void A_block_prints_as_it_was_written()
    {
        const string Text = """
            @0x1000
            %1 = get x0 : i64
            %2 = get x1 : i32
            %3 = flags.sub %1, 1
            set flags, %3
            @0x1004/80
            %4 = load.s16.reversed.ordered [%1 - 8] : i64
            store.32 [%1], 7:i32
            %5 = select eq %3, %4, 0xffffffff80000000 : i64
            %6 = ubfx %5, lsb=8, width=16 : i64
            %7 = shl %6, 3 : i64
            set x0, %7
            %8 = flags.sub_if ne %3, %2, 5, nzcv=nZcV
            exit_if gt %8 -> 0x2000/80
            %9 = vinsert_lane.16 splat(0xff), splat(0x0), lane=3, from=7
            %10 = rmw.swap.64.reversed [%1], %7 : i64
            %11 = fround.zero.exact 0x3fc00000 : f32
            %12 = f_to_int.up.unsigned %11, fraction=4 : i64
            %13 = call.reads.faults %1, 2:i32, helper=3 : i64
            trap_if cs software %8, code=9
            @0x1008/80
            indirect return %13
            """;
        using IrBlock block = IrParser.Parse(Text, Arm64State.Layout);
        IrVerifier.Verify(block);
        Assert.Equal(Text.Trim(), IrPrinter.Print(block, renumber: true).Trim());
        Assert.Equal(3, block.InstructionCount);
    }

    [Theory]
    [InlineData("%1 = add 1, 2", "type")]
    [InlineData("%1 = bogus 1", "unknown operation")]
    [InlineData("set nothing, 1", "no slot")]
    [InlineData("set x0, %7", "not defined")]
    [InlineData("set x0, 1 2", "too much")]
    [InlineData("set x0", "missing")]
    [InlineData("store.8 [1], 3", "needs a type")]
    [InlineData("exit_if zz %1 -> 0x0", "none of")]
    public void Malformed_text_is_refused_with_its_line(string text, string message)
    {
        var error = Assert.Throws<IrParseException>(() => IrParser.Parse("\n" + text, Arm64State.Layout));
        Assert.Equal(2, error.Line);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Random_blocks_are_valid_and_survive_printing_and_parsing()
    {
        using var block = new IrBlock(Arm64State.Layout);
        using var copy = new IrBlock(Arm64State.Layout);
        for (int seed = 0; seed < 1000; seed++)
        {
            RandomIr.Fill(block, seed, operations: 60);
            IrVerifier.Verify(block);
            string text = IrPrinter.Print(block, renumber: true);
            IrParser.Parse(text, copy);
            IrVerifier.Verify(copy);
            Assert.Equal(text, IrPrinter.Print(copy, renumber: true));
        }
    }

    [Theory]
    [InlineData("set x0, 1", "no terminal")]
    [InlineData("goto 0x0\nset x0, 1", "follows the terminal")]
    [InlineData("%1 = get x0 : i32\nset x0, %1\ngoto 0x0", "operand a")]
    [InlineData("%1 = ubfx 1, lsb=60, width=5 : i64\ngoto 0x0", "range")]
    [InlineData("%1 = get flags : i32\ngoto 0x0", "type")]
    [InlineData("%1 = load.64 [0] : i32\ngoto 0x0", "type")]
    [InlineData("%1 = vdup_lane.64 splat(0x1), lane=2\ngoto 0x0", "range")]
    public void Invalid_blocks_are_refused(string text, string message)
    {
        using IrBlock block = IrParser.Parse(text, Arm64State.Layout);
        var error = Assert.Throws<IrVerificationException>(() => IrVerifier.Verify(block));
        Assert.Contains(message, error.Message);
    }
}
