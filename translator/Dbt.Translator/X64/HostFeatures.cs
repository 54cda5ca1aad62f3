using System.Runtime.Intrinsics.X86;

namespace Dbt.Translator.X64;

/// <summary>What the host processor offers, as far as code generation chooses by it. Part of the cache key.</summary>
/// <param name="Bmi2">Flagless shifts (SHLX, SHRX, SARX, RORX).</param>
/// <param name="Movbe">MOVBE.</param>
/// <param name="Avx512">AVX-512 F, CD, DQ, BW and VL.</param>
/// <param name="Gfni">GF(2) affine transformations.</param>
public readonly record struct HostFeatures(bool Bmi2, bool Movbe, bool Avx512, bool Gfni)
{
    /// <summary>The features of this processor that the operating system has enabled. AVX2, FMA, F16C, BMI1, LZCNT, POPCNT and PCLMULQDQ are required; see <see cref="MissingRequirement"/>.</summary>
    public static HostFeatures Detect()
    {
        var (_, _, leaf1C, _) = X86Base.CpuId(1, 0);
        var (_, leaf7B, leaf7C, _) = X86Base.CpuId(7, 0);
        const int avx512 = (1 << 16) | (1 << 17) | (1 << 28) | (1 << 30) | (1 << 31);
        return new HostFeatures(
            Bmi2: (leaf7B & (1 << 8)) != 0,
            Movbe: (leaf1C & (1 << 22)) != 0,
            Avx512: (leaf7B & avx512) == avx512,
            Gfni: (leaf7C & (1 << 8)) != 0);
    }

    /// <summary>Name of a feature that dbt cannot do without and that the processor lacks, or null.</summary>
    public static string? MissingRequirement()
    {
        var (_, _, leaf1C, _) = X86Base.CpuId(1, 0);
        var (_, leaf7B, _, _) = X86Base.CpuId(7, 0);
        var (_, _, extendedC, _) = X86Base.CpuId(unchecked((int)0x8000_0001), 0);
        return (leaf1C & (1 << 1)) == 0 ? "PCLMULQDQ"
            : (leaf1C & (1 << 20)) == 0 ? "SSE4.2"
            : (leaf1C & (1 << 23)) == 0 ? "POPCNT"
            : (leaf1C & (1 << 28)) == 0 ? "AVX"
            : (leaf1C & (1 << 12)) == 0 ? "FMA"
            : (leaf1C & (1 << 29)) == 0 ? "F16C"
            : (leaf7B & (1 << 3)) == 0 ? "BMI1"
            : (leaf7B & (1 << 5)) == 0 ? "AVX2"
            : (extendedC & (1 << 5)) == 0 ? "LZCNT"
            : null;
    }
}
