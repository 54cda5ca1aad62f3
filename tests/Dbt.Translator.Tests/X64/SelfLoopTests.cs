using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Guests.Arm64;
using Dbt.Translator.Ir;
using Dbt.Translator.Tests.Ir;
using Dbt.Translator.X64;

namespace Dbt.Translator.Tests.X64;

/// <summary>Blocks that go back to their own start inside, with their state in registers: random bodies, a few iterations, against the interpreter running the block as often.</summary>
public sealed unsafe class SelfLoopTests : IDisposable
{
    const int StateSize = ThreadBlock.GuestStateSize, MemorySize = RandomIr.BufferSize + 16, CounterOffset = RandomIr.BufferSize;
    const ulong Outside = 0x9000, Unfinished = 0x77_0000;

    readonly IrBlock block = new(Arm64State.Layout), prefix = new(Arm64State.Layout);
    readonly EmittedBlock emitted = new(Arm64State.Layout, options: new EmissionOptions(CountExecutions: false, LoopsInside: true));
    readonly IrInterpreter interpreter = new(new InterpreterHostMemory(0));
    readonly byte* buffer = (byte*)NativeMemory.AlignedAlloc(MemorySize + 64, 64);
    readonly byte[] initialState = new byte[StateSize], expectedState = new byte[StateSize], initialMemory = new byte[MemorySize], expectedMemory = new byte[MemorySize];

    byte* State => (byte*)emitted.Thread;

