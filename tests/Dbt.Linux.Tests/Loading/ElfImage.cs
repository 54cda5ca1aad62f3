using System.Buffers.Binary;
using Dbt.Linux.Loading;

namespace Dbt.Linux.Tests.Loading;

/// <summary>Makes small ELF files.</summary>
static class ElfImage
{
    /// <summary>A 64-bit little-endian AArch64 program with one segment that holds the whole file.</summary>
    public static byte[] Small64(int codeBytes = 16)
    {
        var image = new byte[64 + 56 + codeBytes];
        "\u007fELF"u8.CopyTo(image);
        image[4] = 2;
        image[5] = image[6] = 1;
        U16(16, ElfFile.TypeExecutable);
        U16(18, ElfFile.MachineArm64);
        U32(20, 1);
        U64(24, 0x400078);
        U64(32, 64);
        U16(52, 64);
        U16(54, 56);
        U16(56, 1);
        U32(64, ElfSegment.Load);
        U32(68, ElfSegment.Read | ElfSegment.Execute);
        U64(80, 0x400000);
        U64(88, 0x400000);
        U64(96, (ulong)image.Length);
        U64(104, (ulong)image.Length);
        U64(112, 0x10000);
        return image;

        void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), value);
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);
        void U64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(at), value);
    }

    /// <summary>A 32-bit big-endian MIPS program.</summary>
    public static byte[] Small32BigEndian()
    {
        var image = new byte[52 + 32 + 8];
        "\u007fELF"u8.CopyTo(image);
        image[4] = 1;
        image[5] = 2;
        image[6] = 1;
        U16(16, ElfFile.TypeExecutable);
        U16(18, ElfFile.MachineMips);
        U32(24, 0x400054);
        U32(28, 52);
        U32(36, 0x1000);
        U16(42, 32);
        U16(44, 1);
        U32(52, ElfSegment.Load);
        U32(60, 0x400000);
        U32(68, (uint)image.Length);
        U32(72, (uint)image.Length + 100);
        U32(76, ElfSegment.Read);
        return image;

        void U16(int at, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(image.AsSpan(at), value);
        void U32(int at, uint value) => BinaryPrimitives.WriteUInt32BigEndian(image.AsSpan(at), value);
    }

    public static ElfFile Read(byte[] image) => ElfFile.Read(
        (offset, bytes) =>
        {
            int count = offset >= (ulong)image.Length ? 0 : Math.Min(bytes.Length, image.Length - (int)offset);
            image.AsSpan((int)Math.Min(offset, (ulong)image.Length), count).CopyTo(bytes);
            return count;
        },
        (ulong)image.Length);
}
