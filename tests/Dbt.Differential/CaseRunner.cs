using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Dbt.Differential;

/// <summary>Runs batches of cases under an emulator.</summary>
/// <param name="command">The emulator and its options; runcases and its arguments follow.</param>
sealed class CaseRunner(string name, string[] command, string runcases)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public string Name => name;

    /// <summary>Runs all cases; one that ends or hangs the emulator is marked, and the run goes on behind it.</summary>
    public Results Run(string cases, int count, string scratch)
    {
        string path = Path.Combine(scratch, $"results-{name}");
        int size = MachineState.PageSize + (count * MachineState.ResultSize + MachineState.PageSize - 1 & -MachineState.PageSize);
        using (var file = File.Create(path)) file.SetLength(size);
        var deaths = new Dictionary<int, string>();
        for (int first = 0; first < count;)
        {
            string? death = Start(cases, path, first);
            if (death == null) break;
            byte[] current = new byte[8];
            using (var file = File.OpenRead(path))
            {
                file.Position = 24;
                file.ReadExactly(current);
            }

            int at = Math.Max(first, (int)MemoryMarshal.Read<ulong>(current));
            // Nothing ran at all, or the end was no case's fault.
            if (at >= count || deaths.Count >= 200) throw new InvalidOperationException($"{name} fails to run the cases: {death}");
            deaths[at] = death;
            first = at + 1;
        }

        return new(File.ReadAllBytes(path), deaths);
    }

    /// <returns>Null if it ended well, else what happened.</returns>
    string? Start(string cases, string results, int first)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])[.. command[1..], runcases, cases, results, first.ToString(System.Globalization.CultureInfo.InvariantCulture)]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return $"hangs (more than {Limit.TotalSeconds} s)";
        }

        return process.ExitCode == 0 ? null : $"ends with status {process.ExitCode}: {(error.Result + output.Result).Trim()}";
    }
}

/// <summary>What the runner left behind for each case.</summary>
/// <param name="deaths">The cases that ended or hung the emulator, and how.</param>
sealed class Results(byte[] file, Dictionary<int, string> deaths)
{
    public string? Death(int index) => deaths.GetValueOrDefault(index);
    public ReadOnlySpan<byte> this[int index] => file.AsSpan(MachineState.PageSize + index * MachineState.ResultSize, MachineState.ResultSize);
}
