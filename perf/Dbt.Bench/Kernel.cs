using System.Text.RegularExpressions;

namespace Dbt.Bench;

/// <summary>One benchmark program, as the head of its source describes it.</summary>
/// <param name="Name">The source's file name without its ending.</param>
/// <param name="Source">The path of its source.</param>
/// <param name="Group">The geometric mean it counts in: integer, fp, crypto or system.</param>
/// <param name="Flags">Compiler flags besides the common ones.</param>
/// <param name="DbtOptions">Options of <c>dbt run</c>.</param>
/// <param name="Launches">Processes per measurement; the time is that of one.</param>
public sealed partial record Kernel(string Name, string Source, string Group, string[] Flags, string[] DbtOptions, int Launches)
{
    /// <summary>The groups in the order in which they are reported.</summary>
    public static readonly string[] Groups = ["integer", "fp", "crypto", "system"];

    /// <summary>A group's name as the table shows it.</summary>
    public static string TitleOf(string group) => group switch { "fp" => "FP and SIMD", "crypto" => "crypto and CRC", _ => group };

    /// <summary>Reads every kernel of a folder, ordered by group and name.</summary>
    /// <exception cref="BenchException">A source names no known group, or a wanted kernel does not exist.</exception>
    public static List<Kernel> ReadAll(string folder, IReadOnlyCollection<string> wanted)
    {
        var kernels = Directory.GetFiles(folder, "*.c").Select(Read)
            .OrderBy(kernel => Array.IndexOf(Groups, kernel.Group)).ThenBy(kernel => kernel.Name, StringComparer.Ordinal).ToList();
        foreach (string name in wanted)
            if (!kernels.Any(kernel => kernel.Name == name || kernel.Group == name))
                throw new BenchException($"there is no kernel or group '{name}'; kernels: {string.Join(", ", kernels.Select(k => k.Name))}");
        return wanted.Count == 0 ? kernels : kernels.Where(k => wanted.Contains(k.Name) || wanted.Contains(k.Group)).ToList();
    }

    static Kernel Read(string path)
    {
        var head = File.ReadLines(path).TakeWhile(line => line.StartsWith("//", StringComparison.Ordinal))
            .Select(line => Property().Match(line)).Where(match => match.Success)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());
        string group = head.GetValueOrDefault("group", "");
        if (!Groups.Contains(group))
            throw new BenchException($"{path}: '// group:' must be one of {string.Join(", ", Groups)}");
        return new Kernel(
            Path.GetFileNameWithoutExtension(path), path, group,
            head.GetValueOrDefault("flags", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            head.GetValueOrDefault("dbt", "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            int.Parse(head.GetValueOrDefault("launches", "1")));
    }

    [GeneratedRegex("^// (group|flags|dbt|launches): (.*)$")]
    private static partial Regex Property();
}

/// <summary>An error whose message is all that the user needs.</summary>
public sealed class BenchException(string message) : Exception(message);
