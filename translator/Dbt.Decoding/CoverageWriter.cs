namespace Dbt.Decoding;

/// <summary>Writes the coverage page: what a guest's lifter knows, by chapter.</summary>
static class CoverageWriter
{
    public static string Write(InstructionSet set)
    {
        var writer = SourceWriter.File(set.Class);
        writer.Line("/// <summary>The page that lists every encoding by chapter.</summary>");
        writer.Open($"static partial class {set.Class.Guest}Coverage");
        writer.Line("/// <summary>The page as Markdown.</summary>");
        writer.Line("public static string Markdown() =>");
        writer.Indent();
        writer.RawString(Page(set).Append(""), ";");
        writer.Unindent();
        writer.Close();
        return writer.ToString();
    }

    static IEnumerable<string> Page(InstructionSet set)
    {
        yield return $"# {set.Class.Guest} instructions";
        yield return "";
        yield return $"Generated from the patterns of `{set.Class.Name}`: {set.Encodings.Count} encodings. Aliases follow their instruction.";
        foreach (var chapter in set.Encodings.GroupBy(encoding => encoding.Chapter).OrderBy(chapter => chapter.Key, StringComparer.Ordinal))
        {
            yield return "";
            yield return $"## {chapter.Key}";
            yield return "";
            yield return "| Assembly | Encoding | Feature |";
            yield return "|---|---|---|";
            foreach (var encoding in chapter)
            {
                var templates = encoding.Aliases.Count == 0 ? [] : encoding.Method.Aliases.Select(alias => alias.Asm);
                string assembly = string.Join("<br>", new[] { encoding.Text.Asm! }.Concat(templates).Select(Code));
                yield return $"| {assembly} | {Code(encoding.Pattern.Text)} | {encoding.Text.Feature} |";
            }
        }
    }

    static string Code(string text) => $"`{text.Replace("|", "\\|")}`";
}
