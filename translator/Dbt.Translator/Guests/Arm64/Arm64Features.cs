namespace Dbt.Translator.Guests.Arm64;

/// <summary>What the guest's processor offers: the one list from which AT_HWCAP, AT_HWCAP2 and the identification registers are made.</summary>
/// <remarks>Bits as in Linux's <c>arch/arm64/include/uapi/asm/hwcap.h</c>. Only what the lifter implements stands here.</remarks>
public static class Arm64Features
{
    const ulong Fp = 1UL << 0, Asimd = 1UL << 1, Aes = 1UL << 3, Pmull = 1UL << 4, Sha1 = 1UL << 5, Sha2 = 1UL << 6, Sha3 = 1UL << 17, Sm3 = 1UL << 18, Sm4 = 1UL << 19, Sha512 = 1UL << 21;
    const ulong Crc32 = 1UL << 7, Atomics = 1UL << 8, CpuId = 1UL << 11, Lrcpc = 1UL << 15, DcPop = 1UL << 16,
        Ilrcpc = 1UL << 26, FlagM = 1UL << 27, Sb = 1UL << 29;
    const ulong Rdm = 1UL << 12, Jscvt = 1UL << 13, Fcma = 1UL << 14, DotProduct = 1UL << 20;
    const ulong DcPodp = 1UL << 0, FlagM2 = 1UL << 7, Frint = 1UL << 8, I8mm = 1UL << 13;

    const ulong FpHp = 1UL << 9, AsimdHp = 1UL << 10, AsimdFhm = 1UL << 23;

    const ulong Half = FpHp | AsimdHp | AsimdFhm;

    const ulong Cryptography = Aes | Pmull | Sha1 | Sha2 | Sha3 | Sm3 | Sm4 | Sha512;

    /// <summary>AT_HWCAP.</summary>
    public const ulong HwCap = Cryptography | Half | Rdm | Jscvt | Fcma | DotProduct | Fp | Asimd | Crc32 | Atomics | CpuId | Lrcpc | DcPop | Ilrcpc | FlagM | Sb;

    /// <summary>AT_HWCAP2.</summary>
    public const ulong HwCap2 = Frint | I8mm | DcPodp | FlagM2;

    /// <summary>Bytes that DC ZVA zeroes.</summary>
    public const int ZeroBlockSize = 64;

    /// <summary>Bytes of a line of both caches: the step of a guest that cleans and invalidates by address.</summary>
    public const int CacheLineSize = 64;

    /// <summary>CTR_EL0: lines of 16 words, physically tagged instruction cache, and neither IDC nor DIC, so that guests announce the code that they write (Arm ARM D17.2.34).</summary>
    public const ulong CacheType = 0x8444_C004;

    /// <summary>DCZID_EL0: log2 of the words that DC ZVA zeroes.</summary>
    public const ulong ZeroBlockId = 4;

    /// <summary>Hz of CNTVCT_EL0.</summary>
    public const ulong CounterFrequency = 1_000_000_000;

    /// <summary>MIDR_EL1: implementer 0 (reserved for software use), architecture by identification registers.</summary>
    const ulong MainId = 0x000F_DB70;

    /// <summary>MPIDR_EL1 as Linux shows it to programs: only its RES1 bit.</summary>
    const ulong MultiprocessorAffinity = 0x8000_0000;

    /// <summary>Whether Linux lets a program read the identification register S3_0_C0_crm_op2 (Documentation/arch/arm64/cpu-feature-registers.rst).</summary>
    public static bool IsReadableId(int crm, int op2) => crm == 0 ? op2 is 0 or 5 or 6 : crm is >= 2 and <= 7;

    /// <summary>The value of S3_0_C0_crm_op2 that programs see. Registers of AArch32 and fields that programs need not know read as zero.</summary>
    public static ulong ReadId(int crm, int op2) => (crm, op2) switch
    {
        (0, 0) => MainId,
        (0, 5) => MultiprocessorAffinity,
        (4, 0) => 0x11 | Field(HwCap, FpHp, 16, 1) | Field(HwCap, AsimdHp, 20, 1), // ID_AA64PFR0_EL1: EL0 and EL1 in AArch64 only, FP and AdvSIMD.
        (5, 0) => 0x6, // ID_AA64DFR0_EL1: the least debug architecture.
        (6, 0) => CryptographyFields | Field(HwCap, AsimdFhm, 48, 1) | Field(HwCap, Rdm, 28, 1) | Field(HwCap, DotProduct, 44, 1) | Field(HwCap, Crc32, 16, 1) | Field(HwCap, Atomics, 20, 2) | Field(HwCap, FlagM, 52, 1) + Field(HwCap2, FlagM2, 52, 1),
        (6, 1) => Field(HwCap, DcPop, 0, 1) + Field(HwCap2, DcPodp, 0, 1) | Field(HwCap, Lrcpc, 20, 1) + Field(HwCap, Ilrcpc, 20, 1) | Field(HwCap, Sb, 36, 1)
            | Field(HwCap, Jscvt, 12, 1) | Field(HwCap, Fcma, 16, 1) | Field(HwCap2, Frint, 32, 1) | Field(HwCap2, I8mm, 52, 1),
        (7, 0) => 0xFF00_0000, // ID_AA64MMFR0_EL1: granules are not told.
        _ => 0,
    };

    const ulong CryptographyFields = 2UL << 4 | 1UL << 8 | 2UL << 12 | 1UL << 32 | 1UL << 36 | 1UL << 40; // AES with PMULL, SHA1, SHA2 with SHA512, SHA3, SM3, SM4.

    static ulong Field(ulong capabilities, ulong capability, int lsb, ulong value) => (capabilities & capability) != 0 ? value << lsb : 0;
}
