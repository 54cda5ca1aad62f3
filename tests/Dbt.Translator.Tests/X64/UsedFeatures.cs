using Dbt.Translator.X64;
using Iced.Intel;

namespace Dbt.Translator.Tests.X64;

/// <summary>Looks for instructions of extensions that a host is said not to have.</summary>
static class UsedFeatures
{
    /// <summary>What every host has: x86-64 with SSE4.2, POPCNT and AVX.</summary>
    static readonly HashSet<CpuidFeature> Baseline =
    [
        CpuidFeature.INTEL8086, CpuidFeature.INTEL8086_ONLY, CpuidFeature.INTEL186, CpuidFeature.INTEL286, CpuidFeature.INTEL386, CpuidFeature.INTEL486, CpuidFeature.X64, CpuidFeature.CMOV,
        CpuidFeature.CMPXCHG16B, CpuidFeature.MULTIBYTENOP, CpuidFeature.SSE, CpuidFeature.SSE2, CpuidFeature.SSE3, CpuidFeature.SSSE3, CpuidFeature.SSE4_1, CpuidFeature.SSE4_2,
        CpuidFeature.POPCNT, CpuidFeature.AVX, CpuidFeature.SYSCALL,
    ];

    static readonly Dictionary<CpuidFeature, HostFeature> Optional = new()
    {
        [CpuidFeature.MOVBE] = HostFeature.Movbe,
        [CpuidFeature.LZCNT] = HostFeature.Lzcnt,
        [CpuidFeature.BMI1] = HostFeature.Bmi1,
        [CpuidFeature.BMI2] = HostFeature.Bmi2,
        [CpuidFeature.ADX] = HostFeature.Adx,
        [CpuidFeature.AVX2] = HostFeature.Avx2,
        [CpuidFeature.FMA] = HostFeature.Fma,
        [CpuidFeature.F16C] = HostFeature.F16c,
        [CpuidFeature.PCLMULQDQ] = HostFeature.Pclmul,
        [CpuidFeature.AES] = HostFeature.Aes,
        [CpuidFeature.SHA] = HostFeature.Sha,
        [CpuidFeature.GFNI] = HostFeature.Gfni,
        [CpuidFeature.VAES] = HostFeature.Vaes,
        [CpuidFeature.VPCLMULQDQ] = HostFeature.Vpclmul,
        [CpuidFeature.AVX_VNNI] = HostFeature.AvxVnni,
        [CpuidFeature.AVX512F] = HostFeature.Avx512,
        [CpuidFeature.AVX512CD] = HostFeature.Avx512,
        [CpuidFeature.AVX512DQ] = HostFeature.Avx512,
        [CpuidFeature.AVX512BW] = HostFeature.Avx512,
        [CpuidFeature.AVX512VL] = HostFeature.Avx512,
        [CpuidFeature.AVX512_VBMI] = HostFeature.Vbmi,
        [CpuidFeature.AVX512_VBMI2] = HostFeature.Vbmi2,
        [CpuidFeature.AVX512_VNNI] = HostFeature.Vnni,
        [CpuidFeature.AVX512_BITALG] = HostFeature.Bitalg,
        [CpuidFeature.AVX512_VPOPCNTDQ] = HostFeature.Vpopcnt,
        [CpuidFeature.AVX512_BF16] = HostFeature.Bf16,
        [CpuidFeature.SHA512] = HostFeature.Sha512,
        [CpuidFeature.SM3] = HostFeature.Sm3,
        [CpuidFeature.SM4] = HostFeature.Sm4,
    };

    /// <summary>The first instruction that the host does not have, as text, or null.</summary>
    public static unsafe string? FirstMissing(ReadOnlySpan<byte> code, HostFeatures features)
    {
        fixed (byte* start = code)
        {
            var reader = new PointerReader(start, code.Length);
            var decoder = Decoder.Create(64, reader);
            while (reader.CanReadByte)
            {
                decoder.Decode(out Instruction instruction);
                if (!IsAvailable(instruction, features)) return instruction.ToString();
            }
        }
        return null;
    }

    static readonly Dictionary<Code, HostFeature?> Needs = [];

    static bool IsAvailable(in Instruction instruction, HostFeatures features)
    {
        HostFeature? needed;
        lock (Needs)
        {
            if (!Needs.TryGetValue(instruction.Code, out needed)) Needs[instruction.Code] = needed = Find(instruction.Code);
        }
        return needed is { } present && features.Has(present);
    }

    // Null if no host is known to have it, or if it is no instruction.
    static HostFeature? Find(Code code)
    {
        if (code == Code.INVALID) return null;
        var needed = HostFeature.None;
        foreach (CpuidFeature feature in code.CpuidFeatures())
        {
            if (Baseline.Contains(feature)) continue;
            if (!Optional.TryGetValue(feature, out HostFeature found)) return null;
            needed |= found;
        }
        return needed;
    }

    sealed unsafe class PointerReader(byte* code, int length) : CodeReader
    {
        int at;

        public bool CanReadByte => at < length;

        public override int ReadByte() => at < length ? code[at++] : -1;
    }
}
