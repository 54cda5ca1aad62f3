using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Dbt.Differential;

/// <summary>Cases with digests of the oracle's results, as text: a line is a case, a colon, and the digest.</summary>
static class Corpus
{
    const int Singles = 16_000, Sequences = 4_000, Batch = 5_000, Shown = 8;

    public static string PathIn(string root) => Path.Combine(root, "tests/corpus/arm64.br");

    /// <summary>Makes the cases, runs them under the oracle, and writes the file.</summary>
    public static void Record(string path, CaseRunner oracle, string scratch)
    {
        int[] encodings = CaseGenerator.Compared;
        // Small seeds compress well.
        Case[] cases =
        [
            .. Enumerable.Range(0, Singles).Select(i => CaseGenerator.Single(encodings[i % encodings.Length], (ulong)i)),
            .. Enumerable.Range(Singles, Sequences).Select(i => CaseGenerator.Sequence((ulong)i)),
        ];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        using var compressed = new BrotliStream(file, CompressionLevel.SmallestSize);
        using var writer = new StreamWriter(compressed) { NewLine = "\n" };
        foreach (var batch in cases.Chunk(Batch))
        {
            var results = Run(oracle, batch, scratch);
            for (int i = 0; i < batch.Length; i++) writer.WriteLine($"{batch[i]}:{Digest(results[i])}");
        }
    }

    /// <summary>Runs the stored cases; returns how many there are, and those with another result.</summary>
    public static (int Count, List<Case> Different) Check(string path, CaseRunner subject, string scratch, TextWriter output)
    {
        using var file = File.OpenRead(path);
        using var compressed = new BrotliStream(file, CompressionMode.Decompress);
        using var reader = new StreamReader(compressed);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (Line: line, Colon: line.LastIndexOf(':')));
        (Case Case, string Digest)[] all = [.. lines.Select(item => (Case.Parse(item.Line[..item.Colon]), item.Line[(item.Colon + 1)..]))];
        var different = new List<Case>();
        foreach (var batch in all.Chunk(Batch))
        {
            Case[] cases = [.. batch.Select(item => item.Case)];
            var results = Run(subject, cases, scratch);
            for (int i = 0; i < batch.Length; i++)
            {
                if (results.Death(i) == null && Digest(results[i]) == batch[i].Digest) continue;
                different.Add(batch[i].Case);
                if (different.Count <= Shown) output.WriteLine($"corpus: another result than the oracle's; again: ./test --case {batch[i].Case}");
            }
        }

        output.WriteLine($"corpus: {all.Length} cases, {different.Count} of them different");
        return (all.Length, different);
    }

    static Results Run(CaseRunner runner, Case[] cases, string scratch)
    {
        string file = Path.Combine(scratch, "corpus");
        CaseFile.Write(file, cases);
        return runner.Run(file, cases.Length, scratch);
    }

    // Like the comparison, it does not see what the oracle says wrongly.
    static string Digest(ReadOnlySpan<byte> result)
    {
        byte[] bytes = result.ToArray();
        if (bytes[MachineState.Signal] == Comparison.IllegalInstruction) bytes[MachineState.SignalCode] = 0;
        return BitConverter.ToUInt64(SHA256.HashData(bytes)).ToString("x16", CultureInfo.InvariantCulture);
    }
}
