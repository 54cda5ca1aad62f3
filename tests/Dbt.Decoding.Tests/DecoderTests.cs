namespace Dbt.Decoding.Tests;

public sealed class DecoderTests
{
    [Fact]
    public void Fields_reach_the_parameters_of_their_names()
    {
        var guest = TestGuest.Of("""
            [Instruction("sf 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", Asm = "add {Rd:sf}, {Rn:sf}, {Rm:sf}{ShiftSuffix shift imm6}")]
            bool Add(int Rd, Shift shift, uint imm6, bool sf, int Rn, int Rm, uint instruction) => Saw($"{sf} {shift} {Rm} {imm6} {Rn} {Rd} {instruction:x8}");
            """);

        Assert.Equal("True Asr 3 63 2 31 8b83fc5f", guest.Decode(0x8b83fc5f));
        Assert.Equal("False Lsl 0 0 0 0 0b000000", guest.Decode(0x0b000000));
        Assert.Null(guest.Decode(0xffffffff));
    }

    [Fact]
    public void Every_value_of_every_field_arrives()
    {
        var guest = TestGuest.Of("""
            [Instruction("top:3 1010101 mid:12 0 low:9", Asm = "t {top} {mid} {low}")]
            bool Wide(int top, int mid, int low) => Saw($"{top} {mid} {low}");
            """);

        for (uint top = 0; top < 8; top++) Assert.Equal($"{top} 0 0", guest.Decode(top << 29 | 0x55u << 22));
        for (uint mid = 0; mid < 4096; mid++) Assert.Equal($"0 {mid} 0", guest.Decode(0x55u << 22 | mid << 10));
        for (uint low = 0; low < 512; low++) Assert.Equal($"0 0 {low}", guest.Decode(0x55u << 22 | low));
    }

    [Fact]
    public void Parts_of_a_split_field_are_concatenated_most_significant_first()
    {
        var guest = TestGuest.Of("""
            [Instruction("0 imm:2 10000 imm:19 Rd:5", Asm = "adr {Rd}, {imm}")]
            bool Adr(int imm, int Rd) => Saw($"{imm:x} {Rd}");
            """);

        Assert.Equal("17fffe 1", guest.Decode(0x50ffffc1));
        Assert.Equal("80001 0", guest.Decode(0x30000020));
    }

    [Fact]
    public void Should_be_bits_are_fixed_and_x_bits_are_not()
    {
        var guest = TestGuest.Of("""
            [Instruction("1111 (0)(1) xx 0000000000000000 xxxxxxxx", Asm = "should")]
            bool Should() => Saw("should");
            """);

        Assert.Equal("should", guest.Decode(0xf4000000));
        Assert.Equal("should", guest.Decode(0xf70000ff));
        Assert.Null(guest.Decode(0xf8000000));
        Assert.Null(guest.Decode(0xfc000000));
    }

    [Fact]
    public void The_more_specific_pattern_wins()
    {
        var guest = TestGuest.Of("""
            [Instruction("1101010100000011001 0 CRm:4 op2:3 11111", Asm = "hint {CRm} {op2}")]
            bool Hint(int CRm, int op2) => Saw($"hint {CRm} {op2}");
            [Instruction("1101010100000011001 0 0000 000 11111", Asm = "nop")]
            bool Nop() => Saw("nop");
            [Instruction("1101010100000011001 0 0000 op2:3 11111", Asm = "low {op2}")]
            bool Low(int op2) => Saw($"low {op2}");
            """);

        Assert.Equal("nop", guest.Decode(0xd503201f));
        Assert.Equal("low 1", guest.Decode(0xd503203f));
        Assert.Equal("hint 1 0", guest.Decode(0xd503211f));
    }

    [Fact]
    public void Excluded_values_are_another_patterns()
    {
        var guest = TestGuest.Of("""
            [Instruction("cond:4!=1111,1110 0000 x:8=00000000 Rd:16", Asm = "when {cond} {Rd}")]
            bool Conditional(int cond, int Rd) => Saw($"when {cond}");
            [Instruction("1111 0000 00000000 Rd:16", Asm = "always {Rd}")]
            bool Always(int Rd) => Saw("always");
            """);

        for (uint cond = 0; cond < 14; cond++) Assert.Equal($"when {cond}", guest.Decode(cond << 28));
        Assert.Null(guest.Decode(0xe0000000));
        Assert.Equal("always", guest.Decode(0xf0000000));
    }

