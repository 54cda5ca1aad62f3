using Dbt.Translator.X64;
using Iced.Intel;
using Assembler = Dbt.Translator.X64.Assembler;
using Label = Dbt.Translator.X64.Label;

namespace Dbt.Translator.Execution;

/// <summary>An <see cref="Assembler"/> over fixed memory, with shorthands for the loads and stores that hand-written stubs consist of.</summary>
sealed unsafe class StubAssembler
{
    readonly Assembler assembler = new();

    /// <summary>Assembles into memory that runs where it is written.</summary>
    public StubAssembler(byte* memory, int size) => assembler.Begin(memory, (nint)memory, size);

    /// <summary>Address of the next instruction.</summary>
    public nint Here => assembler.AddressOf(assembler.Offset);

    /// <summary>True if the memory was too small.</summary>
    public bool Overflowed => assembler.Overflowed;

    public void Lock() => assembler.Lock();
    public void Repeat() => assembler.Repeat();
    public void Emit(Code code, Register a, Register b, int immediate) => assembler.Emit(code, a, b, immediate);
    public void Emit(Code code, Register a, Register b, Register c, int immediate) => assembler.Emit(code, a, b, c, immediate);
    public void Emit(Code code, Register a, Register b, in MemoryOperand memory, int immediate) => assembler.Emit(code, a, b, memory, immediate);
    public void Emit(Code code, Register a, Register b, in MemoryOperand memory, Register d) => assembler.Emit(code, a, b, memory, d);
    public void Emit(Code code, Register a, Register b, Register c, Register d) => assembler.Emit(code, a, b, c, d);
    public void Emit(Code code) => assembler.Emit(code);
    public void Emit(Code code, Register a) => assembler.Emit(code, a);
    public void Emit(Code code, Register a, Register b) => assembler.Emit(code, a, b);
    public void Emit(Code code, Register a, int immediate) => assembler.Emit(code, a, immediate);
    public void Emit(Code code, in MemoryOperand memory) => assembler.Emit(code, memory);
    public void Emit(Code code, Register a, in MemoryOperand memory) => assembler.Emit(code, a, memory);
    public void Emit(Code code, in MemoryOperand memory, Register a) => assembler.Emit(code, memory, a);
    public void Emit(Code code, in MemoryOperand memory, int immediate) => assembler.Emit(code, memory, immediate);
    public void Bind(ref Label label) => assembler.Bind(ref label);
    public void Jump(ref Label label) => assembler.Jump(ref label);
    public void Jump(HostCondition condition, ref Label label) => assembler.Jump(condition, ref label);

    /// <summary>64-bit load.</summary>
    public void Load(Register register, Register address, int displacement) => Emit(Code.Mov_r64_rm64, register, new MemoryOperand(address, displacement));
    /// <summary>64-bit store.</summary>
    public void Store(Register address, int displacement, Register register) => Emit(Code.Mov_rm64_r64, new MemoryOperand(address, displacement), register);
    /// <summary>64-bit move.</summary>
    public void Move(Register to, Register from) => Emit(Code.Mov_r64_rm64, to, from);
    /// <summary>A 64-bit constant.</summary>
    public void Constant(Register register, nint value) => assembler.LoadConstant64(register, value);
}
