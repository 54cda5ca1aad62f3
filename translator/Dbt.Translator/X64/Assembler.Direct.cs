using Iced.Intel;
using static Dbt.Translator.X64.HostForms;

namespace Dbt.Translator.X64;

/// <summary>Encodes by the table of <see cref="HostForms"/>: legacy, VEX and EVEX instructions with operands in registers and memory.</summary>
/// <remarks>
/// Iced's general encoder checks what a caller cannot get wrong here, and makes thousands of objects before its first instruction. It encodes what the table does not have.
/// <code>
///   [66 F2 F3] [REX 0100WRXB] [0F [38 3A]] opcode ModRM [SIB] [displacement 8 or 32] [immediate]
///   C5 RvvvvLpp  or  C4 RXBmmmmm WvvvvLpp  or  62 RXB10mmm Wvvvv1pp 0LL01000  opcode ModRM [SIB] [displacement 8 or 32] [immediate]
/// </code>
/// (Intel SDM volume 2, chapter 2.)
/// </remarks>
sealed unsafe partial class Assembler
{
    /// <summary>More than the longest instruction: with less room the general encoder finds out whether it still fits.</summary>
    const int LongestInstruction = 16;

    static readonly uint[] Forms = Make();

    // A field of the instance is read without the check that a static one of a lazily initialised class needs.
    readonly uint[] forms = Forms;

    /// <summary>The form if it has this layout and there is room, else 0.</summary>
    uint FormOf(Code code, uint layout)
    {
        uint form = forms[(int)code];
        return (form & Layout) == layout && writer.Capacity - writer.Length >= LongestInstruction ? form : 0;
    }

    bool TryFixed(Code code)
    {
        uint form = FormOf(code, Fixed);
        if (form == 0) return false;
        End(Head(form, 0, 0, 0, 0), form, 0);
        return true;
    }

    bool TryDirect(Code code, Register a)
    {
        uint form = FormOf(code, M), number = Number(a);
        if (form != 0) return TryRegisters(form, Digit(form), 0, number, 0);
        form = FormOf(code, O);
        if (form == 0 || number >= 16) return false;
        EncodeInOpcode(form, number, 0);
        return true;
    }

    bool TryDirect(Code code, Register a, int immediate)
    {
        uint form = FormOf(code, M), number = Number(a);
        if (form != 0) return TryRegisters(form, Digit(form), 0, number, immediate);
        form = FormOf(code, O);
        if (form != 0 && number < 16)
        {
            EncodeInOpcode(form, number, immediate);
            return true;
        }
        form = FormOf(code, A);
        if (form == 0) return false;
        End(Head(form, 0, 0, 0, 0), form, immediate);
        return true;
    }

    bool TryDirect(Code code, Register a, Register b, int immediate)
    {
        uint form = FormOf(code, RM);
        if (form != 0) return TryRegisters(form, Number(a), 0, Number(b), immediate);
        form = FormOf(code, MR);
        if (form != 0) return TryRegisters(form, Number(b), 0, Number(a), immediate);
        form = FormOf(code, VM);
        if (form != 0) return TryRegisters(form, Digit(form), Number(a), Number(b), immediate);
        form = FormOf(code, MC);
        return form != 0 && b == Register.CL && TryRegisters(form, Digit(form), 0, Number(a), 0);
    }

    bool TryDirect(Code code, Register a, Register b, Register c, int immediate)
    {
        uint form = FormOf(code, RVM);
        if (form != 0) return TryRegisters(form, Number(a), Number(b), Number(c), immediate);
        form = FormOf(code, RMV);
        return form != 0 && TryRegisters(form, Number(a), Number(c), Number(b), immediate);
    }

    bool TryDirect(Code code, Register a, Register b, Register c, Register d)
    {
        uint form = FormOf(code, RVM4);
        return form != 0 && Number(d) < 16 && TryRegisters(form | Imm8, Number(a), Number(b), Number(c), (int)Number(d) << 4);
    }

    bool TryDirect(Code code, in MemoryOperand memory, int immediate)
    {
        uint form = FormOf(code, M);
        return form != 0 && TryMemory(form, Digit(form), 0, memory, immediate);
    }

    bool TryDirect(Code code, Register a, in MemoryOperand memory, int immediate)
    {
        uint form = FormOf(code, RM);
        return form != 0 && TryMemory(form, Number(a), 0, memory, immediate);
    }

    bool TryDirect(Code code, in MemoryOperand memory, Register a, int immediate)
    {
        uint form = FormOf(code, MR);
        return form != 0 && TryMemory(form, Number(a), 0, memory, immediate);
    }

    bool TryDirect(Code code, Register a, Register b, in MemoryOperand memory, int immediate)
    {
        uint form = FormOf(code, RVM);
        return form != 0 && TryMemory(form, Number(a), Number(b), memory, immediate);
    }

    bool TryDirect(Code code, Register a, Register b, in MemoryOperand memory, Register d)
    {
        uint form = FormOf(code, RVM4);
        return form != 0 && Number(d) < 16 && TryMemory(form | Imm8, Number(a), Number(b), memory, (int)Number(d) << 4);
    }

    static uint Digit(uint form) => (form >> DigitShift) & 7;

