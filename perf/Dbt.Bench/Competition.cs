namespace Dbt.Bench;

/// <summary>
/// Runs each kernel under each contestant, round by round, so that a change in the machine's load meets all of them.
/// The order within a round rotates: nobody always runs on the cache and clock that another left behind.
/// </summary>
public sealed class Competition(IReadOnlyList<Contestant> contestants, KernelBuild build, string outputPath, int rounds, TimeSpan limit)
{
    /// <summary>Measures one kernel. <paramref name="progress"/> is called before each run.</summary>
    public Row Measure(Kernel kernel, Action<Contestant, int> progress)
    {
        var row = new Row(kernel, contestants);
        var programs = contestants.Select(c => c.Target).Distinct().ToDictionary(target => target, target => build.Build(kernel, target));
        string? expected = null;
        for (int round = 0; round < rounds; round++)
            for (int i = 0; i < contestants.Count; i++)
            {
                // Native goes first in the first round: its output judges the others.
                var contestant = contestants[(i + round) % contestants.Count];
                var series = row[contestant];
                if (series.Failure != null)
                    continue;
                progress(contestant, round);
                Run(kernel, [.. contestant.Prefix, .. contestant.Role == Role.Dbt ? kernel.DbtOptions : [], programs[contestant.Target]], series, ref expected);
            }
        return row;
    }

    void Run(Kernel kernel, string[] command, Series series, ref string? expected)
    {
        double wall = 0, cpu = 0;
        for (int launch = 0; launch < kernel.Launches; launch++)
        {
            var result = ChildProcess.Run(command, outputPath, limit);
            if (result.Status != 0)
            {
                series.Failure = $"exit status {result.Status}: {FirstLine(result.Output)}";
                return;
            }
            expected ??= result.Output;
            if (result.Output != expected)
            {
                series.Failure = $"printed '{FirstLine(result.Output)}' instead of '{FirstLine(expected)}'";
                return;
            }
            wall += result.Wall;
            cpu += result.Cpu;
        }
        series.Wall.Add(wall / kernel.Launches);
        series.Cpu.Add(cpu / kernel.Launches);
    }

    static string FirstLine(string text)
    {
        string line = text.Split('\n', 2)[0];
        return line.Length == 0 ? "(nothing)" : line;
    }
}
