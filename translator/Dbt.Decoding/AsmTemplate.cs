using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Dbt.Decoding;

/// <summary>A piece of an assembly line: literal text, or C# whose value is appended.</summary>
readonly record struct AsmPiece(string Text, bool IsCode);

/// <summary>A parsed assembly template.</summary>
/// <remarks>
/// Text stands for itself (<c>{{</c> and <c>}}</c> for braces). In braces: <c>{field}</c> is the field in decimal, and so is an expression such as <c>{imm*4}</c>;
/// <c>{F a b}</c> is what the syntax class's <c>F(a, b)</c> returns; arguments are fields, C# literals, <c>pc</c>, <c>instruction</c>
/// or expressions of these without a space outside parentheses and quotes. <c>{a:b}</c> is <c>{Register a b}</c> if b is a field and otherwise <c>{b a}</c>.
/// Optional parts are functions that may return an empty string.
/// </remarks>
sealed record AsmTemplate(IReadOnlyList<AsmPiece> Pieces, IReadOnlyList<string> Fields)
{
    /// <summary>The syntax method behind <c>{a:b}</c>.</summary>
    const string RegisterMethod = "Register";

    /// <param name="syntax">Fully qualified name of the syntax class, if there is one.</param>
    /// <exception cref="TextError">A brace without its partner, an unknown field, or a call without a syntax class.</exception>
    public static AsmTemplate Parse(string text, Pattern pattern, string? syntax)
    {
        var pieces = new List<AsmPiece>();
        var fields = new List<string>();
        var literal = new StringBuilder();

        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && text[i] is '{' or '}' && text[i + 1] == text[i])
            {
                literal.Append(text[i++]);
            }
            else if (text[i] == '}')
            {
                throw new TextError("'}' without '{'; a brace in the text is doubled", i, 1);
            }
            else if (text[i] == '{')
            {
                int end = text.IndexOf('}', i);
                if (end < 0) throw new TextError("'{' without '}'; a brace in the text is doubled", i, 1);
                if (literal.Length > 0) pieces.Add(new(literal.ToString(), IsCode: false));
                literal.Clear();
                pieces.Add(new(Placeholder(text, i + 1, end, pattern, syntax, fields), IsCode: true));
                i = end;
            }
            else
            {
                literal.Append(text[i]);
            }
        }

        if (literal.Length > 0) pieces.Add(new(literal.ToString(), IsCode: false));
        return new(pieces, fields);
    }

    /// <summary>The C# expression of type string.</summary>
    public string ToCode()
    {
        var terms = Pieces.Select(piece => piece.IsCode ? piece.Text : SourceWriter.Quote(piece.Text)).ToList();
        if (terms.Count == 0 || Pieces[0].IsCode) terms.Insert(0, "\"\"");
        return string.Join(" + ", terms);
    }

    static string Placeholder(string text, int start, int end, Pattern pattern, string? syntax, List<string> fields)
    {
        var words = Split(text, start, end);
        if (words.Count == 0) throw new TextError("empty placeholder", start - 1, end - start + 2);
        var (first, at) = words[0];

        if (words.Count == 1 && first.IndexOf(':') is > 0 and var colon && SyntaxFacts.IsValidIdentifier(first.Substring(0, colon)))
        {
            var (value, kind) = ((first.Substring(0, colon), at), (first.Substring(colon + 1), at + colon + 1));
            return pattern.FieldNamed(kind.Item1) != null ? Call((RegisterMethod, at), [value, kind]) : Call(kind, [value]);
        }

        if (words.Count > 1) return Call(words[0], words.Skip(1));
        if (pattern.FieldNamed(first) == null) return $"({Expression(words[0])})";
        fields.Add(first);
        return SourceWriter.Identifier(first);

        string Call((string Name, int At) method, IEnumerable<(string Text, int At)> arguments)
        {
            if (!SyntaxFacts.IsValidIdentifier(method.Name)) throw new TextError($"'{method.Name}' cannot name a syntax method", method.At, method.Name.Length);
            if (syntax == null) throw new TextError($"'{method.Name}' needs a syntax class: [GuestInstructions(Syntax = typeof(...))]", method.At, method.Name.Length);
            return $"{syntax}.{method.Name}({string.Join(", ", arguments.Select(Expression))})";
        }

        string Expression((string Text, int At) word)
        {
            try
            {
                var expression = FieldExpression.Parse(word.Text, pattern);
                fields.AddRange(expression.Fields);
                return expression.Text;
            }
            catch (TextError error)
            {
                throw new TextError(error.Message, word.At + error.Offset, error.Length);
            }
        }
    }

    /// <summary>Words between spaces that are outside parentheses and quotes, with their offsets.</summary>
    static List<(string Text, int At)> Split(string text, int start, int end)
    {
        var words = new List<(string, int)>();
        int parentheses = 0, from = start;
        bool quoted = false;
        for (int i = start; i <= end; i++)
        {
            if (i == end || (text[i] == ' ' && parentheses == 0 && !quoted))
            {
                if (i > from) words.Add((text.Substring(from, i - from), from));
                from = i + 1;
            }
            else if (text[i] is '"' or '\'')
            {
                quoted = !quoted;
            }
            else if (!quoted)
            {
                parentheses += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            }
        }

        return words;
    }
}
