using System.Diagnostics;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;
using Dbt.Translator.X64;

namespace Dbt.Translator.Execution;

/// <summary>Tier 1: lifter, optimizer and emitter over one arena, reused for block after block.</summary>
sealed unsafe class TranslationPipeline : ICodeGenerator
{
    readonly GuestArchitecture guest;
    readonly TranslationTotals totals;
    readonly bool measure;
    readonly int maxInstructions;
    readonly EmissionOptions options;
    readonly IrBlock block;
    readonly ILifter lifter;
    CodeReader code;
    readonly BlockEmitter emitter;

    public TranslationPipeline(GuestArchitecture guest, EngineOptions options, TranslationTotals totals)
    {
        this.guest = guest;
        this.totals = totals;
        measure = options.Statistics;
        emitter = new BlockEmitter(options.HostFeatures);
        maxInstructions = Math.Clamp(options.MaxBlockInstructions, 1, IrBlock.MaxInstructions);
        this.options = new EmissionOptions(CountExecutions: options.Statistics, LoopsInside: !options.Check);
        block = new IrBlock(guest.Layout);
        lifter = guest.CreateLifter(block);
    }

    /// <inheritdoc/>
    public void Prepare(Location start, ICodeSource source)
    {
        long begun = Now();
        block.Reset();
        code = new CodeReader(source);
        lifter.Lift(start, ref code, maxInstructions);
        begun = Charge(ref totals.Lift, begun);
        OptimizerPipeline.Run(block, guest, ref code);
        Charge(ref totals.Optimize, begun);
    }

    /// <inheritdoc/>
    public bool TryEmit(ref EmissionSpace space, out BlockInfo* info)
    {
        long begun = Now();
        Span<ulong> ranges = stackalloc ulong[2 * BlockInfo.MaxRanges];
        int lifted = CodeRanges.Find(block, ranges[..(2 * BlockInfo.MaxLiftedRanges)]);
        code.Peeked.CopyTo(ranges[lifted..]);
        ranges = ranges[..(lifted + code.Peeked.Length)];
        int mapSize = InstructionMap.MaxSize(block.InstructionCount);
        if (!emitter.TryEmit(block, ref space, options, ranges, out info) || space.DataUsed + mapSize > space.DataAvailable) return false;
        info->Instructions = space.Data + space.DataUsed;
        space.DataUsed += InstructionMap.Write(block, info->Instructions);
        info->DataSize = space.DataUsed;
        Charge(ref totals.Emit, begun);
        return true;
    }

    /// <inheritdoc/>
    public Location Restore(BlockInfo* info, HostContext* context, ThreadBlock* thread) =>
        InstructionMap.Read(info, StateMap.Restore(info, context, thread, guest.Layout));

    long Now() => measure ? Stopwatch.GetTimestamp() : 0;

    long Charge(ref long total, long begun)
    {
        if (!measure) return 0;
        long now = Stopwatch.GetTimestamp();
        Interlocked.Add(ref total, now - begun);
        return now;
    }
}
