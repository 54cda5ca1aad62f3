using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;
using Dbt.Translator.Ir;

namespace Dbt.Translator.X64;

/// <summary>State maps: for every host instruction that may fault, where the guest state before the guest instruction is.</summary>
/// <remarks>
/// A block's maps are one byte stream of records in code order; each is a delta against the one before:
/// <code>
///   varint  host offset minus the previous record's
///   varint  guest instruction index minus the previous record's
///   byte    FlagsSource | 0x80 if its operands are 64 bits wide
///   entries slot byte, LocationKind byte, payload (Register 1, Spill 2, Home 1, Constant 8, None 0 bytes): locations that changed
///   byte    0xFD
/// </code>
/// A record holds from its host offset to the next one's. Slots without an entry are in their memory.
/// </remarks>
sealed class StateMapWriter
{
    readonly SlotLocation[] last = new SlotLocation[256];
    readonly bool[] present = new bool[256];
    readonly bool[] fresh = new bool[256];
    readonly List<byte> active = new(132);
    byte[] buffer = new byte[4096];
    int lastOffset, lastInstruction;

    /// <summary>Bytes written for the block.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>Starts a block.</summary>
    public void Start()
    {
        Length = 0;
        lastOffset = lastInstruction = 0;
        foreach (byte slot in active) present[slot] = false;
        active.Clear();
    }

    /// <summary>Appends a record.</summary>
    public void Record(int offset, int instruction, FlagsSource flags, int flagsWidth, ReadOnlySpan<SlotLocation> locations)
    {
        if (buffer.Length - Length < (locations.Length + active.Count + 4) * 12) Array.Resize(ref buffer, buffer.Length * 2);
        WriteVarint(offset - lastOffset);
        WriteVarint(instruction - lastInstruction);
        buffer[Length++] = (byte)((int)flags | (flagsWidth == 64 ? 0x80 : 0));
        foreach (ref readonly SlotLocation location in locations)
        {
            fresh[location.Slot] = true;
            if (present[location.Slot] && Same(last[location.Slot], location)) continue;
            if (!present[location.Slot])
            {
                present[location.Slot] = true;
                active.Add(location.Slot);
            }
            last[location.Slot] = location;
            WriteEntry(location);
        }
        for (int i = active.Count - 1; i >= 0; i--)
        {
            byte slot = active[i];
            if (fresh[slot])
            {
                fresh[slot] = false;
                continue;
            }
            present[slot] = false;
            active[i] = active[^1];
            active.RemoveAt(active.Count - 1);
            WriteEntry(new SlotLocation { Slot = slot });
        }
        buffer[Length++] = StateMapReader.Terminator;
        lastOffset = offset;
        lastInstruction = instruction;
    }

    static bool Same(in SlotLocation a, in SlotLocation b) => a.Kind == b.Kind && a.Index == b.Index && a.Constant == b.Constant;

    void WriteVarint(int value)
    {
        // The body of a loop begins again with the first instruction: a difference may be negative.
        uint rest = (uint)value;
        for (; rest >= 0x80; rest >>= 7) buffer[Length++] = (byte)(rest | 0x80);
        buffer[Length++] = (byte)rest;
    }

    void WriteEntry(in SlotLocation location)
    {
        buffer[Length++] = location.Slot;
        buffer[Length++] = (byte)location.Kind;
        switch (location.Kind)
        {
            case LocationKind.Register or LocationKind.Home:
                buffer[Length++] = (byte)location.Index;
                break;
            case LocationKind.Spill:
                BitConverter.TryWriteBytes(buffer.AsSpan(Length), location.Index);
                Length += 2;
                break;
            case LocationKind.Constant:
                BitConverter.TryWriteBytes(buffer.AsSpan(Length), location.Constant);
                Length += 8;
                break;
        }
    }
}

