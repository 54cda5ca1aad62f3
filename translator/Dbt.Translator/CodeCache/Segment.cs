using Dbt.Translator.X64;

namespace Dbt.Translator.CodeCache;

/// <summary>A piece of the code cache: code pages that are written through one mapping and run through another, and the data pages that the code reaches RIP-relative.</summary>
/// <remarks>
/// <code>
///   Start            +CodeSize          +CodeSize+DataSize       +2*CodeSize+DataSize
///   | code, RX       | data, RW, private | the same code, RW     |
/// </code>
/// Written by the one translation context that owns it. The code pages are shared memory, so after fork parent and child run the same pages; only the process that made the
/// segment goes on writing into it, behind everything the child knows of (the child calls <see cref="Inherit"/>). Pages are never written again with other code: an evicted
/// segment is unmapped, since a child may still run it. Data pages are private: links of parent and child diverge.
/// </remarks>
sealed unsafe class Segment : CodeSegment
{
    const int PopulateStep = 64 * 1024;
    readonly nint writeDelta;
    readonly int codeSize;
    readonly int dataSize;
    int codeUsed;
    int dataUsed;
    int codePopulated;
    int dataPopulated;

    Segment(nint start, int codeSize, int dataSize)
        : base(start, codeSize, start + codeSize, dataSize)
    {
        (this.codeSize, this.dataSize) = (codeSize, dataSize);
        writeDelta = codeSize + dataSize;
        HostMemory.AllocateDual(start + writeDelta, start, codeSize);
        HostMemory.Allocate(start + codeSize, dataSize);
    }

    /// <summary>Makes a segment; null if the region has no room.</summary>
    public static Segment? TryCreate(int codeSize, int dataSize)
    {
        nint start = CodeRegion.Take(2 * codeSize + dataSize);
        return start == 0 ? null : new Segment(start, codeSize, dataSize);
    }

    /// <summary>No further block goes in: full, inherited from a parent process, or evicted.</summary>
    public bool IsSealed { get; private set; }
    /// <summary>Made by a parent process.</summary>
    public bool IsInherited { get; private set; }

    /// <summary>The room that is left.</summary>
    public EmissionSpace Space()
    {
        EnsurePopulated();
        return new EmissionSpace
        {
            CodeWrite = (byte*)(Code + writeDelta + codeUsed),
            CodeExecute = Code + codeUsed,
            CodeAvailable = codeSize - codeUsed,
            Data = (byte*)(Data + dataUsed),
            DataAvailable = dataSize - dataUsed,
        };
    }

    /// <summary>Keeps what the emitter wrote into <paramref name="space"/>. Blocks begin on 16 bytes.</summary>
    public void Commit(in EmissionSpace space, BlockInfo* info)
    {
        codeUsed = (codeUsed + space.CodeUsed + 15) & ~15;
        dataUsed = (dataUsed + space.DataUsed + 15) & ~15;
        Append(info);
    }

    /// <inheritdoc/>
    public override BlockInfo* FindBlock(nint address)
    {
        int low = 0, high = BlockCount - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            BlockInfo* info = this[middle];
            if (address < info->Entry) high = middle - 1;
            else if (address >= info->Entry + info->CodeSize) low = middle + 1;
            else return info;
        }
        return null;
    }

    /// <summary>Ends writing.</summary>
    public void Seal() => IsSealed = true;

    /// <summary>Ends writing in a forked child.</summary>
    public void Inherit() => IsSealed = IsInherited = true;

    /// <inheritdoc/>
    public override void Dispose()
    {
        IsSealed = true;
        base.Dispose();
        CodeRegion.GiveBack(Code, 2 * codeSize + dataSize);
    }

    // Faulting pages in one by one costs more than emitting into them; a step ahead of the emitter amortises it without making start-up pay for a whole segment.
    void EnsurePopulated()
    {
        if (codePopulated < codeSize && codePopulated - codeUsed < PopulateStep / 2)
        {
            int step = Math.Min(PopulateStep, codeSize - codePopulated);
            HostMemory.Populate(Code + writeDelta + codePopulated, step);
            codePopulated += step;
        }
        if (dataPopulated < dataSize && dataPopulated - dataUsed < PopulateStep / 2)
        {
            int step = Math.Min(PopulateStep, dataSize - dataPopulated);
            HostMemory.Populate(Data + dataPopulated, step);
            dataPopulated += step;
        }
    }
}
