using System.Runtime.InteropServices;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Ir;
using Dbt.Translator.X64;
using Iced.Intel;
using static Iced.Intel.Register;
using Label = Dbt.Translator.X64.Label;

namespace Dbt.Translator.Execution;

/// <summary>The runtime's own machine code, made once per process: how translated code is entered and left, system calls, parking. The signal handlers are in <see cref="SignalStubs"/>.</summary>
static unsafe class RuntimeStubs
{
    const int CodeSize = 8192;
    const int SavedRegisters = 6;
    /// <summary>Offset of <see cref="ExitRecord.Kind"/>.</summary>
    const int RecordKind = 16;
    // On entry rsp is 8 modulo 16; six pushes keep that, so 8 more bytes align the frame.
    const int FrameSize = HostFrame.Size + 8;

    static readonly delegate* unmanaged<ThreadBlock*, nint, void> EnterStub;
    static readonly delegate* unmanaged[SuppressGCTransition]<long, long, long, long, long, long, long, long> SyscallStub;
    static readonly delegate* unmanaged<ThreadBlock*, long*, long> BlockingSyscallStub;
    static readonly delegate* unmanaged<ThreadBlock*, void> ParkStub;

    static RuntimeStubs()
    {
        nint memory = HostMemory.Allocate(0, CodeSize);
        Data = (RuntimeData*)NativeMemory.AlignedAlloc((nuint)sizeof(RuntimeData), 64);
        *Data = default;
        var asm = new StubAssembler((byte*)memory, CodeSize);

        EnterStub = (delegate* unmanaged<ThreadBlock*, nint, void>)EmitEnter(asm);
        EmitExits(asm);
        SyscallStub = (delegate* unmanaged[SuppressGCTransition]<long, long, long, long, long, long, long, long>)EmitSyscall(asm);
        BlockingSyscallStub = (delegate* unmanaged<ThreadBlock*, long*, long>)EmitBlockingSyscall(asm, out var window, out nint park);
        ParkStub = (delegate* unmanaged<ThreadBlock*, void>)park;
        CloneStub = (delegate* unmanaged[SuppressGCTransition]<long*, long>)EmitClone(asm);
        EmitStatusHelpers(asm);
        Evaluate = EmitEvaluate(asm);
        Guarded = new GuardedStubs(asm);
        (SynchronousHandler, AsynchronousHandler, SignalReturn) = SignalStubs.Emit(asm, Data, FaultExit, window, Guarded);

        if (asm.Overflowed) throw new InvalidOperationException("The runtime stubs have outgrown their pages.");
        HostMemory.Protect(memory, CodeSize, HostMemory.Read | HostMemory.Execute);
    }

    /// <summary>What the signal handlers read.</summary>
    public static RuntimeData* Data { get; }
    /// <summary>See <see cref="ThreadBlock.StubLink"/>.</summary>
    public static nint LinkExit { get; private set; }
    /// <summary>See <see cref="ThreadBlock.StubIndirect"/>: goes on to the code that the thread's table has for the location, or exits.</summary>
    public static nint TableProbe { get; private set; }
    /// <summary>The same, and counts hits.</summary>
    public static nint CountingTableProbe { get; private set; }
    /// <summary>See <see cref="ThreadBlock.StubExit"/>.</summary>
    public static nint RecordExit { get; private set; }
    /// <summary>See <see cref="ThreadBlock.StubPoll"/>.</summary>
    public static nint PollExit { get; private set; }
    /// <summary>Where the signal handler makes a faulting thread go on.</summary>
    public static nint FaultExit { get; private set; }
    /// <summary>Helper <see cref="RuntimeHelper.ReadStatus"/>.</summary>
    public static nint ReadStatus { get; private set; }
    /// <summary>Helper <see cref="RuntimeHelper.WriteStatus"/>.</summary>
    public static nint WriteStatus { get; private set; }
    /// <summary>Helper <see cref="RuntimeHelper.WriteControl"/>.</summary>
    public static nint WriteControl { get; private set; }
    /// <summary>See <see cref="ThreadBlock.StubEvaluate"/>.</summary>
    public static nint Evaluate { get; private set; }
    /// <summary>See <see cref="HostCalls.Clone"/>.</summary>
    public static delegate* unmanaged[SuppressGCTransition]<long*, long> CloneStub { get; }
    /// <summary>See <see cref="GuardedMemory"/>.</summary>
    public static GuardedStubs Guarded { get; }
    /// <summary>Signal handler of faults.</summary>
    public static nint SynchronousHandler { get; }
    /// <summary>Signal handler of everything else.</summary>
    public static nint AsynchronousHandler { get; }
    /// <summary>The sigreturn trampoline (SA_RESTORER).</summary>
    public static nint SignalReturn { get; }

