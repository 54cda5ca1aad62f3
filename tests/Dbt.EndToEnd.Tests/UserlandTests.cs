namespace Dbt.EndToEnd.Tests;

/// <summary>Scripts over Debian's programs for arm64 (guest-binaries/userland): every process they start is a guest, and they end as with this machine's own programs of the same names.</summary>
public sealed class UserlandTests
{
    static readonly string Mode = Environment.GetEnvironmentVariable("DBT_TEST_MODE") ?? "normal";

    /// <summary>What takes long, or many packages.</summary>
    static readonly string[] OnlyFull = ["archives", "compile", "git", "openssl"];

    public static TheoryData<string> Scripts =>
        [.. Directory.GetFiles(Folder, "*.sh").Select(path => Path.GetFileNameWithoutExtension(path)).Where(name => Mode == "full" || !OnlyFull.Contains(name)).Order(StringComparer.Ordinal)];

    static string Folder => Path.Combine(Workplace.GuestBinaries, "userland");

    static string Root => Path.Combine(Workplace.GuestBinaries, "roots/arm64");

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_ends_as_with_native_programs(string name)
    {
        string script = Path.Combine(Folder, name + ".sh");
        foreach (string package in File.ReadLines(script).First(line => line.StartsWith("# packages: ", StringComparison.Ordinal))["# packages: ".Length..].Split(' '))
        {
            string fetched = Path.Combine(Workplace.GuestBinaries, "roots/.apt/arm64/requested", package);
            Assert.True(File.Exists(fetched), $"{package} is missing: run guest-binaries/fetch arm64 {package}");
        }

        string expected = Run([Workplace.Tool("bash", "bash")], script, native: true);
        Assert.Equal(expected, Run([Workplace.Dbt, "run", "--rootfs", Root, "/usr/bin/bash"], script, native: false));
    }

    static string Run(string[] shell, string script, bool native)
    {
        var variables = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["LC_ALL"] = "C", ["TZ"] = "UTC" };
        // A compiler for the guest is a cross compiler on this machine, and what it makes needs an emulator.
        if (native) foreach (string tool in new[] { "gcc", "ar", "nm" }) variables[tool == "gcc" ? "CC" : tool.ToUpperInvariant()] = "aarch64-linux-gnu-" + tool;
        if (native) variables["RUN"] = "qemu-aarch64-static -L /usr/aarch64-linux-gnu";
        string report = "";
        Workplace.InScratch(directory =>
        {
            variables["HOME"] = directory;
            File.Copy(script, Path.Combine(directory, "script.sh"));
            var outcome = HostProcess.Run([.. shell, "script.sh"], directory, variables, merge: true, seconds: 900);
            report = $"{outcome.Output}{outcome.End}".Replace(directory, "DIRECTORY").Replace("aarch64-linux-gnu-", "");
        });
        return report;
    }
}
