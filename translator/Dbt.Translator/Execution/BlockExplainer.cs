using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Guests;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;
using Dbt.Translator.X64;

namespace Dbt.Translator.Execution;

/// <summary>Translates blocks as <see cref="TranslationPipeline"/> does, into memory of its own, and keeps the text of every step. Nothing is run.</summary>
public sealed unsafe class BlockExplainer : IDisposable
{
    const int CodeSize = 1 << 20, DataSize = 1 << 20;

    readonly GuestArchitecture guest;
    readonly ICodeSource source;
    readonly int maxInstructions;
    readonly IrBlock block;
    readonly ILifter lifter;
    readonly BlockEmitter emitter;
    readonly byte* memory = (byte*)NativeMemory.AlignedAlloc(CodeSize + DataSize, 64);

    /// <summary>Makes an explainer of the code that <paramref name="source"/> offers.</summary>
    public BlockExplainer(GuestArchitecture guest, ICodeSource source, EngineOptions options)
    {
        this.guest = guest;
        this.source = source;
        emitter = new BlockEmitter(options.HostFeatures);
        maxInstructions = Math.Clamp(options.MaxBlockInstructions, 1, IrBlock.MaxInstructions);
        block = new IrBlock(guest.Layout);
        lifter = guest.CreateLifter(block);
    }

    /// <summary>Translates the block at a location.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="name">Text of a target location.</param>
    public BlockExplanation Explain(Location start, Func<ulong, string> name)
    {
        block.Reset();
        var code = new CodeReader(source);
        lifter.Lift(start, ref code, maxInstructions);
        var stages = new List<IrStage> { Stage(null, null) };
        OptimizerPipeline.Run(block, guest, ref code, (pass, _) => stages.Add(Stage(pass, stages[^1])));
        ref IrOp terminal = ref block[block.Count - 1];
        IndirectKind? indirect = terminal.Opcode == Opcode.Indirect ? (IndirectKind)terminal.Aux : null;
        var instructions = Enumerable.Range(0, block.InstructionCount).Select(i => Disassemble(block.InstructionAt(i))).ToArray();

        Span<ulong> ranges = stackalloc ulong[2 * BlockInfo.MaxRanges];
        ranges = ranges[..CodeRanges.Find(block, ranges)];
        var space = new EmissionSpace { CodeWrite = memory, CodeExecute = (nint)memory, CodeAvailable = CodeSize, Data = memory + CodeSize, DataAvailable = DataSize };
        if (!emitter.TryEmit(block, ref space, new EmissionOptions(CountExecutions: false, LoopsInside: true), ranges, out BlockInfo* info))
        {
            throw new InvalidOperationException($"The block at {start} does not fit {CodeSize} bytes.");
        }
        var exits = new ExplainedExit[info->ExitCount];
        for (int i = 0; i < exits.Length; i++)
        {
            ExitRecord* exit = info->Exits + i;
            exits[i] = new ExplainedExit(exit->Kind, new Location(exit->Location), exit->Trap, exit->Code);
        }
        ulong guestSize = 0;
        for (int i = 0; i < ranges.Length; i += 2) guestSize += ranges[i + 1] - ranges[i];
        return new BlockExplanation
        {
            Start = start,
            Instructions = instructions,
            Stages = stages,
            Host = HostListing.Disassemble(info, memory, guest.Layout, name),
            HostBytes = new ReadOnlySpan<byte>(memory, info->CodeSize).ToArray(),
            Exits = exits,
            Indirect = indirect,
            StateMaps = StateMapListing.Describe(info, guest.Layout),
            StateMapSize = info->StateMapSize,
            GuestSize = (int)guestSize,
            DataSize = space.DataUsed,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        block.Dispose();
        NativeMemory.AlignedFree(memory);
    }

    IrStage Stage(string? pass, IrStage? before)
    {
        string text = IrPrinter.Print(block);
        int operations = 0;
        for (int i = 1; i < block.Count; i++)
        {
            if (block[i].Opcode is not (Opcode.Nop or Opcode.Const or Opcode.VConst)) operations++;
        }
        return new IrStage(pass, operations, text, before?.Text != text);
    }

    ExplainedInstruction Disassemble(Location location)
    {
        const int LongestInstruction = 4;
        if (!source.IsExecutable(location.Pc, LongestInstruction)) return new ExplainedInstruction(location, [], "(not executable)");
        var bytes = new ReadOnlySpan<byte>((byte*)source.WindowBase + location.Pc, LongestInstruction);
        string text = guest.Disassemble(location, bytes, out int length);
        return new ExplainedInstruction(location, bytes[..length].ToArray(), text);
    }
}
