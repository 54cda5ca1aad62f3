namespace Dbt.EndToEnd.Tests;

/// <summary>Our programs with a libc, one per area of Linux or of the instruction set: the output is that of the same source built for this machine, or that of qemu-user.</summary>
public sealed class LibcProgramTests
{
    public static TheoryData<string> Programs =>
        [.. Directory.GetFiles(Path.Combine(Workplace.GuestBinaries, "tests"), "*.c").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Prints_what_its_oracle_prints(string program) => Compare(program);

    [Theory]
    [MemberData(nameof(Programs))]
    public void Prints_the_same_from_translations_of_an_earlier_process(string program) => Workplace.InScratch(directory =>
    {
        for (int run = 0; run < 2; run++) Compare(program, "--cache-dir", directory);
    });

    [Theory]
    [InlineData("compression")]
    [InlineData("strings")]
    [InlineData("jumps")]
    [InlineData("signals")]
    [InlineData("processes")]
    public void Prints_the_same_with_a_tiny_code_cache(string program) => Compare(program, "--cache-size", "256K");

    static void Compare(string program, params string[] options)
    {
        string guest = Workplace.Made($"guest-binaries/out/arm64/{program}", "guest-binaries/build");
        string oracle = File.ReadLines(Path.Combine(Workplace.GuestBinaries, "tests", program + ".c")).First(line => line.StartsWith("// oracle: ", StringComparison.Ordinal))["// oracle: ".Length..];
        string[] command = oracle.Trim() switch
        {
            "native" => [Workplace.Made($"guest-binaries/out/native/{program}", "guest-binaries/build --native")],
            "qemu" => [Workplace.Tool("qemu-aarch64-static", "qemu-user-static"), guest],
            var other => throw new InvalidOperationException($"tests/{program}.c names an unknown oracle '{other}'"),
        };
        var environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/", ["LC_ALL"] = "C", ["TZ"] = "UTC" };
        Outcome? expected = null, outcome = null;
        Workplace.InScratch(directory => expected = HostProcess.Run(command, directory, environment));
        Workplace.InScratch(directory => outcome = Workplace.RunDbt(["run", .. options, guest], directory, environment));
        Assert.Equal($"{expected!.Output}{expected.Error}{expected.End}", $"{outcome!.Output}{outcome.Error}{outcome.End}");
    }
}