    /// <summary>Runs translated code until it exits.</summary>
    public static void Enter(ThreadBlock* block, nint code) => EnterStub(block, code);

    /// <summary>See <see cref="HostCalls.Syscall"/>.</summary>
    public static long Syscall(long number, long a0, long a1, long a2, long a3, long a4, long a5) => SyscallStub(a0, a1, a2, a3, a4, a5, number);

    /// <summary>See <see cref="HostCalls.BlockingSyscall"/>; <paramref name="arguments"/> are the number and six arguments.</summary>
    public static long BlockingSyscall(ThreadBlock* block, long* arguments) => BlockingSyscallStub(block, arguments);

    /// <summary>Sleeps in native code while the stop word is set.</summary>
    public static void Park(ThreadBlock* block) => ParkStub(block);

    static nint EmitEnter(StubAssembler asm)
    {
        nint entry = asm.Here;
        foreach (var register in Saved) asm.Emit(Code.Push_r64, register);
        asm.Emit(Code.Sub_rm64_imm32, RSP, FrameSize);
        asm.Emit(Code.Lea_r64_m, RBP, new MemoryOperand(RDI, ThreadBlock.Bias));
        asm.Store(RBP, State(&At->HostStack), RSP);
        asm.Emit(Code.Ldmxcsr_m32, new MemoryOperand(RBP, State(&At->GuestMxcsr)));
        asm.Emit(Code.Jmp_rm64, RSI);
        return entry;
    }

    static ReadOnlySpan<Register> Saved => [RBX, RBP, R12, R13, R14, R15];

    // Every exit stores what happened and joins the common way back to the caller of the enter stub.
    static void EmitExits(StubAssembler asm)
    {
        var leave = new Label();
        LinkExit = asm.Here;
        EmitKind(asm, ExitKind.Link);
        asm.Jump(ref leave);

        PollExit = asm.Here;
        EmitKind(asm, ExitKind.Poll);
        asm.Jump(ref leave);

        FaultExit = asm.Here;
        EmitKind(asm, ExitKind.Fault);
        asm.Move(RSI, RSP);
        asm.Emit(Code.Lea_r64_m, RDI, new MemoryOperand(RBP, HostContext.FrameOffset - ThreadBlock.Bias));
        asm.Constant(RCX, HostFrame.Size / 8);
        asm.Repeat();
        asm.Emit(Code.Movsq_m64_m64);
        asm.Jump(ref leave);

        var indirect = new Label();
        TableProbe = EmitTableProbe(asm, counts: false, ref indirect);
        CountingTableProbe = EmitTableProbe(asm, counts: true, ref indirect);
        asm.Bind(ref indirect);
        EmitKind(asm, ExitKind.Indirect);
        asm.Store(RBP, State(&At->ExitValue), RAX);
        asm.Move(RAX, RDX);
        asm.Jump(ref leave);

        RecordExit = asm.Here;
        asm.Emit(Code.Movzx_r32_rm8, ECX, new MemoryOperand(RAX, RecordKind));
        asm.Emit(Code.Mov_rm8_r8, new MemoryOperand(RBP, State(&At->ExitKind)), CL);

        asm.Bind(ref leave);
        asm.Store(RBP, State(&At->ExitRecord), RAX);
        // Managed code may use legacy SSE instructions, which are slow while upper halves are in use.
        asm.Emit(Code.VEX_Vzeroupper);
        asm.Emit(Code.Stmxcsr_m32, new MemoryOperand(RBP, State(&At->GuestMxcsr)));
        asm.Emit(Code.Ldmxcsr_m32, new MemoryOperand(RBP, State(&At->HostMxcsr)));
        asm.Load(RSP, RBP, State(&At->HostStack));
        asm.Emit(Code.Add_rm64_imm32, RSP, FrameSize);
        for (int i = SavedRegisters - 1; i >= 0; i--) asm.Emit(Code.Pop_r64, Saved[i]);
        asm.Emit(Code.Retnq);
    }

