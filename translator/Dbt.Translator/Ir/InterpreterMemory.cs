using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dbt.Translator.Ir;

/// <summary>Guest memory as the interpreter sees it. Addresses are the guest's; a false answer is a fault and has changed nothing.</summary>
public interface IInterpreterMemory
{
    /// <summary>Reads bytes at an address.</summary>
    bool TryRead(ulong address, Span<byte> bytes);

    /// <summary>Writes bytes at an address.</summary>
    bool TryWrite(ulong address, ReadOnlySpan<byte> bytes);

    /// <summary>Atomically: reads <paramref name="size"/> (1 .. 16) bytes; if they equal <paramref name="expected"/>, writes <paramref name="desired"/>. Needs write access either way.</summary>
    bool TryCompareExchange(ulong address, int size, UInt128 expected, UInt128 desired, out UInt128 old);
}

/// <summary>The process's own memory. An access that is not mapped faults for real; sixteen-byte exchanges are not atomic against other threads.</summary>
public sealed unsafe class InterpreterHostMemory(nint windowBase) : IInterpreterMemory
{
    byte* At(ulong address) => (byte*)windowBase + address;

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> bytes)
    {
        byte* source = At(address);
        switch (bytes.Length)
        {
            // One access for each natural size: other threads of the guest must not see it torn.
            case 1: bytes[0] = Volatile.Read(ref *source); break;
            case 2: Unsafe.WriteUnaligned(ref bytes[0], Volatile.Read(ref *(ushort*)source)); break;
            case 4: Unsafe.WriteUnaligned(ref bytes[0], Volatile.Read(ref *(uint*)source)); break;
            case 8: Unsafe.WriteUnaligned(ref bytes[0], Volatile.Read(ref *(ulong*)source)); break;
            default: new ReadOnlySpan<byte>(source, bytes.Length).CopyTo(bytes); break;
        }
        return true;
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        byte* target = At(address);
        switch (bytes.Length)
        {
            case 1: Volatile.Write(ref *target, bytes[0]); break;
            case 2: Volatile.Write(ref *(ushort*)target, MemoryMarshal.Read<ushort>(bytes)); break;
            case 4: Volatile.Write(ref *(uint*)target, MemoryMarshal.Read<uint>(bytes)); break;
            case 8: Volatile.Write(ref *(ulong*)target, MemoryMarshal.Read<ulong>(bytes)); break;
            default: bytes.CopyTo(new Span<byte>(target, bytes.Length)); break;
        }
        return true;
    }

    /// <inheritdoc/>
    public bool TryCompareExchange(ulong address, int size, UInt128 expected, UInt128 desired, out UInt128 old)
    {
        byte* target = At(address);
        switch (size)
        {
            case 1: old = Interlocked.CompareExchange(ref *target, (byte)desired, (byte)expected); break;
            case 2: old = Interlocked.CompareExchange(ref *(ushort*)target, (ushort)desired, (ushort)expected); break;
            case 4: old = Interlocked.CompareExchange(ref *(uint*)target, (uint)desired, (uint)expected); break;
            case 8: old = Interlocked.CompareExchange(ref *(ulong*)target, (ulong)desired, (ulong)expected); break;
            default:
                old = Unsafe.ReadUnaligned<UInt128>(target);
                Unsafe.WriteUnaligned(target, old == expected ? desired : old);
                break;
        }
        return true;
    }
}