    [Fact]
    public void A_false_condition_leaves_the_word_unallocated()
    {
        var guest = TestGuest.Of("""
            [Instruction("sf 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", Asm = "add", When = "!(shift == 3) && (sf || imm6 < 32)")]
            bool Add(bool sf, int shift, int Rm, int imm6, int Rn, int Rd) => Saw("add");
            """);

        Assert.Equal("add", guest.Decode(0x0b000000));
        Assert.Null(guest.Decode(0x0bc00000));
        Assert.Null(guest.Decode(0x0b008000));
        Assert.Equal("add", guest.Decode(0x8b008000));
        Assert.StartsWith(".inst", guest.Disassemble(0x0b008000), StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_that_returns_false_leaves_the_word_unallocated()
    {
        var guest = TestGuest.Of("""
            [Instruction("0000 imm:28", Asm = "i {imm}")]
            bool Refuses(int imm) => imm != 1 && Saw("i");
            """);

        Assert.Equal("i", guest.Decode(0));
        Assert.Null(guest.Decode(1));
    }

    [Fact]
    public void A_method_may_have_several_patterns_and_defaults_for_fields_they_lack()
    {
        var guest = TestGuest.Of("""
            [Instruction("0000 size:4 Rd:24", Asm = "sized {size} {Rd}")]
            [Instruction("0001 0000 Rd:24", Asm = "plain {Rd}")]
            bool Both(int Rd, int size = -1) => Saw($"{Rd} {size}");
            """);

        Assert.Equal("1 3", guest.Decode(0x03000001));
        Assert.Equal("1 -1", guest.Decode(0x10000001));
        Assert.Equal("plain 1", guest.Disassemble(0x10000001));
    }

    [Fact]
    public void One_bit_fields_are_numbers_and_truth_values_in_conditions()
    {
        var guest = TestGuest.Of("""
            [Instruction("a b c 0000000000000000000000000 d:4", Asm = "i", When = "(a || b) && (a == 1 || c == b) && (d & 1) == a && !(b && c && a) && ((a ? 1 : 0) + b) < 2")]
            bool Bits(bool a, bool b, bool c, int d) => Saw("i");
            """);

        Assert.Null(guest.Decode(0x00000000));
        Assert.Equal("i", guest.Decode(0x80000001));
        Assert.Null(guest.Decode(0x80000000));
        Assert.Null(guest.Decode(0xc0000001));
        Assert.Equal("i", guest.Decode(0x60000000));
        Assert.Null(guest.Decode(0x40000000));
    }

    [Fact]
    public void Sixteen_bit_sets_ignore_nothing_and_need_no_upper_half()
    {
        var guest = TestGuest.Of("""
            [Instruction("000 op:2!=11 imm:5 Rm:3 Rd:3", Asm = "shift {op} {imm}")]
            bool ShiftImmediate(int op, int imm, int Rm, int Rd) => Saw($"{op} {imm} {Rm} {Rd}");
            [Instruction("000 11 rest:11", Asm = "add {rest}")]
            bool AddSubtract(int rest) => Saw("add");
            """, bits: 16);

        Assert.Equal("1 31 7 7", guest.Decode(0x0fff));
        Assert.Equal("add", guest.Decode(0x1800));
        Assert.Equal(".inst 0xffff ; undefined", guest.Disassemble(0xffff));
    }

    [Fact]
    public void Keywords_may_name_fields()
    {
        var guest = TestGuest.Of("""
            [Instruction("0000 is:4 params:24", Asm = "k {is} {params}", When = "@is != 3")]
            bool Keywords(int @is, int @params) => Saw($"{@is} {@params}");
            """);

        Assert.Equal("2 1", guest.Decode(0x02000001));
        Assert.Null(guest.Decode(0x03000001));
        Assert.Equal("k 2 1", guest.Disassemble(0x02000001));
    }
}
