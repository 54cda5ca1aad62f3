using System.Runtime.InteropServices;
using Dbt.Translator.X64;
using Iced.Intel;
using static Iced.Intel.Register;
using Label = Dbt.Translator.X64.Label;

namespace Dbt.Translator.Execution;

/// <summary>What the signal handlers need to know of the process.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct RuntimeData
{
    /// <summary>The code region.</summary>
    public nint RegionStart;
    /// <summary>Its length; 0 while there is none.</summary>
    public nint RegionLength;
    /// <summary>How many guest threads run: while there are any, a signal that hits a thread without a block is passed on to them.</summary>
    public int GuestThreads;
    /// <summary>The kernel's sigaction for the default action (zeroes).</summary>
    public fixed ulong DefaultAction[4];
    /// <summary>Handlers that were installed before ours, by signal number.</summary>
    public fixed long PreviousHandler[65];
}

/// <summary>The stub of blocking system calls, as the handler sees it: rip in [Check, Syscall] means that the kernel has not been entered, and is moved to Abort.</summary>
readonly record struct SyscallWindow(nint Check, nint Syscall, nint Abort);

/// <summary>
/// Emits the host signal handlers. void handler(edi = signal, rsi = siginfo, rdx = ucontext), on the alternate stack of the thread's block where it has one. They run no managed code,
/// take no lock and touch only the signal frame, the thread's block and <see cref="RuntimeData"/>.
/// </summary>
/// <remarks>Offsets in ucontext, siginfo and fpstate: the kernel's arch/x86/include/uapi/asm/{ucontext,sigcontext}.h and include/uapi/asm-generic/siginfo.h.</remarks>
static unsafe class SignalStubs
{
    // ucontext_t
    const int StackPointer = 16, StackSize = 32, Registers = 40, Rip = 168, Rflags = 176, ErrorCode = 192, FloatingPoint = 224, Mask = 296;
    // siginfo_t
    const int SignalCode = 8, FaultAddress = 16;
    // fpstate (FXSAVE format)
    const int Vectors = 160;
    const int SetSigactionSyscall = 13, SigreturnSyscall = 15, GetPidSyscall = 39, KillSyscall = 62, QueueSignalSyscall = 129;
    /// <summary>gregs in ucontext are r8..r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp; here by register number.</summary>
    static ReadOnlySpan<byte> PlaceInUcontext => [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];

    /// <summary>All signals but those that instructions cause.</summary>
    public const ulong AsynchronousSignals = ~((1ul << 6) | (1ul << 7) | (1ul << 10));

    /// <summary>Emits both handlers and the sigreturn trampoline.</summary>
    public static (nint Synchronous, nint Asynchronous, nint Return) Emit(StubAssembler asm, RuntimeData* data, nint faultExit, SyscallWindow window, in GuardedStubs guarded)
    {
        var chain = new Label();
        var queue = new Label();
        nint synchronous = asm.Here;
        EmitFault(asm, data, faultExit, guarded, ref chain, ref queue);
        nint asynchronous = asm.Here;
        asm.Bind(ref queue);
        EmitQueue(asm, data, window, ref chain);
        asm.Bind(ref chain);
        EmitChain(asm, data);
        nint trampoline = asm.Here;
        asm.Emit(Code.Mov_r32_imm32, EAX, SigreturnSyscall);
        asm.Emit(Code.Syscall);
        return (synchronous, asynchronous, trampoline);
    }

