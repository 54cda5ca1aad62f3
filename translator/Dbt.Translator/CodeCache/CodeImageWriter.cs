using System.Numerics;
using System.Runtime.InteropServices;
using Iced.Intel;

namespace Dbt.Translator.CodeCache;

/// <summary>A block that shall go into an image, and where its guest bytes are in the buffer that is given with it.</summary>
readonly unsafe struct ImageCandidate(BlockInfo* info, int guest, int guestSize)
{
    public BlockInfo* Info { get; } = info;
    public int Guest { get; } = guest;
    public int GuestSize { get; } = guestSize;
}

/// <summary>Builds the bytes of a code image from an earlier image of the same key and blocks of this process.</summary>
/// <remarks>
/// What the earlier image has is copied as it is. A block's code refers to its own data and nothing else (the rest of the process is reached through the state pointer), RIP-relative: the
/// distance changes when code and data move, and the places are found by decoding, so that translation does not have to remember them. Requires the cache's lock.
/// </remarks>
sealed unsafe class CodeImageWriter : CodeReader
{
    // Made when it is needed: its tables cost a millisecond.
    Decoder? decoder;
    byte* readAt;
    byte* readEnd;

    byte* image;
    CodeImageHeader* header;
    StoredBlock* blocks;

    /// <inheritdoc/>
    public override int ReadByte() => readAt < readEnd ? *readAt++ : -1;

    /// <summary>
    /// Builds an image; the caller frees it with <see cref="NativeMemory.Free"/>. Null if fewer than <paramref name="minimum"/> blocks would be new.
    /// </summary>
    /// <param name="previous">The earlier image's file; anything that is none counts as empty.</param>
    /// <param name="key">Key of both.</param>
    /// <param name="name">Tells the guest file's name, for people.</param>
    /// <param name="candidates">Blocks of this process: live, in any order. Those that the earlier image has from the same guest bytes are left out.</param>
    /// <param name="guest">The candidates' guest bytes.</param>
    /// <param name="minimum">Fewest new blocks, given the number of old ones.</param>
    /// <param name="length">Bytes of the result.</param>
    public byte* TryBuild(ReadOnlySpan<byte> previous, in CodeImageKey key, Func<ReadOnlySpan<byte>> name, ReadOnlySpan<ImageCandidate> candidates, ReadOnlySpan<byte> guest, Func<int, int> minimum, out long length)
    {
        length = 0;
        fixed (byte* old = previous)
        {
            CodeImageHeader empty = new(key);
            bool continues = previous.Length >= sizeof(CodeImageHeader) && ((CodeImageHeader*)old)->IsValid(previous.Length, key);
            CodeImageHeader* before = continues ? (CodeImageHeader*)old : &empty;
            var added = new List<ImageCandidate>(candidates.Length);
            foreach (var candidate in candidates)
            {
                if (!continues || !Contains(old, candidate, guest)) added.Add(candidate);
            }
            if (added.Count == 0 || added.Count < minimum(before->BlockCount)) return null;
            ReadOnlySpan<byte> text = name();
            if (!TryLayOut(*before, text, added, out length)) return null;
            if (continues) CopyOld(old);
            foreach (var candidate in added) Add(candidate, guest);
            Finish(text);
            return image;
        }
    }

    static bool Contains(byte* old, in ImageCandidate candidate, ReadOnlySpan<byte> guest)
    {
        var header = (CodeImageHeader*)old;
        ulong location = candidate.Info->Location;
        int* table = (int*)(old + header->TableOffset);
        for (uint i = CodeImageHeader.Hash(location), probes = 0; probes < header->TableSize; i++, probes++)
        {
            int number = table[i & (header->TableSize - 1)];
            if (number <= 0 || number > header->BlockCount) return false;
            StoredBlock* stored = (StoredBlock*)(header + 1) + (number - 1);
            if (stored->Location != location) continue;
            return stored->IsInside(*header) && new ReadOnlySpan<byte>(old + header->GuestOffset + stored->Guest, stored->GuestSize).SequenceEqual(guest.Slice(candidate.Guest, candidate.GuestSize));
        }
        return false;
    }

    // Room for everything; the new header has the sizes, but counts what the old one had until blocks are added.
    bool TryLayOut(in CodeImageHeader before, ReadOnlySpan<byte> name, List<ImageCandidate> added, out long length)
    {
        long code = before.CodeUsed, data = before.DataUsed, guest = before.GuestUsed;
        foreach (var candidate in added)
        {
            code += Align(candidate.Info->CodeSize);
            data += Align(candidate.Info->DataSize);
            guest += candidate.GuestSize;
        }
        int count = before.BlockCount + added.Count;
        var wanted = new CodeImageHeader(before.Key)
        {
            BlockCount = count,
            TableSize = (int)BitOperations.RoundUpToPowerOf2((uint)(2 * count)),
            GuestUsed = (int)guest,
            NameLength = Math.Min(name.Length, 4096),
            DataUsed = (int)data,
            CodeUsed = (int)code,
        };
        wanted.DirectorySize = Pages(wanted.DirectoryUsed);
        wanted.DataSize = Pages((int)data);
        wanted.CodeSize = Pages((int)code);
        length = (long)wanted.DirectorySize + wanted.DataSize + wanted.CodeSize;
        if (code + data + guest > int.MaxValue / 2 || !wanted.IsValid(length, before.Key)) return false;
        image = (byte*)NativeMemory.AllocZeroed((nuint)length);
        header = (CodeImageHeader*)image;
        *header = wanted;
        blocks = (StoredBlock*)(header + 1);
        nextBlock = before.BlockCount;
        nextCode = before.CodeUsed;
        nextData = before.DataUsed;
        nextGuest = before.GuestUsed;
        return true;
    }