    // rax = location, rdx = site, or 0 to exit at once because the poll word is set.
    static nint EmitTableProbe(StubAssembler asm, bool counts, ref Label miss)
    {
        nint entry = asm.Here;
        asm.Emit(Code.Test_rm64_r64, RDX, RDX);
        asm.Jump(HostCondition.Equal, ref miss);
        asm.Emit(Code.Lea_r64_m, RCX, new MemoryOperand(None, RAX, 4, 0, 8));
        asm.Emit(Code.And_r64_rm64, RCX, new MemoryOperand(RBP, State(&At->TableMask)));
        asm.Emit(Code.Add_r64_rm64, RCX, new MemoryOperand(RBP, State(&At->Table)));
        asm.Emit(Code.Cmp_r64_rm64, RAX, new MemoryOperand(RCX, 0L));
        asm.Jump(HostCondition.NotEqual, ref miss);
        if (counts) asm.Emit(Code.Inc_rm64, new MemoryOperand(RBP, State(&At->CountTable)));
        asm.Emit(Code.Jmp_rm64, new MemoryOperand(RCX, 8));
        return entry;
    }

    static void EmitKind(StubAssembler asm, ExitKind kind) =>
        asm.Emit(Code.Mov_rm8_imm8, new MemoryOperand(RBP, State(&At->ExitKind)), (int)kind);

    // long (a0, a1, a2, a3, a4, a5, number): the C registers are the kernel's but for the fourth.
    static nint EmitSyscall(StubAssembler asm)
    {
        nint entry = asm.Here;
        asm.Move(R10, RCX);
        asm.Load(RAX, RSP, 8);
        asm.Emit(Code.Syscall);
        asm.Emit(Code.Retnq);
        return entry;
    }

    // long (arguments). The return address waits in a register: what a child that shares memory calls next would overwrite it.
    static nint EmitClone(StubAssembler asm)
    {
        nint entry = asm.Here;
        asm.Emit(Code.Pop_r64, R9);
        asm.Load(RAX, RDI, 0);
        asm.Load(RSI, RDI, 16);
        asm.Load(RDX, RDI, 24);
        asm.Load(R10, RDI, 32);
        asm.Emit(Code.Xor_r32_rm32, R8D, R8D);
        asm.Load(RDI, RDI, 8);
        asm.Emit(Code.Syscall);
        asm.Emit(Code.Push_r64, R9);
        asm.Emit(Code.Retnq);
        return entry;
    }