    // A fault in translated code: copy the context and go on at the fault exit. rbp is the state pointer there as everywhere in translated code.
    static void EmitFault(StubAssembler asm, RuntimeData* data, nint faultExit, in GuardedStubs guarded, ref Label chain, ref Label queue)
    {
        var elsewhere = new Label();
        asm.Emit(Code.Cmp_rm32_imm8, new MemoryOperand(RSI, SignalCode), 0);
        asm.Jump(HostCondition.LessOrEqual, ref queue);     // sent by somebody, not caused by an instruction
        asm.Constant(RCX, (nint)data);
        asm.Load(RAX, RDX, Rip);
        asm.Emit(Code.Sub_r64_rm64, RAX, Field(RCX, data, &data->RegionStart));
        asm.Emit(Code.Cmp_r64_rm64, RAX, Field(RCX, data, &data->RegionLength));
        asm.Jump(HostCondition.AboveOrEqual, ref elsewhere);
        asm.Move(R8, RSP);
        asm.Emit(Code.And_rm64_imm32, R8, -ThreadBlock.Alignment);
        for (int i = 0; i < 16; i++)
        {
            asm.Load(RAX, RDX, Registers + 8 * PlaceInUcontext[i]);
            asm.Store(R8, Context(&At->General[i]), RAX);
        }
        CopyWord(asm, RDX, Rip, &At->Rip);
        CopyWord(asm, RDX, Rflags, &At->Rflags);
        CopyWord(asm, RDX, ErrorCode, &At->ErrorCode);
        CopyWord(asm, RSI, FaultAddress, &At->FaultAddress);
        asm.Emit(Code.Mov_rm32_r32, new MemoryOperand(R8, Context(&At->Signal)), EDI);
        asm.Emit(Code.Mov_r32_rm32, EAX, new MemoryOperand(RSI, SignalCode));
        asm.Emit(Code.Mov_rm32_r32, new MemoryOperand(R8, Context(&At->Code)), EAX);
        asm.Load(R9, RDX, FloatingPoint);
        for (int i = 0; i < 16; i++)
        {
            asm.Emit(Code.Movups_xmm_xmmm128, XMM0, new MemoryOperand(R9, Vectors + 16 * i));
            asm.Emit(Code.Movups_xmmm128_xmm, new MemoryOperand(R8, Context(At->Vectors + 16 * i)), XMM0);
        }
        asm.Constant(RAX, faultExit);
        asm.Store(RDX, Rip, RAX);
        asm.Emit(Code.Retnq);

        // Managed code has asked for an access that may fail.
        asm.Bind(ref elsewhere);
        asm.Load(RAX, RDX, Rip);
        asm.Constant(RCX, guarded.Start);
        asm.Emit(Code.Sub_r64_rm64, RAX, RCX);
        asm.Emit(Code.Cmp_rm64_imm32, RAX, (int)(guarded.End - guarded.Start));
        asm.Jump(HostCondition.AboveOrEqual, ref chain);
        asm.Constant(RCX, guarded.Failure);
        asm.Store(RDX, Rip, RCX);
        asm.Emit(Code.Retnq);
    }

