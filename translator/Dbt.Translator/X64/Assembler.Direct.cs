using Iced.Intel;

namespace Dbt.Translator.X64;

/// <summary>Encodes the commonest forms directly: general registers, one opcode byte (or 0F and one), ModRM.</summary>
/// <remarks>
/// Nine in ten instructions of integer code are moves, address computations, arithmetic and jumps through memory. Iced's general encoder, which checks what a
/// caller cannot get wrong here, took half of the time of emission. Everything else goes to it.
/// <code>
///   [REX 0100WRXB] [0F] opcode ModRM [SIB] [displacement 8 or 32] [immediate 8 or 32]
/// </code>
/// (Intel SDM volume 2, chapter 2.)
/// </remarks>
sealed unsafe partial class Assembler
{
    /// <summary>More than the longest instruction: with less room the general encoder finds out whether it still fits.</summary>
    const int LongestInstruction = 16;

    /// <summary>Bits of a form above the opcode byte.</summary>
    const int Wide = 0x100, Escape = 0x200, DigitShift = 10;

    /// <summary>Which operands a form has, in the order of the instruction.</summary>
    enum Operands
    {
        RegisterMemory = 1,
        MemoryRegister,
        Memory,
        MemoryByte,
        MemoryInt,
    }

    const int OperandsShift = 13;

    /// <summary>By <see cref="Code"/>: opcode byte, width, digit and operands of a form; 0 if it is not encoded here.</summary>
    static readonly ushort[] Forms = MakeForms();

    // A field of the instance is read without the check that a static one of a lazily initialised class needs.
    readonly ushort[] forms = Forms;

    static ushort[] MakeForms()
    {
        var forms = new ushort[(int)Code.Xsusldtrk + 1];
        void Add(Code code, Operands operands, int opcode, int digit = 0) => forms[(int)code] = (ushort)(opcode | (digit << DigitShift) | ((int)operands << OperandsShift));
        void AddBoth(Code code32, Code code64, Operands operands, int opcode, int digit = 0)
        {
            Add(code32, operands, opcode, digit);
            Add(code64, operands, opcode | Wide, digit);
        }

        AddBoth(Code.Mov_r32_rm32, Code.Mov_r64_rm64, Operands.RegisterMemory, 0x8B);
        AddBoth(Code.Mov_rm32_r32, Code.Mov_rm64_r64, Operands.MemoryRegister, 0x89);
        AddBoth(Code.Mov_rm32_imm32, Code.Mov_rm64_imm32, Operands.MemoryInt, 0xC7);
        AddBoth(Code.Lea_r32_m, Code.Lea_r64_m, Operands.RegisterMemory, 0x8D);
        AddBoth(Code.Test_rm32_r32, Code.Test_rm64_r64, Operands.MemoryRegister, 0x85);
        AddBoth(Code.Add_r32_rm32, Code.Add_r64_rm64, Operands.RegisterMemory, 0x03);
        AddBoth(Code.Or_r32_rm32, Code.Or_r64_rm64, Operands.RegisterMemory, 0x0B);
        AddBoth(Code.And_r32_rm32, Code.And_r64_rm64, Operands.RegisterMemory, 0x23);
        AddBoth(Code.Sub_r32_rm32, Code.Sub_r64_rm64, Operands.RegisterMemory, 0x2B);
        AddBoth(Code.Xor_r32_rm32, Code.Xor_r64_rm64, Operands.RegisterMemory, 0x33);
        AddBoth(Code.Cmp_r32_rm32, Code.Cmp_r64_rm64, Operands.RegisterMemory, 0x3B);
        AddBoth(Code.Add_rm32_imm8, Code.Add_rm64_imm8, Operands.MemoryByte, 0x83, 0);
        AddBoth(Code.Or_rm32_imm8, Code.Or_rm64_imm8, Operands.MemoryByte, 0x83, 1);
        AddBoth(Code.And_rm32_imm8, Code.And_rm64_imm8, Operands.MemoryByte, 0x83, 4);
        AddBoth(Code.Sub_rm32_imm8, Code.Sub_rm64_imm8, Operands.MemoryByte, 0x83, 5);
        AddBoth(Code.Xor_rm32_imm8, Code.Xor_rm64_imm8, Operands.MemoryByte, 0x83, 6);
        AddBoth(Code.Cmp_rm32_imm8, Code.Cmp_rm64_imm8, Operands.MemoryByte, 0x83, 7);
        AddBoth(Code.Shl_rm32_imm8, Code.Shl_rm64_imm8, Operands.MemoryByte, 0xC1, 4);
        AddBoth(Code.Shr_rm32_imm8, Code.Shr_rm64_imm8, Operands.MemoryByte, 0xC1, 5);
        AddBoth(Code.Sar_rm32_imm8, Code.Sar_rm64_imm8, Operands.MemoryByte, 0xC1, 7);
        Add(Code.Movsxd_r64_rm32, Operands.RegisterMemory, 0x63 | Wide);
        Add(Code.Movzx_r32_rm8, Operands.RegisterMemory, 0xB6 | Escape);
        Add(Code.Movzx_r32_rm16, Operands.RegisterMemory, 0xB7 | Escape);
        Add(Code.Inc_rm64, Operands.Memory, 0xFF | Wide, 0);
        Add(Code.Jmp_rm64, Operands.Memory, 0xFF, 4);
        return forms;
    }

