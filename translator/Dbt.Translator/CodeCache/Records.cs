using System.Runtime.InteropServices;
using Dbt.Translator.Ir;

namespace Dbt.Translator.CodeCache;

/// <summary>Why control came back from translated code; the low byte of <see cref="ExitRecord.Kind"/>.</summary>
public enum ExitKind : byte
{
    /// <summary>A direct exit whose target is not linked.</summary>
    Link,
    /// <summary>An indirect branch that missed inline cache and table.</summary>
    Indirect,
    /// <summary>The guest's kernel is called.</summary>
    Syscall,
    /// <summary>A trap instruction or an undefined instruction.</summary>
    Trap,
    /// <summary>The guest flushes its instruction cache.</summary>
    FlushCode,
    /// <summary>The poll word was seen set at a back-edge or an indirect exit.</summary>
    Poll,
    /// <summary>A host fault inside translated code; reported by the signal handler.</summary>
    Fault,
}

/// <summary>One exit of a block: a data-page record, so that linking and unlinking is one 8-byte store while the code never changes (DESIGN 4.2).</summary>
/// <remarks>
/// A direct exit is <c>jmp [rip+record.Target]</c>. Unlinked, Target is <see cref="Unlinked"/>: code of the block that does <c>lea rax,[rip+record]</c> and jumps to the runtime's stub.
/// <code>
///   unlinked:  Target == Unlinked              linked:  Target == entry of the block at Location
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct ExitRecord
{
    /// <summary>Where the exit jumps to.</summary>
    [FieldOffset(0)] public nint Target;
    /// <summary>Target location; for a trap, the location of the trapping instruction; for syscall and flush, where to go on.</summary>
    [FieldOffset(8)] public ulong Location;
    /// <summary>What kind of exit.</summary>
    [FieldOffset(16)] public ExitKind Kind;
    /// <summary>Trap exits: the kind.</summary>
    [FieldOffset(17)] public TrapKind Trap;
    /// <summary>Trap exits: the code; syscall exits: the ABI's immediate.</summary>
    [FieldOffset(20)] public int Code;
    /// <summary>The address that <see cref="Target"/> is reset to.</summary>
    [FieldOffset(24)] public nint Unlinked;
}

/// <summary>An immutable {location, code} pair that inline caches and tables point to.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CodePair
{
    /// <summary><see cref="Location.Bits"/>.</summary>
    public ulong Location;
    /// <summary>Entry of the translated block.</summary>
    public nint Code;
}

/// <summary>The inline cache of one indirect branch site, in a data page.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct IndirectSite
{
    /// <summary>The cached pair; initially the never-matching pair (<see cref="TranslationCache.NeverPair"/>). Replaced by one store.</summary>
    public CodePair* Pair;
    /// <summary>How often the engine has replaced the pair; a site that keeps changing is left to the table.</summary>
    public int Misses;
    /// <summary><see cref="IndirectKind"/>.</summary>
    public IndirectKind Kind;
}

/// <summary>What the code cache knows of one published block: unmanaged, in the data part of its segment.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct BlockInfo
{
    /// <summary>Where the guest code begins; the key of the index.</summary>
    public ulong Location;
    /// <summary>Entry point (execute alias).</summary>
    public nint Entry;
    /// <summary>Bytes of host code from <see cref="Entry"/>, cold parts included.</summary>
    public int CodeSize;
    /// <summary>Number of guest instructions lifted.</summary>
    public int InstructionCount;
    /// <summary>The block's exit records, contiguous.</summary>
    public ExitRecord* Exits;
    /// <summary>Number of exit records.</summary>
    public int ExitCount;
    /// <summary>Number of bytes at <see cref="StateMap"/>.</summary>
    public int StateMapSize;
    /// <summary>The encoded state maps (X64.StateMap).</summary>
    public byte* StateMap;
    /// <summary>The encoded locations of the guest instructions (<see cref="InstructionMap"/>).</summary>
    public byte* Instructions;
    /// <summary>The block's inline caches, contiguous.</summary>
    public IndirectSite* Sites;
    /// <summary>Number of inline caches.</summary>
    public int SiteCount;
    /// <summary>Bytes of data that belong to the block, this record first.</summary>
    public int DataSize;
    /// <summary>Guest byte ranges [start, end) that were read, as pairs; at most <see cref="MaxRanges"/>.</summary>
    public fixed ulong Ranges[2 * MaxRanges];
    /// <summary>Number of ranges in use.</summary>
    public int RangeCount;
    /// <summary>Owned by the code cache: whether the block is in the index, or has been discarded.</summary>
    public int Flags;
    /// <summary>Owned by the code cache: list of the exits and sites that lead here.</summary>
    public nint Incoming;

    /// <summary>Most ranges that a lifter reads instructions from: it follows one forward jump less.</summary>
    public const int MaxLiftedRanges = 4;
    /// <summary>Most ranges of one block: those lifted, and those that its translation peeked at (see <see cref="Guests.CodeReader.TryPeek32"/>).</summary>
    public const int MaxRanges = MaxLiftedRanges + Guests.CodeReader.MaxPeekedRanges;
}
