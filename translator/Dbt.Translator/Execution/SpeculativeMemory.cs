using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Guest memory in which the interpreter may run ahead: writes stay here, and what the host would refuse is refused without a signal.</summary>
/// <remarks>Host memory is read by guarded accesses, and permission to write is found out by one that changes nothing.</remarks>
sealed unsafe class SpeculativeMemory(nint windowBase) : IInterpreterMemory
{
    const ulong PageSize = 4096;
    readonly Dictionary<ulong, byte> written = [];

    /// <summary>Every byte written, by guest address.</summary>
    public IReadOnlyDictionary<ulong, byte> Written => written;

    /// <summary>Forgets the writes.</summary>
    public void Reset() => written.Clear();

    /// <summary>What the host has at a guest address, as the guest would read it now; null if it is not readable.</summary>
    public byte? HostByte(ulong address)
    {
        byte value;
        return GuardedMemory.TryCopy(&value, At(address), 1) ? value : null;
    }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> bytes)
    {
        fixed (byte* target = bytes)
        {
            if (!GuardedMemory.TryCopy(target, At(address), (nuint)bytes.Length)) return false;
        }
        for (int i = 0; i < bytes.Length; i++)
        {
            if (written.TryGetValue(address + (ulong)i, out byte value)) bytes[i] = value;
        }
        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        ulong last = address + (ulong)bytes.Length - 1;
        if (!GuardedMemory.IsWritable(At(address)) || (address / PageSize != last / PageSize && !GuardedMemory.IsWritable(At(last)))) return false;
        for (int i = 0; i < bytes.Length; i++) written[address + (ulong)i] = bytes[i];
        return true;
    }

    /// <inheritdoc/>
    public bool TryCompareExchange(ulong address, int size, UInt128 expected, UInt128 desired, out UInt128 old)
    {
        old = 0;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<UInt128>(ref old))[..size];
        if (!TryRead(address, bytes)) return false;
        UInt128 stored = old == expected ? desired : old;
        return TryWrite(address, new ReadOnlySpan<byte>(Unsafe.AsPointer(ref stored), size));
    }

    void* At(ulong address) => (void*)(windowBase + (nint)address);
}