    [Theory]
    [InlineData(RandomIrParts.Integer, 2000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags, 3000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.SideExits, 4000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics | RandomIrParts.SideExits, 3000)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Float | RandomIrParts.Vector, 4000)]
    [InlineData(RandomIrParts.All, 4000)]
    public void A_loop_does_what_the_interpreter_does_iteration_by_iteration(RandomIrParts parts, int count)
    {
        for (int seed = 0; seed < count; seed++)
        {
            string text = Prepare(seed, parts, iterations: 1 + seed % 4);
            ulong expected = Interpret(int.MaxValue);
            if (expected == ulong.MaxValue) continue;
            Reset();
            emitted.Emit(block);
            Assert.Equal(expected, emitted.Run());
            Check(seed, text);
        }
    }

    [Theory]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.SideExits, 2000)]
    [InlineData(RandomIrParts.All, 2000)]
    public void A_poll_leaves_the_loop_with_its_state(RandomIrParts parts, int count)
    {
        for (int seed = 0; seed < count; seed++)
        {
            // The word is set from the start: it is looked at before each iteration but the first two.
            string text = Prepare(seed, parts, iterations: 5);
            ulong expected = Interpret(2);
            if (expected == ulong.MaxValue) continue;
            Reset();
            emitted.Emit(block);
            emitted.Thread->Poll = 1;
            ulong exit = emitted.Run();
            emitted.Thread->Poll = 0;
            Assert.Equal(expected == Unfinished ? RandomIr.FirstPc : expected, exit);
            Check(seed, text);
        }
    }

    [Theory]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.SideExits, 400)]
    [InlineData(RandomIrParts.Integer | RandomIrParts.Flags | RandomIrParts.Memory | RandomIrParts.Atomics | RandomIrParts.SideExits, 300)]
    public void A_fault_in_any_iteration_shows_the_state_before_it(RandomIrParts parts, int count)
    {
        var offsets = new List<int>();
        int injected = 0;
        for (int seed = 0; seed < count; seed++)
        {
            int faults = int.MaxValue;
            for (int fault = 0; fault < faults; fault++)
            {
                for (int iteration = 0; iteration < 4; iteration++)
                {
                    string text = Prepare(seed, parts, iterations: 5);
                    faults = CountMemoryOperations();
                    if (fault == faults) break;
                    ulong expected = Interpret(iteration);
                    int instruction = -1;
                    if (expected == Unfinished)
                    {
                        int operation = NthMemoryOperation(fault);
                        instruction = block[operation].Instruction;
                        CopyPrefix(operation);
                        InterpreterExit exit = interpreter.Run(prefix, emitted.Thread);
                        if (exit.Kind != InterpreterExitKind.Trap) (expected, instruction) = (exit.Target.Bits, -1);
                        Keep();
                    }
                    if (expected == ulong.MaxValue) continue;
                    Reset();
                    emitted.Emit(block);
                    offsets.Clear();
                    StateMap.ListOffsets(emitted.Info, offsets);
                    Assert.Equal(2 * faults, offsets.Count);
                    string code = emitted.Disassembly();
                    // The first iteration has code of its own; in the body, the fault waits for its iteration.
                    int at = offsets[iteration == 0 ? fault : faults + fault];
                    if (!emitted.TryRunWithFaultAt(at, skip: Math.Max(iteration - 1, 0), out int got, out ulong left)) continue;
                    string differences = Differences();
                    if (got != instruction || (instruction < 0 && left != expected)) differences += $"instruction {got}, expected {instruction}; exit 0x{left:x}, expected 0x{expected:x}\n";
                    Assert.True(differences.Length == 0, $"seed {seed}, fault {fault} in iteration {iteration}, host offset {at:x}:\n{differences}{text}\n{code}");
                    injected++;
                }
            }
        }
        Assert.True(injected > count);
    }

    [Fact]
    public void Slots_that_the_loop_carries_are_neither_loaded_nor_stored_in_it()
    {
        block.Reset();
        block.BeginInstruction(new Location(RandomIr.FirstPc));
        int x0 = GetSlot(Arm64State.X0, IrType.I64), x1 = GetSlot(Arm64State.X0 + 1, IrType.I64);
        int sum = block.Append(new IrOp { Opcode = Opcode.Add, Type = IrType.I64, A = x0, B = x1 });
        SetSlot(Arm64State.X0, sum);
        int v0 = GetSlot(Arm64State.V0, IrType.V128), v1 = GetSlot(Arm64State.V0 + 1, IrType.V128);
        SetSlot(Arm64State.V0, block.Append(new IrOp { Opcode = Opcode.VAdd, Type = IrType.V128, Aux = 2, A = v0, B = v1 }));
        int limit = block.Append(new IrOp { Opcode = Opcode.Const, Type = IrType.I64, Imm = 1000 });
        int flags = block.Append(new IrOp { Opcode = Opcode.FlagsSub, Type = IrType.Flags, Imm = 64, A = sum, B = limit });
        block.Append(new IrOp { Opcode = Opcode.ExitIf, Aux = (byte)Condition.NotEqual | IrOp.FlagsDeadAtTarget, A = flags, Imm = (long)RandomIr.FirstPc });
        block.Append(new IrOp { Opcode = Opcode.Goto, Imm = (long)Outside });
        IrVerifier.Verify(block);

        emitted.Emit(block);
        *emitted.Slot(Arm64State.X0) = 0;
        *emitted.Slot(Arm64State.X0 + 1) = 10;
        Assert.Equal(Outside, emitted.Run());
        Assert.Equal(1000ul, (ulong)*emitted.Slot(Arm64State.X0));

        string code = emitted.Disassembly();
        string[] lines = code.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int back = Array.FindLastIndex(lines, line => line.Contains(" je "));
        string target = lines[back].Split(' ')[^1].TrimEnd('h');
        ulong head = Convert.ToUInt64(target, 16) - (ulong)emitted.Info->Entry;
        // The listing's offsets are those of the instructions' ends.
        int first = Array.FindIndex(lines, line => Convert.ToUInt64(line[..4], 16) == head) + 1;
        Assert.Equal(["add", "vpaddd", "cmp", "je", "cmp", "je"], lines[first..(back + 1)].Select(line => line.Split(' ')[1]));
    }

    int GetSlot(int slot, IrType type) => block.Append(new IrOp { Opcode = Opcode.GetSlot, Type = type, Imm = slot });

    void SetSlot(int slot, int value) => block.Append(new IrOp { Opcode = Opcode.SetSlot, A = value, Imm = slot });

    // A random block that ends as loops do. The counter lies in memory, so that its accesses are observers at the end of each iteration.
    string Prepare(int seed, RandomIrParts parts, int iterations)
    {
        var random = new Random(seed);
        RandomIr.Fill(block, seed, operations: 5 + seed % 60, parts, (ulong)buffer);
        ref IrOp last = ref block[block.Count - 1];
        last = default(IrOp) with { Instruction = last.Instruction };
        block.BeginInstruction(new Location(0x8000));
        int address = block.Append(new IrOp { Opcode = Opcode.Const, Type = IrType.I64, Imm = (long)buffer + CounterOffset });
        int one = block.Append(new IrOp { Opcode = Opcode.Const, Type = IrType.I64, Imm = 1 });
        int count = block.Append(new IrOp { Opcode = Opcode.Load, Type = IrType.I64, Aux = MemoryAccess.Of(3).Bits, A = address });
        int rest = block.Append(new IrOp { Opcode = Opcode.Sub, Type = IrType.I64, A = count, B = one });
        block.Append(new IrOp { Opcode = Opcode.Store, Aux = MemoryAccess.Of(3).Bits, A = address, B = rest });
        int flags = block.Append(new IrOp { Opcode = Opcode.FlagsSub, Type = IrType.Flags, Imm = 64, A = count, B = one });
        if (random.Next(2) == 0) SetSlot(Arm64State.Flags, flags);
        bool staysIfTaken = seed % 3 == 0;
        var condition = staysIfTaken ? Condition.NotEqual : Condition.Equal;
        block.Append(new IrOp { Opcode = Opcode.ExitIf, Aux = (byte)condition, A = flags, Imm = (long)(staysIfTaken ? RandomIr.FirstPc : Outside) });
        if (seed % 3 == 2) SetSlot(Arm64State.X0 + 1, rest);
        block.Append(new IrOp { Opcode = Opcode.Goto, Imm = (long)(staysIfTaken ? Outside : RandomIr.FirstPc) });
        IrVerifier.Verify(block);

        RandomIr.FillState(State + ThreadBlock.Bias, Arm64State.Layout, random);
        new Span<byte>(State, StateSize).CopyTo(initialState);
        random.NextBytes(initialMemory);
        BitConverter.TryWriteBytes(initialMemory.AsSpan(CounterOffset), (long)iterations);
        initialMemory.CopyTo(new Span<byte>(buffer, MemorySize));
        return IrPrinter.Print(block);
    }

    // Up to so many iterations; the location where the loop is left, or Unfinished.
    ulong Interpret(int iterations)
    {
        ulong target = Unfinished;
        for (int i = 0; i < iterations; i++)
        {
            target = interpreter.Run(block, emitted.Thread).Target.Bits;
            if (target != RandomIr.FirstPc) break;
            target = Unfinished;
        }
        Keep();
        return target;
    }

    void Keep()
    {
        new Span<byte>(State, StateSize).CopyTo(expectedState);
        new Span<byte>(buffer, MemorySize).CopyTo(expectedMemory);
    }

    void Reset()
    {
        initialState.CopyTo(new Span<byte>(State, StateSize));
        initialMemory.CopyTo(new Span<byte>(buffer, MemorySize));
    }

    void Check(int seed, string text)
    {
        string differences = Differences();
        if (!new Span<byte>(buffer, MemorySize).SequenceEqual(expectedMemory)) differences += "memory\n";
        Assert.True(differences.Length == 0, $"seed {seed}:\n{differences}{text}\n{emitted.Disassembly()}");
    }

    string Differences()
    {
        fixed (byte* expected = expectedState) return RandomBlockTests.Differences(State, expected);
    }

    int CountMemoryOperations()
    {
        int count = 0;
        while (NthMemoryOperation(count) != 0) count++;
        return count;
    }

    int NthMemoryOperation(int n)
    {
        for (int i = 1; i < block.Count; i++)
        {
            if ((OpTable.Effects(block[i].Opcode) & OpEffects.MayFault) != 0 && n-- == 0) return i;
        }
        return 0;
    }

    // The operations before the one that faults, and a trap in its place.
    void CopyPrefix(int operation)
    {
        prefix.Reset();
        int begun = -1;
        for (int i = 1; i <= operation; i++)
        {
            while (begun < block[i].Instruction) prefix.BeginInstruction(block.InstructionAt(++begun));
            prefix.Append(i < operation ? block[i] : new IrOp { Opcode = Opcode.Trap });
        }
    }

    public void Dispose()
    {
        emitted.Dispose();
        block.Dispose();
        prefix.Dispose();
        NativeMemory.AlignedFree(buffer);
    }
}
