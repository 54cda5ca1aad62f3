using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.Optimizer;
using Dbt.Translator.X64;

namespace Dbt.Benchmarks;

/// <summary>The stages of a translation, per guest instruction. Each stage needs the one before, so their differences are the stages' own costs.</summary>
public unsafe class TranslationBenchmarks
{
    const int Instructions = 4096, MaxBlockInstructions = 96, Room = 1 << 20;

    readonly GuestCode code = GuestCode.Load();
    readonly IrBlock block = new(Arm64Guest.Instance.Layout);
    readonly BlockEmitter emitter = new(HostFeatures.Detect());
    readonly byte* memory = (byte*)NativeMemory.AlignedAlloc(2 * Room, 64);
    readonly ILifter lifter;

    /// <summary>Finds the code.</summary>
    public TranslationBenchmarks() => lifter = Arm64Guest.Instance.CreateLifter(block);

    /// <summary>Which encoding a word is.</summary>
    [Benchmark(OperationsPerInvoke = Instructions)]
    public int Decode()
    {
        int sum = 0;
        var words = code.Words;
        for (int done = 0, at = 0; done < Instructions; done++, at = at + 1 < words.Length ? at + 1 : 0) sum += Arm64Encodings.IndexOf(words[at]);
        return sum;
    }

    /// <summary>Decoding, IR with folding.</summary>
    [Benchmark(OperationsPerInvoke = Instructions)]
    public int Lift()
    {
        int operations = 0;
        for (int done = 0, at = 0; done < Instructions; done += block.InstructionCount, at = Next(at))
        {
            LiftBlock(at);
            operations += block.Count;
        }
        return operations;
    }

    /// <summary>Lifting and the passes.</summary>
    [Benchmark(OperationsPerInvoke = Instructions)]
    public int LiftOptimize()
    {
        int operations = 0;
        for (int done = 0, at = 0; done < Instructions; done += block.InstructionCount, at = Next(at))
        {
            OptimizeBlock(at);
            operations += block.Count;
        }
        return operations;
    }

    /// <summary>Everything up to host code.</summary>
    [Benchmark(OperationsPerInvoke = Instructions)]
    public long LiftOptimizeEmit()
    {
        long bytes = 0;
        Span<ulong> ranges = stackalloc ulong[2 * BlockInfo.MaxRanges];
        for (int done = 0, at = 0; done < Instructions; done += block.InstructionCount, at = Next(at))
        {
            OptimizeBlock(at);
            var space = new EmissionSpace { CodeWrite = memory, CodeExecute = (nint)memory, CodeAvailable = Room, Data = memory + Room, DataAvailable = Room };
            int words = CodeRanges.Find(block, ranges);
            if (!emitter.TryEmit(block, ref space, default, ranges[..words], out _)) throw new InvalidOperationException("no room");
            bytes += space.CodeUsed;
        }
        return bytes;
    }

    int Next(int at) => at + 1 < code.Blocks.Length ? at + 1 : 0;

    void LiftBlock(int at)
    {
        block.Reset();
        var reader = new CodeReader(code.Image);
        lifter.Lift(code.Blocks[at], ref reader, MaxBlockInstructions);
    }

    void OptimizeBlock(int at)
    {
        LiftBlock(at);
        var reader = new CodeReader(code.Image);
        OptimizerPipeline.Run(block, Arm64Guest.Instance, ref reader);
    }
}
