namespace Dbt.Decoding.Tests;

public sealed class EncoderTests
{
    static readonly TestGuest Guest = TestGuest.Of("""
        [Instruction("1101010100000011001 0 CRm:4 op2:3 11111", Asm = "hint {CRm} {op2}", Chapter = "System")]
        bool Hint(int CRm, int op2) => Saw("hint");
        [Instruction("1101010100000011001 0 0000 000 11111", Asm = "nop", Chapter = "System", Feature = "FEAT_NOP")]
        bool Nop() => Saw("nop");
        [Instruction("0 imm:2 10000 imm:19 Rd:5", Asm = "adr {Rd}, {imm}", Chapter = "Data | processing")]
        bool Adr(int imm, int Rd) => Saw(imm.ToString());
        [Instruction("sf 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5", Asm = "add", When = "shift != 3 && (sf || imm6 < 32)")]
        [Alias("mov {Rd:sf}", When = "Rn == 31")]
        bool Add(bool sf, int shift, int Rm, int imm6, int Rn, int Rd) => Saw("add");
        [Instruction("cond:4!=111x 1111 op:2=01 xx 00000000 imm:12", Asm = "c {cond} {imm}")]
        bool Conditional(int cond, int imm, int op) => Saw($"c{op}");
        """, path: "/guest/DataProcessingRegister.cs");

    [Fact]
    public void Random_words_decode_to_their_own_encoding_and_are_allocated()
    {
        Assert.Equal(5, Guest.Count);
        for (int index = 0; index < Guest.Count; index++)
        {
            foreach (uint word in Guest.Encode(index, seed: 1, count: 2000))
            {
                Assert.Equal(index, Guest.IndexOf(word));
                Assert.True(Guest.IsAllocated(index, word));
                Assert.NotNull(Guest.Decode(word));
            }
        }
    }

    [Fact]
    public void Edge_values_of_split_fields_appear()
    {
        var values = Guest.Encode(2, seed: 2, count: 500).Select(word => Guest.Decode(word)).ToList();

        Assert.Contains("0", values);
        Assert.Contains("1", values);
        Assert.Contains("2097151", values);
        Assert.True(values.Distinct().Count() > 200);
    }

    [Fact]
    public void Every_variable_bit_takes_both_values()
    {
        for (int index = 0; index < Guest.Count; index++)
        {
            uint mask = Convert.ToUInt32(Guest.Describe(index).Split('|')[^3].Trim() is { Length: 8 } hex ? hex : "0", 16);
            var words = Guest.Encode(index, seed: 3, count: 2000);
            uint ones = words.Aggregate(0u, (all, word) => all | word), zeros = words.Aggregate(0u, (all, word) => all | ~word);
            Assert.Equal(~mask, ones & zeros);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_words()
    {
        Assert.Equal(Guest.Encode(3, 7, 100), Guest.Encode(3, 7, 100));
        Assert.NotEqual(Guest.Encode(3, 7, 100), Guest.Encode(3, 8, 100));
    }

    [Fact]
    public void A_condition_that_never_holds_is_reported_instead_of_looping()
    {
        var guest = TestGuest.Of("[Instruction(\"0000 a:28\", Asm = \"i\", When = \"a < 0\")] bool Never(int a) => true;");

        var error = Assert.Throws<InvalidOperationException>(() => guest.Encode(0, 1, 1));
        Assert.Contains("Never", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encodings_describe_themselves()
    {
        Assert.Equal("Nop|1101010100000011001 0 0000 000 11111|nop|System|FEAT_NOP|ffffffff|d503201f|", Guest.Describe(1));
        Assert.Equal("Adr|0 imm:2 10000 imm:19 Rd:5|adr {Rd}, {imm}|Data | processing||9f000000|10000000|imm:21:60ffffe0 Rd:5:1f", Guest.Describe(2));
        Assert.Equal("Conditional|cond:4!=111x 1111 op:2=01 xx 00000000 imm:12|c {cond} {imm}|Data processing register||0fcff000|0f400000|cond:4:f0000000 imm:12:fff", Guest.Describe(4));
    }

    [Fact]
    public void Tabs_in_templates_do_not_disturb_the_description() => Assert.Equal(
        "I|0000 a:28|i {a}|Test||f0000000|00000000|a:28:fffffff",
        TestGuest.Of("[Instruction(\"0000 a:28\", Asm = \"i\\t{a}\")] bool I(int a) => true;").Describe(0));

    [Fact]
    public void The_coverage_page_lists_encodings_by_chapter() => Assert.Equal("""
        # Test instructions

        Generated from the patterns of `TestLifter`: 5 encodings. Aliases follow their instruction.

        ## Data processing register

        | Assembly | Encoding | Feature |
        |---|---|---|
        | `add`<br>`mov {Rd:sf}` | `sf 0 0 01011 shift:2 0 Rm:5 imm6:6 Rn:5 Rd:5` |  |
        | `c {cond} {imm}` | `cond:4!=111x 1111 op:2=01 xx 00000000 imm:12` |  |

        ## Data | processing

        | Assembly | Encoding | Feature |
        |---|---|---|
        | `adr {Rd}, {imm}` | `0 imm:2 10000 imm:19 Rd:5` |  |

        ## System

        | Assembly | Encoding | Feature |
        |---|---|---|
        | `hint {CRm} {op2}` | `1101010100000011001 0 CRm:4 op2:3 11111` |  |
        | `nop` | `1101010100000011001 0 0000 000 11111` | FEAT_NOP |

        """, Guest.Coverage());
}