    // Appends siginfo to the queue of the thread's block, sets the poll word, and blocks everything else until the kernel of the guest has acted on it: so the host's kernel keeps the
    // order of what is pending, and whom it is for.
    static void EmitQueue(StubAssembler asm, RuntimeData* data, SyscallWindow window, ref Label chain)
    {
        var foreign = new Label();
        var queued = new Label();
        var done = new Label();

        // The thread has a block if its alternate stack is one of ours.
        asm.Emit(Code.Cmp_rm64_imm32, new MemoryOperand(RDX, StackSize), ThreadBlock.AlternateStackSize);
        asm.Jump(HostCondition.NotEqual, ref foreign);
        asm.Load(R8, RDX, StackPointer);
        asm.Emit(Code.Sub_rm64_imm32, R8, ThreadBlock.AlternateStackOffset);
        asm.Emit(Code.Test_rm64_imm32, R8, ThreadBlock.Alignment - 1);
        asm.Jump(HostCondition.NotEqual, ref foreign);

        asm.Emit(Code.Mov_r32_rm32, EAX, Field(R8, &Block->QueueHead));
        asm.Emit(Code.Sub_r32_rm32, EAX, Field(R8, &Block->QueueTail));
        asm.Emit(Code.Cmp_rm32_imm32, EAX, ThreadBlock.QueueEntries);
        asm.Jump(HostCondition.AboveOrEqual, ref queued);
        asm.Emit(Code.Mov_r32_imm32, EAX, 1);
        asm.Emit(Code.Xadd_rm32_r32, Field(R8, &Block->QueueHead), EAX);
        asm.Emit(Code.And_rm32_imm32, EAX, ThreadBlock.QueueEntries - 1);
        asm.Emit(Code.Shl_rm32_imm8, EAX, 7);
        asm.Emit(Code.Lea_r64_m, RAX, new MemoryOperand(R8, RAX, 1, ThreadBlock.QueueOffset, 8));
        for (int i = 0; i < HostSignals.SiginfoSize; i += 16)
        {
            asm.Emit(Code.Movups_xmm_xmmm128, XMM0, new MemoryOperand(RSI, i));
            asm.Emit(Code.Movups_xmmm128_xmm, new MemoryOperand(RAX, i), XMM0);
        }

        asm.Bind(ref queued);
        asm.Emit(Code.Mov_rm32_imm32, Field(R8, &Block->HoldsBack), 1);
        asm.Constant(RAX, unchecked((nint)AsynchronousSignals));
        asm.Store(RDX, Mask, RAX);
        asm.Emit(Code.Mov_rm32_imm32, Field(R8, &Block->Poll), 1);
        asm.Load(RAX, RDX, Rip);
        asm.Constant(RCX, window.Check);
        asm.Emit(Code.Sub_r64_rm64, RAX, RCX);
        asm.Emit(Code.Cmp_rm64_imm32, RAX, (int)(window.Syscall - window.Check));
        asm.Jump(HostCondition.Above, ref done);
        asm.Constant(RCX, window.Abort);
        asm.Store(RDX, Rip, RCX);
        asm.Bind(ref done);
        asm.Emit(Code.Retnq);

        // A thread that is not a guest's: it gets no more of them, and this one goes back to the process, where the kernel finds a guest thread that does not block it.
        // rt_sigqueueinfo(getpid(), signal, siginfo): the kernel allows any siginfo to the process' first thread only; the others of the sort that kill sends are sent by kill.
        asm.Bind(ref foreign);
        asm.Constant(RAX, (nint)data);
        asm.Emit(Code.Cmp_rm32_imm8, Field(RAX, data, &data->GuestThreads), 0);
        asm.Jump(HostCondition.Equal, ref chain);
        asm.Constant(RAX, unchecked((nint)AsynchronousSignals));
        asm.Emit(Code.Or_rm64_r64, new MemoryOperand(RDX, Mask), RAX);
        asm.Move(RDX, RSI);
        asm.Emit(Code.Mov_r32_rm32, R8D, EDI);
        asm.Emit(Code.Mov_r32_imm32, EAX, GetPidSyscall);
        asm.Emit(Code.Syscall);
        asm.Move(RDI, RAX);
        asm.Emit(Code.Mov_r32_rm32, ESI, R8D);
        asm.Emit(Code.Mov_r32_imm32, EAX, QueueSignalSyscall);
        asm.Emit(Code.Syscall);
        asm.Emit(Code.Test_rm32_r32, EAX, EAX);
        asm.Jump(HostCondition.Equal, ref done);
        asm.Emit(Code.Mov_r32_imm32, EAX, KillSyscall);
        asm.Emit(Code.Syscall);
        asm.Emit(Code.Retnq);
    }

    // On to the handler that was there before; without one the default action, which a fault meets when its instruction runs again.
    static void EmitChain(StubAssembler asm, RuntimeData* data)
    {
        var none = new Label();
        asm.Constant(RCX, (nint)data->PreviousHandler);
        asm.Emit(Code.Mov_r32_rm32, EAX, EDI);
        asm.Emit(Code.Mov_r64_rm64, RAX, new MemoryOperand(RCX, RAX, 8));
        asm.Emit(Code.Cmp_rm64_imm32, RAX, 1);
        asm.Jump(HostCondition.BelowOrEqual, ref none);
        asm.Emit(Code.Jmp_rm64, RAX);
        asm.Bind(ref none);
        asm.Constant(RSI, (nint)data->DefaultAction);
        asm.Emit(Code.Xor_r32_rm32, EDX, EDX);
        asm.Emit(Code.Mov_r32_imm32, R10D, 8);
        asm.Emit(Code.Mov_r32_imm32, EAX, SetSigactionSyscall);
        asm.Emit(Code.Syscall);
        asm.Emit(Code.Retnq);
    }

    static void CopyWord(StubAssembler asm, Register from, int offset, void* field)
    {
        asm.Load(RAX, from, offset);
        asm.Store(R8, Context(field), RAX);
    }

    // Structures that exist only for the offsets of their fields.
    static readonly ThreadBlock* Block = (ThreadBlock*)NativeMemory.AllocZeroed((nuint)sizeof(ThreadBlock));
    static readonly HostContext* At = (HostContext*)NativeMemory.AllocZeroed((nuint)sizeof(HostContext));

    static int Offset(void* field) => (int)((byte*)field - (byte*)Block);
    static int Context(void* field) => HostContext.Offset + (int)((byte*)field - (byte*)At);
    static MemoryOperand Field(Register address, void* field) => new(address, Offset(field));
    static MemoryOperand Field(Register address, RuntimeData* data, void* field) => new(address, (int)((byte*)field - (byte*)data));
}
