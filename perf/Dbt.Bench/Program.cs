using System.CommandLine;
using Dbt.Bench;

var architecture = new Option<string>("--arch") { Description = "the guest architecture", DefaultValueFactory = _ => "arm64" };
architecture.AcceptOnlyFromAmong(KernelBuild.Architectures.ToArray());
var kernels = new Option<string[]>("--kernels") { Description = "only these kernels or groups, separated by commas", HelpName = "NAME,..." };
var rounds = new Option<int>("--rounds") { Description = "measurements of each kernel under each contestant", DefaultValueFactory = _ => 5 };
var quick = new Option<bool>("--quick") { Description = "one round" };
var json = new Option<string?>("--json") { Description = "write every measurement to this file", HelpName = "FILE" };
var dbtPath = new Option<string?>("--dbt") { Description = "the dbt to measure (default: the one of this checkout)", HelpName = "PATH" };
var noDbt = new Option<bool>("--no-dbt") { Description = "measure native and qemu only" };
var noQemu = new Option<bool>("--no-qemu") { Description = "measure native and dbt only" };
var fetchQemu = new Option<bool>("--fetch-qemu") { Description = "unpack the newer qemu-user of Debian's backports beside the host's (not installed)" };
var limit = new Option<int>("--limit") { Description = "seconds after which a run is given up", DefaultValueFactory = _ => 120 };
var list = new Option<bool>("--list") { Description = "list the kernels" };
var command = new RootCommand("Runs our kernels natively, under qemu-user and under dbt, alternating, and compares the medians of wall-clock time.")
{
    architecture, kernels, rounds, quick, json, dbtPath, noDbt, noQemu, fetchQemu, limit, list,
};
command.SetAction(Run);
return command.Parse(args).Invoke();

int Run(ParseResult options)
{
    try
    {
        string root = FindRoot();
        string arch = options.GetValue(architecture)!, kernelFolder = Path.Combine(root, "perf", "kernels"), output = Path.Combine(root, "perf", "out");
        Directory.CreateDirectory(output);
        // Each bench has its own scratch file, so that two at once do not read each other's output.
        string scratch = Path.Combine(output, $"output.{Environment.ProcessId}");
        try
        {
            var chosen = Kernel.ReadAll(kernelFolder, (options.GetValue(kernels) ?? []).SelectMany(k => k.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToList());
            if (options.GetValue(list))
            {
                foreach (var kernel in chosen)
                    Console.WriteLine($"{kernel.Group,-8} {kernel.Name}");
                return 0;
            }
            if (options.GetValue(fetchQemu))
                FetchQemu(root, scratch);
            var contestants = Contestants(options, root, arch, scratch);
            var competition = new Competition(contestants, new KernelBuild(kernelFolder, output), scratch,
                options.GetValue(quick) ? 1 : Math.Max(1, options.GetValue(rounds)), TimeSpan.FromSeconds(options.GetValue(limit)));
            var rows = new List<Row>();
            foreach (var kernel in chosen)
                rows.Add(competition.Measure(kernel, (contestant, round) => Progress($"{kernel.Name} ({rows.Count + 1} of {chosen.Count}), round {round + 1}: {contestant.Title}")));
            Progress("");
            Report.Print(rows, contestants);
            if (options.GetValue(json) is { } file)
                Report.WriteJson(file, rows, contestants, arch);
            return rows.Any(row => contestants.Any(c => row[c].Failure != null)) ? 1 : 0;
        }
        finally
        {
            File.Delete(scratch);
        }
    }
    catch (Exception e) when (e is BenchException or IOException or UnauthorizedAccessException)
    {
        Progress("");
        Console.Error.WriteLine($"bench: {e.Message}");
        return 2;
    }
}

List<Contestant> Contestants(ParseResult options, string root, string arch, string scratch)
{
    var contestants = new List<Contestant> { new(Role.Native, "native", "native", []) };
    if (!options.GetValue(noQemu))
    {
        var qemu = Contestant.FindQemu(root, arch, scratch);
        if (qemu.Count == 0)
            throw new BenchException("no qemu-user found; install it (apt-get install qemu-user-static), use --fetch-qemu, or leave it out with --no-qemu");
        if (!Directory.Exists(Contestant.QemuFolder(root)) && qemu.Count == 1)
            Console.Error.WriteLine($"bench: comparing with {qemu[0].Title} only; --fetch-qemu adds the newer one of Debian's backports");
        contestants.AddRange(qemu);
    }
    if (!options.GetValue(noDbt))
    {
        string path = options.GetValue(dbtPath) ?? BuiltDbt(root, scratch);
        if (!File.Exists(path))
            throw new BenchException($"there is no dbt at {path}; name one with --dbt PATH, or leave it out with --no-dbt");
        contestants.Add(new Contestant(Role.Dbt, "dbt", arch, [path, "run", "--cache-dir", Path.Combine(root, "perf", "out", "translations")]));
    }
    return contestants;
}

// The launcher builds what is stale; what is measured is the binary that it starts, without the launcher's own shell.
string BuiltDbt(string root, string scratch)
{
    string launcher = Path.Combine(root, "dbt"), binary = Path.Combine(root, "artifacts", "dbt", "dbt");
    if (!File.Exists(launcher))
        throw new BenchException($"there is no dbt at {launcher}; name one with --dbt PATH, or leave it out with --no-dbt");
    Progress("building dbt");
    var result = ChildProcess.Run([launcher, "--version"], scratch, TimeSpan.FromMinutes(20));
    if (result.Status != 0)
        throw new BenchException($"dbt cannot be built; --no-dbt leaves it out\n{result.Output}");
    return binary;
}

// Backports of the release that this host runs; on one without, the host's own qemu is the newer one anyway.
void FetchQemu(string root, string scratch)
{
    string codename = File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal))?.Split('=')[1].Trim('"')
        ?? throw new BenchException("/etc/os-release does not tell this system's release; --fetch-qemu needs Debian");
    Progress($"fetching qemu-user-static from {codename}-backports");
    var result = ChildProcess.Run(
        [Path.Combine(root, "guest-binaries", "fetch"), "--suite", codename + "-backports", "--root", "qemu-backports", "amd64", "qemu-user-static"],
        scratch, TimeSpan.FromMinutes(10));
    if (result.Status != 0)
        throw new BenchException($"cannot fetch qemu-user-static:\n{result.Output}");
}

string FindRoot()
{
    for (string? folder = AppContext.BaseDirectory; folder != null; folder = Path.GetDirectoryName(folder))
        if (File.Exists(Path.Combine(folder, "Dbt.sln")))
            return folder;
    throw new BenchException("bench must run from within its checkout");
}

void Progress(string text)
{
    if (!Console.IsErrorRedirected)
        Console.Error.Write($"\r\u001b[K{text}");
}
