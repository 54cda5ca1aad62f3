using System.Numerics;
using System.Runtime.InteropServices;

namespace Dbt.Translator.CodeCache;

/// <summary>What an image of translated code is for: a hash of the guest file's contents, its place in memory, and all that changes translations. Two images with one key may be exchanged for each other.</summary>
/// <param name="High">Half of the hash.</param>
/// <param name="Low">The other half.</param>
public readonly record struct CodeImageKey(ulong High, ulong Low);

/// <summary>The beginning of a code image: a file with translations that a later process maps and runs (docs/decisions/translations-are-kept-in-files.md).</summary>
/// <remarks>
/// All positions of code and data are relative to the image's base, so that blocks added later move nothing that is there: code grows up from it, data grows down.
/// <code>
///   file:    | directory, R                                         | data, RW private | code, RX |
///            | header | StoredBlock[] | hash table | guest bytes    |                  base       |
/// </code>
/// The three parts are whole pages. A block's pointers are kept relative to the base too, and made absolute when it is published. Everything about a block is checked then, and only then:
/// mapping an image costs the same whatever its size.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
unsafe struct CodeImageHeader
{
    const ulong Magic = 0x0001_6567_616D_4964; // dImage, format 1
    public const int PageSize = 4096;
    const int MaxLength = 1 << 30;

    ulong magic;
    public CodeImageKey Key;
    public int BlockCount;
    /// <summary>Entries of the hash table, a power of two: index of a block plus one, or 0.</summary>
    public int TableSize;
    public int GuestUsed;
    public int NameLength;
    public int DirectorySize;
    public int DataSize;
    public int CodeSize;
    public int DataUsed;
    public int CodeUsed;

    public CodeImageHeader(in CodeImageKey key) => (magic, Key) = (Magic, key);

    public readonly int TableOffset => sizeof(CodeImageHeader) + (BlockCount * sizeof(StoredBlock));
    public readonly int GuestOffset => TableOffset + (TableSize * sizeof(int));
    public readonly int NameOffset => GuestOffset + GuestUsed;
    public readonly int DirectoryUsed => NameOffset + NameLength;

    /// <summary>Whether a file of this length can have this header and be for this key. Nothing is said of what lies behind the header.</summary>
    public readonly bool IsValid(long length, in CodeImageKey key) =>
        magic == Magic && Key == key && length < MaxLength
        && BlockCount is > 0 and < MaxLength / 64 && TableSize is > 0 and < MaxLength / 16 && BitOperations.IsPow2(TableSize) && TableSize > BlockCount
        && GuestUsed is >= 0 and < MaxLength && NameLength is >= 0 and <= 4096
        && IsPages(DirectorySize) && IsPages(DataSize) && IsPages(CodeSize)
        && (long)DirectorySize + DataSize + CodeSize == length
        && (uint)DataUsed <= (uint)DataSize && (uint)CodeUsed <= (uint)CodeSize
        && (long)sizeof(CodeImageHeader) + ((long)BlockCount * sizeof(StoredBlock)) + ((long)TableSize * sizeof(int)) + GuestUsed + NameLength <= DirectorySize;

    static bool IsPages(int size) => size > 0 && size % PageSize == 0;

    /// <summary>Where a location's search in a hash table begins.</summary>
    public static uint Hash(ulong location) => (uint)((location * 0x9E37_79B9_7F4A_7C15) >> 34);
}

/// <summary>What an image's directory says of a block.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct StoredBlock
{
    /// <summary>See <see cref="BlockInfo.Location"/>.</summary>
    public ulong Location;
    /// <summary>Position of the code above the base.</summary>
    public int Code;
    public int CodeSize;
    /// <summary>Position of the data, which begins with the <see cref="BlockInfo"/>, below the base.</summary>
    public int Data;
    public int DataSize;
    /// <summary>Position of the guest bytes that the block was made from, in the order of <see cref="BlockInfo.Ranges"/>, among the image's guest bytes.</summary>
    public int Guest;
    public int GuestSize;
    /// <summary>Of code, data and guest bytes: tells a file that was written in part.</summary>
    public uint Checksum;
    uint reserved;

    /// <summary>Most guest bytes of a block.</summary>
    public const int MaxGuestSize = 4096;

    /// <summary>Whether all parts lie within the image.</summary>
    public readonly bool IsInside(in CodeImageHeader header) =>
        Code >= 0 && CodeSize > 0 && (long)Code + CodeSize <= header.CodeUsed
        && DataSize >= sizeof(BlockInfo) && DataSize <= Data && Data <= header.DataUsed && Data % 16 == 0
        && Guest >= 0 && GuestSize is > 0 and <= MaxGuestSize && (long)Guest + GuestSize <= header.GuestUsed;

    /// <summary>CRC-32C.</summary>
    public static uint Sum(uint crc, void* bytes, int length)
    {
        byte* at = (byte*)bytes;
        for (; length >= sizeof(ulong); length -= sizeof(ulong), at += sizeof(ulong)) crc = BitOperations.Crc32C(crc, *(ulong*)at);
        for (; length > 0; length--, at++) crc = BitOperations.Crc32C(crc, *at);
        return crc;
    }
}
