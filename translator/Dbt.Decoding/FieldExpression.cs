using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dbt.Decoding;

/// <summary>A C# expression over the fields of a pattern: a When condition, or an argument in an Asm template.</summary>
/// <remarks>In it a field of several bits is an int and a one-bit field a FieldBit (bool or int as needed). Other names may only be types.</remarks>
sealed record FieldExpression(string Text, IReadOnlyList<string> Fields)
{
    /// <exception cref="TextError">Not an expression, or one with a name that is neither a field nor a type before a dot or in a cast.</exception>
    public static FieldExpression Parse(string text, Pattern pattern)
    {
        var expression = SyntaxFactory.ParseExpression(text);
        if (expression.GetDiagnostics().FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error) is { } error)
            throw new TextError($"\"{text}\" is no C# expression: {error.GetMessage()}", error.Location.SourceSpan.Start, error.Location.SourceSpan.Length);

        var fields = new List<string>();
        foreach (var name in expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>())
        {
            string identifier = name.Identifier.ValueText;
            if (name.Parent is MemberAccessExpressionSyntax access && access.Name == name) continue;
            if (pattern.FieldNamed(identifier) != null) fields.Add(identifier);
            else if (!PatternParser.ReservedNames.Contains(identifier) && !IsType(name)) throw new TextError($"'{identifier}' is no field of \"{pattern.Text}\"", name.SpanStart, name.Span.Length);
        }

        return new(text, fields);
    }

    static bool IsType(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name,
        CastExpressionSyntax cast => cast.Type == name,
        QualifiedNameSyntax => true,
        _ => false,
    };
}
