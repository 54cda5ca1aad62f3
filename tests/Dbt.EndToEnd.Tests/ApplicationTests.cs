using System.Text;

namespace Dbt.EndToEnd.Tests;

/// <summary>Language runtimes with threads and JITs, and servers with their clients: every run prints what is known. A full run repeats each twenty times.</summary>
public sealed class ApplicationTests
{
    static readonly bool IsFull = Environment.GetEnvironmentVariable("DBT_TEST_MODE") == "full";
    static int Repetitions => IsFull ? 20 : 1;

    public static TheoryData<string> Names => [.. Application.All.Where(application => application.IsFast || IsFull).Select(application => application.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Application_prints_what_is_known(string name)
    {
        var application = Application.All.First(application => application.Name == name);
        if (application.HostTool is { } tool) Workplace.Tool(tool.Name, tool.Package);
        foreach (string package in application.Packages)
            Assert.True(File.Exists(Path.Combine(Workplace.GuestBinaries, "roots/.apt/arm64/requested", package)), $"{package} is not in {Root}: run guest-binaries/fetch arm64 {package}");
        string expected = File.ReadAllText(Path.Combine(Scripts, application.Expected + ".expected")) + "exit 0\n";
        for (int i = 1; i <= Repetitions; i++)
        {
            string output = Run(application);
            Assert.True(output == expected, $"repetition {i} of {name}:\n{output}\nexpected:\n{expected}");
        }
    }

    static string Scripts => Path.Combine(Workplace.Root, "tests/Dbt.EndToEnd.Tests/Programs");

    static string Root => Path.Combine(Workplace.GuestBinaries, "roots/arm64");

    static string Run(Application application)
    {
        string output = "";
        Workplace.InScratch(directory =>
        {
            string prefix = application.UsesRootfs ? "--rootfs" : "-L";
            string run = $"{Workplace.Dbt} run {prefix} {Root}";
            string[] command = [.. application.Command.Select(word => word.Replace("{run}", run).Replace("{root}", Root).Replace("{here}", Scripts))];
            if (command[0] == "bash") command[0] = Workplace.Tool("bash", "bash");
            else command = [Workplace.Dbt, "run", "-L", Root, .. command];
            var variables = new Dictionary<string, string>
            {
                ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
                ["HOME"] = directory,
                ["TMPDIR"] = directory,
                ["LC_ALL"] = "C.UTF-8",
                ["TZ"] = "UTC",
                ["RUN"] = run,
                ["ROOT"] = Root,
            };
            foreach (string other in application.Variables)
                if (other.Split('=', 2) is [var name, var value]) variables[name] = value;
            var outcome = HostProcess.Run(command, directory, variables, merge: true, seconds: 300);
            output = new StringBuilder(outcome.Output).Append(outcome.End).Append('\n').ToString();
        });
        return output;
    }
}
