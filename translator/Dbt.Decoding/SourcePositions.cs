using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dbt.Decoding;

/// <summary>A source position that does not keep its syntax tree alive.</summary>
/// <param name="IsQuoted">The position is that of a string literal whose characters stand in the source one for one.</param>
sealed record SourcePosition(string Path, TextSpan Span, LinePositionSpan Lines, bool IsQuoted)
{
    public static SourcePosition Of(SyntaxNode node) => From(node.GetLocation(), node is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } literal && literal.Token.Text == $"\"{literal.Token.ValueText}\"");

    public static SourcePosition From(Location location, bool isQuoted = false) => new(location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span, isQuoted);

    /// <summary>The location of some characters of the quoted text, or of all of it.</summary>
    public Location At(int offset, int length)
    {
        if (!IsQuoted || length == 0) return Location.Create(Path, Span, Lines);
        var start = new LinePosition(Lines.Start.Line, Lines.Start.Character + 1 + offset);
        return Location.Create(Path, new TextSpan(Span.Start + 1 + offset, length), new LinePositionSpan(start, new LinePosition(start.Line, start.Character + length)));
    }
}

/// <summary>Positions of the texts of one attribute; a text that is absent has the attribute's own.</summary>
sealed record AttributePositions(SourcePosition Text, SourcePosition Asm, SourcePosition When)
{
    public static AttributePositions Of(AttributeData attribute, CancellationToken cancellation)
    {
        var syntax = (AttributeSyntax)attribute.ApplicationSyntaxReference!.GetSyntax(cancellation);
        var arguments = syntax.ArgumentList?.Arguments ?? default;
        return new(Position(null), Position("Asm"), Position("When"));

        SourcePosition Position(string? name)
        {
            var argument = arguments.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == name);
            return SourcePosition.Of(argument?.Expression ?? (SyntaxNode)syntax);
        }
    }
}

/// <summary>Positions of one method and all that belongs to it, in the order of <see cref="MethodModel"/>.</summary>
sealed record MethodPositions(
    string ContainingType,
    string Name,
    SourcePosition Identifier,
    EquatableArray<SourcePosition> Parameters,
    EquatableArray<AttributePositions> Instructions,
    EquatableArray<AttributePositions> Aliases)
{
    public Location Find(Place place) => (place.Site switch
    {
        Site.Parameter => Parameters[place.Index],
        Site.Pattern => Instructions[place.Index].Text,
        Site.Asm => Instructions[place.Index].Asm,
        Site.When => Instructions[place.Index].When,
        Site.AliasAsm => Aliases[place.Index].Text,
        Site.AliasWhen => Aliases[place.Index].When,
        _ => Identifier,
    }).At(place.Offset, place.Length);
}
