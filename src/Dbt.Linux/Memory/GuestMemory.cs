using Dbt.Linux.Host;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Memory;

/// <summary>Copies between dbt and guest memory that fail instead of faulting: a bad guest pointer is EFAULT for the guest, never a crash of dbt.</summary>
/// <remarks>Another thread may unmap what is being copied at any moment, so nothing is looked up before: the accesses themselves may fail (<see cref="GuardedMemory"/>).</remarks>
sealed unsafe class GuestMemory
{
    /// <summary>End of the user half of the address space: above it there is nothing of the guest's.</summary>
    const ulong AddressLimit = 1UL << 47;

    /// <summary>Reads guest bytes; false (EFAULT) if any of them cannot be read.</summary>
    public bool TryRead(ulong address, void* destination, nuint length) => IsUser(address, length) && GuardedMemory.TryCopy(destination, (void*)address, length);

    /// <summary>Writes guest bytes; false (EFAULT) if any of them cannot be written. Those before the bad one may have been written.</summary>
    public bool TryWrite(ulong address, void* source, nuint length) => IsUser(address, length) && GuardedMemory.TryCopy((void*)address, source, length);

    /// <summary>Reads one value.</summary>
    public bool TryRead<T>(ulong address, out T value) where T : unmanaged
    {
        T copy = default;
        bool read = TryRead(address, &copy, (nuint)sizeof(T));
        value = copy;
        return read;
    }

    /// <summary>Writes one value.</summary>
    public bool TryWrite<T>(ulong address, T value) where T : unmanaged => TryWrite(address, &value, (nuint)sizeof(T));

    /// <summary>Atomically replaces a word that equals <paramref name="expected"/>; tells what it was. False (EFAULT) if it cannot be written.</summary>
    public bool TryCompareExchange(ulong address, uint expected, uint replacement, out uint seen)
    {
        seen = 0;
        return IsUser(address, sizeof(uint)) && GuardedMemory.TryCompareExchange((void*)address, expected, replacement, out seen);
    }

    /// <summary>Reads as many bytes as can be read, at most <paramref name="length"/>.</summary>
    public int ReadSome(ulong address, byte* destination, int length)
    {
        int done = 0;
        while (done < length)
        {
            int part = Math.Min(length - done, 4096 - (int)((address + (ulong)done) & 4095));
            if (!TryRead(address + (ulong)done, destination + done, (nuint)part)) break;
            done += part;
        }
        return done;
    }

    /// <summary>Reads a C string. Returns its length without the terminator, -EFAULT, or -ENAMETOOLONG when it does not fit the buffer with its terminator.</summary>
    public long ReadString(ulong address, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int read = 0;
            while (read < buffer.Length)
            {
                int part = Math.Min(Math.Min(buffer.Length - read, 256), 4096 - (int)((address + (ulong)read) & 4095));
                if (!TryRead(address + (ulong)read, start + read, (nuint)part)) return -Errno.EFAULT;
                int end = buffer.Slice(read, part).IndexOf((byte)0);
                if (end >= 0) return read + end;
                read += part;
            }
        }
        return -Errno.ENAMETOOLONG;
    }

    static bool IsUser(ulong address, nuint length) => address <= AddressLimit && length <= AddressLimit - address;
}
