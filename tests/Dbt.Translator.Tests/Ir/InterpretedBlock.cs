using System.Runtime.InteropServices;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Tests.Ir;

/// <summary>A buffer as guest memory, in which the n-th access can be made to fault.</summary>
public sealed class BufferMemory(ulong start) : IInterpreterMemory
{
    public byte[] Bytes { get; } = new byte[RandomIr.BufferSize];

    /// <summary>Number of accesses until one faults; negative for never.</summary>
    public int FaultAfter { get; set; } = -1;

    public int Accesses { get; private set; }

    bool Reaches(ulong address, int size, out Span<byte> bytes)
    {
        bool inside = address >= start && address - start <= (ulong)(Bytes.Length - size);
        bytes = inside ? Bytes.AsSpan((int)(address - start), size) : default;
        return inside && Accesses++ != FaultAfter;
    }

    public bool TryRead(ulong address, Span<byte> bytes)
    {
        if (!Reaches(address, bytes.Length, out var source)) return false;
        source.CopyTo(bytes);
        return true;
    }

    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (!Reaches(address, bytes.Length, out var target)) return false;
        bytes.CopyTo(target);
        return true;
    }

    public bool TryCompareExchange(ulong address, int size, UInt128 expected, UInt128 desired, out UInt128 old)
    {
        old = 0;
        // The interpreter's read-modify-write repeats the exchange: count the operation once.
        if (!Reaches(address, size, out var bytes)) return false;
        Accesses--;
        Span<byte> word = stackalloc byte[16];
        word.Clear();
        bytes.CopyTo(word);
        old = MemoryMarshal.Read<UInt128>(word);
        if (old != expected) return true;
        MemoryMarshal.Write(word, desired);
        word[..size].CopyTo(bytes);
        return true;
    }
}

/// <summary>The outcome of interpreting a block from random state and memory: how it was left, every slot and every byte.</summary>
public sealed unsafe record InterpretedBlock(InterpreterExit Exit, string State, string Memory, FloatExceptions Raised)
{
    /// <summary>Runs the block; the same <paramref name="seed"/> gives the same state and memory. Operation numbers of the exit are left out: they change from pass to pass.</summary>
    public static InterpretedBlock Run(IrBlock block, int seed, FloatControl control = default, int faultAfter = -1, bool withFlags = true)
    {
        var thread = (ThreadBlock*)NativeMemory.AlignedAlloc(8192, 64);
        try
        {
            new Span<byte>(thread, 8192).Clear();
            var random = new Random(seed);
            byte* state = (byte*)thread + ThreadBlock.Bias;
            RandomIr.FillState(state, block.Layout, random);
            var memory = new BufferMemory(start: 0) { FaultAfter = faultAfter };
            random.NextBytes(memory.Bytes);
            var interpreter = new IrInterpreter(memory) { Control = control };
            InterpreterExit exit = interpreter.Run(block, thread);
            return new(exit with { Operation = 0 }, Dump(state, block.Layout, withFlags), Convert.ToHexString(memory.Bytes), interpreter.Raised);
        }
        finally
        {
            NativeMemory.AlignedFree(thread);
        }
    }

    static string Dump(byte* state, StateLayout layout, bool withFlags)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < layout.Count; i++)
        {
            byte* slot = state + layout[i].Offset;
            string value = layout[i].Type switch
            {
                IrType.Flags => withFlags ? StateLayout.UnpackFlags(*(uint*)slot).ToString() : "-",
                IrType.I32 or IrType.F32 => $"{*(uint*)slot:x}",
                IrType.V128 => $"{((ulong*)slot)[1]:x16}_{((ulong*)slot)[0]:x16}",
                _ => $"{*(ulong*)slot:x}",
            };
            text.Append(layout[i].Name).Append('=').Append(value).Append('\n');
        }
        return text.ToString();
    }
}