    /// <summary>
    /// long (block, arguments). Between "check" and the syscall instruction a signal handler finds rip in the window and moves it to "abort"; so it does when the kernel has backed
    /// up to the syscall instruction to restart a call that the signal interrupted (SA_RESTART). Afterwards the thread sleeps here if the world is stopped.
    /// </summary>
    static nint EmitBlockingSyscall(StubAssembler asm, out SyscallWindow window, out nint park)
    {
        var abort = new Label();
        var done = new Label();
        var stopped = new Label();

        nint entry = asm.Here;
        asm.Emit(Code.Push_r64, RBX);
        asm.Move(RBX, RDI);
        asm.Load(RAX, RSI, 0);
        asm.Load(RDI, RSI, 8);
        asm.Load(RDX, RSI, 24);
        asm.Load(R10, RSI, 32);
        asm.Load(R8, RSI, 40);
        asm.Load(R9, RSI, 48);
        asm.Load(RSI, RSI, 16);
        // The kernel leaves the address behind the syscall instruction in rcx: as long as it is 0, the kernel has not been entered.
        asm.Emit(Code.Xor_r32_rm32, ECX, ECX);
        StoreActivity(asm, ThreadActivity.Native);
        nint check = asm.Here;
        asm.Emit(Code.Cmp_rm32_imm8, new MemoryOperand(RBX, Block(&At->Poll)), 0);
        asm.Jump(HostCondition.NotEqual, ref abort);
        nint syscall = asm.Here;
        asm.Emit(Code.Syscall);
        asm.Bind(ref done);
        StoreActivity(asm, ThreadActivity.Managed);
        asm.Load(RCX, RBX, Block(&At->StopWord));
        asm.Emit(Code.Mov_r32_rm32, EDX, new MemoryOperand(RCX, 0L));
        asm.Emit(Code.Test_rm32_r32, EDX, EDX);
        asm.Jump(HostCondition.NotEqual, ref stopped);
        asm.Emit(Code.Pop_r64, RBX);
        asm.Emit(Code.Retnq);

        asm.Bind(ref stopped);
        StoreActivity(asm, ThreadActivity.Native);
        asm.Emit(Code.Push_r64, RAX);
        asm.Move(RDI, RCX);
        asm.Emit(Code.Mov_r32_imm32, ESI, 128);     // FUTEX_WAIT_PRIVATE while the word is still edx
        asm.Emit(Code.Xor_r32_rm32, R10D, R10D);
        asm.Emit(Code.Mov_r32_imm32, EAX, 202);
        asm.Emit(Code.Syscall);
        asm.Emit(Code.Pop_r64, RAX);
        asm.Jump(ref done);

        nint abortAddress = asm.Here;
        asm.Bind(ref abort);
        asm.Emit(Code.Mov_rm64_imm32, RAX, (int)HostCalls.Interrupted);
        asm.Emit(Code.Test_rm64_r64, RCX, RCX);
        asm.Jump(HostCondition.NotEqual, ref done);
        asm.Emit(Code.Mov_rm64_imm32, RAX, (int)HostCalls.NotStarted);
        asm.Jump(ref done);

        park = asm.Here;
        asm.Emit(Code.Push_r64, RBX);
        asm.Move(RBX, RDI);
        asm.Jump(ref done);
        window = new SyscallWindow(check, syscall, abortAddress);
        return entry;
    }

    // The cumulative flags live in the running thread's MXCSR, which managed code cannot read: hence machine code. rdi = block, esi = argument.
    static void EmitStatusHelpers(StubAssembler asm)
    {
        var scratch = new MemoryOperand(RSP, -8);
        var status = new MemoryOperand(RDI, Block(&At->FloatStatus));
        var arm = new Label();
        var load = new Label();
        ReadStatus = asm.Here;
        asm.Emit(Code.Stmxcsr_m32, scratch);
        asm.Emit(Code.Mov_r32_rm32, EAX, scratch);
        asm.Emit(Code.And_rm32_imm32, EAX, (int)FloatTraps.HostFlags);
        asm.Emit(Code.Or_r32_rm32, EAX, status);
        asm.Emit(Code.Retnq);

        WriteStatus = asm.Here;
        asm.Emit(Code.Stmxcsr_m32, scratch);
        asm.Emit(Code.Mov_r32_rm32, EAX, scratch);
        asm.Emit(Code.And_rm32_imm32, ESI, FloatTraps.Flags);
        asm.Emit(Code.Mov_rm32_r32, status, ESI);
        asm.Jump(ref arm);

        WriteControl = asm.Here;
        asm.Emit(Code.Stmxcsr_m32, scratch);
        asm.Emit(Code.Mov_r32_rm32, EAX, scratch);
        asm.Emit(Code.Mov_r32_rm32, ECX, EAX);
        asm.Emit(Code.And_rm32_imm32, ECX, FloatTraps.HostFlags);
        asm.Emit(Code.Or_rm32_r32, status, ECX);
        asm.Emit(Code.And_rm32_imm32, EAX, ~FloatTraps.Control);
        asm.Emit(Code.And_rm32_imm32, ESI, FloatTraps.Control);
        asm.Emit(Code.Or_r32_rm32, EAX, ESI);

        // As FloatTraps.Arm.
        asm.Bind(ref arm);
        asm.Emit(Code.And_rm32_imm32, EAX, ~FloatTraps.Flags);
        asm.Emit(Code.Or_rm32_imm32, EAX, FloatTraps.Masks);
        asm.Emit(Code.Test_rm32_imm32, EAX, FloatTraps.FlushResults);
        asm.Jump(HostCondition.Equal, ref load);
        asm.Emit(Code.And_rm32_imm32, EAX, ~FloatTraps.Armed);
        asm.Emit(Code.Mov_r32_rm32, ECX, status);
        asm.Emit(Code.Mov_r32_rm32, EDX, ECX);
        asm.Emit(Code.Shr_rm32_imm8, EDX, 1);
        asm.Emit(Code.Or_rm32_imm32, EDX, ~FloatTraps.Underflow);
        asm.Emit(Code.And_r32_rm32, EDX, ECX);
        asm.Emit(Code.And_rm32_imm32, EDX, FloatTraps.Underflow | FloatTraps.Inexact);
        asm.Emit(Code.Shl_rm32_imm8, EDX, FloatTraps.MaskShift);
        asm.Emit(Code.Or_r32_rm32, EAX, EDX);
        asm.Emit(Code.And_rm32_imm32, ECX, FloatTraps.InputDenormal);
        asm.Emit(Code.Imul_r32_rm32_imm32, ECX, ECX, (1 << FloatTraps.MaskShift) | (FloatTraps.FlushOperands / FloatTraps.InputDenormal));
        asm.Emit(Code.Or_r32_rm32, EAX, ECX);
        asm.Bind(ref load);
        asm.Emit(Code.Mov_rm32_r32, scratch, EAX);
        asm.Emit(Code.Ldmxcsr_m32, scratch);
        asm.Emit(Code.Retnq);
    }

