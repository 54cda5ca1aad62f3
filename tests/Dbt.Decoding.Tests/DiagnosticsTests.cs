using Microsoft.CodeAnalysis;

namespace Dbt.Decoding.Tests;

public sealed class DiagnosticsTests
{
    /// <summary>The text that a diagnostic underlines, found by its place in the snippet's line.</summary>
    static string Underlined(Diagnostic diagnostic, string line) => line.Substring(diagnostic.Location.GetLineSpan().StartLinePosition.Character, diagnostic.Location.SourceSpan.Length);

    static Diagnostic Only(IReadOnlyList<Diagnostic> diagnostics, string id)
    {
        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        return diagnostic;
    }

    [Fact]
    public void Overlapping_patterns_are_named_with_a_common_word()
    {
        var diagnostic = Only(TestGuest.Diagnose("""
            [Instruction("0000 0000 a:8 00000000 b:8", Asm = "one {a} {b}")]
            bool One(int a, int b) => true;
            [Instruction("0000 0000 00000000 a:8 b:8", Asm = "two {a} {b}")]
            bool Two(int a, int b) => true;
            """), "DBT001");

        Assert.Equal("'One' \"0000 0000 a:8 00000000 b:8\" and 'Two' \"0000 0000 00000000 a:8 b:8\" both match 0x00000000 and neither is more specific", diagnostic.GetMessage());
        Assert.Single(diagnostic.AdditionalLocations);
    }

    [Fact]
    public void Equal_patterns_overlap() => Only(TestGuest.Diagnose("""
        [Instruction("00000000 a:24", Asm = "one {a}")]
        bool One(int a) => true;
        [Instruction("00000000 b:24", Asm = "two {b}")]
        bool Two(int b) => true;
        """), "DBT001");

    [Fact]
    public void Exclusions_that_separate_two_patterns_are_understood() => Assert.Empty(TestGuest.Diagnose("""
        [Instruction("a:2!=11 b:2 0000000000000000000000000000", Asm = "one {a} {b}")]
        bool One(int a, int b) => true;
        [Instruction("11 0 0 0000000000000000000000000 c:3", Asm = "two {c}")]
        bool Two(int c) => true;
        """));

