namespace Dbt.EndToEnd.Tests;

/// <summary>The garbage collector has no signal to stop threads with: they stop by themselves.</summary>
public sealed class CollectionTests
{
    // Tracing a hundred thousand calls allocates enough for a hundred collections of the smallest generation that there can be.
    [Fact]
    public void A_collection_stops_threads_that_compute_call_wait_begin_and_end()
    {
        string guest = Workplace.Made("guest-binaries/out/arm64/collections", "guest-binaries/build");
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["DOTNET_GCgen0size"] = "10000" };
        Workplace.InScratch(directory =>
        {
            var outcome = Workplace.RunDbt(["run", "--strace", "--strace-output", "trace", guest], directory, environment);
            Assert.Equal("computed: 1\nread: 1\ncaught: 1\nexit 0", $"{outcome.Output}{outcome.Error}{outcome.End}");
        });
    }
}