    // Frame: xmm0 .. xmm15, MXCSR. The return address and eight registers leave rsp at 8 modulo 16.
    static nint EmitEvaluate(StubAssembler asm)
    {
        const int vectors = 16 * 16, frame = vectors + 8;
        ReadOnlySpan<Register> saved = [RCX, RDX, RSI, RDI, R8, R9, R10, R11];
        var mxcsr = new MemoryOperand(RSP, vectors);
        nint entry = asm.Here;
        foreach (var register in saved) asm.Emit(Code.Push_r64, register);
        asm.Emit(Code.Sub_rm64_imm32, RSP, frame);
        for (int k = 0; k < 16; k++) asm.Emit(Code.VEX_Vmovaps_xmmm128_xmm, new MemoryOperand(RSP, 16 * k), XMM0 + k);
        asm.Emit(Code.Stmxcsr_m32, mxcsr);
        asm.Emit(Code.Mov_r32_rm32, EDX, mxcsr);
        asm.Emit(Code.Ldmxcsr_m32, new MemoryOperand(RBP, State(&At->HostMxcsr)));
        asm.Move(RSI, RAX);
        asm.Emit(Code.Lea_r64_m, RDI, new MemoryOperand(RBP, -ThreadBlock.Bias));
        asm.Constant(RAX, (nint)(delegate* unmanaged<ThreadBlock*, OutOfLineOperation*, uint, void>)&OutOfLineEvaluator.Evaluate);
        asm.Emit(Code.Call_rm64, RAX);
        asm.Emit(Code.Ldmxcsr_m32, mxcsr);
        for (int k = 0; k < 16; k++) asm.Emit(Code.VEX_Vmovaps_xmm_xmmm128, XMM0 + k, new MemoryOperand(RSP, 16 * k));
        asm.Emit(Code.Add_rm64_imm32, RSP, frame);
        for (int k = saved.Length - 1; k >= 0; k--) asm.Emit(Code.Pop_r64, saved[k]);
        asm.Emit(Code.Retnq);
        return entry;
    }

    static void StoreActivity(StubAssembler asm, ThreadActivity activity) =>
        asm.Emit(Code.Mov_rm32_imm32, new MemoryOperand(RBX, Block(&At->Activity)), (int)activity);

    // A block that exists only for the offsets of its fields.
    static readonly ThreadBlock* At = (ThreadBlock*)NativeMemory.AllocZeroed((nuint)sizeof(ThreadBlock));

    static int Block(void* field) => (int)((byte*)field - (byte*)At);

    static int State(void* field) => Block(field) - ThreadBlock.Bias;
}
