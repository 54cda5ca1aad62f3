using System.Runtime.Intrinsics.X86;

namespace Dbt.Translator.X64;

/// <summary>Extensions of the x86-64 instruction set that the back end uses where the processor has them and does without where not.</summary>
[Flags]
public enum HostFeature
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>MOVBE.</summary>
    Movbe = 1 << 0,
    /// <summary>LZCNT.</summary>
    Lzcnt = 1 << 1,
    /// <summary>ANDN, BEXTR, BLSR, TZCNT.</summary>
    Bmi1 = 1 << 2,
    /// <summary>Shifts that leave the flags alone (SHLX, SHRX, SARX, RORX), MULX, PDEP, PEXT, BZHI.</summary>
    Bmi2 = 1 << 3,
    /// <summary>ADCX and ADOX.</summary>
    Adx = 1 << 4,
    /// <summary>Integer vectors of 256 bits, and what came with them: broadcasts from registers, shifts by variable amounts, VPBLENDD.</summary>
    Avx2 = 1 << 5,
    /// <summary>Fused multiply-add.</summary>
    Fma = 1 << 6,
    /// <summary>Conversions between half and single precision.</summary>
    F16c = 1 << 7,
    /// <summary>Carry-less multiplication.</summary>
    Pclmul = 1 << 8,
    /// <summary>AES rounds.</summary>
    Aes = 1 << 9,
    /// <summary>SHA-1 and SHA-256 rounds.</summary>
    Sha = 1 << 10,
    /// <summary>Affine transformations and products in GF(2^8).</summary>
    Gfni = 1 << 11,
    /// <summary>AES rounds on vectors longer than 128 bits, or in EVEX form.</summary>
    Vaes = 1 << 12,
    /// <summary>Carry-less multiplication of vectors longer than 128 bits, or in EVEX form.</summary>
    Vpclmul = 1 << 13,
    /// <summary>Dot products in VEX form.</summary>
    AvxVnni = 1 << 14,
    /// <summary>AVX-512 F, CD, DQ, BW and VL.</summary>
    Avx512 = 1 << 15,
    /// <summary>Permutations of bytes.</summary>
    Vbmi = 1 << 16,
    /// <summary>Funnel shifts, compression of bytes.</summary>
    Vbmi2 = 1 << 17,
    /// <summary>Dot products in EVEX form.</summary>
    Vnni = 1 << 18,
    /// <summary>Population counts of bytes and words.</summary>
    Bitalg = 1 << 19,
    /// <summary>Population counts of doublewords and quadwords.</summary>
    Vpopcnt = 1 << 20,
    /// <summary>Dot products of BFloat16.</summary>
    Bf16 = 1 << 21,
    /// <summary>SHA-512 rounds.</summary>
    Sha512 = 1 << 22,
    /// <summary>SM3 rounds.</summary>
    Sm3 = 1 << 23,
    /// <summary>SM4 rounds.</summary>
    Sm4 = 1 << 24,
}

