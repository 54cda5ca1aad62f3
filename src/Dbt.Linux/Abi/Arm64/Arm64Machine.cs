using Dbt.Linux.Loading;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>What Linux tells an AArch64 program about its machine.</summary>
static class Arm64Machine
{
    /// <summary>Hardware capabilities (arch/arm64/include/uapi/asm/hwcap.h): exactly the extensions that <c>Guests/Arm64</c> lifts.</summary>
    [Flags]
    enum Hwcap : ulong
    {
        Fp = 1 << 0,
        Asimd = 1 << 1,
        Crc32 = 1 << 7,
        Atomics = 1 << 8,
        Lrcpc = 1 << 15,
        Uscat = 1 << 25,
        Ilrcpc = 1 << 26,
        Flagm = 1 << 27,
    }

    /// <summary>Second word of capabilities.</summary>
    [Flags]
    enum Hwcap2 : ulong
    {
        Flagm2 = 1 << 7,
    }

    public static MachineDescription Description { get; } = new(
        "aarch64",
        (ulong)(Hwcap.Fp | Hwcap.Asimd | Hwcap.Crc32 | Hwcap.Atomics | Hwcap.Lrcpc | Hwcap.Uscat | Hwcap.Ilrcpc | Hwcap.Flagm),
        (ulong)Hwcap2.Flagm2,
        Arm64SignalFrame.MinimumStack);

    public static GuestMachine Machine => new(ElfFile.MachineArm64, "AArch64", Is64: true, BigEndian: false);
}
