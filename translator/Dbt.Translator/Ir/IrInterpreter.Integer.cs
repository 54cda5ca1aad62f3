namespace Dbt.Translator.Ir;

/// <summary>Integer operations and CRC-32.</summary>
public sealed partial class IrInterpreter
{
    ulong Integer(in IrOp op)
    {
        ulong a = Operand(op.A), b = Operand(op.B);
        switch (op.Opcode)
        {
            case Opcode.SetCondition: return Holds(op.Aux, op.A) ? 1UL : 0;
            case Opcode.AddWithCarry: return a + b + Carry(op.C);
            case Opcode.SubWithCarry: return a + ~b + Carry(op.C);
            case Opcode.Crc32: return Crc((uint)a, b, op.Aux, 0xEDB88320);
            case Opcode.Crc32C: return Crc((uint)a, b, op.Aux, 0x82F63B78);
            default: return IntegerOperation.Evaluate(op.Opcode, op.Type, a, b, op.Aux, op.Imm);
        }
    }

    ulong Carry(int flags) => (ulong)(values[flags] >> 1) & 1;

    /// <summary>Bitwise, with the reflected polynomial.</summary>
    static uint Crc(uint crc, ulong data, int sizeLog2, uint polynomial)
    {
        for (int bit = 0; bit < 8 << sizeLog2; bit++, data >>= 1)
        {
            uint feedback = (crc ^ (uint)data) & 1;
            crc = (crc >> 1) ^ (feedback != 0 ? polynomial : 0);
        }
        return crc;
    }
}
