using System.Runtime.InteropServices;

namespace Dbt.Linux.Host;

/// <summary>struct stat of x86-64 (asm/stat.h): 144 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
struct HostStat
{
    [FieldOffset(0)] public ulong Device;
    [FieldOffset(8)] public ulong Inode;
    [FieldOffset(16)] public ulong LinkCount;
    [FieldOffset(24)] public uint Mode;
    [FieldOffset(28)] public uint User;
    [FieldOffset(32)] public uint Group;
    [FieldOffset(40)] public ulong SpecialDevice;
    [FieldOffset(48)] public long Size;
    [FieldOffset(56)] public long BlockSize;
    [FieldOffset(64)] public long Blocks;
    [FieldOffset(72)] public long AccessSeconds;
    [FieldOffset(80)] public ulong AccessNanoseconds;
    [FieldOffset(88)] public long ModifySeconds;
    [FieldOffset(96)] public ulong ModifyNanoseconds;
    [FieldOffset(104)] public long ChangeSeconds;
    [FieldOffset(112)] public ulong ChangeNanoseconds;
}
