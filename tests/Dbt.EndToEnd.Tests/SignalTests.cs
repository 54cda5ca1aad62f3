namespace Dbt.EndToEnd.Tests;

/// <summary>How a guest's end looks from outside.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(27)]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(35)]
    [InlineData(63)]
    public void A_guest_killed_by_a_signal_makes_dbt_die_by_it(int signal) => Assert.Equal($"signal {signal}", Status("signal", $"{signal}").End);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(42)]
    [InlineData(120)]
    [InlineData(126)]
    [InlineData(255)]
    public void A_guests_exit_status_is_dbts(int status) => Assert.Equal($"exit {status}", Status($"{status}").End);

    [Fact]
    public void A_wild_read_is_a_segmentation_fault() => Assert.Equal("signal 11", Status("read").End);

    static Outcome Status(params string[] arguments)
    {
        Outcome? outcome = null;
        Workplace.InScratch(directory => outcome = Workplace.RunDbt(["run", Path.Combine(Workplace.GuestBinaries, "bin/arm64/status"), .. arguments], directory));
        Assert.Equal("", outcome!.Output);
        Assert.DoesNotContain("   at ", outcome.Error);
        return outcome;
    }
}
