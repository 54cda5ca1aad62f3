using Dbt.Translator.X64;
using Iced.Intel;
using static Iced.Intel.Register;
using Label = Dbt.Translator.X64.Label;

namespace Dbt.Translator.Execution;

/// <summary>The machine code of <see cref="GuardedMemory"/>. None of it pushes anything, so that its one error return fits every fault inside of [Start, End).</summary>
unsafe readonly struct GuardedStubs
{
    readonly delegate* unmanaged[SuppressGCTransition]<void*, void*, nuint, long> copy;
    readonly delegate* unmanaged[SuppressGCTransition]<void*, long> touch;
    readonly delegate* unmanaged[SuppressGCTransition]<void*, uint, uint, long> compareExchange;

    /// <summary>Emits them.</summary>
    public GuardedStubs(StubAssembler asm)
    {
        Start = asm.Here;
        copy = (delegate* unmanaged[SuppressGCTransition]<void*, void*, nuint, long>)EmitCopy(asm);
        touch = (delegate* unmanaged[SuppressGCTransition]<void*, long>)EmitTouch(asm);
        compareExchange = (delegate* unmanaged[SuppressGCTransition]<void*, uint, uint, long>)EmitCompareExchange(asm);
        End = asm.Here;
        Failure = asm.Here;
        asm.Emit(Code.Mov_rm64_imm32, RAX, -1);
        asm.Emit(Code.Retnq);
    }

    /// <summary>First byte of the code that may fault.</summary>
    public nint Start { get; }
    /// <summary>Its end.</summary>
    public nint End { get; }
    /// <summary>Where a fault goes on: returns -1.</summary>
    public nint Failure { get; }

    /// <summary>0, or -1 after a fault.</summary>
    public long Copy(void* to, void* from, nuint length) => copy(to, from, length);
    /// <summary>0, or -1 if the byte cannot be written.</summary>
    public long Touch(void* at) => touch(at);
    /// <summary>The old value, or -1 after a fault.</summary>
    public long CompareExchange(void* at, uint expected, uint replacement) => compareExchange(at, expected, replacement);

    // long (rdi to, rsi from, rdx length). Words in one access, so that nobody sees half of one.
    static nint EmitCopy(StubAssembler asm)
    {
        var eight = new Label();
        var four = new Label();
        var sixteen = new Label();
        var two = new Label();
        nint entry = asm.Here;
        asm.Emit(Code.Xor_r32_rm32, EAX, EAX);
        asm.Emit(Code.Cmp_rm64_imm8, RDX, 8);
        asm.Jump(HostCondition.Equal, ref eight);
        asm.Emit(Code.Cmp_rm64_imm8, RDX, 4);
        asm.Jump(HostCondition.Equal, ref four);
        asm.Emit(Code.Cmp_rm64_imm8, RDX, 16);
        asm.Jump(HostCondition.Equal, ref sixteen);
        asm.Emit(Code.Cmp_rm64_imm8, RDX, 2);
        asm.Jump(HostCondition.Equal, ref two);
        asm.Move(RCX, RDX);
        asm.Repeat();
        asm.Emit(Code.Movsb_m8_m8);
        asm.Emit(Code.Retnq);

        asm.Bind(ref eight);
        asm.Load(RCX, RSI, 0);
        asm.Store(RDI, 0, RCX);
        asm.Emit(Code.Retnq);

        asm.Bind(ref four);
        asm.Emit(Code.Mov_r32_rm32, ECX, new MemoryOperand(RSI, 0L));
        asm.Emit(Code.Mov_rm32_r32, new MemoryOperand(RDI, 0L), ECX);
        asm.Emit(Code.Retnq);

        asm.Bind(ref sixteen);
        asm.Emit(Code.VEX_Vmovups_xmm_xmmm128, XMM0, new MemoryOperand(RSI, 0L));
        asm.Emit(Code.VEX_Vmovups_xmmm128_xmm, new MemoryOperand(RDI, 0L), XMM0);
        asm.Emit(Code.Retnq);

        asm.Bind(ref two);
        asm.Emit(Code.Movzx_r32_rm16, ECX, new MemoryOperand(RSI, 0L));
        asm.Emit(Code.Mov_rm16_r16, new MemoryOperand(RDI, 0L), CX);
        asm.Emit(Code.Retnq);
        return entry;
    }

    // long (rdi at): a locked OR of nothing needs write permission.
    static nint EmitTouch(StubAssembler asm)
    {
        nint entry = asm.Here;
        asm.Emit(Code.Xor_r32_rm32, EAX, EAX);
        asm.Lock();
        asm.Emit(Code.Or_rm8_imm8, new MemoryOperand(RDI, 0L), 0);
        asm.Emit(Code.Retnq);
        return entry;
    }

    // long (rdi at, esi expected, edx replacement). CMPXCHG leaves the old value in eax; the upper half of rax is cleared either way.
    static nint EmitCompareExchange(StubAssembler asm)
    {
        nint entry = asm.Here;
        asm.Emit(Code.Mov_r32_rm32, EAX, ESI);
        asm.Lock();
        asm.Emit(Code.Cmpxchg_rm32_r32, new MemoryOperand(RDI, 0L), EDX);
        asm.Emit(Code.Mov_r32_rm32, EAX, EAX);
        asm.Emit(Code.Retnq);
        return entry;
    }
}
