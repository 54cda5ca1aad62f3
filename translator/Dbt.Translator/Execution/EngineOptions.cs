using Dbt.Translator.X64;

namespace Dbt.Translator.Execution;

/// <summary>What a user may choose about the engine.</summary>
public sealed record EngineOptions
{
    /// <summary>Most bytes of code and data that the code cache may hold before it evicts its oldest segment; at least 1 MiB.</summary>
    public long CacheSize { get; init; } = 128L << 20;

    /// <summary>Count executions and measure the time of each translation stage.</summary>
    public bool Statistics { get; init; }

    /// <summary>Run sampled blocks in the IR interpreter too and compare.</summary>
    public bool Check { get; init; }

    /// <summary>The features of the host processor that translated code may use.</summary>
    public HostFeatures HostFeatures { get; init; } = HostFeatures.Detect();

    /// <summary>Most guest instructions of one block, 1 .. <see cref="Ir.IrBlock.MaxInstructions"/>.</summary>
    public int MaxBlockInstructions { get; init; } = 96;
}
