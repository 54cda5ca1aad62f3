using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dbt.Decoding.Tests;

/// <summary>A guest made of the members given to <see cref="Of"/>: generated, compiled and loaded, so that tests see what the generated code does.</summary>
/// <remarks>Instruction methods call <c>Saw("text")</c> to record what reached them.</remarks>
sealed class TestGuest
{
    const string Surroundings = """
        using System;
        using Dbt.Decoding;
        namespace Test;

        enum Shift { Lsl, Lsr, Asr, Ror }

        static class TestSyntax
        {
            public static string Register(int number, bool wide) => (wide ? "x" : "w") + number;
            public static string ShiftSuffix(int shift, int amount) => amount == 0 ? "" : $", {((Shift)shift).ToString().ToLowerInvariant()} #{amount}";
            public static string Label(ulong pc, int offset) => $"0x{pc + (ulong)(offset * 4):x}";
            public static string Hex(int value) => $"#0x{value:x}";
            public static string Choose(bool condition, string yes, string no) => condition ? yes : no;
        }

        public static class Driver
        {
            public static string? Decode(uint instruction)
            {
                var lifter = new TestLifter();
                return lifter.Decode(instruction) ? lifter.Seen : null;
            }

            public static string Disassemble(uint instruction, ulong address) => TestDisassembler.Disassemble(instruction, address);
            public static int IndexOf(uint instruction) => TestEncodings.IndexOf(instruction);
            public static bool IsAllocated(int index, uint instruction) => TestEncodings.IsAllocated(index, instruction);
            public static int Count() => TestEncodings.Count;
            public static string Describe(int index)
            {
                var e = TestEncodings.All[index];
                return $"{e.Name}|{e.Pattern}|{e.Asm}|{e.Chapter}|{e.Feature}|{e.FixedMask:x8}|{e.FixedBits:x8}|{string.Join(" ", Array.ConvertAll(e.Fields, f => $"{f.Name}:{f.Width}:{f.Mask:x}"))}";
            }

            public static uint[] Encode(int index, ulong seed, int count)
            {
                var random = new EncodingRandom(seed);
                var words = new uint[count];
                for (int i = 0; i < count; i++) words[i] = TestEncodings.Encode(index, ref random);
                return words;
            }

            public static string Coverage() => TestCoverage.Markdown();
        }

        """;

    static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    readonly Type driver;

    TestGuest(Type driver) => this.driver = driver;

    public int Count => Call<int>("Count");

    public static string Lifter(string members, int bits = 32) => $$"""
        [GuestInstructions(Syntax = typeof(TestSyntax), Bits = {{bits}})]
        sealed partial class TestLifter
        {
            public string Seen = "";
            bool Saw(string what) { Seen = what; return true; }

        {{members}}
        }
        """;

    public static CSharpCompilation Compilation(string source, string path = "Test.cs") => CSharpCompilation.Create(
        "Test" + Guid.NewGuid().ToString("N"),
        [CSharpSyntaxTree.ParseText(source, ParseOptions, path)],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release));

    public static GeneratorDriver Driver(bool trackSteps = false) => CSharpGeneratorDriver.Create(
        [new InstructionSetGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new(IncrementalGeneratorOutputKind.None, trackSteps));

    /// <summary>The generator's own diagnostics for a lifter with these members.</summary>
    public static IReadOnlyList<Diagnostic> Diagnose(string members, int bits = 32) => DiagnoseSource(Surroundings + Lifter(members, bits));

    public static IReadOnlyList<Diagnostic> DiagnoseSource(string source)
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation(source), out _, out var diagnostics);
        return diagnostics;
    }

    public static TestGuest Of(string members, int bits = 32, string path = "Test.cs")
    {
        Driver().RunGeneratorsAndUpdateCompilation(Compilation(Surroundings + Lifter(members, bits), path), out var compilation, out var diagnostics);
        Assert.Empty(diagnostics);
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return new(new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(image).GetType("Test.Driver")!);
    }

    /// <summary>What the method of this word recorded; null if the word is unallocated.</summary>
    public string? Decode(uint instruction) => Call<string?>("Decode", instruction);

    public string Disassemble(uint instruction, ulong address = 0) => Call<string>("Disassemble", instruction, address);

    public Func<uint, int> IndexOf => driver.GetMethod("IndexOf")!.CreateDelegate<Func<uint, int>>();

    public bool IsAllocated(int index, uint instruction) => Call<bool>("IsAllocated", index, instruction);

    public string Describe(int index) => Call<string>("Describe", index);

    public uint[] Encode(int index, ulong seed, int count) => Call<uint[]>("Encode", index, seed, count);

    public string Coverage() => Call<string>("Coverage");

    T Call<T>(string method, params object[] arguments) => (T)driver.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!
        .Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
