namespace Dbt.Decoding;

/// <summary>The rule that keeps a decoder unambiguous: where two patterns match one word, one must be more specific, and that one wins.</summary>
/// <remarks>
/// The manual itself nests encodings: HINT is a space of which NOP, YIELD and others are points, and whole groups stand beside a row "other values".
/// So a pattern may lie entirely inside another. Everything is exact: exclusions are part of the sets compared; only When conditions are not.
/// </remarks>
static class PatternSet
{
    /// <summary>Indices of the patterns, every pattern before those it is more specific than.</summary>
    public static int[] MostSpecificFirst(IReadOnlyList<Pattern> patterns) => [.. Enumerable.Range(0, patterns.Count).OrderBy(i => patterns[i].Size)];

    /// <summary>Pairs that share a word although neither is more specific, with that word.</summary>
    public static IEnumerable<(int First, int Second, uint Word)> Overlaps(IReadOnlyList<Pattern> patterns)
    {
        for (int second = 1; second < patterns.Count; second++)
        {
            for (int first = 0; first < second; first++)
            {
                if (patterns[first].CommonWord(patterns[second]) is { } word
                    && !patterns[first].IsMoreSpecificThan(patterns[second])
                    && !patterns[second].IsMoreSpecificThan(patterns[first]))
                {
                    yield return (first, second, word);
                }
            }
        }
    }

    /// <summary>Patterns of which more specific ones take every word, with those.</summary>
    public static IEnumerable<(int Pattern, List<int> TakenBy)> Unreachable(IReadOnlyList<Pattern> patterns)
    {
        for (int i = 0; i < patterns.Count; i++)
        {
            var inside = Enumerable.Range(0, patterns.Count).Where(j => patterns[j].CommonWord(patterns[i]) != null && patterns[j].IsMoreSpecificThan(patterns[i])).ToList();
            if (inside.Count > 0 && Cube.Subtract(patterns[i].Regions, inside.SelectMany(j => patterns[j].Regions)).Count == 0) yield return (i, inside);
        }
    }
}