    int nextBlock, nextCode, nextData, nextGuest;

    byte* Base => image + header->DirectorySize + header->DataSize;

    void CopyOld(byte* old)
    {
        var before = (CodeImageHeader*)old;
        byte* oldBase = old + before->DirectorySize + before->DataSize;
        Copy(blocks, before + 1, before->BlockCount * sizeof(StoredBlock));
        Copy(image + header->GuestOffset, old + before->GuestOffset, before->GuestUsed);
        Copy(Base - before->DataUsed, oldBase - before->DataUsed, before->DataUsed);
        Copy(Base, oldBase, before->CodeUsed);
    }

    static void Copy(void* to, void* from, int length) => Buffer.MemoryCopy(from, to, length, length);

    void Add(in ImageCandidate candidate, ReadOnlySpan<byte> guest)
    {
        BlockInfo* info = candidate.Info;
        int data = nextData + Align(info->DataSize);
        byte* code = Base + nextCode;
        Copy(code, (void*)info->Entry, info->CodeSize);
        if (!TryMoveReferences(info, code, moved: -(nint)data - nextCode - ((nint)info - info->Entry)))
        {
            // No block, but its place in the order of code.
            blocks[nextBlock++].Code = nextCode;
            return;
        }
        var copy = (BlockInfo*)(Base - data);
        Copy(copy, info, info->DataSize);
        MakeRelative(copy, info, -(nint)data, nextCode);
        byte* guestBytes = image + header->GuestOffset + nextGuest;
        guest.Slice(candidate.Guest, candidate.GuestSize).CopyTo(new Span<byte>(guestBytes, candidate.GuestSize));
        blocks[nextBlock++] = new StoredBlock
        {
            Location = info->Location,
            Code = nextCode,
            CodeSize = info->CodeSize,
            Data = data,
            DataSize = info->DataSize,
            Guest = nextGuest,
            GuestSize = candidate.GuestSize,
            Checksum = StoredBlock.Sum(StoredBlock.Sum(StoredBlock.Sum(0, code, info->CodeSize), copy, info->DataSize), guestBytes, candidate.GuestSize),
        };
        nextCode += Align(info->CodeSize);
        nextData = data;
        nextGuest += candidate.GuestSize;
    }

    // False, if the code refers to something that is not the block's own data.
    bool TryMoveReferences(BlockInfo* info, byte* copy, nint moved)
    {
        readAt = (byte*)info->Entry;
        readEnd = readAt + info->CodeSize;
        decoder ??= Decoder.Create(64, this);
        decoder.IP = (ulong)info->Entry;
        while (readAt < readEnd)
        {
            nint offset = (nint)readAt - info->Entry;
            decoder.Decode(out var instruction);
            if (instruction.IsInvalid) return false;
            if (!instruction.IsIPRelativeMemoryOperand) continue;
            if (instruction.IPRelativeMemoryAddress - (ulong)info >= (ulong)info->DataSize) return false;
            *(int*)(copy + offset + decoder.GetConstantOffsets(instruction).DisplacementOffset) += (int)moved;
        }
        return true;
    }

    // What runs and links have changed is made as it was.
    static void MakeRelative(BlockInfo* copy, BlockInfo* info, nint data, nint code)
    {
        nint move = data - (nint)info;
        copy->Entry = code;
        copy->Exits = (ExitRecord*)((nint)info->Exits + move);
        copy->Sites = (IndirectSite*)((nint)info->Sites + move);
        copy->StateMap = info->StateMap + move;
        copy->Instructions = info->Instructions + move;
        copy->Flags = TranslationCache.Stored;
        copy->Incoming = 0;
        var exits = (ExitRecord*)((byte*)copy + ((nint)info->Exits - (nint)info));
        for (int i = 0; i < info->ExitCount; i++) exits[i].Target = exits[i].Unlinked = exits[i].Unlinked - info->Entry + code;
        var sites = (IndirectSite*)((byte*)copy + ((nint)info->Sites - (nint)info));
        for (int i = 0; i < info->SiteCount; i++)
        {
            sites[i].Pair = null;
            sites[i].Misses = 0;
        }
    }

    // Newest first: an older block of the same location is from other guest bytes.
    void Finish(ReadOnlySpan<byte> name)
    {
        name[..header->NameLength].CopyTo(new Span<byte>(image + header->NameOffset, header->NameLength));
        int* table = (int*)(image + header->TableOffset);
        for (int number = nextBlock; number > 0; number--)
        {
            StoredBlock* stored = blocks + (number - 1);
            if (stored->CodeSize == 0) continue;
            uint i = CodeImageHeader.Hash(stored->Location) & (uint)(header->TableSize - 1);
            while (table[i] != 0 && blocks[table[i] - 1].Location != stored->Location) i = (i + 1) & (uint)(header->TableSize - 1);
            if (table[i] == 0) table[i] = number;
        }
    }

    static int Align(int size) => (size + 15) & ~15;

    static int Pages(int size) => (size + CodeImageHeader.PageSize - 1) & -CodeImageHeader.PageSize;
}
