using System.Text;

namespace Dbt.Decoding.Tests;

public sealed class DecisionTreeTests
{
    /// <summary>A set of random patterns with all that the language has, without ambiguity: patterns that clash with an earlier one are dropped.</summary>
    static List<Pattern> RandomPatterns(int seed, int count)
    {
        var random = new Random(seed);
        var patterns = new List<Pattern>();
        while (patterns.Count < count)
        {
            var pattern = PatternParser.Parse(RandomPattern(random), 32);
            bool clashes = patterns.Any(other => pattern.CommonWord(other) != null && !pattern.IsMoreSpecificThan(other) && !other.IsMoreSpecificThan(pattern));
            if (!clashes) patterns.Add(pattern);
        }

        return patterns;
    }

    /// <summary>Mostly fixed at the top, as real encodings are, and sometimes anywhere.</summary>
    static string RandomPattern(Random random)
    {
        var text = new StringBuilder();
        int left = 32, field = 0;
        while (left > 0)
        {
            int width = Math.Min(left, random.Next(1, 6));
            bool isFixed = random.Next(100) < (left > 18 ? 85 : 35);
            if (isFixed) for (int i = 0; i < width; i++) text.Append(random.Next(2));
            else if (random.Next(4) == 0) text.Append('x', width);
            else if (random.Next(4) == 0) text.Append($"f{field++}:{width}!={Convert.ToString(random.Next(1 << width), 2).PadLeft(width, '0')}");
            else text.Append($"f{field++}:{width}");
            text.Append(' ');
            left -= width;
        }

        return text.ToString();
    }

    static int LinearMatch(IReadOnlyList<Pattern> patterns, int[] order, uint word)
    {
        foreach (int i in order)
        {
            if (patterns[i].Matches(word)) return i;
        }

        return -1;
    }

    static TestGuest GuestOf(List<Pattern> patterns)
    {
        var members = new StringBuilder();
        for (int i = 0; i < patterns.Count; i++)
        {
            string parameters = string.Join(", ", patterns[i].Fields.Select(field => $"int {field.Name}"));
            members.AppendLine($"[Instruction(\"{patterns[i].Text}\", Asm = \"i{i}\")] bool I{i}({parameters}) => Saw(\"{i}\");");
        }

        return TestGuest.Of(members.ToString());
    }

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 100)]
    [InlineData(3, 400)]
    [InlineData(4, 1000)]
    public void Generated_decoders_agree_with_linear_search(int seed, int count)
    {
        var patterns = RandomPatterns(seed, count);
        var unreachable = PatternSet.Unreachable(patterns).Select(u => u.Pattern).ToHashSet();
        patterns = [.. patterns.Where((_, i) => !unreachable.Contains(i))];
        var guest = GuestOf(patterns);
        var order = PatternSet.MostSpecificFirst(patterns);
        var indexOf = guest.IndexOf;
        var random = new Random(seed);

        foreach (uint word in Words(patterns, random)) Assert.Equal(LinearMatch(patterns, order, word), indexOf(word));
    }

    /// <summary>Words of each pattern, their neighbours by one bit, and any words.</summary>
    static IEnumerable<uint> Words(List<Pattern> patterns, Random random)
    {
        foreach (var pattern in patterns)
        {
            for (int i = 0; i < 8; i++)
            {
                uint word = (uint)random.NextInt64(1L << 32) & ~pattern.Cube.Mask | pattern.Cube.Bits;
                yield return word;
                yield return word ^ 1u << random.Next(32);
            }

            foreach (var exclusion in pattern.Exclusions) yield return pattern.Cube.Bits | exclusion.Bits;
        }

        for (int i = 0; i < 20_000; i++) yield return (uint)random.NextInt64(1L << 32);
    }

    /// <summary>Groups as a manual has them: a common prefix, an operation field, operands.</summary>
    [Fact]
    public void Regular_sets_give_shallow_trees_that_copy_little()
    {
        var patterns = new List<Pattern>();
        for (int group = 0; group < 16; group++)
        {
            int above = 1 + group % 4 * 5;
            for (int operation = 0; operation < 24; operation++)
                patterns.Add(PatternParser.Parse($"{Bits(group, 4)} a:{above} {Bits(operation, 5)} b:{23 - above}", 32));
        }

        var tree = new DecisionTree(patterns, 32).Build();

        Assert.InRange(Depth(tree), 1, 4);
        Assert.InRange(Tests(tree), patterns.Count, 2 * patterns.Count);
    }

    [Fact]
    public void Irregular_sets_are_still_split_down_to_a_few_tests()
    {
        var tree = new DecisionTree(RandomPatterns(5, 500), 32).Build();

        Assert.InRange(Depth(tree), 1, 12);
        Assert.InRange(LargestLeaf(tree), 1, 12);
    }

    static string Bits(int value, int width) => Convert.ToString(value, 2).PadLeft(width, '0');

    static int LargestLeaf(DecisionNode node) => node is DecisionSwitch branch ? branch.Cases.Max(c => LargestLeaf(c.Next)) : ((DecisionLeaf)node).Tests.Count;

    static int Depth(DecisionNode node) => node is DecisionSwitch branch ? 1 + branch.Cases.Max(c => Depth(c.Next)) : 0;

    static int Tests(DecisionNode node) => node is DecisionSwitch branch ? branch.Cases.Sum(c => Tests(c.Next)) : ((DecisionLeaf)node).Tests.Count;
}
