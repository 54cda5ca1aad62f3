using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>A place in the code that jumps refer to before or after it is bound.</summary>
struct Label
{
    /// <summary>Bound offset + 1, or 0.</summary>
    internal int Bound;
    /// <summary>Head of the chain of unresolved 32-bit displacement fields (offset + 1; each field holds the next), or 0.</summary>
    internal int Pending;
}

/// <summary>Writes host instructions to the end of a segment: nearly all forms directly (Assembler.Direct.cs), the others through Iced's low-level encoder, which is made when it is first needed.</summary>
/// <remarks>Offsets are from the block's first byte. Code is written through the RW alias while every address computation uses the execute alias.</remarks>
sealed unsafe partial class Assembler
{
    readonly Writer writer = new();
    Encoder? encoder;
    nint execute;

    /// <summary>True if something was dropped because the room ended: the block must be emitted again elsewhere.</summary>
    public bool Overflowed => writer.Overflowed;

    /// <summary>Offset of the next byte.</summary>
    public int Offset => writer.Length;

    /// <summary>Starts a block.</summary>
    public void Begin(byte* write, nint executeAddress, int available)
    {
        writer.Start = write;
        writer.Length = 0;
        writer.Capacity = available;
        writer.Overflowed = false;
        execute = executeAddress;
    }

    /// <summary>Execute address of an offset.</summary>
    public nint AddressOf(int offset) => execute + offset;

    /// <summary>Encodes one instruction by the general encoder.</summary>
    public void Emit(in Instruction instruction) => (encoder ??= Encoder.Create(64, writer)).Encode(instruction, (ulong)(execute + writer.Length));

    /// <summary>Instruction with one register.</summary>
    public void Emit(Code code, Register a)
    {
        if (!TryDirect(code, a)) Emit(Instruction.Create(code, a));
    }
    /// <summary>Instruction with two registers.</summary>
    public void Emit(Code code, Register a, Register b)
    {
        if (!TryDirect(code, a, b, 0)) Emit(Instruction.Create(code, a, b));
    }
    /// <summary>Instruction with three registers.</summary>
    public void Emit(Code code, Register a, Register b, Register c)
    {
        if (!TryDirect(code, a, b, c, 0)) Emit(Instruction.Create(code, a, b, c));
    }
    /// <summary>Instruction with four registers.</summary>
    public void Emit(Code code, Register a, Register b, Register c, Register d)
    {
        if (!TryDirect(code, a, b, c, d)) Emit(Instruction.Create(code, a, b, c, d));
    }
    /// <summary>Instruction with a register and an immediate.</summary>
    public void Emit(Code code, Register a, int immediate)
    {
        if (!TryDirect(code, a, immediate)) Emit(Instruction.Create(code, a, immediate));
    }
    /// <summary>Instruction with two registers and an immediate.</summary>
    public void Emit(Code code, Register a, Register b, int immediate)
    {
        if (!TryDirect(code, a, b, immediate)) Emit(Instruction.Create(code, a, b, immediate));
    }
    /// <summary>Instruction with three registers and an immediate.</summary>
    public void Emit(Code code, Register a, Register b, Register c, int immediate)
    {
        if (!TryDirect(code, a, b, c, immediate)) Emit(Instruction.Create(code, a, b, c, immediate));
    }
    /// <summary>Instruction with a memory operand.</summary>
    public void Emit(Code code, in MemoryOperand memory)
    {
        if (!TryDirect(code, memory, 0)) Emit(Instruction.Create(code, memory));
    }
    /// <summary>Instruction register, memory.</summary>
    public void Emit(Code code, Register a, in MemoryOperand memory)
    {
        if (!TryDirect(code, a, memory, 0)) Emit(Instruction.Create(code, a, memory));
    }
    /// <summary>Instruction memory, register.</summary>
    public void Emit(Code code, in MemoryOperand memory, Register a)
    {
        if (!TryDirect(code, memory, a, 0)) Emit(Instruction.Create(code, memory, a));
    }
    /// <summary>Instruction memory, immediate.</summary>
    public void Emit(Code code, in MemoryOperand memory, int immediate)
    {
        if (!TryDirect(code, memory, immediate)) Emit(Instruction.Create(code, memory, immediate));
    }
    /// <summary>Instruction register, memory, immediate.</summary>
    public void Emit(Code code, Register a, in MemoryOperand memory, int immediate)
    {
        if (!TryDirect(code, a, memory, immediate)) Emit(Instruction.Create(code, a, memory, immediate));
    }
    /// <summary>Instruction memory, register, immediate.</summary>
    public void Emit(Code code, in MemoryOperand memory, Register a, int immediate)
    {
        if (!TryDirect(code, memory, a, immediate)) Emit(Instruction.Create(code, memory, a, immediate));
    }
    /// <summary>Instruction register, register, memory.</summary>
    public void Emit(Code code, Register a, Register b, in MemoryOperand memory)
    {
        if (!TryDirect(code, a, b, memory, 0)) Emit(Instruction.Create(code, a, b, memory));
    }
    /// <summary>Instruction register, register, memory, immediate.</summary>
    public void Emit(Code code, Register a, Register b, in MemoryOperand memory, int immediate)
    {
        if (!TryDirect(code, a, b, memory, immediate)) Emit(Instruction.Create(code, a, b, memory, immediate));
    }
    /// <summary>Instruction register, register, memory, register.</summary>
    public void Emit(Code code, Register a, Register b, in MemoryOperand memory, Register d)
    {
        if (!TryDirect(code, a, b, memory, d)) Emit(Instruction.Create(code, a, b, memory, d));
    }
    /// <summary>Instruction without operands.</summary>
    public void Emit(Code code)
    {
        if (!TryFixed(code)) Emit(Instruction.Create(code));
    }

