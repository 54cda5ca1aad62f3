namespace Dbt.Differential;

/// <summary>Runs batches under both emulators, compares, and reduces what differs.</summary>
/// <param name="valuesOnly">Differences of FPSR alone do not count.</param>
sealed class DifferentialRun(CaseRunner oracle, CaseRunner subject, string scratch, TextWriter output, bool valuesOnly)
{
    const int ShownPerEncoding = 1, ShownSequences = 12;

    readonly int[] instances = new int[Arm64Encodings.Count], inSequences = new int[Arm64Encodings.Count], failures = new int[Arm64Encodings.Count], signals = new int[Arm64Encodings.Count];
    readonly Dictionary<string, int> sequenceShown = [];
    readonly Dictionary<(int Encoding, string Kind), int> kinds = [];
    int shownSequences;

    public int Sequences { get; private set; }
    public int SequenceFailures { get; private set; }
    public int SequenceInstances { get; private set; }
    public int SingleInstances { get; private set; }
    public int Instances => SingleInstances + SequenceInstances;

    /// <summary>Runs single-instruction cases.</summary>
    public void RunSingles(IReadOnlyList<Case> cases)
    {
        var (expected, got) = RunBoth(cases);
        for (int i = 0; i < cases.Count; i++)
        {
            int encoding = cases[i].Encodings.First(encoding => encoding >= 0);
            instances[encoding]++;
            SingleInstances++;
            if (System.Runtime.InteropServices.MemoryMarshal.Read<uint>(expected[i][MachineState.Signal..]) != 0) signals[encoding]++;
            if (Difference(cases[i], expected, got, i) is not { } kind) continue;
            failures[encoding]++;
            int times = kinds[(encoding, kind)] = kinds.GetValueOrDefault((encoding, kind)) + 1;
            if (times <= ShownPerEncoding) Show(cases[i], i, expected, got, Arm64Encodings.All[encoding].Name, kind);
        }
    }

    /// <summary>Runs sequences.</summary>
    public void RunSequences(IReadOnlyList<Case> cases)
    {
        var (expected, got) = RunBoth(cases);
        for (int i = 0; i < cases.Count; i++)
        {
            Sequences++;
            SequenceInstances += cases[i].Instances;
            foreach (int encoding in cases[i].Encodings)
            {
                if (encoding >= 0) inSequences[encoding]++;
            }

            if (Difference(cases[i], expected, got, i) is not { } difference) continue;
            SequenceFailures++;
            if (shownSequences >= ShownSequences) continue;

            var reduced = Reduce(cases[i]);
            string kind = string.Join(' ', reduced.Encodings.Where(encoding => encoding >= 0).Select(encoding => Arm64Encodings.All[encoding].Name));
            // An instruction that fails alone is shown with its encoding.
            if (reduced.Instances == 1 && reduced.Encodings.Any(encoding => encoding >= 0 && failures[encoding] > 0)) continue;
            if (sequenceShown.TryGetValue(kind, out int times) && times > 0) continue;
            sequenceShown[kind] = 1;
            shownSequences++;
            var (expectedReduced, gotReduced) = RunBoth([reduced]);
            Show(reduced, 0, expectedReduced, gotReduced, "sequence", difference);
        }
    }

    string? Difference(Case item, Results expected, Results got, int index)
    {
        if (got.Death(index) != null) return "death";
        if (expected.Death(index) != null) return "death of the oracle";
        string? kind = Comparison.Kind(item, expected[index], got[index]);
        return valuesOnly && kind != null && kind.StartsWith(Comparison.StatusOnly, StringComparison.Ordinal) ? null : kind;
    }

    (Results Expected, Results Got) RunBoth(IReadOnlyList<Case> cases)
    {
        string file = Path.Combine(scratch, "cases");
        CaseFile.Write(file, cases);
        var expected = Task.Run(() => oracle.Run(file, cases.Count, scratch));
        var got = subject.Run(file, cases.Count, scratch);
        return (expected.Result, got);
    }

    /// <summary>Removes instructions as long as the results still differ.</summary>
    Case Reduce(Case original)
    {
        var current = original;
        for (; ; )
        {
            Case[] variants = [.. Enumerable.Range(0, current.Words.Length).Where(at => current.Encodings[at] >= 0).Select(at => CaseGenerator.Without(current, at))];
            if (variants.Length < 2) return current;
            var (expected, got) = RunBoth(variants);
            int still = Enumerable.Range(0, variants.Length).FirstOrDefault(i => Difference(variants[i], expected, got, i) != null, -1);
            if (still < 0) return current;
            current = variants[still];
        }
    }

    void Show(Case item, int index, Results expected, Results got, string name, string kind)
    {
        ulong address = CaseFile.SlotAddress(index);
        output.WriteLine($"\nmismatch of {name} ({kind}); again: ./test --case {item}");
        for (int i = 0; i < item.Words.Length; i++)
        {
            if (item.Encodings[i] >= 0) output.WriteLine($"    {address + 4 + 4 * (ulong)i:x}: {item.Words[i]:x8}  {Arm64Disassembler.Disassemble(item.Words[i], address + 4 + 4 * (ulong)i)}");
        }

        output.WriteLine($"  in: {Comparison.Inputs(item, address)}");
        if (expected.Death(index) is { } oracleDeath) output.WriteLine($"  {oracle.Name} {oracleDeath}");
        if (got.Death(index) is { } death)
        {
            output.WriteLine($"  {subject.Name} {death}");
            return;
        }

        output.WriteLine($"  {"",-8} {"expected (" + oracle.Name + ")",-34} got ({subject.Name})");
        foreach (string line in Comparison.Differences(expected[index], got[index])) output.WriteLine($"  {line}");
    }

    /// <summary>Prints the table of encodings, and the sums.</summary>
    /// <param name="isComplete">All encodings were asked for.</param>
    /// <param name="least">Instances alone that each encoding must have had.</param>
    /// <returns>Passed and failed checks: one for each encoding, one for each of its sequences.</returns>
    public (int Passed, int Failed) Report(bool isComplete, int least)
    {
        int passed = 0, failed = 0;
        output.WriteLine("\nInstances per encoding: alone, in sequences, of those alone ended by a signal, different.");
        for (int encoding = 0; encoding < Arm64Encodings.Count; encoding++)
        {
            var data = Arm64Encodings.All[encoding];
            if (Exclusions.WhyNotCompared(encoding) is { } why)
            {
                output.WriteLine($"  {data.Name,-34} not compared: {why}");
                continue;
            }

            if (instances[encoding] == 0 && !isComplete) continue;
            bool isGood = failures[encoding] == 0 && instances[encoding] >= Math.Max(1, least);
            output.WriteLine($"{(isGood ? ' ' : '!')} {data.Name,-34} {data.Pattern,-52} {instances[encoding],6} {inSequences[encoding],6} {signals[encoding],6} {failures[encoding],6}");
            foreach (var ((_, kind), times) in kinds.Where(pair => pair.Key.Encoding == encoding)) output.WriteLine($"    {times} differ: {kind}");
            if (isGood) passed++;
            else failed++;
        }

        if (Sequences > 0)
        {
            passed += SequenceFailures == 0 ? 1 : 0;
            failed += SequenceFailures == 0 ? 0 : 1;
        }

        int fewest = instances.Where(n => n > 0).DefaultIfEmpty(0).Min();
        output.WriteLine($"covered {Instances} instances of {instances.Count(n => n > 0)} encodings, each at least {fewest} times alone; {SequenceInstances} in {Sequences} sequences, {SequenceFailures} of which differ");
        return (passed, failed);
    }
}
