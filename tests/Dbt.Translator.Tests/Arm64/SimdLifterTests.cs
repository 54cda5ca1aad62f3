using Dbt.Translator.Guests.Arm64;

namespace Dbt.Translator.Tests.Arm64;

/// <summary>A few SIMD and floating-point instructions as IR text; what all of them mean is compared with an oracle elsewhere.</summary>
public sealed class SimdLifterTests
{
    [Fact]
    public void A_scalar_result_zeroes_the_rest_of_the_register() => AssertLifts("fadd d0, d1, d2", 0x1e622820, """
        %1 = get v1 : f64
        %2 = get v2 : f64
        %3 = fadd %1, %2 : f64
        %4 = v_from %3
        set v0, %4
        """);

    [Fact]
    public void Fnmsub_negates_the_addend() => AssertLifts("fnmsub s0, s1, s2, s3", 0x1f228c20, """
        %1 = get v1 : f32
        %2 = get v2 : f32
        %3 = get v3 : f32
        %4 = fmadd.neg_c %1, %2, %3 : f32
        %5 = v_from %4
        set v0, %5
        """);

    [Fact]
    public void A_comparison_with_zero_takes_a_constant() => AssertLifts("fcmp d1, #0.0", 0x1e602028, """
        %1 = get v1 : f64
        %2 = flags.fcmp %1, 0x0
        set flags, %2
        """);

    [Fact]
    public void A_quadword_is_loaded_whole() => AssertLifts("ldr q0, [x1, #16]", 0x3dc00420, """
        %1 = get x1 : i64
        %2 = load.128 [%1 + 16] : v128
        set v0, %2
        """);

    [Fact]
    public void Registers_and_the_base_change_after_the_last_access() => AssertLifts("ldp d0, d1, [x2], #16", 0x6cc10440, """
        %1 = get x2 : i64
        %2 = load.64 [%1] : v128
        %3 = load.64 [%1 + 8] : v128
        set v0, %2
        set v1, %3
        %4 = add %1, 16 : i64
        set x2, %4
        """);

    [Fact]
    public void Structures_are_separated_after_whole_loads() => AssertLifts("ld2 {v0.16b, v1.16b}, [x0]", 0x4c408000, """
        %1 = get x0 : i64
        %2 = load.128 [%1] : v128
        %3 = load.128 [%1 + 16] : v128
        %4 = vunzip_even.8 %2, %3
        %5 = vunzip_odd.8 %2, %3
        set v0, %4
        set v1, %5
        """);

    [Fact]
    public void At_least_is_the_maximum_being_equal() => AssertLifts("cmhs v0.16b, v1.16b, v2.16b", 0x6e223c20, """
        %1 = get v1 : v128
        %2 = get v2 : v128
        %3 = vmaxu.8 %1, %2
        %4 = vcmpeq.8 %3, %1
        set v0, %4
        """);

    [Fact]
    public void Saturation_is_gathered_in_a_slot_of_its_own() => AssertLifts("uqadd v0.8b, v1.8b, v2.8b", 0x2e220c20, """
        %1 = get v1 : v128
        %2 = get v2 : v128
        %3 = vqaddu.8 %1, %2
        %4 = vadd.8 %1, %2
        %5 = vxor %3, %4
        %6 = get saturation : v128
        %7 = vzero_upper %5
        %8 = vor %6, %7
        set saturation, %8
        %9 = vzero_upper %3
        set v0, %9
        """);

    [Fact]
    public void The_second_half_keeps_the_first() => AssertLifts("xtn2 v0.8h, v1.4s", 0x4e612820, """
        %1 = get v1 : v128
        %2 = vnarrow.16 %1
        %3 = get v0 : v128
        %4 = vcombine %3, %2
        set v0, %4
        """);

    [Fact]
    public void An_element_is_broadcast() => AssertLifts("fmla v0.4s, v1.4s, v2.s[1]", 0x4fa21020, """
        %1 = get v1 : v128
        %2 = get v2 : v128
        %3 = vdup_lane.32 %2, lane=1
        %4 = get v0 : v128
        %5 = vfmadd.32 %1, %3, %4
        set v0, %5
        """);

    [Fact]
    public void A_table_of_two_registers_is_two_look_ups() => AssertLifts("tbl v0.8b, {v1.16b, v2.16b}, v3.8b", 0x0e032020, """
        %1 = get v3 : v128
        %2 = get v1 : v128
        %3 = vtbl %2, %1
        %4 = vsub.8 %1, splat(0x1010101010101010)
        %5 = get v2 : v128
        %6 = vtbl %5, %4
        %7 = vor %3, %6
        %8 = vzero_upper %7
        set v0, %8
        """);

    [Fact]
    public void A_scalar_pair_is_two_lanes() => AssertLifts("faddp d0, v1.2d", 0x7e70d820, """
        %1 = get v1 : f64
        %2 = get v1 : v128
        %3 = vdup_lane.64 %2, lane=1
        %4 = scalar %3 : f64
        %5 = fadd %1, %4 : f64
        %6 = v_from %5
        set v0, %6
        """);

    [Fact]
    public void A_narrowing_shift_is_shift_and_narrowing() => AssertLifts("shrn v0.8b, v1.8h, #4", 0x0f0c8420, """
        %1 = get v1 : v128
        %2 = vshr.16 %1, by=4
        %3 = vnarrow.8 %2
        set v0, %3
        """);

    static void AssertLifts(string assembly, uint word, string expected)
    {
        Assert.Equal(assembly, Arm64Disassembler.Disassemble(word, GuestCode.Address));
        Assert.Equal($"@0x1000\n{expected}\ngoto 0x1004\n", GuestCode.Lift(word));
    }
}
