using System.Diagnostics;

namespace Dbt.Linux.Tests.Abi;

/// <summary>Asks the AArch64 cross compiler what its headers say: constant expressions become words of assembly.</summary>
static class CrossCompiler
{
    public static long[] Evaluate(string includes, params string[] expressions)
    {
        var start = new ProcessStartInfo("aarch64-linux-gnu-gcc", "-x c -S -o - -D_GNU_SOURCE -") { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        foreach (string include in includes.Split(' ')) process.StandardInput.WriteLine($"#include <{include}>");
        process.StandardInput.WriteLine("#include <stddef.h>");
        process.StandardInput.WriteLine($"long values[] = {{ {string.Join(", ", expressions.Select(text => $"(long)({text})"))} }};");
        process.StandardInput.Close();
        var values = new List<long>();
        foreach (string line in process.StandardOutput.ReadToEnd().Split('\n'))
        {
            string[] words = line.Trim().Split('\t');
            if (words[0] == ".xword") values.Add(long.Parse(words[1]));
            if (words[0] == ".zero") values.AddRange(Enumerable.Repeat(0L, int.Parse(words[1]) / 8));
        }
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(expressions.Length, values.Count);
        return [.. values];
    }
}
