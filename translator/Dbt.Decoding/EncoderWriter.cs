using System.Text.RegularExpressions;

namespace Dbt.Decoding;

/// <summary>Writes the encodings class: the index of a word, the conditions, and the encodings as data with a random encoder.</summary>
/// <remarks>The data are constant spans in the image, unpacked on first use: a run of the translator pays nothing for them.</remarks>
static class EncoderWriter
{
    public static string Write(InstructionSet set)
    {
        var writer = SourceWriter.File(set.Class);
        writer.Line($"/// <summary>The {set.Encodings.Count} encodings that <see cref=\"{set.Class.Name}\"/> declares.</summary>");
        writer.Open($"static partial class {set.EncodingsClass}");
        WriteApi(writer, set);
        writer.Line("");
        DecisionTreeWriter.Write(writer, new DecisionTree(set.Patterns, set.Class.Bits).Build(), set.Class.Bits);
        WriteConditions(writer, set);
        WriteTables(writer, set);
        writer.Close();
        return writer.ToString();
    }

    static void WriteApi(SourceWriter writer, InstructionSet set) => writer.Lines($$"""
        static InstructionEncoding[]? all;

        /// <summary>Number of encodings.</summary>
        internal static int Count => {{set.Encodings.Count}};

        /// <summary>The encodings in declaration order; built on first use.</summary>
        internal static global::System.ReadOnlySpan<InstructionEncoding> All => all ??= InstructionEncoding.Unpack(Text, Fixed, FirstPart, Parts);

        /// <summary>A random allocated word of an encoding: fields prefer their edge values.</summary>
        internal static uint Encode(int index, ref EncodingRandom random)
        {
            for (int attempt = 0; attempt < 100_000; attempt++)
            {
                uint instruction = random.Fill(Fixed[2 * index + 1], Parts[FirstPart[index]..FirstPart[index + 1]]);
                // More specific encodings and exclusions are inside the same fixed bits.
                if (IndexOf(instruction) == index && IsAllocated(index, instruction)) return instruction;
            }

            throw new global::System.InvalidOperationException($"The condition of {All[index].Name} \"{All[index].Pattern}\" holds too rarely to be met at random.");
        }
        """);

    static void WriteConditions(SourceWriter writer, InstructionSet set)
    {
        writer.Line("");
        writer.Line("/// <summary>Whether the encoding's When condition holds.</summary>");
        writer.Open("internal static bool IsAllocated(int index, uint instruction)");
        writer.Open("switch (index)");
        foreach (var encoding in set.Encodings.Where(encoding => encoding.When != null)) writer.Line($"case {encoding.Index}: return {encoding.Named("When")}(instruction);");
        writer.Line("default: return index >= 0;");
        writer.Close();
        writer.Close();

        foreach (var encoding in set.Encodings.Where(encoding => encoding.When != null))
        {
            writer.Line("");
            writer.Open($"internal static bool {encoding.Named("When")}(uint instruction)");
            DecoderWriter.DeclareFields(writer, encoding.Pattern, encoding.When!.Fields);
            writer.Line($"return {encoding.When.Text};");
            writer.Close();
        }
    }

    static void WriteTables(SourceWriter writer, InstructionSet set)
    {
        var fixedBits = new List<string>();
        var firstPart = new List<string> { "0" };
        var parts = new List<string>();
        foreach (var encoding in set.Encodings)
        {
            fixedBits.Add($"0x{encoding.Pattern.Cube.Mask:x}");
            fixedBits.Add($"0x{encoding.Pattern.Cube.Bits:x}");
            foreach (var field in VariableFields(encoding.Pattern))
            {
                for (int i = 0; i < field.Count; i++) parts.Add(((i == 0 ? 0x400 : 0) | (field[i].Width - 1) << 5 | field[i].Lsb).ToString());
            }

            firstPart.Add(parts.Count.ToString());
        }

        writer.Line("");
        writer.Line("/// <summary>Method, pattern, template, chapter, feature, variable fields: one line each.</summary>");
        writer.Line("static global::System.ReadOnlySpan<byte> Text =>");
        writer.Indent();
        writer.RawString(set.Encodings.Select(Row), "u8;");
        writer.Unindent();
        WriteTable(writer, "Mask and value of the fixed bits of each encoding.", "uint", "Fixed", fixedBits);
        WriteTable(writer, "Where each encoding's parts begin, and the end.", "ushort", "FirstPart", firstPart);
        WriteTable(writer, "Lsb, width less one (shifted by 5), and bit 10 at the first part of a field.", "ushort", "Parts", parts);
    }

    static string Row(Encoding encoding)
    {
        string fields = string.Join(" ", VariableFields(encoding.Pattern).Select(parts => parts[0].Name == "" ? "-" : parts[0].Name));
        string?[] values = [encoding.Method.Name, encoding.Pattern.Text, encoding.Text.Asm, encoding.Chapter, encoding.Text.Feature, fields];
        // Tabs and line ends separate values and rows.
        return string.Join("\t", values.Select(value => Regex.Replace(value ?? "", @"[\t\r\n]+", " ")));
    }

    static void WriteTable(SourceWriter writer, string summary, string type, string name, List<string> values)
    {
        const int perLine = 16;
        writer.Line("");
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Line($"static global::System.ReadOnlySpan<{type}> {name} =>");
        writer.Line("[");
        writer.Indent();
        for (int i = 0; i < values.Count; i += perLine) writer.Line(string.Join(", ", values.Skip(i).Take(perLine)) + ",");
        writer.Unindent();
        writer.Line("];");
    }

    /// <summary>The parts to fill, by field; runs of don't-care bits are nameless fields of their own.</summary>
    static List<List<FieldPart>> VariableFields(Pattern pattern)
    {
        var nameless = pattern.Parts.Where(part => part.Name == "").Select(part => new List<FieldPart> { part });
        return [.. pattern.Fields.Select(field => field.Parts.Where(part => !part.IsFixed).ToList()).Where(parts => parts.Count > 0), .. nameless];
    }
}