    bool TryForm(Code code, Operands operands, out uint form)
    {
        form = forms[(int)code];
        return form >> OperandsShift == (uint)operands && writer.Capacity - writer.Length >= LongestInstruction;
    }

    bool TryDirect(Code code, in MemoryOperand memory) =>
        TryForm(code, Operands.Memory, out uint form) && TryMemory(form, Digit(form), memory, 0);

    bool TryDirect(Code code, Register a, in MemoryOperand memory) =>
        TryForm(code, Operands.RegisterMemory, out uint form) && TryMemory(form, Number(a), memory, 0);

    bool TryDirect(Code code, in MemoryOperand memory, Register a) =>
        TryForm(code, Operands.MemoryRegister, out uint form) && TryMemory(form, Number(a), memory, 0);

    bool TryDirect(Code code, Register a, Register b) =>
        (TryForm(code, Operands.RegisterMemory, out uint form) && TryRegisters(form, Number(a), b)) || (TryForm(code, Operands.MemoryRegister, out form) && TryRegisters(form, Number(b), a));

    bool TryDirect(Code code, Register a, int immediate)
    {
        if (!(TryForm(code, Operands.MemoryByte, out uint form) || TryForm(code, Operands.MemoryInt, out form)) || !TryRegisters(form, Digit(form), a)) return false;
        Immediate(form, immediate);
        return true;
    }

    bool TryDirect(Code code, in MemoryOperand memory, int immediate)
    {
        bool isByte = TryForm(code, Operands.MemoryByte, out uint form);
        if (!(isByte || TryForm(code, Operands.MemoryInt, out form)) || !TryMemory(form, Digit(form), memory, isByte ? 1 : 4)) return false;
        Immediate(form, immediate);
        return true;
    }

    static uint Digit(uint form) => (form >> DigitShift) & 7;

    /// <summary>Number of a 32-bit or 64-bit general register; at least 16 for all others.</summary>
    static uint Number(Register register)
    {
        uint number = (uint)(register - Register.RAX);
        return number < 16 ? number : (uint)(register - Register.EAX);
    }

    bool TryRegisters(uint form, uint field, Register memory)
    {
        uint rm = Number(memory);
        // Byte and word registers would need other prefixes.
        if ((rm | field) >= 16 || (form & Escape) != 0) return false;
        byte* at = Head(form, field, 0, rm);
        *at++ = (byte)(0xC0 | ((field & 7) << 3) | (rm & 7));
        writer.Length = (int)(at - writer.Start);
        return true;
    }

    /// <summary>Everything up to the displacement; the caller appends <paramref name="immediateSize"/> bytes.</summary>
    bool TryMemory(uint form, uint field, in MemoryOperand memory, int immediateSize)
    {
        if (field >= 16 || memory.SegmentPrefix != Register.None) return false;
        if (memory.Base == Register.RIP)
        {
            byte* near = Head(form, field, 0, 0);
            *near++ = (byte)(((field & 7) << 3) | 5);
            nint next = execute + (nint)(near + 4 + immediateSize - writer.Start);
            *(int*)near = (int)((nint)memory.Displacement - next);
            writer.Length = (int)(near + 4 - writer.Start);
            return true;
        }
        uint number = (uint)(memory.Base - Register.RAX), index = 0;
        if (number >= 16) return false;
        bool hasIndex = memory.Index != Register.None;
        if (hasIndex)
        {
            index = (uint)(memory.Index - Register.RAX);
            if (index >= 16) return false;
        }
        byte* at = Head(form, field, index, number);
        int displacement = (int)memory.Displacement;
        uint mod = displacement == 0 && (number & 7) != 5 ? 0u : displacement == (sbyte)displacement ? 0x40u : 0x80u;
        if (hasIndex || (number & 7) == 4)
        {
            uint scale = memory.Scale switch { 1 => 0u, 2 => 0x40u, 4 => 0x80u, _ => 0xC0u };
            *at++ = (byte)(mod | ((field & 7) << 3) | 4);
            *at++ = (byte)(hasIndex ? scale | ((index & 7) << 3) | (number & 7) : 0x20 | (number & 7));
        }
        else
        {
            *at++ = (byte)(mod | ((field & 7) << 3) | (number & 7));
        }
        if (mod == 0x40u)
        {
            *at++ = (byte)displacement;
        }
        else if (mod == 0x80u)
        {
            *(int*)at = displacement;
            at += sizeof(int);
        }
        writer.Length = (int)(at - writer.Start);
        return true;
    }

    // REX and opcode.
    byte* Head(uint form, uint field, uint index, uint rm)
    {
        byte* at = writer.Start + writer.Length;
        uint rex = ((form & Wide) >> 5) | ((field >> 3) << 2) | ((index >> 3) << 1) | (rm >> 3);
        if (rex != 0) *at++ = (byte)(0x40 | rex);
        if ((form & Escape) != 0) *at++ = 0x0F;
        *at++ = (byte)form;
        return at;
    }

    void Immediate(uint form, int value)
    {
        byte* at = writer.Start + writer.Length;
        if (form >> OperandsShift == (uint)Operands.MemoryByte)
        {
            *at = (byte)value;
            writer.Length++;
        }
        else
        {
            *(int*)at = value;
            writer.Length += sizeof(int);
        }
    }
}
