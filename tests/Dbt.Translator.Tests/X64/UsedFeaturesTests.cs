using Dbt.Decoding;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Code for a host without a feature has no instruction of it: every encoding of the guest, in several modes of floating point, for every feature.</summary>
public sealed unsafe class UsedFeaturesTests
{
    const int WordsPerEncoding = 12, WordsPerBlock = 16;

    public static TheoryData<string> Lists() => [.. HostFeatures.Names.Select(name => "-" + name), "-all", ""];

    static readonly HostFeatures All = new((HostFeature)((1 << HostFeatures.Names.Count()) - 1));

    [Theory]
    [MemberData(nameof(Lists))]
    public void Emitted_code_has_only_instructions_of_the_host(string list)
    {
        HostFeatures features = All.Edit(list, All);
        ForEveryEncoding(features, (name, code) =>
        {
            string? missing = UsedFeatures.FirstMissing(code, features);
            Assert.True(missing == null, $"{name}: {missing}");
        });
    }

    [Fact]
    public void Instructions_of_extensions_are_recognized()
    {
        var users = new HashSet<string>();
        ForEveryEncoding(All, (name, code) =>
        {
            if (UsedFeatures.FirstMissing(code, All.Without(HostFeature.Avx512)) != null) users.Add("avx512");
            if (UsedFeatures.FirstMissing(code, All.Without(HostFeature.Avx2)) != null) users.Add("avx2");
            if (UsedFeatures.FirstMissing(code, All.Without(HostFeature.Fma)) != null) users.Add("fma");
            if (UsedFeatures.FirstMissing(code, All.Without(HostFeature.Bmi2)) != null) users.Add("bmi2");
        });
        Assert.Equal(4, users.Count);
    }

    static void ForEveryEncoding(HostFeatures features, Action<string, byte[]> check)
    {
        using var source = new Words();
        using var explainer = new BlockExplainer(Arm64Guest.Instance, source, new EngineOptions { HostFeatures = features });
        var random = new EncodingRandom(7);
        for (int encoding = 0; encoding < Arm64Encodings.Count; encoding++)
        {
            for (int done = 0; done < WordsPerEncoding;)
            {
                source.Begin();
                for (int k = 0; k < WordsPerBlock && done < WordsPerEncoding; k++, done++) source.Add(Arm64Encodings.Encode(encoding, ref random));
                for (ushort mode = 0; mode < 32; mode += 12) Explain(explainer, source, new Location(source.Start, mode), code => check(Arm64Encodings.All[encoding].Name, code));
            }
        }
    }

    // A branch ends a block: what follows it is translated as a block of its own.
    static void Explain(BlockExplainer explainer, Words source, Location start, Action<byte[]> check)
    {
        for (ulong pc = start.Pc; pc < source.End;)
        {
            var explained = explainer.Explain(start.At(pc), target => target.ToString("x"));
            check(explained.HostBytes);
            pc += 4 * (ulong)Math.Max(1, explained.Instructions.Count);
        }
    }

    /// <summary>Guest code in an array.</summary>
    sealed class Words : ICodeSource, IDisposable
    {
        readonly uint* memory = (uint*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(PageSize, PageSize);
        const int PageSize = 4096;
        int count;

        public ulong Start => (ulong)memory;
        public ulong End => Start + 4 * (ulong)count;
        public void Begin()
        {
            count = 0;
            new Span<byte>(memory, PageSize).Clear();
        }

        public void Add(uint word) => memory[count++] = word;
        public nint WindowBase => 0;
        public bool IsExecutable(ulong address, int length) => address >= Start && address + (ulong)length <= Start + PageSize;
        public void Dispose() => System.Runtime.InteropServices.NativeMemory.AlignedFree(memory);
    }
}
