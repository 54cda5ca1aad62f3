namespace Dbt.EndToEnd.Tests;

/// <summary>Threads, signals, fork and code invalidation all at once (guest-binaries/stress), again and again: what fails once in two hundred runs is a bug.</summary>
public sealed class StressTests
{
    const int Repetitions = 200;

    static readonly bool Full = Environment.GetEnvironmentVariable("DBT_TEST_MODE") == "full";

    // Rounds of a short run, of which there are two hundred, and of a long one.
    static readonly (string Program, int Few, int Many)[] Programs =
    [
        ("storm", 4, 400),
        ("forks", 1, 1000),
        ("threads", 20, 50_000),
        ("endings", 1, 100),
    ];

    public static TheoryData<string, int, int> Runs
    {
        get
        {
            var runs = new TheoryData<string, int, int>();
            foreach (var (program, few, _) in Programs) runs.Add(program, few, Repetitions);
            if (!Full) return runs;
            foreach (var (program, _, many) in Programs) runs.Add(program, many, 3);
            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_repetition_ends_well(string program, int rounds, int repetitions)
    {
        string guest = Workplace.Made($"guest-binaries/out/arm64/stress/{program}", "guest-binaries/build");
        Workplace.InScratch(directory =>
        {
            for (int i = 1; i <= repetitions; i++)
            {
                var outcome = HostProcess.Run([Workplace.Dbt, "run", guest, $"{rounds}"], directory, seconds: repetitions == Repetitions ? 60 : 1800);
                Assert.Equal($"{program} ok\nexit 0 in repetition {i}", $"{outcome.Output}{outcome.Error}{outcome.End} in repetition {i}");
            }
        });
    }
}
