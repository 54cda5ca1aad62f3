using System.Security.Cryptography;
using System.Text;

namespace Dbt.EndToEnd.Tests;

/// <summary>Debian's dynamically linked programs for arm64, heavy in floating point, vectors and cryptography: what they print and leave is what they do under qemu-user.</summary>
public sealed class RealProgramTests
{
    static readonly string Mode = Environment.GetEnvironmentVariable("DBT_TEST_MODE") ?? "normal";

    public static TheoryData<string> Names => [.. RealProgram.All.Where(program => !program.IsOptional || Mode == "full").Select(program => program.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Program_ends_as_under_qemu(string name)
    {
        var program = RealProgram.All.First(program => program.Name == name);
        string expected = Run([Workplace.Tool("qemu-aarch64-static", "qemu-user-static")], program, program.Variables);

        // Two equal failures would prove nothing.
        Assert.True(expected.Split("exit 0\n").Length == program.Commands.Length + 1, expected);
        Assert.Equal(expected, Run([Workplace.Dbt, "run"], program, program.Variables));
        if (program.OtherWay != null) Assert.Equal(expected, Run([Workplace.Dbt, "run"], program, [.. program.Variables, program.OtherWay]));
    }

    [Theory]
    [InlineData("sha1", "sha1sum")]
    [InlineData("sha256", "sha256sum")]
    [InlineData("sha512", "sha512sum")]
    [InlineData("blake2b512", "b2sum")]
    [InlineData("md5", "md5sum")]
    public void Openssls_digest_is_that_of_the_hosts_coreutils(string algorithm, string tool) => Workplace.InScratch(directory =>
    {
        SampleFiles.Write(directory);
        string expected = HostProcess.Run([Workplace.Tool(tool, "coreutils"), "data"], directory).Output.Split(' ')[0];
        var outcome = Workplace.RunDbt(["run", "-L", Root("openssl"), Path.Combine(Root("openssl"), "usr/bin/openssl"), "dgst", "-r", "-" + algorithm, "data"], directory, Variables());
        Assert.Equal($"{expected} *data\nexit 0", outcome.Output + outcome.Error + outcome.End);
    });

    // What all commands print and how they end, and the digest of every file in the end.
    static string Run(string[] emulator, RealProgram program, string[] variables)
    {
        string root = Root(program.Package);
        var report = new StringBuilder();
        Workplace.InScratch(directory =>
        {
            SampleFiles.Write(directory);
            foreach (string[] command in program.Commands)
            {
                string[] line = [.. emulator, "-L", root, Path.Combine(root, "usr/bin", command[0]), .. command[1..]];
                var outcome = HostProcess.Run(line, directory, Variables(variables), program.Input, merge: true, seconds: 600);
                report.Append($"{string.Join(' ', command)}\n{(program.PrintsTimes ? "" : outcome.Output)}{outcome.End}\n");
            }

            foreach (string file in Directory.GetFiles(directory).Order(StringComparer.Ordinal))
                report.Append($"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}\n");
        });
        return report.ToString();
    }

    static string Root(string package)
    {
        string root = Path.Combine(Workplace.GuestBinaries, "roots/arm64");
        Assert.True(File.Exists(Path.Combine(Workplace.GuestBinaries, "roots/.apt/arm64/requested", package)), $"{package} is not in {root}: run guest-binaries/fetch arm64 {package}");
        return root;
    }

    static Dictionary<string, string> Variables(params IEnumerable<string> others)
    {
        var variables = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/", ["LC_ALL"] = "C", ["TZ"] = "UTC", ["OPENSSL_CONF"] = "/dev/null" };
        foreach (string other in others)
            if (other.Split('=', 2) is [var name, var value]) variables[name] = value.Replace("{libraries}", Path.Combine(Workplace.GuestBinaries, "roots/arm64/usr/lib/aarch64-linux-gnu"));
        return variables;
    }
}
