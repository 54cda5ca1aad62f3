namespace Dbt.Cli.Tests;

/// <summary>Files of the repository that the tests were built in.</summary>
static class Repository
{
    /// <summary>The directory of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Path of a file.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Dbt.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
