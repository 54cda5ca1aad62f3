namespace Dbt.Decoding.Tests;

public sealed class PatternTests
{
    [Fact]
    public void Regions_are_exactly_the_words_without_the_excluded()
    {
        var pattern = PatternParser.Parse("a:4!=0000,11x1 01 b:3!=111 0 c:2", 12);

        for (uint word = 0; word < 1u << 12; word++)
        {
            uint a = word >> 8, b = word >> 3 & 7;
            bool expected = a != 0 && (a & 0b1101) != 0b1101 && (word >> 6 & 3) == 1 && b != 7 && (word >> 2 & 1) == 0;
            Assert.Equal(expected, pattern.Matches(word));
            Assert.Equal(expected ? 1 : 0, pattern.Regions.Count(region => region.Contains(word)));
        }
    }

    [Theory]
    [InlineData("0 a:3", "0 00 b", true)]
    [InlineData("0 a:3", "0 a:3", false)]
    [InlineData("0 a:3", "0 a:3!=111", true)]
    [InlineData("0 a:3!=111", "0 11 b", false)]
    [InlineData("0 a:3!=111", "0 1 b:2!=11", true)]
    [InlineData("a:4", "0 00 b", true)]
    [InlineData("0 00 b", "1 00 b", false)]
    public void A_pattern_inside_another_is_more_specific(string general, string special, bool expected)
    {
        var (outer, inner) = (PatternParser.Parse(general, 4), PatternParser.Parse(special, 4));

        Assert.Equal(expected, inner.IsMoreSpecificThan(outer));
        Assert.False(outer.IsMoreSpecificThan(inner));
    }

    [Fact]
    public void Fields_know_their_bits()
    {
        var pattern = PatternParser.Parse("a b:2 a:3 c:2=01", 8);

        Assert.Equal(["a", "b", "c"], pattern.Fields.Select(field => field.Name));
        Assert.Equal([4, 2, 2], pattern.Fields.Select(field => field.Width));
        Assert.True(pattern.FieldNamed("c")!.IsFixed);
        Assert.Equal(new Cube(0b11, 0b01), pattern.Cube);
        Assert.Equal([0x80u, 0x60u, 0x1cu, 0x03u], pattern.Parts.Select(part => part.Mask));
    }
}
