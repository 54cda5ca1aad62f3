namespace Dbt.Decoding;

/// <summary>The set of instruction words with <c>(word &amp; Mask) == Bits</c>.</summary>
readonly record struct Cube(uint Mask, uint Bits)
{
    /// <summary>Number of words in the set.</summary>
    public ulong Size => 1UL << (32 - PopCount(Mask));

    public bool Contains(uint word) => (word & Mask) == Bits;

    public bool Meets(Cube other) => ((Bits ^ other.Bits) & Mask & other.Mask) == 0;

    /// <summary>The words in both; only meaningful if the two meet.</summary>
    public Cube Intersect(Cube other) => new(Mask | other.Mask, Bits | other.Bits);

    /// <summary>The words of this set that are not in the other, as disjoint cubes.</summary>
    /// <remarks>Each piece agrees with the other set on the bits before it and differs in one bit.</remarks>
    public IEnumerable<Cube> Subtract(Cube other)
    {
        if (!Meets(other))
        {
            yield return this;
            yield break;
        }

        var agreed = this;
        for (uint rest = other.Mask & ~Mask; rest != 0; rest &= rest - 1)
        {
            uint bit = rest & (uint)-(int)rest;
            yield return new(agreed.Mask | bit, agreed.Bits | (~other.Bits & bit));
            agreed = new(agreed.Mask | bit, agreed.Bits | (other.Bits & bit));
        }
    }

    public static List<Cube> Subtract(IEnumerable<Cube> from, IEnumerable<Cube> what)
    {
        var rest = from.ToList();
        foreach (var cube in what)
        {
            if (rest.Count == 0) break;
            rest = [.. rest.SelectMany(piece => piece.Subtract(cube))];
        }

        return rest;
    }

    public static int PopCount(uint value)
    {
        int count = 0;
        for (; value != 0; value &= value - 1) count++;
        return count;
    }
}
