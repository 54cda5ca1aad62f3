using System.Runtime.InteropServices;
using Dbt.Translator.X64;
using Iced.Intel;
using Assembler = Dbt.Translator.X64.Assembler;

namespace Dbt.Translator.Tests.X64;

/// <summary>What the assembler writes decodes to what was asked for, for every form that it encodes itself.</summary>
public sealed unsafe class AssemblerTests : IDisposable
{
    const int Room = 1 << 16;
    readonly byte* memory = (byte*)NativeMemory.AlignedAlloc(Room, 64);
    readonly Assembler asm = new();

    public void Dispose() => NativeMemory.AlignedFree(memory);

    static readonly Code[] RegisterMemory =
    [
        Code.Mov_r32_rm32, Code.Mov_r64_rm64, Code.Add_r32_rm32, Code.Add_r64_rm64, Code.Or_r32_rm32, Code.Or_r64_rm64, Code.And_r32_rm32, Code.And_r64_rm64,
        Code.Sub_r32_rm32, Code.Sub_r64_rm64, Code.Xor_r32_rm32, Code.Xor_r64_rm64, Code.Cmp_r32_rm32, Code.Cmp_r64_rm64, Code.Movsxd_r64_rm32,
    ];
    static readonly Code[] RegisterOnlyMemory = [Code.Lea_r32_m, Code.Lea_r64_m, Code.Movzx_r32_rm8, Code.Movzx_r32_rm16];
    static readonly Code[] MemoryRegister = [Code.Mov_rm32_r32, Code.Mov_rm64_r64, Code.Test_rm32_r32, Code.Test_rm64_r64];
    static readonly Code[] MemoryOnly = [Code.Inc_rm64, Code.Jmp_rm64];
    static readonly Code[] MemoryImmediate =
    [
        Code.Add_rm32_imm8, Code.Add_rm64_imm8, Code.Or_rm32_imm8, Code.Or_rm64_imm8, Code.And_rm32_imm8, Code.And_rm64_imm8, Code.Sub_rm32_imm8, Code.Sub_rm64_imm8,
        Code.Xor_rm32_imm8, Code.Xor_rm64_imm8, Code.Cmp_rm32_imm8, Code.Cmp_rm64_imm8, Code.Shl_rm32_imm8, Code.Shl_rm64_imm8, Code.Shr_rm32_imm8, Code.Shr_rm64_imm8,
        Code.Sar_rm32_imm8, Code.Sar_rm64_imm8, Code.Mov_rm32_imm32, Code.Mov_rm64_imm32,
    ];

    static IEnumerable<Register> Registers64 => Enumerable.Range(0, 16).Select(i => Register.RAX + i);

    static Register OfWidth(Register register64, Code code) => code.ToString().Contains("_r32", StringComparison.Ordinal) || code.ToString().StartsWith("Movzx", StringComparison.Ordinal)
        ? Register.EAX + (register64 - Register.RAX)
        : register64;

    static Register RmOfWidth(Register register64, Code code) => code.ToString().Contains("_rm32", StringComparison.Ordinal) ? Register.EAX + (register64 - Register.RAX) : register64;

    IEnumerable<MemoryOperand> Operands()
    {
        int[] displacements = [0, 8, 127, -128, 128, -129, 0x12345];
        foreach (var register in Registers64)
        {
            foreach (int displacement in displacements) yield return new MemoryOperand(register, displacement);
            foreach (var index in Registers64)
            {
                if (index == Register.RSP) continue;
                foreach (int scale in new[] { 1, 2, 4, 8 }) yield return new MemoryOperand(register, index, scale, displacements[(index - Register.RAX) % 7], 1);
            }
        }
        yield return new MemoryOperand(Register.RBP, Register.RAX, 1, 0x480, 8);
        yield return new MemoryOperand(Register.RDX, 0L);
        yield return Rip(0x40);
        yield return Rip(Room + 0x1234);
        yield return new MemoryOperand(Register.RBX, Register.None, 1, 16, 1, false, Register.GS);
    }

    MemoryOperand Rip(int offset) => Assembler.Rip(memory + offset);

    void Begin() => asm.Begin(memory, (nint)memory, Room);

