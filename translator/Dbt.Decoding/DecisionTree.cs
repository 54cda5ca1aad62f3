namespace Dbt.Decoding;

/// <summary>A step of decoding.</summary>
abstract record DecisionNode;

/// <summary>Tests to try in order: the fixed bits not yet known, and the exclusions not yet ruled out.</summary>
sealed record DecisionLeaf(IReadOnlyList<DecisionTest> Tests) : DecisionNode;

/// <summary>A switch on some neighbouring bits of the word; values without a case match nothing.</summary>
sealed record DecisionSwitch(int Lsb, int Width, IReadOnlyList<DecisionCase> Cases) : DecisionNode;

/// <summary>The values after which decoding goes on alike.</summary>
sealed record DecisionCase(IReadOnlyList<uint> Values, DecisionNode Next);

readonly record struct DecisionTest(Cube Remaining, IReadOnlyList<Cube> Exclusions, int Pattern)
{
    public bool AlwaysHolds => Remaining.Mask == 0 && Exclusions.Count == 0;
}

/// <summary>Builds the decision tree of a pattern set.</summary>
/// <remarks>
/// Greedy: of all runs of up to <see cref="MaxWidth"/> unknown bits, each switch takes the one after which least is left to find out
/// (the mean of the logarithm of the number of remaining patterns), with a price on patterns that appear under several cases because they do not fix the run.
/// </remarks>
sealed class DecisionTree(IReadOnlyList<Pattern> patterns, int bits)
{
    const int MaxWidth = 8;

    /// <summary>Up to this many patterns are tested one after the other: cheaper than a switch.</summary>
    const int LeafSize = 2;

    /// <summary>Price, in bits of uncertainty, of a pattern standing in one more distinct case.</summary>
    const double CopyPrice = 2;

    /// <summary>More patterns than this are split whatever it costs: testing them in order would cost every decode.</summary>
    const int MaxLeafSize = 6;

    public DecisionNode Build() => Build([.. PatternSet.MostSpecificFirst(patterns)], new Cube(0, 0));

    DecisionNode Build(int[] candidates, Cube known)
    {
        if (candidates.Length <= LeafSize || BestRun(candidates, known) is not { } run) return Leaf(candidates, known);

        var cases = new Dictionary<string, (List<uint> Values, int[] Remaining, Cube Known)>();
        for (uint value = 0; value < 1u << run.Width; value++)
        {
            var now = new Cube(known.Mask | Mask(run.Lsb, run.Width), known.Bits | value << run.Lsb);
            var rest = Reachable(candidates, now);
            if (rest.Length == 0) continue;

            // What remains to be tested is all that the rest of the tree depends on.
            string key = string.Join(";", rest.Select(candidate => $"{candidate}:{string.Join(",", Test(candidate, now).Exclusions)}"));
            if (!cases.TryGetValue(key, out var alike)) cases.Add(key, alike = ([], rest, now));
            alike.Values.Add(value);
        }

        return new DecisionSwitch(run.Lsb, run.Width, [.. cases.Values.Select(alike => new DecisionCase(alike.Values, Build(alike.Remaining, alike.Known)))]);
    }

    /// <summary>The candidates that can still match, up to the first that certainly does.</summary>
    int[] Reachable(int[] candidates, Cube known)
    {
        var rest = new List<int>();
        foreach (int candidate in candidates)
        {
            var pattern = patterns[candidate];
            if (!pattern.Cube.Meets(known) || pattern.Exclusions.Any(exclusion => (exclusion.Mask & ~known.Mask) == 0 && exclusion.Meets(known))) continue;
            rest.Add(candidate);
            if (Test(candidate, known).AlwaysHolds) break;
        }

        return [.. rest];
    }

    DecisionLeaf Leaf(int[] candidates, Cube known) => new([.. candidates.Select(candidate => Test(candidate, known))]);

    DecisionTest Test(int candidate, Cube known)
    {
        var pattern = patterns[candidate];
        uint rest = pattern.Cube.Mask & ~known.Mask;
        return new(
            new(rest, pattern.Cube.Bits & rest),
            [.. pattern.Exclusions.Where(exclusion => exclusion.Meets(known)).Select(exclusion => new Cube(exclusion.Mask & ~known.Mask, exclusion.Bits & ~known.Mask))],
            candidate);
    }

    (int Lsb, int Width)? BestRun(int[] candidates, Cube known)
    {
        double uncertainty = candidates.Length * Math.Log(candidates.Length, 2);
        double least = candidates.Length > MaxLeafSize ? double.MaxValue : uncertainty;
        (int, int)? best = null;
        // Widths ascend: of runs that tell the same, the narrowest has the smallest table.
        for (int width = 1; width <= MaxWidth; width++)
        {
            for (int lsb = 0; lsb + width <= bits; lsb++)
            {
                if ((known.Mask & Mask(lsb, width)) != 0) continue;
                var (after, copies) = Split(candidates, lsb, width);
                double cost = after + CopyPrice * copies;
                // A run that tells nothing is no progress, however cheap.
                if (after > uncertainty - 0.5 || cost >= least - 1e-9) continue;
                least = cost;
                best = (lsb, width);
            }
        }

        return best;
    }

    /// <summary>Bits of uncertainty left after switching on a run, and how many patterns stand in more than one distinct case.</summary>
    (double Uncertainty, int Copies) Split(int[] candidates, int lsb, int width)
    {
        // Two cases hold the same patterns, and will be written once, exactly if their fingerprints agree.
        var count = new int[1 << width];
        var fingerprint = new ulong[1 << width];
        foreach (int candidate in candidates)
        {
            foreach (int value in Values(patterns[candidate].Cube, lsb, width))
            {
                count[value]++;
                fingerprint[value] += Fingerprint(candidate);
            }
        }

        double uncertainty = 0;
        foreach (int candidate in candidates)
        {
            double sum = 0;
            int cases = 0;
            foreach (int value in Values(patterns[candidate].Cube, lsb, width))
            {
                sum += Math.Log(count[value], 2);
                cases++;
            }

            uncertainty += sum / cases;
        }

        var seen = new HashSet<ulong>();
        int written = 0;
        for (int value = 0; value < count.Length; value++)
        {
            if (count[value] > 0 && seen.Add(fingerprint[value])) written += count[value];
        }

        return (uncertainty, written - candidates.Length);
    }

    /// <summary>The values of a run of bits that words of a set can have.</summary>
    static IEnumerable<int> Values(Cube cube, int lsb, int width)
    {
        int ones = (1 << width) - 1;
        int free = (int)(~cube.Mask >> lsb) & ones;
        int set = (int)(cube.Bits >> lsb) & ones;
        int subset = free;
        while (true)
        {
            yield return set | subset;
            if (subset == 0) yield break;
            subset = (subset - 1) & free;
        }
    }

    static ulong Fingerprint(int candidate)
    {
        ulong z = (ulong)(candidate + 1) * 0x9e3779b97f4a7c15;
        z = (z ^ z >> 31) * 0xbf58476d1ce4e5b9;
        return z ^ z >> 29;
    }

    static uint Mask(int lsb, int width) => (uint)(((1UL << width) - 1) << lsb);
}
