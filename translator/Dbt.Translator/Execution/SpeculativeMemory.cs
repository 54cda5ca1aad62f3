using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dbt.Translator.Ir;

namespace Dbt.Translator.Execution;

/// <summary>Guest memory in which the interpreter may run ahead: writes stay here, and what the host would refuse is refused without a signal.</summary>
/// <remarks>Host memory is touched through process_vm_readv and process_vm_writev on the process itself, which answer EFAULT. Permission to write is found out by writing back
/// what was read: only exact while no other thread of the guest runs.</remarks>
sealed unsafe class SpeculativeMemory(nint windowBase) : IInterpreterMemory
{
    const int GetPidSyscall = 39, ReadSyscall = 310, WriteSyscall = 311;
    readonly Dictionary<ulong, byte> written = [];

    /// <summary>Every byte written, by guest address.</summary>
    public IReadOnlyDictionary<ulong, byte> Written => written;

    /// <summary>Forgets the writes.</summary>
    public void Reset() => written.Clear();

    /// <summary>What the host has at a guest address, as the guest would read it now; null if it is not readable.</summary>
    public byte? HostByte(ulong address)
    {
        byte value;
        return Transfer(ReadSyscall, address, &value, 1) ? value : null;
    }

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> bytes)
    {
        fixed (byte* target = bytes)
        {
            if (!Transfer(ReadSyscall, address, target, bytes.Length)) return false;
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
        byte* present = stackalloc byte[bytes.Length];
        if (!Transfer(ReadSyscall, address, present, bytes.Length) || !Transfer(WriteSyscall, address, present, bytes.Length)) return false;
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

    bool Transfer(int call, ulong address, byte* local, int length)
    {
        long* vectors = stackalloc long[4] { (long)local, length, windowBase + (long)address, length };
        return HostCalls.Syscall(call, HostCalls.Syscall(GetPidSyscall), (long)vectors, 1, (long)(vectors + 2), 1) == length;
    }
}
