namespace Dbt.Decoding;

/// <summary>Writes the lifter's <c>Decode</c>: finds the encoding and calls its method with the fields.</summary>
static class DecoderWriter
{
    public static string Write(InstructionSet set)
    {
        var writer = SourceWriter.File(set.Class);
        writer.Open($"partial class {set.Class.Name}");
        writer.Line("/// <summary>Lifts one instruction.</summary>");
        writer.Line("/// <returns>Whether the word is an allocated encoding.</returns>");
        writer.Open("internal bool Decode(uint instruction)");
        writer.Open($"switch ({set.EncodingsClass}.IndexOf(instruction))");
        foreach (var encoding in set.Encodings)
        {
            string condition = encoding.When == null ? "" : $"{set.EncodingsClass}.{encoding.Named("When")}(instruction) && ";
            writer.Line($"case {encoding.Index}: return {condition}{Call(encoding)};");
        }

        writer.Line("default: return false;");
        writer.Close();
        writer.Close();
        writer.Close();
        return writer.ToString();
    }

    static string Call(Encoding encoding)
    {
        var arguments = new List<string>();
        foreach (var parameter in encoding.Method.Parameters)
        {
            string name = SourceWriter.Identifier(parameter.Name);
            if (parameter.Name == "instruction") arguments.Add($"{name}: instruction");
            else if (encoding.Pattern.FieldNamed(parameter.Name) is { } field) arguments.Add($"{name}: {Argument(parameter, field)}");
        }

        return $"{SourceWriter.Identifier(encoding.Method.Name)}({string.Join(", ", arguments)})";
    }

    static string Argument(ParameterModel parameter, Field field) => parameter.Kind switch
    {
        ParameterKind.Bool => field.Test(),
        ParameterKind.UInt => field.Extract(),
        _ => $"({parameter.Type}){field.Extract()}",
    };

    /// <summary>Declares the fields that expressions use, as locals of the types expressions see.</summary>
    public static void DeclareFields(SourceWriter writer, Pattern pattern, IEnumerable<string> used)
    {
        var names = new HashSet<string>(used);
        foreach (var field in pattern.Fields.Where(field => names.Contains(field.Name)))
        {
            string name = SourceWriter.Identifier(field.Name);
            writer.Line(field.Width == 1 ? $"FieldBit {name} = new({field.Test()});" : $"int {name} = (int){field.Extract()};");
        }
    }
}