    Instruction Decode()
    {
        Assert.False(asm.Overflowed);
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(new ReadOnlySpan<byte>(memory, asm.Offset).ToArray()), (ulong)memory);
        var instruction = decoder.Decode();
        Assert.Equal(asm.Offset, instruction.Length);
        return instruction;
    }

    static void AssertMemory(in MemoryOperand expected, in Instruction actual)
    {
        Assert.Equal(expected.Base, actual.MemoryBase);
        Assert.Equal(expected.Index, actual.MemoryIndex);
        if (expected.Index != Register.None) Assert.Equal(expected.Scale, actual.MemoryIndexScale);
        Assert.Equal(expected.Displacement, (long)actual.MemoryDisplacement64);
        Assert.Equal(expected.SegmentPrefix, actual.SegmentPrefix);
    }

    [Fact]
    public void A_register_and_memory()
    {
        foreach (var code in RegisterMemory.Concat(RegisterOnlyMemory))
        foreach (var operand in Operands())
        {
            var register = OfWidth(Register.RAX + (Math.Abs((int)operand.Displacement) + (int)operand.Base) % 16, code);
            Begin();
            asm.Emit(code, register, operand);
            var instruction = Decode();
            Assert.Equal(code, instruction.Code);
            Assert.Equal(register, instruction.Op0Register);
            AssertMemory(operand, instruction);
        }
    }

    [Fact]
    public void Memory_and_a_register()
    {
        foreach (var code in MemoryRegister)
        foreach (var operand in Operands())
        foreach (var register in Registers64)
        {
            Begin();
            asm.Emit(code, operand, OfWidth(register, code));
            var instruction = Decode();
            Assert.Equal(code, instruction.Code);
            Assert.Equal(OfWidth(register, code), instruction.Op1Register);
            AssertMemory(operand, instruction);
        }
    }

    [Fact]
    public void Memory_alone_and_with_an_immediate()
    {
        foreach (var operand in Operands())
        {
            foreach (var code in MemoryOnly)
            {
                Begin();
                asm.Emit(code, operand);
                var instruction = Decode();
                Assert.Equal(code, instruction.Code);
                AssertMemory(operand, instruction);
            }
            foreach (var code in MemoryImmediate)
            {
                Begin();
                asm.Emit(code, operand, 0x15);
                var instruction = Decode();
                Assert.Equal(code, instruction.Code);
                Assert.Equal(0x15ul, instruction.GetImmediate(1));
                AssertMemory(operand, instruction);
            }
        }
    }

    [Fact]
    public void Two_registers()
    {
        foreach (var code in RegisterMemory.Concat(MemoryRegister))
        foreach (var a in Registers64)
        foreach (var b in Registers64)
        {
            bool isStore = MemoryRegister.Contains(code);
            Register first = isStore ? RmOfWidth(a, code) : OfWidth(a, code), second = isStore ? OfWidth(b, code) : RmOfWidth(b, code);
            Begin();
            asm.Emit(code, first, second);
            var instruction = Decode();
            Assert.Equal(code, instruction.Code);
            Assert.Equal(first, instruction.Op0Register);
            Assert.Equal(second, instruction.Op1Register);
        }
    }

    [Fact]
    public void A_register_and_an_immediate()
    {
        foreach (var code in MemoryImmediate)
        foreach (var register in Registers64)
        foreach (int immediate in code is Code.Mov_rm32_imm32 or Code.Mov_rm64_imm32 ? [0, -1, int.MinValue, 0x12345] : new[] { 1, 31, -128 })
        {
            bool isShift = code.ToString().StartsWith("Sh", StringComparison.Ordinal) || code.ToString().StartsWith("Sar", StringComparison.Ordinal);
            if (isShift && immediate < 0) continue;
            Begin();
            asm.Emit(code, RmOfWidth(register, code), immediate);
            var instruction = Decode();
            Assert.Equal(code, instruction.Code);
            Assert.Equal(RmOfWidth(register, code), instruction.Op0Register);
            Assert.Equal(immediate, (int)instruction.GetImmediate(1));
        }
    }

    [Fact]
    public void Byte_registers_are_left_to_the_general_encoder()
    {
        Begin();
        asm.Emit(Code.Movzx_r32_rm8, Register.EAX, Register.DIL);
        var instruction = Decode();
        Assert.Equal(Code.Movzx_r32_rm8, instruction.Code);
        Assert.Equal(Register.DIL, instruction.Op1Register);
    }

    [Fact]
    public void Nothing_is_written_behind_the_room()
    {
        new Span<byte>(memory, 64).Fill(0xCC);
        asm.Begin(memory, (nint)memory, 10);
        for (int i = 0; i < 5; i++) asm.Emit(Code.Mov_r64_rm64, Register.RAX, new MemoryOperand(Register.RBP, 0x1000));
        Assert.True(asm.Overflowed);
        Assert.Equal(-1, new ReadOnlySpan<byte>(memory + 10, 54).IndexOfAnyExcept((byte)0xCC));
    }
}
