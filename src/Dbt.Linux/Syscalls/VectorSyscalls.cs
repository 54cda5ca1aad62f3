using System.Runtime.CompilerServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>Calls whose structures hold pointers: only for threads that use tagged pointers do they differ from the host's.</summary>
static unsafe class VectorSyscalls
{
    /// <summary>UIO_MAXIOV: longer vectors are an error.</summary>
    public const int MostParts = 1024;

    const int PartSize = 16;

    /// <summary>struct iovec at argument 1, their number at argument 2 (readv and its relatives, vmsplice).</summary>
    [SkipLocalsInit]
    public static long Transfer(in Call call)
    {
        ulong parts = call.Address(2);
        if (!call.Thread.AcceptsTags || parts > MostParts) return call.Forward();
        ulong* vector = stackalloc ulong[(int)parts * 2];
        return TryUntag(call, call.Address(1), parts, vector) ? call.Forward(call[0], (long)vector, call[2], call[3], call[4], call[5]) : -Errno.EFAULT;
    }

    /// <summary>process_vm_readv and process_vm_writev: a vector of this process and one of another.</summary>
    [SkipLocalsInit]
    public static long TransferBetween(in Call call)
    {
        ulong own = call.Address(2), other = call.Address(4);
        if (!call.Thread.AcceptsTags || own > MostParts || other > MostParts) return call.Forward();
        ulong* ownVector = stackalloc ulong[(int)own * 2];
        ulong* otherVector = stackalloc ulong[(int)other * 2];
        if (!TryUntag(call, call.Address(1), own, ownVector) || !TryUntag(call, call.Address(3), other, otherVector)) return -Errno.EFAULT;
        return call.Forward(call[0], (long)ownVector, call[2], (long)otherVector, call[4], call[5]);
    }

    /// <summary>futex_waitv: struct futex_waitv { u64 val, uaddr; u32 flags, reserved; } at argument 0, their number at argument 1.</summary>
    [SkipLocalsInit]
    public static long WaitForFutexes(in Call call)
    {
        const int Words = 3, Most = 128;
        uint count = (uint)call.Int(1);
        if (!call.Thread.AcceptsTags || count is 0 or > Most) return call.Forward();
        ulong* waiters = stackalloc ulong[Words * Most];
        if (!call.Memory.TryRead(call.Address(0), waiters, count * Words * sizeof(ulong))) return -Errno.EFAULT;
        for (int i = 0; i < count; i++) waiters[Words * i + 1] = call.Process.Abi.Architecture.Untag(waiters[Words * i + 1]);
        return call.Forward((long)waiters, call[1], call[2], call[3], call[4]);
    }

    /// <summary>Copies a vector without the tags of its addresses; false if it cannot be read.</summary>
    /// <param name="call">The call.</param>
    /// <param name="address">The guest's vector.</param>
    /// <param name="parts">Number of its elements, at most <see cref="MostParts"/>.</param>
    /// <param name="vector">Room for as many.</param>
    public static bool TryUntag(in Call call, ulong address, ulong parts, ulong* vector)
    {
        if (!call.Memory.TryRead(address, vector, (nuint)parts * PartSize)) return false;
        for (ulong i = 0; i < parts; i++) vector[2 * i] = call.Process.Abi.Architecture.Untag(vector[2 * i]);
        return true;
    }
}
