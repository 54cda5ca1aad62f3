namespace Dbt.EndToEnd.Tests;

/// <summary>Where programs and tools are, and how they are run.</summary>
static class Workplace
{
    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published binary.</summary>
    public static string Dbt { get; } = Environment.GetEnvironmentVariable("DBT_BINARY") is { Length: > 0 } path ? path : Path.Combine(Root, "artifacts/dbt/dbt");

    public static string GuestBinaries => Path.Combine(Root, "guest-binaries");

    /// <summary>Where the programs of all tests keep their translations, so that most run translations that another process has made.</summary>
    static string Cache => Path.Combine(Root, "artifacts/test-cache");

    /// <summary>Runs dbt with these arguments; translations are kept unless they say otherwise.</summary>
    public static Outcome RunDbt(string[] arguments, string directory, IReadOnlyDictionary<string, string>? environment = null, string? input = null, bool merge = false)
    {
        Assert.True(File.Exists(Dbt), $"{Dbt} is missing: run ./dbt once, or set DBT_BINARY");
        if (arguments is ["run", ..]) arguments = ["run", "--cache-dir", Cache, .. arguments[1..]];
        return HostProcess.Run([Dbt, .. arguments], directory, environment, input, merge);
    }

    /// <summary>A tool on the host; the test fails with the package's name if it is missing.</summary>
    public static string Tool(string name, string package)
    {
        string? found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.True(found != null, $"{name} is missing: apt-get install {package}");
        return found!;
    }

    /// <summary>A file that another command makes.</summary>
    public static string Made(string path, string command)
    {
        string full = Path.Combine(Root, path);
        Assert.True(File.Exists(full), $"{full} is missing: run {command}");
        return full;
    }

    /// <summary>Runs an action in a new, empty directory.</summary>
    public static void InScratch(Action<string> action)
    {
        string directory = Directory.CreateTempSubdirectory("dbt-test-").FullName;
        try
        {
            action(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "Dbt.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("the repository (Dbt.sln) is not above the tests");
    }
}
