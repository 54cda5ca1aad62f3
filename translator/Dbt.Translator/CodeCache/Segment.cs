using System.Runtime.InteropServices;
using Dbt.Translator.X64;

namespace Dbt.Translator.CodeCache;

/// <summary>A piece of the code cache: code pages that are written through one mapping and run through another, and the data pages that the code reaches RIP-relative.</summary>
/// <remarks>
/// <code>
///   Start            +CodeSize          +CodeSize+DataSize       +2*CodeSize+DataSize
///   | code, RX       | data, RW, private | the same code, RW     |
/// </code>
/// Written by the one translation context that owns it. The code pages are shared memory, so after fork parent and child run the same pages; only the process that made the
/// segment goes on writing into it, behind everything the child knows of (the child calls <see cref="Seal"/>). Pages are never written again with other code: an evicted
/// segment is unmapped, since a child may still run it. Data pages are private: links of parent and child diverge.
/// </remarks>
sealed unsafe class Segment : IDisposable
{
    const int PopulateStep = 64 * 1024;
    readonly nint writeDelta;
    int codeUsed;
    int dataUsed;
    int codePopulated;
    int dataPopulated;
    BlockInfo** blocks;
    int blockCapacity = 256;

    Segment(nint start, int codeSize, int dataSize)
    {
        Start = start;
        CodeSize = codeSize;
        DataSize = dataSize;
        writeDelta = codeSize + dataSize;
        HostMemory.AllocateDual(start + writeDelta, start, codeSize);
        HostMemory.Allocate(start + codeSize, dataSize);
        blocks = (BlockInfo**)NativeMemory.Alloc((nuint)blockCapacity, (nuint)sizeof(BlockInfo*));
    }

    /// <summary>Makes a segment; null if the region has no room.</summary>
    public static Segment? TryCreate(int codeSize, int dataSize)
    {
        nint start = CodeRegion.Take(2 * codeSize + dataSize);
        return start == 0 ? null : new Segment(start, codeSize, dataSize);
    }

    /// <summary>First address of the executable view.</summary>
    public nint Start { get; }
    /// <summary>Bytes of code pages.</summary>
    public int CodeSize { get; }
    /// <summary>Bytes of data pages.</summary>
    public int DataSize { get; }
    /// <summary>Code and data bytes; what counts against the limit of the cache.</summary>
    public int Size => CodeSize + DataSize;
    /// <summary>No further block goes in: full, inherited from a parent process, or evicted.</summary>
    public bool IsSealed { get; private set; }
    /// <summary>Number of blocks, dead ones included.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Block number <paramref name="i"/>, in address order.</summary>
    public BlockInfo* this[int i] => blocks[i];

    /// <summary>Whether a code address lies here.</summary>
    public bool ContainsCode(nint address) => (nuint)(address - Start) < (nuint)CodeSize;

    /// <summary>Whether a data address lies here.</summary>
    public bool ContainsData(void* address) => (nuint)((nint)address - Start - CodeSize) < (nuint)DataSize;

    /// <summary>The room that is left.</summary>
    public EmissionSpace Space()
    {
        EnsurePopulated();
        return new EmissionSpace
        {
            CodeWrite = (byte*)(Start + writeDelta + codeUsed),
            CodeExecute = Start + codeUsed,
            CodeAvailable = CodeSize - codeUsed,
            Data = (byte*)(Start + CodeSize + dataUsed),
            DataAvailable = DataSize - dataUsed,
        };
    }

    /// <summary>Keeps what the emitter wrote into <paramref name="space"/>. Blocks begin on 16 bytes.</summary>
    public void Commit(in EmissionSpace space, BlockInfo* info)
    {
        codeUsed = (codeUsed + space.CodeUsed + 15) & ~15;
        dataUsed = (dataUsed + space.DataUsed + 15) & ~15;
        if (BlockCount == blockCapacity)
        {
            blockCapacity *= 2;
            blocks = (BlockInfo**)NativeMemory.Realloc(blocks, (nuint)blockCapacity * (nuint)sizeof(BlockInfo*));
        }
        blocks[BlockCount] = info;
        BlockCount++;
    }

    /// <summary>The block whose code contains the address, or null. Under the cache's lock, as <see cref="Commit"/>.</summary>
    public BlockInfo* FindBlock(nint address)
    {
        int low = 0, high = BlockCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            BlockInfo* info = blocks[middle];
            if (address < info->Entry) high = middle - 1;
            else if (address >= info->Entry + info->CodeSize) low = middle + 1;
            else return info;
        }
        return null;
    }

    /// <summary>Ends writing.</summary>
    public void Seal() => IsSealed = true;

    /// <summary>Unmaps everything.</summary>
    public void Dispose()
    {
        IsSealed = true;
        NativeMemory.Free(blocks);
        blocks = null;
        BlockCount = 0;
        CodeRegion.GiveBack(Start, 2 * CodeSize + DataSize);
    }

    // Faulting pages in one by one costs more than emitting into them; a step ahead of the emitter amortises it without making start-up pay for a whole segment.
    void EnsurePopulated()
    {
        if (codePopulated < CodeSize && codePopulated - codeUsed < PopulateStep / 2)
        {
            int step = Math.Min(PopulateStep, CodeSize - codePopulated);
            HostMemory.Populate(Start + writeDelta + codePopulated, step);
            codePopulated += step;
        }
        if (dataPopulated < DataSize && dataPopulated - dataUsed < PopulateStep / 2)
        {
            int step = Math.Min(PopulateStep, DataSize - dataPopulated);
            HostMemory.Populate(Start + CodeSize + dataPopulated, step);
            dataPopulated += step;
        }
    }
}
