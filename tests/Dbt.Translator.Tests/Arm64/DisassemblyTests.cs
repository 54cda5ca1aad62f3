using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Dbt.Decoding;
using Dbt.Translator.Guests.Arm64;
using Xunit;

namespace Dbt.Translator.Tests.Arm64;

/// <summary>Random words of every encoding, disassembled by us and by binutils.</summary>
public sealed partial class DisassemblyTests
{
    const int WordsPerEncoding = 150;
    const string Tool = "aarch64-linux-gnu-objdump";

    /// <summary>Constrained unpredictable words that processors execute and binutils 2.40 calls undefined: start of our text, and why.</summary>
    static readonly (string Ours, string Why)[] UndefinedForBinutils =
    [
        ("ldpsw ", "both destinations, or one and the written-back base, are one register (accepted for LDP)"),
        ("ldar", "a should-be-one field is not all ones (accepted for LDXR)"),
        ("ldlar", "the same"),
        ("stlr", "the same"),
        ("stllr", "the same"),
    ];

    [Fact]
    public void Every_encoding_disassembles_as_objdump_does()
    {
        var random = new EncodingRandom(20);
        var words = new uint[Arm64Encodings.Count * WordsPerEncoding];
        for (int i = 0; i < words.Length; i++) words[i] = Arm64Encodings.Encode(i / WordsPerEncoding, ref random);

        var expected = Objdump(words);
        Assert.Equal(words.Length, expected.Count);

        var differences = new List<string>();
        for (int i = 0; i < words.Length; i++)
        {
            string ours = Normalize(Arm64Disassembler.Disassemble(words[i], (ulong)i * 4));
            if (ours == expected[i]) continue;
            if (expected[i].EndsWith("undefined") && UndefinedForBinutils.Any(quirk => ours.StartsWith(quirk.Ours))) continue;
            differences.Add($"{words[i]:x8} {Arm64Encodings.All[i / WordsPerEncoding].Name}: ours '{ours}', objdump's '{expected[i]}'");
        }

        // A few of each encoding tell the story.
        var shown = differences.GroupBy(line => line.Split(' ')[1]).SelectMany(group => group.Take(3)).Take(60);
        Assert.True(differences.Count == 0, $"{differences.Count} differ:\n{string.Join('\n', shown)}");
    }

    static List<string> Objdump(uint[] words)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, MemoryMarshal.AsBytes(words.AsSpan()).ToArray());
            using var process = Start(path);
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);

            // "   4:\t91000420 \tadd\tx0, x1, #0x1\t// comment"
            return [.. text.Split('\n').Select(line => Line().Match(line)).Where(match => match.Success).Select(match => Normalize(match.Groups[1].Value))];
        }
        finally
        {
            File.Delete(path);
        }
    }

    static Process Start(string path)
    {
        // -z: runs of zero words are shown as well.
        var start = new ProcessStartInfo(Tool) { RedirectStandardOutput = true };
        foreach (string argument in new[] { "-D", "-z", "-b", "binary", "-m", "aarch64", path }) start.ArgumentList.Add(argument);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            Assert.Fail($"{Tool} is needed (Debian: binutils-aarch64-linux-gnu or binutils-multiarch): {error.Message}");
            throw;
        }
    }

    static string Normalize(string text) => Spaces().Replace(Comment().Replace(text, ""), " ").Trim();

    [GeneratedRegex(@"^\s*[0-9a-f]+:\s+[0-9a-f]{8}\s+(.*)$")]
    private static partial Regex Line();

    [GeneratedRegex("//.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
