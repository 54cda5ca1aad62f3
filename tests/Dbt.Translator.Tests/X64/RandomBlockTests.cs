using System.Runtime.InteropServices;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.Tests.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Random blocks: the interpreter and the emitted code end in the same state, memory and exit.</summary>
public sealed unsafe class RandomBlockTests : IDisposable
{
    const int StateSize = ThreadBlock.GuestStateSize;

    readonly IrBlock block = new(Arm64State.Layout);
    readonly byte* buffer = (byte*)NativeMemory.AlignedAlloc(RandomIr.BufferSize + 64, 64);
    readonly byte[] initialState = new byte[StateSize], expectedState = new byte[StateSize], initialMemory = new byte[RandomIr.BufferSize], expectedMemory = new byte[RandomIr.BufferSize];

    [Theory]
    [InlineData(RandomIrParts.Integer, 1000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags, 2000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.SideExits, 3000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics | RandomIrParts.SideExits, 2000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Vector, 3000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Float, 3000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Float | RandomIrParts.Vector, 3000)]
    [InlineData(RandomIrParts.All, 3000)]
    public void Emitted_code_does_what_the_interpreter_does(RandomIrParts parts, int count) => Compare(parts, count, HostFeatures.Detect());

    [Theory]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics | RandomIrParts.SideExits, 1000)]
    [InlineData(RandomIrParts.All, 2000)]
    public void So_does_code_for_a_host_with_nothing_but_the_required_features(RandomIrParts parts, int count) =>
        Compare(parts, count, HostFeatures.Required);

    void Compare(RandomIrParts parts, int count, HostFeatures features)
    {
        using var emitted = new EmittedBlock(Arm64State.Layout, features);
        var interpreter = new IrInterpreter(new InterpreterHostMemory(0));
        byte* state = (byte*)emitted.Thread;
        for (int seed = 0; seed < count; seed++)
        {
            var random = new Random(seed);
            RandomIr.Fill(block, seed, operations: 10 + seed % 90, parts, (ulong)buffer);
            IrVerifier.Verify(block);
            string text = IrPrinter.Print(block);
            RandomIr.FillState(state + ThreadBlock.Bias, Arm64State.Layout, random);
            random.NextBytes(initialMemory);
            new Span<byte>(state, StateSize).CopyTo(initialState);
            initialMemory.CopyTo(new Span<byte>(buffer, RandomIr.BufferSize));

            ulong expectedExit = interpreter.Run(block, emitted.Thread).Target.Bits;
            // No location has all bits set: inline caches and tables use it for "empty".
            if (expectedExit == ulong.MaxValue) continue;
            new Span<byte>(state, StateSize).CopyTo(expectedState);
            new Span<byte>(buffer, RandomIr.BufferSize).CopyTo(expectedMemory);

            initialState.CopyTo(new Span<byte>(state, StateSize));
            initialMemory.CopyTo(new Span<byte>(buffer, RandomIr.BufferSize));
            try
            {
                emitted.Emit(block);
            }
            catch (InvalidOperationException e)
            {
                Assert.Fail($"seed {seed}: {e}\n{text}");
            }
            ulong exit = emitted.Run();
            string differences = Differences(state);
            if (exit != expectedExit) differences += $"exit 0x{exit:x}, expected 0x{expectedExit:x}\n";
            if (!new Span<byte>(buffer, RandomIr.BufferSize).SequenceEqual(expectedMemory)) differences += "memory\n";
            Assert.True(differences.Length == 0, $"seed {seed}:\n{differences}{text}\n{emitted.Disassembly()}");
        }
    }

    [Theory]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.SideExits, 3000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics | RandomIrParts.SideExits, 2000)]
    public void A_fault_at_any_memory_operation_shows_the_state_before_it(RandomIrParts parts, int count)
    {
        using var emitted = new EmittedBlock(Arm64State.Layout);
        using var prefix = new IrBlock(Arm64State.Layout);
        var interpreter = new IrInterpreter(new InterpreterHostMemory(0));
        byte* state = (byte*)emitted.Thread;
        var offsets = new List<int>();
        int injected = 0;
        for (int seed = 0; seed < count; seed++)
        {
            RandomIr.FillState(state + ThreadBlock.Bias, Arm64State.Layout, new Random(seed));
            new Span<byte>(state, StateSize).CopyTo(initialState);
            initialMemory.AsSpan().Fill((byte)seed);

            for (int fault = 0; ; fault++)
            {
                RandomIr.Fill(block, seed, operations: 10 + seed % 90, parts, (ulong)buffer);
                string text = IrPrinter.Print(block);
                int operation = NthMemoryOperation(fault);
                if (operation == 0) break;
                CopyPrefix(prefix, operation);

                initialMemory.CopyTo(new Span<byte>(buffer, RandomIr.BufferSize));
                initialState.CopyTo(new Span<byte>(state, StateSize));
                InterpreterExit expected = interpreter.Run(prefix, emitted.Thread);
                new Span<byte>(state, StateSize).CopyTo(expectedState);
                if (expected.Target.Bits == ulong.MaxValue) continue;

                initialMemory.CopyTo(new Span<byte>(buffer, RandomIr.BufferSize));
                initialState.CopyTo(new Span<byte>(state, StateSize));
                int instruction = block[operation].Instruction;
                emitted.Emit(block);
                string code = emitted.Disassembly();
                offsets.Clear();
                StateMap.ListOffsets(emitted.Info, offsets);
                int got = emitted.RunWithFaultAt(offsets[fault], out ulong exit);

                string differences = Differences(state);
                if (expected.Kind == InterpreterExitKind.Trap ? got != instruction : exit != expected.Target.Bits) differences += $"instruction {got}, expected {instruction}; exit 0x{exit:x}\n";
                Assert.True(differences.Length == 0, $"seed {seed}, fault {fault} at %{operation}, host offset {offsets[fault]:x}:\n{differences}{text}\n{code}");
                injected++;
            }
        }
        Assert.True(injected > count / 4);
    }

    int NthMemoryOperation(int n)
    {
        for (int i = 1; i < block.Count; i++)
        {
            if ((OpTable.Effects(block[i].Opcode) & OpEffects.MayFault) != 0 && n-- == 0) return i;
        }
        return 0;
    }

    // The operations before the one that faults, and a trap in its place: what the interpreter leaves is what the guest must see.
    void CopyPrefix(IrBlock prefix, int operation)
    {
        prefix.Reset();
        int begun = -1;
        for (int i = 1; i <= operation; i++)
        {
            while (begun < block[i].Instruction) prefix.BeginInstruction(block.InstructionAt(++begun));
            prefix.Append(i < operation ? block[i] : new IrOp { Opcode = Opcode.Trap });
        }
    }

    string Differences(byte* state)
    {
        fixed (byte* expected = expectedState) return Differences(state, expected);
    }

    /// <summary>The slots that differ between two copies of a thread's block.</summary>
    internal static string Differences(byte* state, byte* expected)
    {
        var result = new System.Text.StringBuilder();
        for (int slot = 0; slot < Arm64State.Layout.Count; slot++)
        {
            SlotInfo info = Arm64State.Layout[slot];
            int offset = ThreadBlock.Bias + info.Offset;
            UInt128 got = Read(state + offset, info.Type), wanted = Read(expected + offset, info.Type);
            if (got != wanted) result.AppendLine($"{info.Name} = {got:x}, expected {wanted:x}");
        }
        return result.ToString();
    }

    static UInt128 Read(byte* at, IrType type) => type switch
    {
        IrType.V128 => *(UInt128*)at,
        IrType.Flags => (uint)StateLayout.UnpackFlags(*(uint*)at),
        IrType.I32 or IrType.F32 => *(uint*)at,
        _ => *(ulong*)at,
    };

    public void Dispose()
    {
        block.Dispose();
        NativeMemory.AlignedFree(buffer);
    }
}
