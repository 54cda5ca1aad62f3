using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Execution;

/// <summary>The translation of one block with everything that was made on the way.</summary>
public sealed record BlockExplanation
{
    /// <summary>Where the block begins.</summary>
    public required Location Start { get; init; }
    /// <summary>Its guest instructions, in the order in which they were lifted.</summary>
    public required IReadOnlyList<ExplainedInstruction> Instructions { get; init; }
    /// <summary>The IR as lifted, then after each pass.</summary>
    public required IReadOnlyList<IrStage> Stages { get; init; }
    /// <summary>The host code.</summary>
    public required IReadOnlyList<HostInstruction> Host { get; init; }
    /// <summary>The bytes of the host code.</summary>
    public required byte[] HostBytes { get; init; }
    /// <summary>The exit records.</summary>
    public required IReadOnlyList<ExplainedExit> Exits { get; init; }
    /// <summary>The kind of indirect branch that ends the block, or null.</summary>
    public required IndirectKind? Indirect { get; init; }
    /// <summary>The state maps, one line per record.</summary>
    public required IReadOnlyList<string> StateMaps { get; init; }
    /// <summary>Bytes of the state maps.</summary>
    public required int StateMapSize { get; init; }
    /// <summary>Bytes of guest code that the block was made from.</summary>
    public required int GuestSize { get; init; }
    /// <summary>Bytes of the block's data: record, exits, inline cache, constants, maps.</summary>
    public required int DataSize { get; init; }
}

/// <summary>A guest instruction.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Bytes">Its bytes; none if they cannot be fetched.</param>
/// <param name="Text">Its assembly.</param>
public sealed record ExplainedInstruction(Location Location, byte[] Bytes, string Text);

/// <summary>The IR at one point.</summary>
/// <param name="Pass">Name of the pass that was run; null for the IR as lifted.</param>
/// <param name="Operations">Number of operations.</param>
/// <param name="Text">Its text form.</param>
/// <param name="Changed">False if it is the same as before the pass.</param>
public sealed record IrStage(string? Pass, int Operations, string Text, bool Changed);

/// <summary>An exit of a block.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Location">Where it leads; for a trap, where the instruction is.</param>
/// <param name="Trap">Trap exits: the kind.</param>
/// <param name="Code">Trap exits: the code; syscall exits: the immediate.</param>
public sealed record ExplainedExit(ExitKind Kind, Location Location, TrapKind Trap, int Code);
