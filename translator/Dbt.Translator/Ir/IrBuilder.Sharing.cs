using System.Runtime.CompilerServices;

namespace Dbt.Translator.Ir;

/// <summary>What the builder remembers: the values of slots, and operations that later equal ones can share.</summary>
public sealed partial class IrBuilder
{
    const int SharedEntries = 512;

    // slotValues: the value that a slot certainly holds, with the slot's type; slotParts: the last read of a part of a vector slot. 0 where unknown.
    readonly int[] slotValues = new int[128];
    readonly int[] slotParts = new int[128];

    // Operations by hash. Never cleared: an entry counts only if the operation that it names, in the block as it is now, equals the new one.
    readonly int[] shared = new int[SharedEntries];

    // The last call of a helper: it may clear the cumulative FP exceptions, so an operation before it cannot raise them for one behind it.
    int lastHelper;

    internal Value Emit(Opcode opcode, IrType type, Value a = default, Value b = default, Value c = default, Value d = default, int aux = 0, long imm = 0)
    {
        var op = new IrOp { Opcode = opcode, Type = type, Aux = (byte)aux, A = a.Index, B = b.Index, C = c.Index, D = d.Index, Imm = imm };
        if (block.Count == 1) Begin();
        int known = Fold(ref op);
        return new(known != 0 ? known : Place(op));
    }

    /// <summary>Appends an operation, unless an equal one exists that may serve for it.</summary>
    int Place(in IrOp op)
    {
        if (!OpTable.IsShareable(op.Opcode)) return block.Append(op);
        uint hash = (uint)op.Opcode * 0x9E37_79B1 ^ (uint)op.A * 0x85EB_CA77 ^ (uint)op.B * 0xC2B2_AE3D ^ (uint)op.C * 0x27D4_EB2F ^ (uint)(op.Imm ^ (op.Imm >> 32)) * 0x1656_67B1 ^ ((uint)op.Aux << 8) ^ ((uint)op.Type << 16);
        ref int entry = ref shared[(hash ^ (hash >> 15)) & (SharedEntries - 1)];
        if (entry < block.Count && entry != 0 && Equal(block[entry], op) && (entry > lastHelper || OpTable.Effects(op.Opcode) == OpEffects.None)) return entry;
        return entry = block.Append(op);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool Equal(in IrOp x, in IrOp y) =>
        x.Opcode == y.Opcode && x.Type == y.Type && x.Aux == y.Aux && x.A == y.A && x.B == y.B && x.C == y.C && x.Imm == y.Imm;

    void Begin()
    {
        ForgetSlots();
        lastHelper = 0;
    }

    void ForgetSlots()
    {
        Array.Clear(slotValues);
        Array.Clear(slotParts);
    }

    Value ReadSlot(int slot, IrType type)
    {
        if (block.Count == 1) Begin();
        IrType slotType = block.Layout[slot].Type;
        int whole = slotValues[slot];
        if (whole == 0)
        {
            if (slotType == IrType.V128 && type != slotType) return ReadPart(slot, type);
            // A half is read as a part of the whole, which later reads can share; taking the low half of a register is free.
            whole = slotValues[slot] = block.Append(new IrOp { Opcode = Opcode.GetSlot, Type = slotType, Imm = slot });
        }
        var value = new Value(whole);
        if (type == slotType) return value;
        return type switch
        {
            IrType.I32 => Truncate(value),
            IrType.I64 => VExtract(IrType.I64, 3, value, 0),
            _ => ScalarFromV(type, value),
        };
    }

    Value ReadPart(int slot, IrType type)
    {
        ref int part = ref slotParts[slot];
        if (part == 0 || block[part].Type != type) part = block.Append(new IrOp { Opcode = Opcode.GetSlot, Type = type, Imm = slot });
        return new(part);
    }

    void WriteSlot(int slot, Value value)
    {
        if (slotValues[slot] == value.Index) return;
        Emit(Opcode.SetSlot, IrType.None, value, imm: slot);
        slotValues[slot] = value.Index;
        slotParts[slot] = 0;
    }
}
