namespace Dbt.Decoding;

/// <summary>A run of bits with one name in a pattern.</summary>
/// <param name="Name">Empty for don't-care bits.</param>
/// <param name="IsFixed">A name for bits whose value the pattern prescribes.</param>
readonly record struct FieldPart(string Name, int Lsb, int Width, bool IsFixed)
{
    public uint Mask => (uint)(((1UL << Width) - 1) << Lsb);
}

/// <summary>A named field: its parts are concatenated, the most significant first.</summary>
sealed record Field(string Name, IReadOnlyList<FieldPart> Parts)
{
    public int Width => Parts.Sum(part => part.Width);

    public bool IsFixed => Parts.All(part => part.IsFixed);

    /// <summary>C# that takes the field's value out of a <c>uint instruction</c>; of type uint.</summary>
    public string Extract()
    {
        var terms = new List<string>();
        int above = Width;
        foreach (var part in Parts)
        {
            above -= part.Width;
            string bits = part.Lsb == 0 ? "instruction" : $"instruction >> {part.Lsb}";
            if (part.Lsb + part.Width < 32) bits = $"{bits} & 0x{(1UL << part.Width) - 1:x}u";
            terms.Add(above == 0 ? $"({bits})" : $"({bits}) << {above}");
        }

        return terms.Count == 1 ? terms[0] : $"({string.Join(" | ", terms)})";
    }

    /// <summary>C# that tests a one-bit field; of type bool.</summary>
    public string Test() => $"(instruction & 0x{Parts[0].Mask:x}u) != 0";
}

/// <summary>A parsed pattern: the words it matches and the fields in them.</summary>
sealed class Pattern
{
    public Pattern(string text, Cube cube, IReadOnlyList<Cube> exclusions, IReadOnlyList<FieldPart> parts)
    {
        Text = text;
        Cube = cube;
        Exclusions = exclusions;
        Parts = parts;
        Fields = [.. parts.Where(part => part.Name != "").GroupBy(part => part.Name).Select(group => new Field(group.Key, [.. group]))];
        Regions = Cube.Subtract([cube], exclusions);
        Size = Regions.Aggregate(0UL, (sum, region) => sum + region.Size);
    }

    public string Text { get; }

    /// <summary>The fixed bits.</summary>
    public Cube Cube { get; }

    /// <summary>Words that match the fixed bits and yet do not belong: the field values after <c>!=</c>.</summary>
    public IReadOnlyList<Cube> Exclusions { get; }

    /// <summary>Every run of bits that is not plain 0 and 1, most significant first.</summary>
    public IReadOnlyList<FieldPart> Parts { get; }

    /// <summary>In the order of their first part.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The matched words, exactly, as disjoint cubes.</summary>
    public IReadOnlyList<Cube> Regions { get; }

    /// <summary>Number of matched words (times a constant for words narrower than 32 bits).</summary>
    public ulong Size { get; }

    public bool Matches(uint word) => Cube.Contains(word) && !Exclusions.Any(exclusion => exclusion.Contains(word));

    public Field? FieldNamed(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>A word that both match, or null.</summary>
    public uint? CommonWord(Pattern other)
    {
        if (!Cube.Meets(other.Cube)) return null;
        foreach (var mine in Regions)
        {
            foreach (var theirs in other.Regions)
            {
                if (mine.Meets(theirs)) return mine.Intersect(theirs).Bits;
            }
        }

        return null;
    }

    /// <summary>Whether this pattern matches fewer words than the other, all of them also the other's.</summary>
    public bool IsMoreSpecificThan(Pattern other) => Size < other.Size && Cube.Subtract(Regions, other.Regions).Count == 0;
}
