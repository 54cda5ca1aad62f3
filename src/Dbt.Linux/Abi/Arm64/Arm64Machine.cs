using Dbt.Linux.Loading;
using Dbt.Translator.Guests.Arm64;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>What Linux tells an AArch64 program about its machine.</summary>
static class Arm64Machine
{
    public static MachineDescription Description { get; } = new(
        "aarch64",
        Arm64Features.HwCap,
        Arm64Features.HwCap2,
        Arm64SignalFrame.MinimumStack);

    public static GuestMachine Machine => new(ElfFile.MachineArm64, "AArch64", Is64: true, BigEndian: false);
}
