namespace Dbt.Translator.Tests.Arm64;

public sealed class FlagsLivenessTests
{
    const uint Nop = 0xd503201f, Ret = 0xd65f03c0, CmpX1X2 = 0xeb02003f, BranchEqual8 = 0x54000040, LdrX0X1 = 0xf9400020, CbzX0Plus8 = 0xb4000040,
        Branch8 = 0x14000002, Adc = 0x9a020020, FcmpD0D1 = 0x1e612000, TstImmediate = 0xf240083f, BranchToSelf = 0x14000000;

    [Theory]
    [InlineData(CmpX1X2)]
    [InlineData(TstImmediate)]
    [InlineData(FcmpD0D1)]
    [InlineData(Nop, LdrX0X1, CmpX1X2)]
    [InlineData(Branch8, BranchEqual8, CmpX1X2)]
    [InlineData(CbzX0Plus8, CmpX1X2, CmpX1X2)]
    public void Flags_overwritten_on_every_path_are_dead(params uint[] code) => Assert.True(GuestCode.FlagsAreDead(code));

    [Theory]
    [InlineData(BranchEqual8)]
    [InlineData(Adc)]
    [InlineData(0x9a823020u)] // csel
    [InlineData(0xfa420023u)] // ccmp
    [InlineData(0x1e620c20u)] // fcsel
    [InlineData(0x1e620420u)] // fccmp
    [InlineData(0xd53b4201u)] // mrs x1, nzcv
    [InlineData(0xba01842fu)] // rmif
    [InlineData(0xd4000001u)] // svc
    [InlineData(CbzX0Plus8, CmpX1X2, BranchEqual8)]
    public void Flags_that_may_be_read_are_live(params uint[] code) => Assert.False(GuestCode.FlagsAreDead(code));

    [Fact]
    public void What_follows_a_return_is_unknown() => Assert.False(GuestCode.FlagsAreDead(Nop, Ret));

    [Fact]
    public void A_loop_without_end_is_given_up() => Assert.False(GuestCode.FlagsAreDead(BranchToSelf));

    // A guest that rewrote only the code peeked at would otherwise run with flags that were never stored.
    [Fact]
    public void Code_peeked_at_is_remembered_for_invalidation()
    {
        Assert.True(GuestCode.FlagsAreDead(Nop, LdrX0X1, CmpX1X2, Nop));
        Assert.Equal(12ul, GuestCode.PeekedBytes);
    }
}