    /// <summary>LOCK prefix of the instruction to come.</summary>
    public void Lock() => writer.WriteByte(0xF0);

    /// <summary>REP prefix of the string instruction to come.</summary>
    public void Repeat() => writer.WriteByte(0xF3);

    /// <summary>Loads a constant whose upper half is zero.</summary>
    public void LoadConstant32(Register register32, uint constant) => Emit(Code.Mov_r32_imm32, register32, (int)constant);

    /// <summary>Loads any constant.</summary>
    public void LoadConstant64(Register register64, long constant)
    {
        uint number = Number(register64);
        writer.WriteByte((byte)(0x48 | (number >> 3)));
        writer.WriteByte((byte)(0xB8 | (number & 7)));
        writer.WriteInt((int)constant);
        writer.WriteInt((int)(constant >> 32));
    }

    /// <summary>A RIP-relative operand at an absolute address (within 2 GiB).</summary>
    public static MemoryOperand Rip(void* address) => new(Register.RIP, (long)address);

    /// <summary>Conditional jump.</summary>
    public void Jump(HostCondition condition, ref Label target)
    {
        writer.WriteByte(0x0F);
        writer.WriteByte((byte)(0x80 | (int)condition));
        Displacement(ref target);
    }

    /// <summary>Jump.</summary>
    public void Jump(ref Label target)
    {
        writer.WriteByte(0xE9);
        Displacement(ref target);
    }

    /// <summary>Call of code in the same block.</summary>
    public void Call(ref Label target)
    {
        writer.WriteByte(0xE8);
        Displacement(ref target);
    }

    /// <summary>Binds a label here and resolves the jumps that waited for it.</summary>
    public void Bind(ref Label label)
    {
        int here = writer.Length;
        label.Bound = here + 1;
        if (writer.Overflowed) return;
        for (int field = label.Pending; field != 0;)
        {
            int* at = (int*)(writer.Start + field - 1);
            field = *at;
            *at = here - (int)((byte*)at - writer.Start) - 4;
        }
    }

    void Displacement(ref Label target)
    {
        int field = writer.Length;
        if (target.Bound != 0)
        {
            writer.WriteInt(target.Bound - 1 - field - 4);
        }
        else
        {
            writer.WriteInt(target.Pending);
            target.Pending = field + 1;
        }
    }

    sealed class Writer : CodeWriter
    {
        public byte* Start;
        public int Length;
        public int Capacity;
        public bool Overflowed;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public override void WriteByte(byte value)
        {
            if (Length >= Capacity)
            {
                Overflowed = true;
                return;
            }
            Start[Length++] = value;
        }

        public void WriteInt(int value)
        {
            if (Length > Capacity - 4)
            {
                Overflowed = true;
                return;
            }
            *(int*)(Start + Length) = value;
            Length += 4;
        }
    }
}

/// <summary>x86 condition codes in encoding order; bit 0 inverts.</summary>
enum HostCondition : byte
{
    Overflow, NoOverflow, Below, AboveOrEqual, Equal, NotEqual, BelowOrEqual, Above, Sign, NoSign, Parity, NoParity, Less, GreaterOrEqual, LessOrEqual, Greater,
}
