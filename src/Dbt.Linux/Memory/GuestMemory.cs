using System.Runtime.CompilerServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Memory;

/// <summary>Copies between dbt and guest memory that fail instead of faulting: a bad guest pointer is EFAULT for the guest, never a crash of dbt.</summary>
/// <remarks>
/// Anonymous guest memory and private mappings within a file, with the right protection, do not fault, so they are copied directly (the common case: stack, heap, constants). Anything
/// else (shared file mappings may end before their last page, addresses may not be mapped at all) goes through process_vm_readv on ourselves, which reports EFAULT.
/// </remarks>
sealed unsafe class GuestMemory(MemoryMap map)
{
    struct Vector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>Reads guest bytes; false (EFAULT) if any of them cannot be read.</summary>
    public bool TryRead(ulong address, void* destination, nuint length)
    {
        if (IsPlain(address, length, Protection.Read))
        {
            Unsafe.CopyBlockUnaligned(destination, (void*)address, (uint)length);
            return true;
        }
        return Transfer(Sys.process_vm_readv, address, destination, length) == (long)length;
    }

    /// <summary>Writes guest bytes; false (EFAULT) if any of them cannot be written. Pages before the bad one may have been written.</summary>
    public bool TryWrite(ulong address, void* source, nuint length)
    {
        if (IsPlain(address, length, Protection.Write))
        {
            Unsafe.CopyBlockUnaligned((void*)address, source, (uint)length);
            return true;
        }
        return Transfer(Sys.process_vm_writev, address, source, length) == (long)length;
    }

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

    /// <summary>Atomically replaces a word that equals <paramref name="expected"/>; tells what it was. False (EFAULT) if the address is not plain writable memory.</summary>
    public bool TryCompareExchange(ulong address, uint expected, uint replacement, out uint seen)
    {
        bool plain = IsPlain(address, sizeof(uint), Protection.Write);
        seen = plain ? Interlocked.CompareExchange(ref *(uint*)address, replacement, expected) : 0;
        return plain;
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

    bool IsPlain(ulong address, nuint length, Protection needed)
    {
        ulong end = address + length;
        if (end < address) return false;
        return map.TryFind(address, out Region region) && end <= region.End && (region.Protection & needed) == needed && (!region.Backing.IsFile || !region.Backing.MayEnd);
    }

    static long Transfer(Sys direction, ulong address, void* local, nuint length)
    {
        if (length == 0) return 0;
        var here = new Vector { Base = local, Length = length };
        var there = new Vector { Base = (void*)address, Length = length };
        // getpid is not cached over fork: the id of the process that asks is always right for itself.
        return Kernel.Call(direction, Kernel.Call(Sys.getpid), (long)&here, 1, (long)&there, 1);
    }
}
