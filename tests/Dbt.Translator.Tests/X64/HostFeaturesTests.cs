using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

public sealed class HostFeaturesTests
{
    static readonly HostFeatures Everything = new((HostFeature)((1 << 25) - 1));

    [Fact]
    public void Every_feature_has_a_name_of_its_own()
    {
        foreach (HostFeature feature in Enum.GetValues<HostFeature>())
        {
            if (feature != HostFeature.None) Assert.Single(new HostFeatures(feature).ToString().Split(',', StringSplitOptions.RemoveEmptyEntries));
        }
        Assert.Equal(HostFeatures.Names.Distinct(), HostFeatures.Names);
        Assert.Equal(string.Join(',', HostFeatures.Names), Everything.ToString());
    }

    [Fact]
    public void What_needs_a_feature_goes_with_it()
    {
        Assert.False(Everything.Without(HostFeature.Avx512).Has(HostFeature.Vbmi));
        Assert.False(Everything.Without(HostFeature.Avx2).Has(HostFeature.Vnni));
        Assert.True(Everything.Without(HostFeature.Avx512).Avx2);
    }

    [Fact]
    public void A_list_switches_off_and_on()
    {
        Assert.Equal(Everything.Without(HostFeature.Aes).Without(HostFeature.Sha), Everything.Edit("-aes, -sha", Everything));
        Assert.Equal(new HostFeatures(HostFeature.Fma), Everything.Edit("-all,+fma", Everything));
        Assert.Equal(Everything, Everything.Edit("", Everything));
    }

    [Fact]
    public void What_the_processor_lacks_cannot_be_switched_on() =>
        Assert.Equal("this processor has no gfni", Assert.Throws<FormatException>(() => HostFeatures.Required.Edit("+gfni", Everything.Without(HostFeature.Gfni))).Message);
}
