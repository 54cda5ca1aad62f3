using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;

namespace Dbt.Benchmarks;

/// <summary>How one block reaches the next, per transition or turn of a loop.</summary>
public unsafe class DispatchBenchmarks
{
    const int Turns = 0x8000, Blocks = 4096;

    readonly BlockIndex index = new();
    readonly ulong[] locations = new ulong[Blocks];
    readonly GuestMachine link = new([MovX0Turns, SubsX0, Bne(-1), Svc]);
    readonly GuestMachine call = new([MovX0Turns, Adr(1, 5), Blr(1), SubsX0, Bne(-2), Svc, Ret]);
    readonly GuestMachine table = new([
        MovX0Turns, Adr(1, 13), Adr(2, 13), Adr(3, 13), Adr(4, 13),
        Blr(1), Mov(5, 1), Mov(1, 2), Mov(2, 3), Mov(3, 4), Mov(4, 5), SubsX0, Bne(-7), Svc, Ret, Ret, Ret, Ret]);

    /// <summary>Fills the index with blocks at addresses as a program has them.</summary>
    public DispatchBenchmarks()
    {
        var random = new Random(1);
        var infos = (BlockInfo*)NativeMemory.AllocZeroed(Blocks, (nuint)sizeof(BlockInfo));
        ulong pc = 0x400000;
        for (int i = 0; i < Blocks; i++)
        {
            locations[i] = infos[i].Location = new Location(pc).Bits;
            index.Insert(infos + i);
            pc += 4ul * (ulong)random.Next(1, 16);
        }
        random.Shuffle(locations);
    }

    /// <summary>The engine finds a block in the shared index.</summary>
    [Benchmark(OperationsPerInvoke = Blocks)]
    public nint IndexLookup()
    {
        nint sum = 0;
        foreach (ulong location in locations) sum += (nint)index.Find(location);
        return sum;
    }

    /// <summary>A loop of one block: a link backwards with its poll.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public void LinkedLoop() => link.Run();

    /// <summary>A loop with an indirect call and its return: inline cache and table.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public void CallThroughInlineCache() => call.Run();

    /// <summary>The same with four callees in turn: the thread's table.</summary>
    [Benchmark(OperationsPerInvoke = Turns)]
    public void CallThroughTable() => table.Run();

    const uint Ret = 0xD65F03C0, Svc = 0xD4000001, SubsX0 = 0xF1000400, MovX0Turns = 0xD2800000 | ((uint)Turns << 5);
    static uint Adr(int rd, int words) => 0x10000000 | (((uint)words & 0x7FFFF) << 5) | (uint)rd;
    static uint Blr(int rn) => 0xD63F0000 | ((uint)rn << 5);
    static uint Bne(int words) => 0x54000001 | (((uint)words & 0x7FFFF) << 5);
    static uint Mov(int rd, int rm) => 0xAA0003E0 | ((uint)rm << 16) | (uint)rd;
}
