namespace Dbt.Decoding;

/// <summary>Writes a decision tree as methods of nested switches that return the index of the encoding, or -1.</summary>
sealed class DecisionTreeWriter(int bits)
{
    /// <summary>A subtree with more tests than this becomes a method of its own: very large methods are not optimised by the JIT.</summary>
    const int MaxTestsInline = 48;

    const string NoMatch = "return -1;";

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
        // The continuation of most values is the default.
        int unmatched = (1 << node.Width) - node.Cases.Sum(c => c.Values.Count);
        var common = node.Cases.OrderByDescending(c => c.Values.Count).First();
        if (common.Values.Count <= unmatched) common = null;

        writer.Open($"switch ({Run(node)})");
        foreach (var one in node.Cases.Where(c => c != common)) WriteCase(writer, one.Values, CaseBody(one.Next));
        if (common != null && unmatched > 0) WriteCase(writer, Enumerable.Range(0, 1 << node.Width).Select(v => (uint)v).Except(node.Cases.SelectMany(c => c.Values)), NoMatch);
        WriteCase(writer, [], common == null ? NoMatch : CaseBody(common.Next));
        writer.Close();
    }

    /// <param name="values">None for the default.</param>
    static void WriteCase(SourceWriter writer, IEnumerable<uint> values, string body)
    {
        const int perLine = 16;
        var labels = values.Select(value => $"case 0x{value:x}:").DefaultIfEmpty("default:").ToList();
        int last = (labels.Count - 1) / perLine * perLine;
        for (int i = 0; i < last; i += perLine) writer.Line(string.Join(" ", labels.Skip(i).Take(perLine)));

        string labelled = string.Join(" ", labels.Skip(last));
        body = body.TrimEnd('\n');
        if (body.IndexOf('\n') < 0)
        {
            writer.Line($"{labelled} {body}");
            return;
        }

        writer.Line(labelled);
        writer.Indent();
        writer.Lines(body);
        writer.Unindent();
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

        if (leaf.Tests.Count == 0) writer.Line(NoMatch);
    }

    static string Condition(DecisionTest test)
    {
        var terms = test.Exclusions.Select(exclusion => Compare(exclusion, "!=")).ToList();
        if (test.Remaining.Mask != 0) terms.Insert(0, Compare(test.Remaining, "=="));
        return string.Join(" && ", terms);
    }

    static string Compare(Cube cube, string comparison) => $"(instruction & 0x{cube.Mask:x}u) {comparison} 0x{cube.Bits:x}u";
}
