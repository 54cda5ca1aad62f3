using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dbt.Translator.Ir;

/// <summary>Memory operations.</summary>
public sealed partial class IrInterpreter
{
    UInt128 Memory(IrBlock block, in IrOp op)
    {
        var access = new MemoryAccess(op.Aux);
        ulong address = op.Opcode is Opcode.Load or Opcode.Store ? Low(op.A) + (ulong)op.Imm : Low(op.A);
        if (block.Layout.AddressBits == 32) address = (uint)address;
        switch (op.Opcode)
        {
            case Opcode.Load: return Load(address, access, op.Type);
            case Opcode.Store: return Store(address, access, values[op.B]);
            case Opcode.CompareExchange: return Exchange(address, access, values[op.B], values[op.C]);
            case Opcode.AtomicRmw: return ReadModifyWrite(address, access, (AtomicOperation)op.Imm, values[op.B]);
            default: return StoreExclusive(address, access, op);
        }
    }

    UInt128 Fault(ulong address, bool isWrite)
    {
        faulted = true;
        faultAddress = address;
        faultIsWrite = isWrite;
        return 0;
    }

    static UInt128 Narrow(UInt128 value, int size) => size == 16 ? value : value & ((UInt128.One << (8 * size)) - 1);

    /// <summary>Between a value's low bytes and memory's, which may have the other order.</summary>
    static UInt128 Order(UInt128 value, MemoryAccess access) =>
        access.IsSwapped ? BinaryPrimitives.ReverseEndianness(value) >> (128 - 8 * access.Size) : Narrow(value, access.Size);

    UInt128 Load(ulong address, MemoryAccess access, IrType type)
    {
        UInt128 value = 0;
        if (!memory.TryRead(address, Bytes(ref value)[..access.Size])) return Fault(address, isWrite: false);
        value = Order(value, access);
        if (access.IsSigned) value = (ulong)SignExtend((ulong)value, 8 * access.Size) & Mask(type);
        return value;
    }

    UInt128 Store(ulong address, MemoryAccess access, UInt128 value)
    {
        value = Order(value, access);
        if (!memory.TryWrite(address, Bytes(ref value)[..access.Size])) Fault(address, isWrite: true);
        return 0;
    }

    static Span<byte> Bytes(ref UInt128 value) => MemoryMarshal.CreateSpan(ref Unsafe.As<UInt128, byte>(ref value), 16);

    static long SignExtend(ulong value, int width) => (long)(value << (64 - width)) >> (64 - width);

    UInt128 Exchange(ulong address, MemoryAccess access, UInt128 expected, UInt128 desired) =>
        memory.TryCompareExchange(address, access.Size, Order(expected, access), Order(desired, access), out UInt128 old) ? Order(old, access) : Fault(address, isWrite: true);

    UInt128 ReadModifyWrite(ulong address, MemoryAccess access, AtomicOperation operation, UInt128 value)
    {
        UInt128 guess = 0;
        while (true)
        {
            UInt128 old = Exchange(address, access, guess, Combine(operation, (ulong)guess, (ulong)value, 8 * access.Size));
            if (faulted || old == guess) return old;
            guess = old;
        }
    }

    static ulong Combine(AtomicOperation operation, ulong old, ulong value, int width)
    {
        long signedOld = SignExtend(old, width), signedValue = SignExtend(value, width);
        value = (ulong)Narrow(value, width / 8);
        return operation switch
        {
            AtomicOperation.Add => old + value,
            AtomicOperation.Clear => old & ~value,
            AtomicOperation.Xor => old ^ value,
            AtomicOperation.Or => old | value,
            AtomicOperation.SignedMax => signedOld > signedValue ? old : value,
            AtomicOperation.SignedMin => signedOld < signedValue ? old : value,
            AtomicOperation.UnsignedMax => Math.Max(old, value),
            AtomicOperation.UnsignedMin => Math.Min(old, value),
            _ => value,
        };
    }

    /// <summary>
    /// A store exclusive to another address than the monitored one fails, but faults as a store would: it exchanges zero with zero, which changes nothing.
    /// </summary>
    UInt128 StoreExclusive(ulong address, MemoryAccess access, in IrOp op)
    {
        bool sameAddress = address == Low(op.C);
        UInt128 expected = sameAddress ? values[op.D] : 0;
        UInt128 desired = sameAddress ? values[op.B] : 0;
        UInt128 old = Exchange(address, access, expected, desired);
        if (faulted) return 0;
        return sameAddress && old == Narrow(expected, access.Size) ? 0U : 1;
    }
}
