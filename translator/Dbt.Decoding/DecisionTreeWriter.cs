namespace Dbt.Decoding;

/// <summary>Writes a decision tree as methods of nested switches that return the index of the encoding, or -1.</summary>
sealed class DecisionTreeWriter(int bits)
{
    /// <summary>A subtree with more tests than this becomes a method of its own: very large methods are not optimised by the JIT.</summary>
    const int MaxTestsInline = 48;

    readonly List<string> methods = [];

    public static void Write(SourceWriter writer, DecisionNode root, int bits)
    {
        var trees = new DecisionTreeWriter(bits);
        string body = trees.Body(root);
        writer.Line("/// <summary>Index of the encoding that a word matches, its When condition aside; -1 if there is none.</summary>");
        writer.Open("internal static int IndexOf(uint instruction)");
        writer.Lines(body);
        writer.Close();
        foreach (string method in trees.methods)
        {
            writer.Line("");
            writer.Lines(method);
        }
    }

    string Body(DecisionNode node)
    {
        var writer = new SourceWriter();
        if (node is DecisionLeaf leaf) WriteLeaf(writer, leaf);
        else WriteSwitch(writer, (DecisionSwitch)node);
        return writer.ToString();
    }

    void WriteSwitch(SourceWriter writer, DecisionSwitch node)
    {
        writer.Open($"switch ({Run(node)})");
        // Cases that continue alike share one body.
        foreach (var alike in node.Cases.Select(c => (c.Value, Body: CaseBody(c.Next))).GroupBy(c => c.Body))
        {
            var labels = alike.Select(c => $"case 0x{c.Value:x}:").ToList();
            string body = alike.Key.TrimEnd('\n');
            if (body.IndexOf('\n') < 0)
            {
                WriteLabels(writer, labels, " " + body);
                continue;
            }

            WriteLabels(writer, labels, "");
            writer.Indent();
            writer.Lines(body);
            writer.Unindent();
        }

        writer.Line("default: return -1;");
        writer.Close();
    }

    static void WriteLabels(SourceWriter writer, List<string> labels, string after)
    {
        const int perLine = 16;
        for (int i = 0; i < labels.Count; i += perLine)
        {
            string line = string.Join(" ", labels.Skip(i).Take(perLine));
            writer.Line(i + perLine >= labels.Count ? line + after : line);
        }
    }

    string CaseBody(DecisionNode node)
    {
        string body = Body(node);
        if (node is not DecisionSwitch || Tests(node) <= MaxTestsInline) return body;

        string name = $"IndexIn{methods.Count}";
        var method = new SourceWriter();
        method.Open($"static int {name}(uint instruction)");
        method.Lines(body);
        method.Close();
        methods.Add(method.ToString());
        return $"return {name}(instruction);";
    }

    static int Tests(DecisionNode node) => node is DecisionSwitch branch ? branch.Cases.Sum(c => Tests(c.Next)) : ((DecisionLeaf)node).Tests.Count;

    string Run(DecisionSwitch node)
    {
        string shifted = node.Lsb == 0 ? "instruction" : $"instruction >> {node.Lsb}";
        return node.Lsb + node.Width == bits && bits == 32 ? shifted : $"{shifted} & 0x{(1 << node.Width) - 1:x}";
    }

    static void WriteLeaf(SourceWriter writer, DecisionLeaf leaf)
    {
        for (int i = 0; i < leaf.Tests.Count; i++)
        {
            var test = leaf.Tests[i];
            if (test.AlwaysHolds)
            {
                writer.Line($"return {test.Pattern};");
                return;
            }

            bool isLast = i == leaf.Tests.Count - 1;
            writer.Line(isLast ? $"return {Condition(test)} ? {test.Pattern} : -1;" : $"if ({Condition(test)}) return {test.Pattern};");
        }

        if (leaf.Tests.Count == 0) writer.Line("return -1;");
    }

    static string Condition(DecisionTest test)
    {
        var terms = test.Exclusions.Select(exclusion => Compare(exclusion, "!=")).ToList();
        if (test.Remaining.Mask != 0) terms.Insert(0, Compare(test.Remaining, "=="));
        return string.Join(" && ", terms);
    }

    static string Compare(Cube cube, string comparison) => $"(instruction & 0x{cube.Mask:x}u) {comparison} 0x{cube.Bits:x}u";
}
