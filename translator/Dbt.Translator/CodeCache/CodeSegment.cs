using System.Runtime.InteropServices;

namespace Dbt.Translator.CodeCache;

/// <summary>A piece of the code cache: pages of host code, and pages of data (records, links, constants) that the code reaches RIP-relative.</summary>
/// <remarks>Everything requires the cache's lock, but for the properties that never change.</remarks>
abstract unsafe class CodeSegment(nint code, int codeSize, nint data, int dataSize) : IDisposable
{
    BlockInfo** blocks = (BlockInfo**)NativeMemory.Alloc(FirstCapacity, (nuint)sizeof(BlockInfo*));
    int capacity = FirstCapacity;

    const int FirstCapacity = 256;

    /// <summary>First address of the executable code.</summary>
    public nint Code { get; } = code;
    /// <summary>First address of the data.</summary>
    public nint Data { get; } = data;
    /// <summary>Code and data bytes; what counts against the limit of the cache.</summary>
    public int Size => codeSize + dataSize;
    /// <summary>Number of blocks that were published here, dead ones included.</summary>
    public int BlockCount { get; private set; }

    /// <summary>Block number <paramref name="i"/>, in the order of publication.</summary>
    public BlockInfo* this[int i] => blocks[i];

    /// <summary>Whether a code address lies here.</summary>
    public bool ContainsCode(nint address) => (nuint)(address - Code) < (nuint)codeSize;

    /// <summary>Whether a data address lies here.</summary>
    public bool ContainsData(void* address) => (nuint)((nint)address - Data) < (nuint)dataSize;

    /// <summary>The published block whose code contains the address, or null.</summary>
    public abstract BlockInfo* FindBlock(nint address);

    /// <summary>Remembers a block that is published.</summary>
    protected void Append(BlockInfo* info)
    {
        if (BlockCount == capacity)
        {
            capacity *= 2;
            blocks = (BlockInfo**)NativeMemory.Realloc(blocks, (nuint)capacity * (nuint)sizeof(BlockInfo*));
        }
        blocks[BlockCount++] = info;
    }

    /// <summary>Unmaps everything.</summary>
    public virtual void Dispose()
    {
        NativeMemory.Free(blocks);
        blocks = null;
        BlockCount = 0;
    }
}
