using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dbt.Decoding;

/// <summary>Generates decoder, disassembler, random encoder and coverage page from the instruction methods of a lifter.</summary>
/// <remarks>
/// Declarations and their source positions travel in separate pipelines that meet only for diagnostics:
/// editing a method's body, or moving it, changes positions alone and generates nothing anew.
/// </remarks>
[Generator(LanguageNames.CSharp)]
public sealed class InstructionSetGenerator : IIncrementalGenerator
{
    /// <summary>Name of the step whose output is the generated files.</summary>
    internal const string SourcesStep = "Sources";

    const string InstructionAttribute = "Dbt.Decoding.InstructionAttribute";
    const string AliasAttribute = "Dbt.Decoding.AliasAttribute";
    const string GuestInstructionsAttribute = "Dbt.Decoding.GuestInstructionsAttribute";

    static readonly SymbolDisplayFormat Qualified = SymbolDisplayFormat.FullyQualifiedFormat;

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        context.RegisterPostInitializationOutput(output =>
        {
            output.AddSource("Dbt.Decoding.Attributes.g.cs", InjectedTypes.Attributes);
            output.AddSource("Dbt.Decoding.Runtime.g.cs", InjectedTypes.Runtime);
        });

        var declarations = context.SyntaxProvider.ForAttributeWithMetadataName(
            InstructionAttribute, static (node, _) => node is MethodDeclarationSyntax, ReadMethod);
        var classes = context.SyntaxProvider.ForAttributeWithMetadataName(
            GuestInstructionsAttribute, static (node, _) => node is ClassDeclarationSyntax, ReadClass);

        var methods = declarations.Select(static (declaration, _) => declaration.Model).Collect();
        var positions = declarations.Select(static (declaration, _) => declaration.Positions).Collect().Select(static (all, _) => all.ToEquatable());
        var lifters = classes.Select(static (declaration, _) => declaration.Model).Combine(methods).Select(static (pair, _) =>
            new LifterModel(pair.Left, pair.Right.Where(method => method.ContainingType == pair.Left.FullName).ToEquatable()));
        var generated = lifters.Select(static (lifter, _) => Generate(lifter));

        var sources = generated.SelectMany(static (result, _) => result.Sources).WithTrackingName(SourcesStep);

        context.RegisterSourceOutput(sources, static (output, source) => output.AddSource(source.FileName, source.Text));

