namespace Dbt.EndToEnd.Tests;

/// <summary>Our programs without a libc: each prints what is recorded in <c>guest-binaries/expected</c>.</summary>
public sealed class FreestandingProgramTests
{
    const string Architecture = "arm64";

    public static TheoryData<string> Programs =>
        [.. Directory.GetFiles(Path.Combine(Workplace.GuestBinaries, "bin", Architecture)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Prints_what_is_expected(string program) => Compare(program);

    /// <summary>Everything is translated many times over.</summary>
    [Theory]
    [MemberData(nameof(Programs))]
    public void Prints_the_same_with_a_tiny_code_cache(string program) => Compare(program, "--cache-size", "64K");

    [Theory]
    [MemberData(nameof(Programs))]
    public void Prints_the_same_when_blocks_are_checked(string program) => Compare(program, "--check");

    static void Compare(string program, params string[] options)
    {
        string expected = File.ReadAllText(Workplace.Made($"guest-binaries/expected/{Architecture}/{program}", "guest-binaries/build --expect"));
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["TEST_VARIABLE"] = "set" };
        var outcome = Workplace.RunDbt(["run", .. options, $"bin/{Architecture}/{program}", "first", "second argument"], Workplace.GuestBinaries, environment, merge: true);
        // As the recording shell says it.
        string end = outcome.Signal is { } signal ? $"exit {128 + signal}" : outcome.End;
        Assert.Equal(expected, $"{outcome.Output}{end}\n");
    }
}
