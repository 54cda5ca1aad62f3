using Dbt.Decoding;
using Dbt.Translator.Guests.Arm64;

namespace Dbt.Translator.Tests.Arm64;

/// <summary>A few instructions of each chapter as IR text; what the others mean is compared with an oracle elsewhere.</summary>
public sealed class LifterTests
{
    [Fact]
    public void Every_encoding_lifts_to_a_well_formed_block()
    {
        var random = new EncodingRandom(7);
        for (int index = 0; index < Arm64Encodings.Count; index++)
        {
            for (int i = 0; i < 60; i++)
            {
                uint word = Arm64Encodings.Encode(index, ref random);
                var error = Record.Exception(() => GuestCode.Lift(word));
                Assert.True(error == null, $"{word:x8} {Arm64Encodings.All[index].Name}: {error}");
            }
        }
    }

    [Fact]
    public void A_shifted_operand_is_shifted_before_the_addition() => AssertLifts("add x0, x1, x2, lsl #3", 0x8b020c20, """
        %1 = get x1 : i64
        %2 = get x2 : i64
        %3 = shl %2, 3 : i64
        %4 = add %1, %3 : i64
        set x0, %4
        """);

    [Fact]
    public void A_32_bit_result_is_zero_extended() => AssertLifts("sub w0, w1, #0x1", 0x51000420, """
        %1 = get x1 : i64
        %2 = trunc %1
        %3 = sub %2, 1 : i32
        %4 = zext32 %3
        set x0, %4
        """);

    [Fact]
    public void A_comparison_writes_flags_alone() => AssertLifts("cmp w1, #0x4", 0x7100103f, """
        %1 = get x1 : i64
        %2 = trunc %1
        %3 = flags.sub %2, 4
        set flags, %3
        """);

    [Fact]
    public void Cset_is_the_condition_as_a_number() => AssertLifts("cset x0, eq", 0x9a9f17e0, """
        %1 = get flags : flags
        %2 = cset eq %1 : i64
        set x0, %2
        """);

    [Fact]
    public void A_bit_field_is_one_operation() => AssertLifts("ubfx x0, x1, #3, #7", 0xd3432420, """
        %1 = get x1 : i64
        %2 = ubfx %1, lsb=3, width=7 : i64
        set x0, %2
        """);

    [Fact]
    public void Write_back_follows_both_accesses_of_a_pair() => AssertLifts("stp x29, x30, [sp, #-16]!", 0xa9bf7bfd, """
        %1 = get sp : i64
        %2 = get x29 : i64
        store.64 [%1 - 16], %2
        %3 = get x30 : i64
        store.64 [%1 - 8], %3
        %4 = add %1, -16 : i64
        set sp, %4
        """);

    [Fact]
    public void A_load_into_the_zero_register_still_accesses_memory() => AssertLifts("ldrsw xzr, [x1, #4]", 0xb980043f, """
        %1 = get x1 : i64
        %2 = load.s32 [%1 + 4] : i64
        """);

    [Fact]
    public void A_load_exclusive_remembers_address_and_value() => AssertLifts("ldaxr w0, [x1]", 0x885ffc20, """
        %1 = get x1 : i64
        %2 = load.32.ordered [%1] : i64
        %3 = v_from %2
        set exclusive_address, %1
        set exclusive_value, %3
        set x0, %2
        """);

    [Fact]
    public void A_store_exclusive_compares_with_what_was_remembered_and_opens_the_monitor() => AssertLifts("stxr w2, x3, [x1]", 0xc8027c23, """
        %1 = get x1 : i64
        %2 = get x3 : i64
        %3 = get exclusive_address : i64
        %4 = get exclusive_value : i64
        %5 = stex.64.ordered [%1], %2, %3, %4
        set exclusive_address, -1
        %6 = zext32 %5
        set x2, %6
        """);

    [Fact]
    public void Writing_fpcr_goes_on_in_the_new_mode() => Assert.EndsWith("""
        call %13, helper=3
        %14 = ubfx %3, lsb=19, width=1 : i32
        %15 = shl %14, 5 : i32
        %16 = shr %3, 22 : i32
        %17 = or %16, %15 : i32
        %18 = zext32 %17
        %19 = shl %18, 48 : i64
        %20 = or %19, 0x1004 : i64
        indirect jump %20

        """, GuestCode.Lift(0xd51b4400));

    [Fact]
    public void A_cache_line_invalidated_ends_the_block() => AssertLifts("ic ivau, x1", 0xd50b7521, """
        %1 = get x1 : i64
        %2 = and %1, 0xffffffffffffc0 : i64
        flush_code %2, 64, 0x1004
        """, goesOn: false);

    static void AssertLifts(string assembly, uint word, string expected, bool goesOn = true)
    {
        Assert.Equal(assembly, Arm64Disassembler.Disassemble(word, GuestCode.Address));
        Assert.Equal($"@0x1000\n{expected}\n{(goesOn ? "goto 0x1004\n" : "")}", GuestCode.Lift(word));
    }
}