        context.RegisterSourceOutput(generated.Combine(positions), static (output, pair) => ReportProblems(output, pair.Left, pair.Right));
        context.RegisterSourceOutput(classes.Collect().Combine(positions), static (output, pair) => ReportStrays(output, pair.Left, pair.Right));
    }

    static GeneratedModel Generate(LifterModel lifter)
    {
        if (!lifter.Class.IsTopLevel || lifter.Class.Bits is < 1 or > 32) return new(lifter.Class, default, default);

        var (set, problems) = InstructionSetChecker.Check(lifter);
        string folder = lifter.Class.Namespace is { } name ? name + "." : "";
        return new(lifter.Class, new SourceModel[]
        {
            new($"{folder}{lifter.Class.Name}.Decode.g.cs", DecoderWriter.Write(set)),
            new($"{folder}{set.EncodingsClass}.g.cs", EncoderWriter.Write(set)),
            new($"{folder}{lifter.Class.Guest}Disassembler.g.cs", DisassemblerWriter.Write(set)),
            new($"{folder}{lifter.Class.Guest}Coverage.g.cs", CoverageWriter.Write(set)),
        }.ToEquatable(), problems.ToEquatable());
    }

    static void ReportProblems(SourceProductionContext output, GeneratedModel generated, EquatableArray<MethodPositions> positions)
    {
        var methods = positions.Where(method => method.ContainingType == generated.Class.FullName).ToList();
        foreach (var problem in generated.Problems)
        {
            var others = problem.Other is { } other ? new[] { methods[other.Method].Find(other) } : [];
            output.ReportDiagnostic(Diagnostic.Create(
                Diagnostics.WithId(problem.Id), methods[problem.Place.Method].Find(problem.Place), others, [.. problem.Arguments]));
        }
    }

    /// <summary>Methods whose class is no lifter, and classes that cannot be one.</summary>
    static void ReportStrays(SourceProductionContext output, ImmutableArray<(ClassModel Model, SourcePosition Position)> classes, EquatableArray<MethodPositions> positions)
    {
        foreach (var (model, position) in classes)
        {
            if (!model.IsTopLevel) output.ReportDiagnostic(Diagnostic.Create(Diagnostics.WrongClass, position.At(0, 0), model.Name, "a lifter class is neither nested nor generic"));
            if (model.Bits is < 1 or > 32) output.ReportDiagnostic(Diagnostic.Create(Diagnostics.WrongClass, position.At(0, 0), model.Name, "an instruction word has 1 to 32 bits"));
        }

        foreach (var method in positions.Where(method => !classes.Any(c => c.Model.FullName == method.ContainingType)))
            output.ReportDiagnostic(Diagnostic.Create(Diagnostics.NotInInstructionSet, method.Identifier.At(0, 0), method.Name));
    }

    static (ClassModel Model, SourcePosition Position) ReadClass(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var arguments = context.Attributes[0].NamedArguments.ToDictionary(argument => argument.Key, argument => argument.Value.Value);
        var model = new ClassModel(
            type.ToDisplayString(Qualified),
            type.ContainingNamespace.IsGlobalNamespace ? null : type.ContainingNamespace.ToDisplayString(),
            type.Name,
            arguments.TryGetValue("Syntax", out var syntax) ? (syntax as ITypeSymbol)?.ToDisplayString(Qualified) : null,
            arguments.TryGetValue("Bits", out var bits) && bits is int count ? count : 32,
            IsTopLevel: type.ContainingType == null && !type.IsGenericType);
        return (model, SourcePosition.From(((ClassDeclarationSyntax)context.TargetNode).Identifier.GetLocation()));
    }

    static (MethodModel Model, MethodPositions Positions) ReadMethod(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var method = (IMethodSymbol)context.TargetSymbol;
        var syntax = (MethodDeclarationSyntax)context.TargetNode;
        var aliases = method.GetAttributes().Where(attribute => attribute.AttributeClass?.ToDisplayString() == AliasAttribute).ToList();
        string containingType = method.ContainingType.ToDisplayString(Qualified);

        var model = new MethodModel(
            containingType,
            method.Name,
            ReturnsBool: method.ReturnType.SpecialType == SpecialType.System_Boolean,
            method.Parameters.Select(ReadParameter).ToEquatable(),
            context.Attributes.Select(attribute => new InstructionModel(First(attribute), Named(attribute, "Asm"), Named(attribute, "When"), Named(attribute, "Chapter"), Named(attribute, "Feature"))).ToEquatable(),
            aliases.Select(attribute => new AliasModel(First(attribute), Named(attribute, "When"))).ToEquatable(),
            ChapterOf(syntax.SyntaxTree.FilePath));

        var positions = new MethodPositions(
            containingType,
            method.Name,
            SourcePosition.From(syntax.Identifier.GetLocation()),
            syntax.ParameterList.Parameters.Select(SourcePosition.Of).ToEquatable(),
            context.Attributes.Select(attribute => AttributePositions.Of(attribute, cancellation)).ToEquatable(),
            aliases.Select(attribute => AttributePositions.Of(attribute, cancellation)).ToEquatable());
        return (model, positions);
    }

    static ParameterModel ReadParameter(IParameterSymbol parameter)
    {
        var kind = parameter.Type switch
        {
            _ when parameter.RefKind != RefKind.None => ParameterKind.Other,
            { SpecialType: SpecialType.System_Boolean } => ParameterKind.Bool,
            { SpecialType: SpecialType.System_Int32 } => ParameterKind.Int,
            { SpecialType: SpecialType.System_UInt32 } => ParameterKind.UInt,
            // A type that does not exist has the compiler's own error.
            { TypeKind: TypeKind.Enum or TypeKind.Error } => ParameterKind.Enum,
            _ => ParameterKind.Other,
        };
        return new(parameter.Name, parameter.Type.ToDisplayString(Qualified), kind, parameter.HasExplicitDefaultValue);
    }

    static string First(AttributeData attribute) => attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";

    static string? Named(AttributeData attribute, string name) => attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value as string;

    /// <summary>"LogicalShiftedRegister.cs" is the chapter "Logical shifted register".</summary>
    static string ChapterOf(string path)
    {
        string words = Regex.Replace(Path.GetFileNameWithoutExtension(path), "(?<=[a-z0-9])[A-Z]", match => " " + match.Value.ToLowerInvariant());
        return words == "" ? "Instructions" : words;
    }
}