/// <summary>Restores guest state from a block's state maps after a host fault.</summary>
public static unsafe class StateMap
{
    /// <summary>
    /// Writes every slot of the thread block as it was before the guest instruction whose host code faulted, and returns that instruction's index in the block.
    /// </summary>
    /// <param name="info">The block that contains the faulting host instruction.</param>
    /// <param name="context">Host registers at the fault.</param>
    /// <param name="thread">Where the slots are, and the copy of the spill frame.</param>
    /// <param name="layout">The guest's slots.</param>
    public static int Restore(BlockInfo* info, HostContext* context, ThreadBlock* thread, StateLayout layout)
    {
        SlotLocation* locations = stackalloc SlotLocation[256];
        new Span<SlotLocation>(locations, 256).Clear();
        int instruction = Decode(info, (int)(context->Rip - info->Entry), locations, out FlagsSource flags, out int width);

        // All sources are read before any slot is written: a source may be another slot's memory.
        byte* state = (byte*)thread + ThreadBlock.Bias;
        UInt128* read = stackalloc UInt128[256];
        for (int slot = 0; slot < 256; slot++)
        {
            if (locations[slot].Kind != LocationKind.None) read[slot] = Read(locations[slot], context, thread, layout);
        }
        for (int slot = 0; slot < layout.Count; slot++)
        {
            if (locations[slot].Kind == LocationKind.None) continue;
            byte* place = state + layout[slot].Offset;
            switch (layout[slot].Type)
            {
                case IrType.V128: *(UInt128*)place = read[slot]; break;
                case IrType.I64 or IrType.F64: *(ulong*)place = (ulong)read[slot]; break;
                default: *(uint*)place = (uint)read[slot]; break;
            }
        }
        if (flags is not (FlagsSource.Stored or FlagsSource.Packed))
        {
            int nzcv = Flags(flags, width, context->Rflags, (ulong)read[SlotLocation.FlagsOperandA], (ulong)read[SlotLocation.FlagsOperandB], (thread->GuestMxcsr & FloatTraps.FlushResults) != 0);
            *(uint*)(state + layout[layout.FlagsSlot].Offset) = StateLayout.PackFlags(nzcv);
        }
        return instruction;
    }

    /// <summary>Appends the host offset of every record, in code order.</summary>
    internal static void ListOffsets(BlockInfo* info, List<int> offsets)
    {
        var reader = new StateMapReader(info, stackalloc SlotLocation[StateMapReader.Slots]);
        while (reader.HasNext)
        {
            offsets.Add(reader.NextOffset);
            reader.Read();
        }
    }

    static int Decode(BlockInfo* info, int hostOffset, SlotLocation* locations, out FlagsSource flags, out int width)
    {
        var reader = new StateMapReader(info, new Span<SlotLocation>(locations, StateMapReader.Slots));
        while (reader.HasNext && reader.NextOffset <= hostOffset) reader.Read();
        flags = reader.Flags;
        width = reader.Width;
        return reader.Instruction;
    }

    static UInt128 Read(in SlotLocation location, HostContext* context, ThreadBlock* thread, StateLayout layout) => location.Kind switch
    {
        LocationKind.Register when location.Index >= (int)HostReg.Xmm0 => *(UInt128*)(context->Vectors + (16 * (location.Index - (int)HostReg.Xmm0))),
        LocationKind.Register => context->General[location.Index],
        LocationKind.Spill => *(UInt128*)((byte*)thread + HostContext.FrameOffset + (8 * location.Index)),
        LocationKind.Home => *(UInt128*)((byte*)thread + ThreadBlock.Bias + layout[location.Index].Offset),
        _ => new UInt128((ulong)location.Constant, (ulong)location.Constant),
    };

    static double Flush(double x, int width) => Math.Abs(x) < (width == 32 ? 1.1754943508222875e-38 : 2.2250738585072014e-308) ? 0 : x;

    static int Flags(FlagsSource source, int width, ulong host, ulong a, ulong b, bool flushes)
    {
        int shift = 64 - width;
        a <<= shift;
        b <<= shift;
        switch (source)
        {
            case FlagsSource.HostSub or FlagsSource.HostAdd or FlagsSource.HostLogic:
                bool carry = (host & 1) != 0;
                bool c = source == FlagsSource.HostSub ? !carry : source == FlagsSource.HostAdd && carry;
                return Nzcv((host & 0x80) != 0, (host & 0x40) != 0, c, source != FlagsSource.HostLogic && (host & 0x800) != 0);
            case FlagsSource.Sub:
                ulong difference = a - b;
                return Nzcv((long)difference < 0, difference == 0, a >= b, (long)((a ^ b) & (a ^ difference)) < 0);
            case FlagsSource.Add:
                ulong sum = a + b;
                return Nzcv((long)sum < 0, sum == 0, sum < a, (long)(~(a ^ b) & (a ^ sum)) < 0);
            case FlagsSource.FloatCompare:
                double x = width == 32 ? BitConverter.UInt32BitsToSingle((uint)(a >> 32)) : BitConverter.UInt64BitsToDouble(a);
                double y = width == 32 ? BitConverter.UInt32BitsToSingle((uint)(b >> 32)) : BitConverter.UInt64BitsToDouble(b);
                if (flushes) (x, y) = (Flush(x, width), Flush(y, width));
                return x < y ? 0b1000 : x == y ? 0b0110 : x > y ? 0b0010 : 0b0011;
            default:
                ulong result = source == FlagsSource.LogicAnd ? a & b : a;
                return Nzcv((long)result < 0, result == 0, false, false);
        }
    }

    static int Nzcv(bool n, bool z, bool c, bool v) => (n ? 8 : 0) | (z ? 4 : 0) | (c ? 2 : 0) | (v ? 1 : 0);
}
