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

    static IEnumerable<Code> Forms()
    {
        var codes = new List<Code>();
        for (int i = 0; i < HostForms.Rows.Length; i += 2) codes.Add((Code)HostForms.Rows[i]);
        return codes;
    }

    IEnumerable<MemoryOperand> Memories()
    {
        int[] displacements = [0, 8, 127, -128, 128, -129, 0x12345];
        for (int i = 0; i < 16; i++)
        {
            Register register = Register.RAX + i;
            foreach (int displacement in displacements) yield return new MemoryOperand(register, displacement);
            for (int k = 0; k < 16; k++)
            {
                Register index = Register.RAX + k;
                if (index == Register.RSP) continue;
                foreach (int scale in new[] { 1, 2, 4, 8 }) yield return new MemoryOperand(register, index, scale, displacements[(k + scale) % 7], 1);
                if (i == 0) yield return new MemoryOperand(Register.None, index, 4, 0, 8);
            }
        }
        yield return Rip(0x40);
        yield return Rip(Room + 0x1234);
        yield return new MemoryOperand(Register.RBX, Register.None, 1, 16, 1, false, Register.GS);
    }

    MemoryOperand Rip(int offset) => Assembler.Rip(memory + offset);

    static Register RegisterOf(OpCodeOperandKind kind, int number) => kind switch
    {
        OpCodeOperandKind.r8_reg or OpCodeOperandKind.r8_or_mem => number < 4 ? Register.AL + number : Register.SPL + (number - 4),
        OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_or_mem => Register.AX + number,
        OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r32_vvvv or OpCodeOperandKind.r32_opcode => Register.EAX + number,
        OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_or_mem or OpCodeOperandKind.r64_vvvv or OpCodeOperandKind.r64_opcode => Register.RAX + number,
        OpCodeOperandKind.xmm_reg or OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.xmm_rm or OpCodeOperandKind.xmm_vvvv or OpCodeOperandKind.xmm_is4 => Register.XMM0 + number,
        OpCodeOperandKind.ymm_reg or OpCodeOperandKind.ymm_or_mem or OpCodeOperandKind.ymm_rm or OpCodeOperandKind.ymm_vvvv or OpCodeOperandKind.ymm_is4 => Register.YMM0 + number,
        OpCodeOperandKind.zmm_reg or OpCodeOperandKind.zmm_or_mem or OpCodeOperandKind.zmm_vvvv => Register.ZMM0 + number,
        OpCodeOperandKind.cl => Register.CL,
        OpCodeOperandKind.al => Register.AL,
        _ => Register.None,
    };

    static bool IsMemory(OpCodeOperandKind kind) => kind == OpCodeOperandKind.mem || kind.ToString().EndsWith("_or_mem", StringComparison.Ordinal);

    static bool IsImplied(OpCodeOperandKind kind) => kind is OpCodeOperandKind.seg_rSI or OpCodeOperandKind.es_rDI;

    // A value of each operand; the n-th choice. Memory takes the place of the operand that may be one.
    List<object> Operands(OpCodeInfo info, int n, MemoryOperand? memory)
    {
        var operands = new List<object>();
        for (int i = 0; i < info.OpCount; i++)
        {
            var kind = info.GetOpKind(i);
            if (IsImplied(kind)) continue;
            if (memory is { } place && IsMemory(kind)) operands.Add(place);
            else if (RegisterOf(kind, (n * (2 * i + 1) + (3 * i)) & 15) is var register && register != Register.None) operands.Add(register);
            else operands.Add(kind switch
            {
                OpCodeOperandKind.imm8_const_1 => 1,
                OpCodeOperandKind.imm8 => n * 7,
                OpCodeOperandKind.imm8sex16 or OpCodeOperandKind.imm8sex32 or OpCodeOperandKind.imm8sex64 => (n * 17) - 128,
                OpCodeOperandKind.imm16 => n * 0x0FED,
                _ => n * 0x1234_5678,
            });
        }
        return operands;
    }

    void Emit(Code code, List<object> operands)
    {
        switch (operands)
        {
            case []: asm.Emit(code); break;
            case [Register a]: asm.Emit(code, a); break;
            case [MemoryOperand m]: asm.Emit(code, m); break;
            case [Register a, int i]: asm.Emit(code, a, i); break;
            case [MemoryOperand m, int i]: asm.Emit(code, m, i); break;
            case [Register a, Register b]: asm.Emit(code, a, b); break;
            case [Register a, MemoryOperand m]: asm.Emit(code, a, m); break;
            case [MemoryOperand m, Register a]: asm.Emit(code, m, a); break;
            case [Register a, Register b, int i]: asm.Emit(code, a, b, i); break;
            case [Register a, MemoryOperand m, int i]: asm.Emit(code, a, m, i); break;
            case [MemoryOperand m, Register a, int i]: asm.Emit(code, m, a, i); break;
            case [Register a, Register b, Register c]: asm.Emit(code, a, b, c); break;
            case [Register a, Register b, MemoryOperand m]: asm.Emit(code, a, b, m); break;
            case [Register a, MemoryOperand m, Register b]: asm.Emit(Instruction.Create(code, a, m, b)); break;
            case [Register a, Register b, Register c, int i]: asm.Emit(code, a, b, c, i); break;
            case [Register a, Register b, MemoryOperand m, int i]: asm.Emit(code, a, b, m, i); break;
            case [Register a, Register b, Register c, Register d]: asm.Emit(code, a, b, c, d); break;
            case [Register a, Register b, MemoryOperand m, Register d]: asm.Emit(code, a, b, m, d); break;
            default: Assert.Fail($"{code}: no such operands"); break;
        }
    }

    Instruction Decode()
    {
        Assert.False(asm.Overflowed);
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(new ReadOnlySpan<byte>(memory, asm.Offset).ToArray()), (ulong)memory);
        var instruction = decoder.Decode();
        Assert.Equal(asm.Offset, instruction.Length);
        return instruction;
    }

    void Check(Code code, List<object> operands)
    {
        asm.Begin(memory, (nint)memory, Room);
        Emit(code, operands);
        var instruction = Decode();
        Assert.Equal(code, instruction.Code);
        for (int i = 0; i < operands.Count; i++)
        {
            switch (operands[i])
            {
                case Register register:
                    Assert.Equal(register, instruction.GetOpRegister(i));
                    break;
                case int immediate:
                    ulong mask = instruction.GetOpKind(i) switch { OpKind.Immediate8 => 0xFF, OpKind.Immediate16 or OpKind.Immediate8to16 => 0xFFFF, _ => 0xFFFF_FFFF };
                    Assert.Equal((uint)immediate & mask, instruction.GetImmediate(i) & mask);
                    break;
                case MemoryOperand place:
                    Assert.Equal(OpKind.Memory, instruction.GetOpKind(i));
                    Assert.Equal(place.Base, instruction.MemoryBase);
                    Assert.Equal(place.Index, instruction.MemoryIndex);
                    if (place.Index != Register.None) Assert.Equal(place.Scale, instruction.MemoryIndexScale);
                    Assert.Equal(place.Displacement, (long)instruction.MemoryDisplacement64);
                    Assert.Equal(place.SegmentPrefix, instruction.SegmentPrefix);
                    break;
            }
        }
    }

    [Fact]
    public void Every_form_with_registers()
    {
        foreach (var code in Forms())
        {
            var info = code.ToOpCode();
            if (Enumerable.Range(0, info.OpCount).Any(i => info.GetOpKind(i) == OpCodeOperandKind.mem)) continue;
            for (int n = 0; n < 16; n++) Check(code, Operands(info, n, null));
        }
    }

    [Fact]
    public void Every_form_with_memory()
    {
        var memories = Memories().ToArray();
        foreach (var code in Forms())
        {
            var info = code.ToOpCode();
            if (!Enumerable.Range(0, info.OpCount).Any(i => IsMemory(info.GetOpKind(i)))) continue;
            for (int n = 0; n < memories.Length; n++) Check(code, Operands(info, n & 15, memories[n]));
        }
    }

    [Fact]
    public void The_table_has_no_form_twice() => Assert.Empty(Forms().GroupBy(code => code).Where(same => same.Count() > 1).Select(same => same.Key));

    [Theory]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(0x1234_5678_9ABC_DEF0)]
    public void Long_constants(long constant)
    {
        for (int i = 0; i < 16; i++)
        {
            asm.Begin(memory, (nint)memory, Room);
            asm.LoadConstant64(Register.RAX + i, constant);
            var instruction = Decode();
            Assert.Equal((Code.Mov_r64_imm64, Register.RAX + i, (ulong)constant), (instruction.Code, instruction.Op0Register, instruction.GetImmediate(1)));
        }
    }

    [Fact]
    public void Prefixes_stand_before_their_instruction()
    {
        asm.Begin(memory, (nint)memory, Room);
        asm.Lock();
        asm.Emit(Code.Cmpxchg_rm64_r64, new MemoryOperand(Register.R9, 8), Register.RBX);
        var instruction = Decode();
        Assert.Equal((Code.Cmpxchg_rm64_r64, true), (instruction.Code, instruction.HasLockPrefix));

        asm.Begin(memory, (nint)memory, Room);
        asm.Repeat();
        asm.Emit(Code.Movsq_m64_m64);
        instruction = Decode();
        Assert.Equal((Code.Movsq_m64_m64, true), (instruction.Code, instruction.HasRepPrefix));
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
