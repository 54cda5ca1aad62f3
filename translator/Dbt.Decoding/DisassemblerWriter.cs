namespace Dbt.Decoding;

/// <summary>Writes the disassembler: one method per encoding, which tries the aliases and then its own template.</summary>
static class DisassemblerWriter
{
    public static string Write(InstructionSet set)
    {
        var writer = SourceWriter.File(set.Class);
        writer.Line("/// <summary>Assembly text of instruction words, as declared beside their meaning.</summary>");
        writer.Open($"static partial class {set.Class.Guest}Disassembler");
        writer.Line("/// <summary>Assembly of a word; of an unallocated one, <c>.inst</c> with its value.</summary>");
        writer.Line("/// <param name=\"instruction\">The word.</param>");
        writer.Line("/// <param name=\"address\">Guest address of the instruction in bytes: branches and literals are relative to it.</param>");
        writer.Open("public static string Disassemble(uint instruction, ulong address)");
        writer.Line($"int index = {set.EncodingsClass}.IndexOf(instruction);");
        writer.Line($"if (!{set.EncodingsClass}.IsAllocated(index, instruction)) return $\".inst 0x{{instruction:x{(set.Class.Bits + 3) / 4}}} ; undefined\";");
        writer.Open("return index switch");
        foreach (var encoding in set.Encodings) writer.Line($"{encoding.Index} => {encoding.Named("Text")}(instruction, address),");
        writer.Line("_ => throw new global::System.Diagnostics.UnreachableException(),");
        writer.Close(";");
        writer.Close();
        foreach (var encoding in set.Encodings) WriteEncoding(writer, encoding);
        writer.Close();
        return writer.ToString();
    }

    static void WriteEncoding(SourceWriter writer, Encoding encoding)
    {
        var used = encoding.Asm.Fields.Concat(encoding.Aliases.SelectMany(alias => alias.When.Fields.Concat(alias.Asm.Fields)));
        writer.Line("");
        writer.Open($"static string {encoding.Named("Text")}(uint instruction, ulong pc)");
        DecoderWriter.DeclareFields(writer, encoding.Pattern, used);
        foreach (var (when, asm) in encoding.Aliases) writer.Line($"if ({when.Text}) return {asm.ToCode()};");
        writer.Line($"return {encoding.Asm.ToCode()};");
        writer.Close();
    }
}
