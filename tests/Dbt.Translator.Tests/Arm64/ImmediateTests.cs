using System.Numerics;
using Dbt.Translator.Guests.Arm64;

namespace Dbt.Translator.Tests.Arm64;

public sealed class ImmediateTests
{
    static IEnumerable<ulong> Bitmasks(bool sf) =>
        from n in new[] { false, true }
        from imms in Enumerable.Range(0, 64)
        where Arm64Immediate.IsBitmask(sf, n, imms)
        from immr in Enumerable.Range(0, 64)
        select Arm64Immediate.Bitmask(sf, n, imms, immr);

    [Fact]
    public void There_are_5334_masks_of_64_bits_and_1302_of_32()
    {
        // For each element size e: e - 1 lengths times e rotations.
        Assert.Equal(5334, Bitmasks(true).Distinct().Count());
        Assert.Equal(1302, Bitmasks(false).Distinct().Count());
    }

    [Fact]
    public void Every_mask_is_one_run_of_ones_around_a_repeated_element() => Assert.All(Bitmasks(true).Distinct(), mask =>
    {
        // The number of places where a bit differs from its neighbour, seen as a ring, is two for each element.
        int edges = BitOperations.PopCount(mask ^ BitOperations.RotateRight(mask, 1));
        int size = 2;
        while (BitOperations.RotateRight(mask, size) != mask) size *= 2;
        Assert.Equal(2 * 64 / size, edges);
    });

    [Theory]
    [InlineData(true, 0xFFFF_0000_0000UL, true)]
    [InlineData(true, 0xFFFF_FFFF_FFFF_00FFUL, true)]
    [InlineData(true, 0x00FF_FF00UL, false)]
    [InlineData(false, 0xFFFF_00FFUL, true)]
    [InlineData(false, 0xFF00_FF00UL, false)]
    public void A_mask_that_one_move_wide_can_make_is_not_called_mov(bool sf, ulong value, bool expected)
    {
        var found = (from n in new[] { false, true }
                     from imms in Enumerable.Range(0, 64)
                     where Arm64Immediate.IsBitmask(sf, n, imms)
                     from immr in Enumerable.Range(0, 64)
                     where Arm64Immediate.Bitmask(sf, n, imms, immr) == value
                     select Arm64Immediate.IsMoveWide(sf, n, imms, immr)).First();
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Identification_registers_tell_the_same_as_the_hardware_capabilities()
    {
        ulong isar0 = Arm64Features.ReadId(6, 0), isar1 = Arm64Features.ReadId(6, 1);
        Assert.Equal((Arm64Features.HwCap >> 7) & 1, (isar0 >> 16) & 15);
        Assert.Equal(2 * ((Arm64Features.HwCap >> 8) & 1), (isar0 >> 20) & 15);
        Assert.Equal(((Arm64Features.HwCap >> 27) & 1) + ((Arm64Features.HwCap2 >> 7) & 1), (isar0 >> 52) & 15);
        Assert.Equal(((Arm64Features.HwCap >> 15) & 1) + ((Arm64Features.HwCap >> 26) & 1), (isar1 >> 20) & 15);
        Assert.Equal((Arm64Features.HwCap >> 29) & 1, (isar1 >> 36) & 15);
        // AES with PMULL, SHA1, SHA2 with SHA512, SHA3, SM3, SM4: bit of HWCAP, field of ID_AA64ISAR0_EL1.
        foreach ((int capability, int field) in new[] { (5, 8), (17, 32), (18, 36), (19, 40) })
            Assert.Equal((Arm64Features.HwCap >> capability) & 1, (isar0 >> field) & 15);
        Assert.Equal(((Arm64Features.HwCap >> 3) & 1) + ((Arm64Features.HwCap >> 4) & 1), (isar0 >> 4) & 15);
        Assert.Equal(((Arm64Features.HwCap >> 6) & 1) + ((Arm64Features.HwCap >> 21) & 1), (isar0 >> 12) & 15);
    }
}
