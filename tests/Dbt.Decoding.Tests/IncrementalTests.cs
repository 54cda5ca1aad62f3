using Microsoft.CodeAnalysis;

namespace Dbt.Decoding.Tests;

public sealed class IncrementalTests
{
    const string Source = """
        using Dbt.Decoding;
        [GuestInstructions]
        sealed partial class ALifter
        {
            [Instruction("0000 a:28", Asm = "i {a}")]
            bool I(int a) => a == 0;
        }
        """;

    /// <summary>How the generated files fared in a second run after an edit.</summary>
    static List<IncrementalStepRunReason> ReasonsAfter(string old, string replacement)
    {
        var compilation = TestGuest.Compilation(Source);
        var driver = TestGuest.Driver(trackSteps: true).RunGenerators(compilation);
        var before = compilation.SyntaxTrees.Single();
        var after = before.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(Source.Replace(old, replacement, StringComparison.Ordinal)));
        var steps = driver.RunGenerators(compilation.ReplaceSyntaxTree(before, after)).GetRunResult().Results.Single().TrackedSteps;
        return [.. steps[InstructionSetGenerator.SourcesStep].SelectMany(step => step.Outputs).Select(output => output.Reason)];
    }

    [Theory]
    [InlineData("a == 0", "a != 1")]
    [InlineData("[Instruction", "\n\n    [Instruction")]
    [InlineData("sealed partial", "\n\nsealed partial")]
    public void Editing_a_body_or_moving_a_method_generates_nothing_anew(string old, string replacement) =>
        Assert.All(ReasonsAfter(old, replacement), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, reason.ToString()));

    [Theory]
    [InlineData("0000 a", "0001 a")]
    [InlineData("i {a}", "j {a}")]
    [InlineData("int a", "uint a")]
    public void Editing_a_declaration_generates_anew(string old, string replacement) =>
        Assert.Contains(IncrementalStepRunReason.Modified, ReasonsAfter(old, replacement));
}
