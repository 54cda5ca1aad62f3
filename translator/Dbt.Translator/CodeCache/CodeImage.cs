namespace Dbt.Translator.CodeCache;

/// <summary>A code image that is mapped: blocks which an earlier process translated and which this one publishes when it first comes to them.</summary>
/// <remarks>The code pages are those of the file, shared by all processes that run it; data pages are private. Everything but the search for a block requires the cache's lock.</remarks>
sealed unsafe class CodeImage : CodeSegment
{
    /// <summary>Data pages are copied from the file so many bytes at a time: blocks that run together were made together.</summary>
    const int PopulateStep = 64 * 1024;

    readonly nint start;
    readonly int length;
    readonly CodeImageHeader* header;
    readonly StoredBlock* blocks;
    readonly int* table;

    CodeImage(nint start, in CodeImageHeader header)
        : base(start + header.DirectorySize + header.DataSize, header.CodeSize, start + header.DirectorySize, header.DataSize)
    {
        this.start = start;
        length = RegionLength(header);
        this.header = (CodeImageHeader*)start;
        blocks = (StoredBlock*)(this.header + 1);
        table = (int*)(start + header.TableOffset);
        populated = new bool[(header.DataSize / PopulateStep) + 1];
    }

    readonly bool[] populated;

    /// <summary>Maps a file; null if it is none for this key, or there is no room.</summary>
    public static CodeImage? TryMap(int descriptor, long fileLength, in CodeImageKey key)
    {
        CodeImageHeader header;
        if (!HostMemory.TryReadFile(descriptor, &header, sizeof(CodeImageHeader)) || !header.IsValid(fileLength, key)) return null;
        nint start = CodeRegion.Take(RegionLength(header));
        if (start == 0) return null;
        if (HostMemory.TryMapFile(start, header.DirectorySize, HostMemory.Read, descriptor, 0)
            && HostMemory.TryMapFile(start + header.DirectorySize, header.DataSize, HostMemory.Read | HostMemory.Write, descriptor, header.DirectorySize)
            && HostMemory.TryMapFile(start + header.DirectorySize + header.DataSize, header.CodeSize, HostMemory.Read | HostMemory.Execute, descriptor, header.DirectorySize + header.DataSize)
            && ((CodeImageHeader*)start)->Equals(header))
        {
            return new CodeImage(start, header);
        }
        CodeRegion.GiveBack(start, RegionLength(header));
        return null;
    }

    static int RegionLength(in CodeImageHeader header) => (header.DirectorySize + header.DataSize + header.CodeSize + CodeRegion.Unit - 1) & -CodeRegion.Unit;

    /// <summary>Number of blocks in the file.</summary>
    public int StoredCount => header->BlockCount;

    /// <summary>The block stored for a location if it has not been published from here before and its parts are what was written; null otherwise.</summary>
    public StoredBlock* Find(ulong location)
    {
        for (uint i = CodeImageHeader.Hash(location), probes = 0; probes < header->TableSize; i++, probes++)
        {
            int number = table[i & (header->TableSize - 1)];
            if (number == 0) return null;
            StoredBlock* stored = blocks + (number - 1);
            if ((uint)number > (uint)header->BlockCount) return null;
            if (stored->Location != location) continue;
            return IsSound(stored) ? stored : null;
        }
        return null;
    }

    // A record that was published has absolute pointers, and another sum.
    bool IsSound(StoredBlock* stored)
    {
        if (!stored->IsInside(*header)) return false;
        Populate(stored->Data);
        BlockInfo* info = Record(stored);
        if (info->Flags != TranslationCache.Stored || info->Location != stored->Location || (uint)info->RangeCount > BlockInfo.MaxRanges) return false;
        uint sum = StoredBlock.Sum(0, (void*)(Code + stored->Code), stored->CodeSize);
        sum = StoredBlock.Sum(sum, info, stored->DataSize);
        return StoredBlock.Sum(sum, GuestBytes(stored), stored->GuestSize) == stored->Checksum;
    }

    void Populate(int data)
    {
        int step = (header->DataSize - data) / PopulateStep;
        if (populated[step]) return;
        populated[step] = true;
        HostMemory.Populate(Data + (step * PopulateStep), Math.Min(PopulateStep, header->DataSize - (step * PopulateStep)));
    }

    /// <summary>The block's record.</summary>
    public BlockInfo* Record(StoredBlock* stored) => (BlockInfo*)(Code - stored->Data);

    /// <summary>The guest bytes that it was made from.</summary>
    public byte* GuestBytes(StoredBlock* stored) => (byte*)start + header->GuestOffset + stored->Guest;

    /// <summary>Makes the block's pointers absolute: it can be published then.</summary>
    public BlockInfo* Relocate(StoredBlock* stored)
    {
        BlockInfo* info = Record(stored);
        info->Entry += Code;
        info->Exits = (ExitRecord*)((nint)info->Exits + Code);
        info->Sites = (IndirectSite*)((nint)info->Sites + Code);
        info->StateMap += Code;
        info->Instructions += Code;
        for (int i = 0; i < info->ExitCount; i++)
        {
            ExitRecord* exit = info->Exits + i;
            exit->Unlinked += Code;
            exit->Target = exit->Unlinked;
        }
        for (int i = 0; i < info->SiteCount; i++) info->Sites[i].Pair = TranslationCache.NeverPair;
        Append(info);
        return info;
    }

    /// <inheritdoc/>
    public override BlockInfo* FindBlock(nint address)
    {
        int offset = (int)(address - Code), low = 0, high = header->BlockCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            StoredBlock* stored = blocks + middle;
            if (offset < stored->Code) high = middle - 1;
            else if (offset >= stored->Code + stored->CodeSize) low = middle + 1;
            else return Record(stored);
        }
        return null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        CodeRegion.GiveBack(start, length);
    }
}