/// <summary>What the host processor offers, as far as code generation chooses by it. Part of the cache key: its text names it.</summary>
/// <param name="Present">The features that may be used.</param>
public readonly record struct HostFeatures(HostFeature Present)
{
    const HostFeature NeedAvx512 = HostFeature.Vbmi | HostFeature.Vbmi2 | HostFeature.Vnni | HostFeature.Bitalg | HostFeature.Vpopcnt | HostFeature.Bf16;

    /// <summary>The one table of features: the name in options, and what cannot be used without it.</summary>
    static readonly (HostFeature Feature, string Name, HostFeature Dependents)[] Table =
    [
        (HostFeature.Movbe, "movbe", 0), (HostFeature.Lzcnt, "lzcnt", 0), (HostFeature.Bmi1, "bmi1", 0), (HostFeature.Bmi2, "bmi2", 0), (HostFeature.Adx, "adx", 0),
        (HostFeature.Avx2, "avx2", HostFeature.Avx512 | HostFeature.AvxVnni | HostFeature.Vaes | HostFeature.Vpclmul | HostFeature.Sha512 | HostFeature.Sm3 | HostFeature.Sm4 | NeedAvx512),
        (HostFeature.Fma, "fma", 0), (HostFeature.F16c, "f16c", 0),
        (HostFeature.Pclmul, "pclmul", HostFeature.Vpclmul), (HostFeature.Aes, "aes", HostFeature.Vaes), (HostFeature.Sha, "sha", 0), (HostFeature.Gfni, "gfni", 0),
        (HostFeature.Vaes, "vaes", 0), (HostFeature.Vpclmul, "vpclmul", 0), (HostFeature.AvxVnni, "avxvnni", 0), (HostFeature.Avx512, "avx512", NeedAvx512),
        (HostFeature.Vbmi, "vbmi", 0), (HostFeature.Vbmi2, "vbmi2", 0), (HostFeature.Vnni, "vnni", 0), (HostFeature.Bitalg, "bitalg", 0), (HostFeature.Vpopcnt, "vpopcnt", 0),
        (HostFeature.Bf16, "bf16", 0), (HostFeature.Sha512, "sha512", 0), (HostFeature.Sm3, "sm3", 0), (HostFeature.Sm4, "sm4", 0),
    ];

    static readonly (HostFeatures Features, string? Missing) Processor = Identify();

    /// <summary>Nothing but what dbt cannot do without.</summary>
    public static HostFeatures Required => default;

    /// <summary>MOVBE.</summary>
    public bool Movbe => Has(HostFeature.Movbe);
    /// <summary>LZCNT.</summary>
    public bool Lzcnt => Has(HostFeature.Lzcnt);
    /// <summary>ANDN, BEXTR, BLSR, TZCNT.</summary>
    public bool Bmi1 => Has(HostFeature.Bmi1);
    /// <summary>Flagless shifts (SHLX, SHRX, SARX, RORX).</summary>
    public bool Bmi2 => Has(HostFeature.Bmi2);
    /// <summary>Integer vectors of 256 bits and their companions.</summary>
    public bool Avx2 => Has(HostFeature.Avx2);
    /// <summary>Fused multiply-add.</summary>
    public bool Fma => Has(HostFeature.Fma);
    /// <summary>Conversions of half precision.</summary>
    public bool F16c => Has(HostFeature.F16c);
    /// <summary>Carry-less multiplication.</summary>
    public bool Pclmul => Has(HostFeature.Pclmul);
    /// <summary>AES rounds.</summary>
    public bool Aes => Has(HostFeature.Aes);
    /// <summary>SHA-1 and SHA-256 rounds.</summary>
    public bool Sha => Has(HostFeature.Sha);
    /// <summary>GF(2) affine transformations.</summary>
    public bool Gfni => Has(HostFeature.Gfni);
    /// <summary>AVX-512 F, CD, DQ, BW and VL.</summary>
    public bool Avx512 => Has(HostFeature.Avx512);

    /// <summary>True if all these features may be used.</summary>
    public bool Has(HostFeature features) => (Present & features) == features;

    /// <summary>The features of this processor.</summary>
    public static HostFeatures Detect() => Processor.Features;

    /// <summary>Name of a feature that dbt cannot do without and that the processor lacks, or null.</summary>
    public static string? MissingRequirement() => Processor.Missing;

    /// <summary>Names of all features, in the order of the table.</summary>
    public static IEnumerable<string> Names => Table.Select(row => row.Name);

    /// <summary>The same without a feature and those that need it.</summary>
    public HostFeatures Without(HostFeature feature)
    {
        HostFeature gone = feature;
        foreach (var row in Table)
        {
            if ((gone & row.Feature) != 0) gone |= row.Dependents;
        }
        return new(Present & ~gone);
    }

    /// <summary>
    /// Changes the features as a list says: words with commas between; "-name" switches a feature off, "-all" every one, "+name" or "name" on again if <paramref name="processor"/> has it.
    /// </summary>
    /// <param name="list">The list.</param>
    /// <param name="processor">What can be switched on.</param>
    /// <exception cref="FormatException">A name that is unknown, or a feature that the processor lacks. The message says which and lists the known ones.</exception>
    public HostFeatures Edit(string list, HostFeatures processor)
    {
        HostFeatures result = this;
        foreach (string word in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            bool off = word[0] == '-';
            string name = word[0] is '-' or '+' ? word[1..] : word;
            HostFeature feature = name == "all" ? (off ? ~HostFeature.None : processor.Present) : Find(name);
            if (feature == HostFeature.None) throw new FormatException($"there is no host feature '{name}'; there are {string.Join(", ", Names)}, and all");
            if (!off && !processor.Has(feature)) throw new FormatException($"this processor has no {name}");
            result = off ? result.Without(feature) : new(result.Present | feature);
        }
        return result;
    }

    /// <summary>Names of the features that may be used, with commas between.</summary>
    public override string ToString()
    {
        HostFeatures self = this;
        return string.Join(',', Table.Where(row => self.Has(row.Feature)).Select(row => row.Name));
    }

    static HostFeature Find(string name)
    {
        foreach (var row in Table)
        {
            if (row.Name == name) return row.Feature;
        }
        return HostFeature.None;
    }

    static (HostFeatures, string?) Identify()
    {
        var (_, _, leaf1C, _) = X86Base.CpuId(1, 0);
        var (leaf7Count, leaf7B, leaf7C, _) = X86Base.CpuId(7, 0);
        int leaf71A = leaf7Count >= 1 ? X86Base.CpuId(7, 1).Eax : 0;
        var (_, _, extendedC, _) = X86Base.CpuId(unchecked((int)0x8000_0001), 0);
        const int avx512 = (1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | (1 << 31);

        var present = HostFeature.None;
        void Add(HostFeature feature, int register, int bit)
        {
            if ((register & (1 << bit)) != 0) present |= feature;
        }
        Add(HostFeature.Pclmul, leaf1C, 1);
        Add(HostFeature.Fma, leaf1C, 12);
        Add(HostFeature.Movbe, leaf1C, 22);
        Add(HostFeature.Aes, leaf1C, 25);
        Add(HostFeature.F16c, leaf1C, 29);
        Add(HostFeature.Lzcnt, extendedC, 5);
        Add(HostFeature.Bmi1, leaf7B, 3);
        Add(HostFeature.Avx2, leaf7B, 5);
        Add(HostFeature.Bmi2, leaf7B, 8);
        Add(HostFeature.Adx, leaf7B, 19);
        Add(HostFeature.Sha, leaf7B, 29);
        Add(HostFeature.Vbmi, leaf7C, 1);
        Add(HostFeature.Vbmi2, leaf7C, 6);
        Add(HostFeature.Gfni, leaf7C, 8);
        Add(HostFeature.Vaes, leaf7C, 9);
        Add(HostFeature.Vpclmul, leaf7C, 10);
        Add(HostFeature.Vnni, leaf7C, 11);
        Add(HostFeature.Bitalg, leaf7C, 12);
        Add(HostFeature.Vpopcnt, leaf7C, 14);
        Add(HostFeature.Sha512, leaf71A, 0);
        Add(HostFeature.Sm3, leaf71A, 1);
        Add(HostFeature.Sm4, leaf71A, 2);
        Add(HostFeature.AvxVnni, leaf71A, 4);
        Add(HostFeature.Bf16, leaf71A, 5);
        if ((leaf7B & avx512) == avx512) present |= HostFeature.Avx512;

        HostFeatures features = new(present);
        foreach (var row in Table)
        {
            if (!features.Has(row.Feature)) features = features.Without(row.Feature);
        }
        string? missing = (leaf1C & (1 << 20)) == 0 ? "SSE4.2"
            : (leaf1C & (1 << 23)) == 0 ? "POPCNT"
            : (leaf1C & (1 << 28)) == 0 ? "AVX"
            : (leaf1C & (1 << 13)) == 0 ? "CMPXCHG16B"
            : null;
        return (features, missing);
    }
}
