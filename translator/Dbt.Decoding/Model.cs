namespace Dbt.Decoding;

/// <summary>How a method takes a field: decides the cast that the decoder writes.</summary>
enum ParameterKind { Bool, Int, UInt, Enum, Other }

/// <param name="Type">Fully qualified, as the generated code spells it.</param>
/// <param name="IsOptional">A default value stands in where a pattern lacks the field.</param>
sealed record ParameterModel(string Name, string Type, ParameterKind Kind, bool IsOptional);

/// <summary>The text of one [Instruction].</summary>
sealed record InstructionModel(string Pattern, string? Asm, string? When, string? Chapter, string? Feature);

/// <summary>The text of one [Alias].</summary>
sealed record AliasModel(string Asm, string? When);

/// <summary>A method with instructions, as declared. Holds no source position, so that moving a method regenerates nothing.</summary>
/// <param name="ContainingType">Fully qualified name of the lifter class.</param>
/// <param name="DefaultChapter">Made from the file's name: one file per chapter of the manual.</param>
sealed record MethodModel(
    string ContainingType,
    string Name,
    bool ReturnsBool,
    EquatableArray<ParameterModel> Parameters,
    EquatableArray<InstructionModel> Instructions,
    EquatableArray<AliasModel> Aliases,
    string DefaultChapter);

/// <summary>A class marked [GuestInstructions].</summary>
/// <param name="Syntax">Fully qualified name of the class with the formatting methods, if any.</param>
/// <param name="Bits">Width of an instruction word in bits.</param>
/// <param name="IsTopLevel">Neither nested nor generic: the generated part can be written beside it.</param>
sealed record ClassModel(string FullName, string? Namespace, string Name, string? Syntax, int Bits, bool IsTopLevel)
{
    /// <summary>The guest's name: what the names of the generated classes start with.</summary>
    public string Guest => Name.EndsWith("Lifter", StringComparison.Ordinal) && Name.Length > 6 ? Name.Substring(0, Name.Length - 6) : Name;
}

/// <summary>One lifter class with all its methods: the input of everything that is generated for it.</summary>
sealed record LifterModel(ClassModel Class, EquatableArray<MethodModel> Methods);

/// <summary>A generated file.</summary>
sealed record SourceModel(string FileName, string Text);

/// <summary>What one lifter class gives: files, and what is wrong with it.</summary>
sealed record GeneratedModel(ClassModel Class, EquatableArray<SourceModel> Sources, EquatableArray<Problem> Problems);
