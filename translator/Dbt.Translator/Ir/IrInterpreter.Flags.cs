namespace Dbt.Translator.Ir;

/// <summary>Flags operations. A Flags value is N, Z, C, V in bits 3..0.</summary>
public sealed partial class IrInterpreter
{
    int Flags(in IrOp op, IrBlock block)
    {
        int width = (int)op.Imm & 0xFF;
        switch (op.Opcode)
        {
            case Opcode.FlagsAdd: return AddFlags(Low(op.A), Low(op.B), 0, width);
            case Opcode.FlagsSub: return AddFlags(Low(op.A), ~Low(op.B), 1, width);
            case Opcode.FlagsLogic: return SignAndZero(Low(op.A), width);
            case Opcode.FlagsAddWithCarry: return AddFlags(Low(op.A), Low(op.B), Carry(op.C), width);
            case Opcode.FlagsSubWithCarry: return AddFlags(Low(op.A), ~Low(op.B), Carry(op.C), width);
            case Opcode.FlagsSubIf: return Holds(op.Aux, op.A) ? AddFlags(Low(op.B), ~Low(op.C), 1, width) : (int)(op.Imm >> 8);
            case Opcode.FlagsAddIf: return Holds(op.Aux, op.A) ? AddFlags(Low(op.B), Low(op.C), 0, width) : (int)(op.Imm >> 8);
            case Opcode.FlagsFromNzcv: return (int)((uint)values[op.A] >> 28);
            case Opcode.NzcvFromFlags: return (int)values[op.A] << 28;
            case Opcode.FlagsFloatCompare: return soft.Compare(Low(op.A), Low(op.B), op.Aux != 0, Format(block[op.A].Type));
            default: return Holds(op.Aux, op.A) ? soft.Compare(Low(op.B), Low(op.C), (op.Imm & 0x100) != 0, Format(block[op.B].Type)) : (int)op.Imm & 15;
        }
    }

    /// <summary>AddWithCarry of the Arm pseudocode: flags of a + b + carry at a width of 32 or 64 bits.</summary>
    internal static int AddFlags(ulong a, ulong b, ulong carry, int width)
    {
        ulong mask = ulong.MaxValue >> (64 - width);
        a &= mask;
        b &= mask;
        UInt128 sum = (UInt128)a + b + carry;
        ulong result = (ulong)sum & mask;
        int c = sum > mask ? 2 : 0;
        int v = (((a ^ result) & (b ^ result)) >> (width - 1)) != 0 ? 1 : 0;
        return SignAndZero(result, width) | c | v;
    }

    /// <summary>N and Z of a value at a width of 32 or 64 bits.</summary>
    internal static int SignAndZero(ulong value, int width) =>
        ((value >> (width - 1)) & 1) != 0 ? 8 : (value << (64 - width)) == 0 ? 4 : 0;
}