    /// <summary>Number of a register in encodings; at least 16 for those that are none of 0 to 15 there.</summary>
    static uint Number(Register register)
    {
        uint number = (uint)(register - Register.RAX);
        if (number < 16) return number;
        number = (uint)(register - Register.EAX);
        if (number < 16) return number;
        number = (uint)(register - Register.XMM0);
        if (number < 16) return number;
        number = (uint)(register - Register.YMM0);
        if (number < 16) return number;
        number = (uint)(register - Register.ZMM0);
        if (number < 16) return number;
        number = (uint)(register - Register.AX);
        if (number < 16) return number;
        number = (uint)(register - Register.AL);
        // Iced counts ah, ch, dh and bh in between.
        return number < 4 ? number : number - 8 < 12 ? number - 4 : 16;
    }

    bool TryRegisters(uint form, uint field, uint extra, uint rm, int immediate)
    {
        if ((rm | field | extra) >= 16) return false;
        byte* at = Head(form, field, extra, 0, rm);
        *at++ = (byte)(0xC0 | ((field & 7) << 3) | (rm & 7));
        End(at, form, immediate);
        return true;
    }

    void EncodeInOpcode(uint form, uint number, int immediate)
    {
        byte* at = Head(form, 0, 0, 0, number);
        at[-1] |= (byte)(number & 7);
        End(at, form, immediate);
    }

    bool TryMemory(uint form, uint field, uint extra, in MemoryOperand memory, int immediate)
    {
        if ((field | extra) >= 16 || memory.SegmentPrefix != Register.None) return false;
        if (memory.Base == Register.RIP)
        {
            byte* near = Head(form, field, extra, 0, 0);
            *near++ = (byte)(((field & 7) << 3) | 5);
            nint next = execute + (nint)(near + 4 + ImmediateSize(form) - writer.Start);
            *(int*)near = (int)((nint)memory.Displacement - next);
            End(near + 4, form, immediate);
            return true;
        }
        uint number = (uint)(memory.Base - Register.RAX), index = 0;
        bool hasIndex = memory.Index != Register.None, hasBase = number < 16;
        if (hasIndex)
        {
            index = (uint)(memory.Index - Register.RAX);
            if (index >= 16) return false;
        }
        // Without a base there is a 32-bit displacement, and 5 stands for the base.
        if (!hasBase)
        {
            if (memory.Base != Register.None || !hasIndex) return false;
            number = 5;
        }
        byte* at = Head(form, field, extra, index, number);
        int displacement = (int)memory.Displacement;
        // EVEX scales short displacements: there it is long ones only.
        uint mod = !hasBase || (displacement == 0 && (number & 7) != 5) ? 0u : displacement == (sbyte)displacement && ((form & Evex) == 0 || displacement == 0) ? 0x40u : 0x80u;
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
        else if (mod == 0x80u || !hasBase)
        {
            *(int*)at = displacement;
            at += sizeof(int);
        }
        End(at, form, immediate);
        return true;
    }

    // Prefixes and opcode.
    byte* Head(uint form, uint field, uint extra, uint index, uint rm)
    {
        byte* at = writer.Start + writer.Length;
        uint map = (form >> MapShift) & 3, prefix = (form >> PrefixShift) & 3, wide = form & Wide;
        if ((form & Evex) != 0)
        {
            *at++ = 0x62;
            *at++ = (byte)((((field >> 3) ^ 1) << 7) | (((index >> 3) ^ 1) << 6) | (((rm >> 3) ^ 1) << 5) | 0x10 | map);
            *at++ = (byte)((wide != 0 ? 0x80u : 0) | ((~extra & 15) << 3) | 4 | prefix);
            *at++ = (byte)(((form & Longest) != 0 ? 0x40u : (form & Long) != 0 ? 0x20u : 0) | 8);
        }
        else if ((form & Vex) != 0)
        {
            uint last = ((~extra & 15) << 3) | ((form & Long) != 0 ? 4u : 0) | prefix;
            if (map == 1 && wide == 0 && (index | rm) < 8)
            {
                *at++ = 0xC5;
                *at++ = (byte)((((field >> 3) ^ 1) << 7) | last);
            }
            else
            {
                *at++ = 0xC4;
                *at++ = (byte)((((field >> 3) ^ 1) << 7) | (((index >> 3) ^ 1) << 6) | (((rm >> 3) ^ 1) << 5) | map);
                *at++ = (byte)((wide != 0 ? 0x80u : 0) | last);
            }
        }
        else
        {
            if (prefix != 0) *at++ = (byte)(prefix == 1 ? 0x66 : prefix == 2 ? 0xF3 : 0xF2);
            uint rex = (wide != 0 ? 8u : 0) | ((field >> 3) << 2) | ((index >> 3) << 1) | (rm >> 3);
            if (rex != 0 || ((form & Bytes) != 0 && (field | rm) >= 4)) *at++ = (byte)(0x40 | rex);
            if (map != 0) *at++ = 0x0F;
            if (map > 1) *at++ = (byte)(map == 2 ? 0x38 : 0x3A);
        }
        *at++ = (byte)form;
        return at;
    }

    static int ImmediateSize(uint form) => (int)((form >> ImmediateShift) & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };

    // The immediate: at most 32 bits, of which there is always room for all.
    void End(byte* at, uint form, int immediate)
    {
        *(int*)at = immediate;
        writer.Length = (int)(at - writer.Start) + ImmediateSize(form);
    }
}
