using Dbt.Translator.CodeCache;

namespace Dbt.Translator.X64;

/// <summary>Where the emitter may put a block: room at the end of a segment's code and data parts.</summary>
/// <remarks>Code is written through the RW alias and runs at the execute alias; data is addressed RIP-relative from the execute alias and must lie within 2 GiB of it.</remarks>
public unsafe struct EmissionSpace
{
    /// <summary>First free code byte in the writable alias.</summary>
    public byte* CodeWrite;
    /// <summary>The same byte in the execute alias.</summary>
    public nint CodeExecute;
    /// <summary>Free code bytes.</summary>
    public int CodeAvailable;
    /// <summary>First free data byte (16-byte aligned).</summary>
    public byte* Data;
    /// <summary>Free data bytes.</summary>
    public int DataAvailable;
    /// <summary>Set by the emitter: code bytes used.</summary>
    public int CodeUsed;
    /// <summary>Set by the emitter: data bytes used.</summary>
    public int DataUsed;
}

/// <summary>Options that change emitted code; part of the cache key.</summary>
/// <param name="CountExecutions">Count how blocks are reached (<c>--stats</c>).</param>
/// <param name="LoopsInside">A block that goes back to its own start does so inside, with its state in registers, until it leaves the loop or is polled; otherwise by an exit.</param>
public readonly record struct EmissionOptions(bool CountExecutions, bool LoopsInside);
