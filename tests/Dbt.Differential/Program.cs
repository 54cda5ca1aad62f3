using System.Diagnostics;
using System.Globalization;
using Dbt.Translator.X64;

namespace Dbt.Differential;

/// <summary>Random differential test of the AArch64 translation: qemu-user is the oracle.</summary>
static class Program
{
    const int Batch = 4096;

    static int Main(string[] arguments)
    {
        var options = Options.Parse(arguments);
        string scratch = Directory.CreateTempSubdirectory("dbt-differential-").FullName;
        try
        {
            return Run(options, scratch);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or FileNotFoundException)
        {
            Console.WriteLine($"differential: {e.Message}");
            Console.WriteLine("differential: 0 passed, 1 failed");
            return 1;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    static int Run(Options options, string scratch)
    {
        string runcases = Path.Combine(options.Root, "guest-binaries/bin/arm64/runcases");
        string qemu = Find("qemu-aarch64-static") ?? Find("qemu-aarch64") ?? throw new FileNotFoundException("qemu-aarch64 is missing: apt-get install qemu-user-static");
        string dbt = Environment.GetEnvironmentVariable("DBT_BINARY") ?? Path.Combine(options.Root, "artifacts/dbt/dbt");
        if (!File.Exists(dbt)) throw new FileNotFoundException($"{dbt} is missing: run ./dbt once, or set DBT_BINARY");

        // What dbt does not offer is switched off: its hints and control bits would act.
        var oracle = new CaseRunner("qemu", [qemu, "-cpu", "max,pauth=off,sve=off,sme=off"], runcases);
        CaseRunner Subject(params string[] more) => new("dbt", [dbt, "run", "--cache-dir=", .. options.DbtOptions, .. more], runcases);
        var subject = Subject();
        var run = new DifferentialRun(oracle, subject, scratch, Console.Out, options.ValuesOnly);

        if (options.Case is { } text)
        {
            run.RunSequences([Case.Parse(text)]);
            Console.WriteLine(run.SequenceFailures == 0 ? "no difference" : "");
            return run.SequenceFailures == 0 ? 0 : 1;
        }

        string corpus = Corpus.PathIn(options.Root);
        if (options.RecordCorpus)
        {
            Corpus.Record(corpus, oracle, scratch);
            Console.WriteLine($"{corpus}: {new FileInfo(corpus).Length} bytes");
            return 0;
        }

        var clock = Stopwatch.StartNew();
        if (options.WithoutEachFeature)
        {
            int allPassed = 0, allFailed = 0;
            foreach (string feature in HostFeatures.Detect().ToString().Split(','))
            {
                Console.WriteLine($"\nwithout {feature}");
                run = new DifferentialRun(oracle, Subject($"--host-features=-{feature}"), scratch, Console.Out, options.ValuesOnly);
                RunRound(run, options, options.Seed);
                var (good, bad) = run.Report(options.Filter == "", options.Each);
                allPassed += good;
                allFailed += bad;
            }

            Console.WriteLine($"differential: {allPassed} passed, {allFailed} failed ({clock.Elapsed.TotalSeconds:0} s)");
            return allFailed == 0 ? 0 : 1;
        }

        int corpusFailures = options.Filter == "" && options.Minutes == 0 ? Corpus.Check(corpus, subject, scratch, Console.Out).Different.Count : -1;
        int round = 0;
        do
        {
            ulong seed = options.Seed + (ulong)round++;
            RunRound(run, options, seed);
        }
        while (options.Minutes > 0 && clock.Elapsed.TotalMinutes < options.Minutes);

        if (options.Minutes > 0) Console.WriteLine($"\nseeds {options.Seed} to {options.Seed + (ulong)round - 1}");
        var (passed, failed) = run.Report(options.Filter == "", options.Each);
        if (corpusFailures == 0) passed++;
        if (corpusFailures > 0) failed++;
        Console.WriteLine($"differential: {passed} passed, {failed} failed ({clock.Elapsed.TotalSeconds:0} s)");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>
    /// Four tenths of the instances in sequences, the others spread evenly over the encodings; the instances of one encoding alone take their turns with all modes of floating point
    /// (the low bits of their seeds: see <see cref="MachineState.ModeBits"/>).
    /// </summary>
    static void RunRound(DifferentialRun run, Options options, ulong seed)
    {
        var random = new EncodingRandom(seed);
        int[] encodings = [.. CaseGenerator.Compared.Where(encoding => Arm64Encodings.All[encoding].Name.Contains(options.Filter, StringComparison.OrdinalIgnoreCase) || Arm64Encodings.All[encoding].Chapter.Contains(options.Filter, StringComparison.OrdinalIgnoreCase))];
        int singles = options.Each > 0 ? options.Each * encodings.Length : options.Filter == "" ? options.Instances * 6 / 10 : options.Instances;
        int end = run.Instances + (options.Each > 0 ? singles * 10 / 6 : options.Instances);
        const ulong modes = (1UL << MachineState.ModeBits) - 1;
        for (int made = 0; made < singles && encodings.Length > 0;)
        {
            var cases = new List<Case>();
            for (; cases.Count < Batch && made < singles; made++) cases.Add(CaseGenerator.Single(encodings[made % encodings.Length], (random.Next() & ~modes) | ((ulong)(made / encodings.Length) & modes)));
            run.RunSingles(cases);
        }

        while (run.Instances < end && options.Filter == "")
        {
            var cases = new List<Case>();
            for (int instances = 0; cases.Count < Batch && run.Instances + instances < end;)
            {
                cases.Add(CaseGenerator.Sequence(random.Next()));
                instances += cases[^1].Instances;
            }

            run.RunSequences(cases);
        }
    }

    static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

/// <summary>The command line.</summary>
/// <param name="Each">Instances of every encoding alone; 0 if <paramref name="Instances"/> counts all together.</param>
sealed record Options(string Root, int Instances, int Each, ulong Seed, double Minutes, string Filter, string? Case, bool RecordCorpus, bool ValuesOnly, bool WithoutEachFeature, string[] DbtOptions)
{
    const int DefaultEach = 2000, FuzzInstances = 300_000;

    public static Options Parse(string[] arguments)
    {
        var options = new Options(FindRoot(), 0, DefaultEach, 1, 0, "", null, false, false, false, []);
        for (int i = 0; i < arguments.Length; i++)
        {
            string Value() => ++i < arguments.Length ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value");
            options = arguments[i] switch
            {
                "--instances" => options with { Instances = int.Parse(Value(), CultureInfo.InvariantCulture), Each = 0 },
                "--each" => options with { Each = int.Parse(Value(), CultureInfo.InvariantCulture) },
                "--without-each-feature" => options with { WithoutEachFeature = true },
                "--seed" => options with { Seed = ulong.Parse(Value(), CultureInfo.InvariantCulture) },
                "--fuzz" => options with { Instances = FuzzInstances, Each = 0, Minutes = double.Parse(Value(), CultureInfo.InvariantCulture), Seed = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() },
                "--filter" => options with { Filter = Value() },
                "--case" => options with { Case = Value() },
                "--record-corpus" => options with { RecordCorpus = true },
                "--values" => options with { ValuesOnly = true },
                "--dbt-option" => options with { DbtOptions = [.. options.DbtOptions, Value()] },
                var other => throw new FormatException($"there is no option '{other}'"),
            };
        }

        return options;
    }

    // The tests are run from a build folder inside the repository.
    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "Dbt.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new FileNotFoundException("the repository (Dbt.sln) is not above the program");
    }
}
