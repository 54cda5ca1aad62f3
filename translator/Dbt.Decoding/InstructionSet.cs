namespace Dbt.Decoding;

/// <summary>An encoding that passed all checks, ready to be written.</summary>
/// <param name="Index">Its number in the generated code: declaration order.</param>
/// <param name="When">The condition under which it is allocated, if it has one.</param>
sealed record Encoding(
    int Index,
    int MethodIndex,
    int AttributeIndex,
    MethodModel Method,
    InstructionModel Text,
    Pattern Pattern,
    AsmTemplate Asm,
    FieldExpression? When,
    IReadOnlyList<(FieldExpression When, AsmTemplate Asm)> Aliases)
{
    public string Chapter => Text.Chapter ?? Method.DefaultChapter;

    /// <summary>Name of a generated method of this encoding.</summary>
    public string Named(string purpose) => $"{purpose}{Index}_{Method.Name}";
}

/// <summary>The encodings of a lifter class.</summary>
sealed record InstructionSet(ClassModel Class, IReadOnlyList<Encoding> Encodings)
{
    public IReadOnlyList<Pattern> Patterns { get; } = [.. Encodings.Select(encoding => encoding.Pattern)];

    public string EncodingsClass => Class.Guest + "Encodings";
}
