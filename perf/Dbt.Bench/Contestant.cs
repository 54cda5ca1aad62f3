using System.Text.RegularExpressions;

namespace Dbt.Bench;

/// <summary>What runs the kernels of one column of the table.</summary>
/// <param name="Role">The part it plays in the ratios.</param>
/// <param name="Title">The column's title, with the version.</param>
/// <param name="Target">Which build of a kernel it runs: "native" or a guest architecture.</param>
/// <param name="Prefix">The command line up to the program.</param>
public sealed partial record Contestant(Role Role, string Title, string Target, string[] Prefix)
{
    static readonly Dictionary<string, string> QemuNames = new() { ["arm64"] = "aarch64" };

    /// <summary>Finds the qemu-user of this host and the newer one that <c>--fetch-qemu</c> unpacks.</summary>
    public static List<Contestant> FindQemu(string root, string architecture, string logPath)
    {
        string name = "qemu-" + QemuNames[architecture];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append(QemuFolder(root));
        var found = new List<Contestant>();
        foreach (string path in folders.SelectMany(folder => new[] { Path.Combine(folder, name + "-static"), Path.Combine(folder, name) }))
        {
            if (!File.Exists(path))
                continue;
            var result = ChildProcess.Run([path, "--version"], logPath, TimeSpan.FromSeconds(10));
            var version = Version().Match(result.Output);
            string title = "qemu " + (version.Success ? version.Groups[1].Value : "?");
            if (result.Status == 0 && found.All(other => other.Title != title))
                found.Add(new Contestant(Role.Qemu, title, architecture, [path]));
        }
        return found;
    }

    /// <summary>Where <c>guest-binaries/fetch --root qemu-backports</c> puts the newer qemu-user.</summary>
    public static string QemuFolder(string root) => Path.Combine(root, "guest-binaries", "roots", "qemu-backports", "usr", "bin");

    [GeneratedRegex(@"version (\d+\.\d+)")]
    private static partial Regex Version();
}

/// <summary>The part a contestant plays in the ratios.</summary>
public enum Role
{
    /// <summary>The kernel compiled for this machine.</summary>
    Native,

    /// <summary>A qemu-user; the faster of them counts, kernel by kernel.</summary>
    Qemu,

    /// <summary>This project.</summary>
    Dbt,
}
