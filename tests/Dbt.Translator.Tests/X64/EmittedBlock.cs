using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Dbt.Translator.Tests.X64;

/// <summary>Emits one block into memory of its own and runs it, without engine: every stub just returns.</summary>
sealed unsafe class EmittedBlock : IDisposable
{
    const int CodeSize = 1 << 20, StubSize = 4096, Total = 2 * CodeSize;

    readonly byte* memory;
    readonly BlockEmitter emitter;
    readonly HostFeatures features;
    readonly StateLayout layout;
    readonly EmissionOptions options;
    readonly nint enter;

    public EmittedBlock(StateLayout layout, HostFeatures? features = null, EmissionOptions options = default)
    {
        this.layout = layout;
        this.options = options;
        this.features = features ?? HostFeatures.Detect();
        emitter = new BlockEmitter(this.features);
        memory = (byte*)Mmap(0, Total, 7, 0x22, -1, 0);
        Thread = (ThreadBlock*)NativeMemory.AlignedAlloc(65536, 4096);
        NativeMemory.Clear(Thread, 65536);

        enter = (nint)memory;
        int at = Assemble(0, a =>
        {
            a.push(rbx); a.push(rbp); a.push(r12); a.push(r13); a.push(r14); a.push(r15);
            a.sub(rsp, HostFrame.Size + 8);
            a.lea(rbp, __[rdi + ThreadBlock.Bias]);
            a.vldmxcsr(__dword_ptr[rdi + (int)Marshal.OffsetOf<ThreadBlock>(nameof(ThreadBlock.GuestMxcsr))]);
            a.jmp(rsi);
        });
        nint leave = (nint)memory + at;
        at = Assemble(at, a =>
        {
            a.mov(__[rbp + (int)Marshal.OffsetOf<ThreadBlock>(nameof(ThreadBlock.ExitRecord)) - ThreadBlock.Bias], rax);
            a.vstmxcsr(__dword_ptr[rbp + (int)Marshal.OffsetOf<ThreadBlock>(nameof(ThreadBlock.GuestMxcsr)) - ThreadBlock.Bias]);
            a.vldmxcsr(__dword_ptr[rbp + (int)Marshal.OffsetOf<ThreadBlock>(nameof(ThreadBlock.HostMxcsr)) - ThreadBlock.Bias]);
            a.add(rsp, HostFrame.Size + 8);
            a.pop(r15); a.pop(r14); a.pop(r13); a.pop(r12); a.pop(rbp); a.pop(rbx);
            a.ret();
        });
        capture = (nint)memory + at;
        at = Assemble(at, a =>
        {
            // What the signal handler does with a fault: copies the registers into the thread's block.
            int context = HostContext.Offset - ThreadBlock.Bias;
            AssemblerRegisterXMM[] vectors = [xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];
            AssemblerRegister64[] general = [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];
            for (int i = 0; i < 16; i++) a.mov(__[rbp + context + (8 * i)], general[i]);
            a.pushfq();
            a.pop(rax);
            a.mov(__[rbp + context + (int)Marshal.OffsetOf<HostContext>(nameof(HostContext.Rflags))], rax);
            for (int i = 0; i < 16; i++) a.vmovups(__[rbp + context + (int)Marshal.OffsetOf<HostContext>(nameof(HostContext.Vectors)) + (16 * i)], vectors[i]);
            a.mov(rsi, rsp);
            a.lea(rdi, __[rbp + HostContext.FrameOffset - ThreadBlock.Bias]);
            a.mov(ecx, HostFrame.Size / 8);
            a.rep.movsq();
            a.mov(eax, 0);
            a.mov(r11, leave);
            a.jmp(r11);
        });
        Thread->StubFloat = FloatStubs.Repair;
        ThreadConstants.CopyTo(Thread->Constants);
        detour = (nint)memory + at;
        Thread->StubLink = Thread->StubExit = Thread->StubPoll = Thread->StubIndirect = leave;
        Thread->StubEvaluate = RuntimeStubs.Evaluate;
        Thread->GuestMxcsr = Thread->HostMxcsr = 0x1F80;
        Thread->EstimateTables = EstimateTables.Data;
        neverMatching = (CodePair*)NativeMemory.AllocZeroed((nuint)sizeof(CodePair));
        neverMatching->Location = ulong.MaxValue;
        Thread->Table = neverMatching;
    }

    readonly nint capture, detour;
    readonly CodePair* neverMatching;

    /// <summary>The state that the block runs on.</summary>
    public ThreadBlock* Thread { get; }

    /// <summary>Description of the block emitted last.</summary>
    public BlockInfo* Info { get; private set; }

    /// <summary>Host code of the block emitted last.</summary>
    public ReadOnlySpan<byte> Code => new((void*)Info->Entry, Info->CodeSize);

    /// <summary>Storage of a slot.</summary>
    public UInt128* Slot(int slot) => (UInt128*)((byte*)Thread + ThreadBlock.Bias + layout[slot].Offset);

    /// <summary>Emits the block.</summary>
    public void Emit(IrBlock block)
    {
        var space = new EmissionSpace
        {
            CodeWrite = memory + StubSize,
            CodeExecute = (nint)memory + StubSize,
            CodeAvailable = CodeSize - StubSize,
            Data = memory + CodeSize,
            DataAvailable = CodeSize,
        };
        Assert.True(emitter.TryEmit(block, ref space, options, [], out BlockInfo* info));
        Info = info;
        if (UsedFeatures.FirstMissing(Code, features) is { } missing) Assert.Fail($"a host without its feature: {missing}\n{IrPrinter.Print(block)}\n{Disassembly()}");
    }