    [Fact]
    public void Exclusions_that_separate_two_patterns_only_in_part_do_not_help()
    {
        var diagnostic = Only(TestGuest.Diagnose("""
            [Instruction("a:2!=11 b:2 0000000000000000000000000000", Asm = "one {a} {b}")]
            bool One(int a, int b) => true;
            [Instruction("1x 0 0 0000000000000000000000000 c:3", Asm = "two {c}")]
            bool Two(int c) => true;
            """), "DBT001");

        Assert.Contains("0x80000000", diagnostic.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_whose_words_more_specific_ones_take_is_unreachable()
    {
        var diagnostic = Only(TestGuest.Diagnose("""
            [Instruction("0000 0 a:27", Asm = "low {a}")]
            bool Low(int a) => true;
            [Instruction("0000 1 a:27", Asm = "high {a}")]
            bool High(int a) => true;
            [Instruction("0000 a:28", Asm = "all {a}")]
            bool All(int a) => true;
            """), "DBT002");

        Assert.Equal("'All' \"0000 a:28\" is never decoded: more specific patterns take all its words: 'Low' \"0000 0 a:27\", 'High' \"0000 1 a:27\"", diagnostic.GetMessage());
    }

    [Theory]
    [InlineData("0000 a:27", "the pattern has 31 bits instead of 32", "")]
    [InlineData("0000 a:28 1", "the pattern has more than 32 bits", "1")]
    [InlineData("0000 a:2? 1", "'a:2?' is neither bits nor a field", "a:2?")]
    [InlineData("0000 a:28!=11", "'11' has 2 bits and field 'a' has 28", "a:28!=11")]
    [InlineData("0000 pc:28", "'pc' is reserved and cannot name a field", "pc:28")]
    [InlineData("0000 a:0 b:28", "field 'a' has an impossible width", "a:0")]
    [InlineData("a!=0,1 0000000000000000000000000000000", "the exclusions leave no word", "")]
    public void Malformed_patterns_are_underlined_where_they_are_wrong(string pattern, string reason, string underlined)
    {
        string line = $"[Instruction(\"{pattern}\", Asm = \"i\")] bool Odd(int a) => true;";
        var diagnostic = Only(TestGuest.Diagnose(line), "DBT003");

        Assert.Equal($"Pattern of 'Odd': {reason}", diagnostic.GetMessage());
        Assert.Equal(underlined == "" ? pattern : underlined, Underlined(diagnostic, line));
    }

    [Fact]
    public void A_parameter_without_a_field_is_named()
    {
        const string line = "[Instruction(\"0000 a:28\", Asm = \"i {a}\")] bool Odd(int a, int b) => true;";
        var diagnostic = Only(TestGuest.Diagnose(line), "DBT004");

        Assert.Equal("Parameter 'b' of 'Odd' is no field of pattern \"0000 a:28\"", diagnostic.GetMessage());
        Assert.Equal("int b", Underlined(diagnostic, line));
    }

    [Fact]
    public void A_field_that_nothing_uses_is_named()
    {
        const string line = "[Instruction(\"0000 aa:4 a:24\", Asm = \"i {aa}\")] bool Odd(int aa) => true;";
        var diagnostic = Only(TestGuest.Diagnose(line), "DBT005");

        Assert.Equal("Field 'a' of 'Odd' is used by no parameter, template or condition; write x for don't-care bits", diagnostic.GetMessage());
        Assert.Equal("a", Underlined(diagnostic, line));
    }

    [Theory]
    [InlineData("bool a", "bool", "the field has 28 bits")]
    [InlineData("long a", "long", "use bool, int, uint or an enum")]
    [InlineData("ref int a", "int", "use bool, int, uint or an enum")]
    [InlineData("uint a, int instruction", "int", "the whole word is a uint")]
    public void A_parameter_of_the_wrong_type_is_named(string parameters, string type, string reason)
    {
        string name = parameters.Split(' ')[^1];
        var diagnostic = Only(TestGuest.Diagnose($"[Instruction(\"0000 a:28\", Asm = \"i {{a}}\")] bool Odd({parameters}) => true;"), "DBT006");

        Assert.Equal($"Parameter '{name}' of 'Odd' has type '{type}', which cannot take its field: {reason}", diagnostic.GetMessage());
    }

    [Theory]
    [InlineData("i {b}", "'b' is no field of \"0000 a:28\"", "b")]
    [InlineData("i {Register b 1}", "'b' is no field of \"0000 a:28\"", "b")]
    [InlineData("i {Register a (a+c)}", "'c' is no field of \"0000 a:28\"", "c")]
    [InlineData("i {a", "'{' without '}'; a brace in the text is doubled", "{")]
    [InlineData("i a}", "'}' without '{'; a brace in the text is doubled", "}")]
    [InlineData("i {}", "empty placeholder", "{}")]
    [InlineData("i {a:1}", "'1' cannot name a syntax method", "1")]
    public void Malformed_templates_are_underlined_where_they_are_wrong(string asm, string reason, string underlined)
    {
        string line = $"[Instruction(\"0000 a:28\", Asm = \"{asm}\")] bool Odd(int a) => true;";
        var diagnostic = Only(TestGuest.Diagnose(line), "DBT007");

        Assert.Equal($"Template of 'Odd': {reason}", diagnostic.GetMessage());
        Assert.Equal(underlined, Underlined(diagnostic, line));
    }

    [Fact]
    public void A_missing_template_is_an_error() =>
        Assert.Equal("Template of 'Odd': Asm is missing", Only(TestGuest.Diagnose("[Instruction(\"0000 a:28\")] bool Odd(int a) => true;"), "DBT007").GetMessage());

    [Theory]
    [InlineData("[Instruction(\"0000 a:28\", Asm = \"i\", When = \"a == b\")] bool Odd(int a) => true;", "'b' is no field of \"0000 a:28\"", "b")]
    [InlineData("[Instruction(\"0000 a:28\", Asm = \"i\"), Alias(\"j\", When = \"a == b\")] bool Odd(int a) => true;", "'b' is no field of \"0000 a:28\"", "b")]
    [InlineData("[Instruction(\"0000 a:28\", Asm = \"i\"), Alias(\"j\")] bool Odd(int a) => true;", "When is missing", "Alias(\"j\")")]
    public void Malformed_conditions_are_underlined_where_they_are_wrong(string line, string reason, string underlined)
    {
        var diagnostic = Only(TestGuest.Diagnose(line), "DBT008");

        Assert.Equal($"Condition of 'Odd': {reason}", diagnostic.GetMessage());
        Assert.Equal(underlined, Underlined(diagnostic, line));
    }

    [Fact]
    public void A_condition_that_is_no_expression_is_an_error() =>
        Assert.Contains("\"a ==\" is no C# expression", Only(TestGuest.Diagnose("[Instruction(\"0000 a:28\", Asm = \"i\", When = \"a ==\")] bool Odd(int a) => true;"), "DBT008").GetMessage(), StringComparison.Ordinal);

    [Fact]
    public void A_condition_that_goes_on_after_its_end_is_an_error() =>
        Only(TestGuest.Diagnose("[Instruction(\"0000 a:28\", Asm = \"i\", When = \"a == 1; return true\")] bool Odd(int a) => true;"), "DBT008");

    [Fact]
    public void An_instruction_outside_a_lifter_is_named() => Assert.Equal(
        "'Lost' has [Instruction], but its class has no [GuestInstructions]",
        Only(TestGuest.DiagnoseSource("using Dbt.Decoding; class C { [Instruction(\"0000 a:28\", Asm = \"i\")] bool Lost(int a) => true; }"), "DBT009").GetMessage());

    [Fact]
    public void A_method_that_returns_no_bool_is_named() => Assert.Equal(
        "'Odd' must return bool: whether the encoding is allocated",
        Only(TestGuest.Diagnose("[Instruction(\"0000 a:28\", Asm = \"i\")] void Odd(int a) { }"), "DBT010").GetMessage());

    [Theory]
    [InlineData("class Outer { [GuestInstructions] partial class Inner { } }", "'Inner': a lifter class is neither nested nor generic")]
    [InlineData("[GuestInstructions] partial class Generic<T> { }", "'Generic': a lifter class is neither nested nor generic")]
    [InlineData("[GuestInstructions(Bits = 64)] partial class Wide { }", "'Wide': an instruction word has 1 to 32 bits")]
    public void Unsuitable_classes_are_named(string source, string message) =>
        Assert.Equal(message, Only(TestGuest.DiagnoseSource("using Dbt.Decoding; " + source), "DBT011").GetMessage());

    [Fact]
    public void Lifters_of_one_name_in_two_namespaces_are_two_guests()
    {
        const string lifter = "[GuestInstructions] partial class ALifter { [Instruction(\"0000 a:28\", Asm = \"i\")] bool I(int a) => true; }";
        TestGuest.Driver().RunGeneratorsAndUpdateCompilation(
            TestGuest.Compilation($"using Dbt.Decoding; namespace A {{ {lifter} }} namespace B {{ {lifter} }}"), out var compilation, out var diagnostics);

        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void One_mistake_leaves_the_other_instructions_usable()
    {
        TestGuest.Driver().RunGeneratorsAndUpdateCompilation(
            TestGuest.Compilation("using Dbt.Decoding; [GuestInstructions] partial class ALifter { [Instruction(\"0000 a:28\", Asm = \"i\")] bool Good(int a) => true; [Instruction(\"1\", Asm = \"i\")] bool Bad(int a) => true; }"),
            out var compilation, out var diagnostics);

        Only(diagnostics, "DBT003");
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }
}
