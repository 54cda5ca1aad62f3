namespace Dbt.Decoding.Tests;

public sealed class DisassemblerTests
{
    [Fact]
    public void Templates_print_fields_registers_and_what_syntax_methods_return()
    {
        var guest = TestGuest.Of("""
            [Instruction("sf 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", Asm = "add {Rd:sf}, {Rn:sf}, {Rm:sf}{ShiftSuffix shift imm6}")]
            bool Add(bool sf, int shift, int Rm, int imm6, int Rn, int Rd) => true;
            """);

        Assert.Equal("add x0, x1, x2", guest.Disassemble(0x8b020020));
        Assert.Equal("add w0, w1, w2, lsr #5", guest.Disassemble(0x0b421420));
    }

    [Theory]
    [InlineData("i {a}", "i 5")]
    [InlineData("i {b}", "i 1")]
    [InlineData("i {a:Hex}", "i #0x5")]
    [InlineData("i\\t#{a*4+b}", "i\t#21")]
    [InlineData("i {(b ? 1 : 2)}", "i 1")]
    [InlineData("i {Hex a*4}", "i #0x14")]
    [InlineData("i {Hex (a + 4)}", "i #0x9")]
    [InlineData("i {Register a+1 true}", "i x6")]
    [InlineData("i {Register 31 b}", "i x31")]
    [InlineData("i {Label pc a}", "i 0x1014")]
    [InlineData("i {Hex (int)instruction}", "i #0x80000005")]
    [InlineData("i {Choose a==5 \\\"yes, five\\\" \\\"no\\\"}", "i yes, five")]
    [InlineData("i {Choose b \\\"a}\\\" \\\"b\\\"}", null)]
    [InlineData("i {{a}}", "i {a}")]
    [InlineData("{{{a}}}", "{5}")]
    [InlineData("{a}{b}", "51")]
    [InlineData("{a:Hex} // {Hex (int)Shift.Ror}", "#0x5 // #0x3")]
    public void Template_language(string asm, string? expected)
    {
        string members = $"[Instruction(\"b 000 a:28\", Asm = \"{asm}\")] bool I(bool b, int a) => true;";
        if (expected == null) Assert.NotEmpty(TestGuest.Diagnose(members));
        else Assert.Equal(expected, TestGuest.Of(members).Disassemble(0x80000005, 0x1000));
    }

    [Fact]
    public void The_first_alias_that_holds_wins()
    {
        var guest = TestGuest.Of("""
            [Instruction("0000 a:14 b:14", Asm = "plain {a} {b}")]
            [Alias("zero", When = "a == 0 && b == 0")]
            [Alias("same {a}", When = "a == b")]
            bool I(int a, int b) => true;
            """);

        Assert.Equal("zero", guest.Disassemble(0));
        Assert.Equal("same 1", guest.Disassemble(1 << 14 | 1));
        Assert.Equal("plain 1 2", guest.Disassemble(1 << 14 | 2));
    }

    [Fact]
    public void An_alias_with_a_field_that_one_pattern_lacks_applies_to_the_others()
    {
        var guest = TestGuest.Of("""
            [Instruction("0000 a:14 b:14", Asm = "two {a} {b}")]
            [Instruction("0001 a:28", Asm = "one {a}")]
            [Alias("same {a}", When = "a == b")]
            bool I(int a, int b = 0) => true;
            """);

        Assert.Equal("same 0", guest.Disassemble(0));
        Assert.Equal("one 0", guest.Disassemble(0x10000000));
    }

    [Fact]
    public void Unallocated_words_print_their_value()
    {
        var guest = TestGuest.Of("[Instruction(\"0000 a:28\", Asm = \"i {a}\")] bool I(int a) => true;");

        Assert.Equal(".inst 0x1000abcd ; undefined", guest.Disassemble(0x1000abcd));
    }
}