    /// <summary>Runs the block emitted last; returns its exit: the record's location, or the target of an indirect branch.</summary>
    public ulong Run()
    {
        ((delegate* unmanaged<ThreadBlock*, nint, void>)enter)(Thread, Info->Entry);
        var record = (ExitRecord*)Thread->ExitRecord;
        bool isRecord = record >= Info->Exits && record < Info->Exits + Info->ExitCount;
        return isRecord ? record->Location : (ulong)record;
    }

    /// <summary>
    /// Runs the block as if the host instruction at the offset faulted, and restores guest state from its state map. Returns the guest instruction's index, or -1 with the exit
    /// if execution leaves before it gets there. The block's code is good for nothing afterwards.
    /// </summary>
    public int RunWithFaultAt(int hostOffset, out ulong exit)
    {
        byte* at = (byte*)Info->Entry + hostOffset;
        *at = 0xE9;
        *(int*)(at + 1) = (int)(capture - (nint)at - 5);
        Thread->ExitRecord = (void*)1;
        exit = Run();
        if (Thread->ExitRecord != null) return -1;
        var context = (HostContext*)((byte*)Thread + HostContext.Offset);
        context->Rip = (nint)at;
        return StateMap.Restore(Info, context, Thread, layout);
    }

    /// <summary>
    /// As <see cref="RunWithFaultAt"/>, but the instruction faults only when it is reached for the <paramref name="skip"/> + 1st time. False if the instructions there cannot be moved to make room for a counter.
    /// </summary>
    public bool TryRunWithFaultAt(int hostOffset, int skip, out int instruction, out ulong exit)
    {
        instruction = -1;
        exit = 0;
        byte* at = (byte*)Info->Entry + hostOffset;
        if (skip > 0)
        {
            if (!TryEmitDetour(at, skip)) return false;
            Thread->ExitRecord = (void*)1;
            exit = Run();
            if (Thread->ExitRecord != null) return true;
            var context = (HostContext*)((byte*)Thread + HostContext.Offset);
            context->Rip = (nint)at;
            instruction = StateMap.Restore(Info, context, Thread, layout);
            return true;
        }
        instruction = RunWithFaultAt(hostOffset, out exit);
        return true;
    }

    // detour: counts down, and goes to "capture" below zero, with all registers and flags as they were; else the instructions that made room, and back
    bool TryEmitDetour(byte* at, int skip)
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(Code.ToArray()), (ulong)Info->Entry);
        var moved = new List<Instruction>();
        var targets = new HashSet<ulong>();
        ulong end = (ulong)at;
        while (decoder.IP < (ulong)(Info->Entry + Info->CodeSize))
        {
            var next = decoder.Decode();
            if (next.IsJccShortOrNear || next.IsJmpShortOrNear || next.IsCallNear) targets.Add(next.NearBranchTarget);
            if (next.IP < (ulong)at || end >= (ulong)at + 5) continue;
            if (next.FlowControl != FlowControl.Next) return false;
            moved.Add(next);
            end = next.NextIP;
        }
        for (ulong inside = (ulong)at + 1; inside < end; inside++)
        {
            if (targets.Contains(inside)) return false;
        }
        *(long*)(detour + 512) = skip;
        var assembler = new Iced.Intel.Assembler(64);
        var faults = assembler.CreateLabel();
        assembler.lea(rsp, __[rsp - 128]);
        assembler.pushfq();
        assembler.push(rax);
        assembler.mov(rax, detour + 512);
        assembler.dec(__qword_ptr[rax]);
        assembler.pop(rax);
        assembler.js(faults);
        assembler.popfq();
        assembler.lea(rsp, __[rsp + 128]);
        foreach (var instruction in moved) assembler.AddInstruction(instruction);
        assembler.jmp(end);
        assembler.Label(ref faults);
        assembler.popfq();
        assembler.lea(rsp, __[rsp + 128]);
        assembler.jmp((ulong)capture);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), (ulong)detour);
        stream.ToArray().CopyTo(new Span<byte>((void*)detour, 512));
        *at = 0xE9;
        *(int*)(at + 1) = (int)(detour - (nint)at - 5);
        return true;
    }

    /// <summary>Host code as text, for failure messages.</summary>
    public string Disassembly()
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(Code.ToArray()), (ulong)Info->Entry);
        var formatter = new NasmFormatter();
        var text = new System.Text.StringBuilder();
        var output = new StringOutput();
        while (decoder.IP < (ulong)(Info->Entry + Info->CodeSize))
        {
            formatter.Format(decoder.Decode(), output);
            text.Append($"{decoder.IP - (ulong)Info->Entry:x4} ").AppendLine(output.ToStringAndReset());
        }
        return text.ToString();
    }

    int Assemble(int offset, Action<Iced.Intel.Assembler> body)
    {
        var assembler = new Iced.Intel.Assembler(64);
        body(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), (ulong)(memory + offset));
        stream.ToArray().CopyTo(new Span<byte>(memory + offset, StubSize));
        return offset + (((int)stream.Length + 15) & ~15);
    }

    public void Dispose()
    {
        Munmap((nint)memory, Total);
        NativeMemory.AlignedFree(Thread);
        NativeMemory.Free(neverMatching);
    }

    [DllImport("libc", EntryPoint = "mmap")]
    static extern nint Mmap(nint address, nint length, int protection, int flags, int fd, nint offset);

    [DllImport("libc", EntryPoint = "munmap")]
    static extern int Munmap(nint address, nint length);
}
