using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Files;

/// <summary>struct sockaddr_un under <c>--rootfs</c>: a path in it (not an abstract name) is translated to the host and back.</summary>
static unsafe class UnixAddress
{
    const int PathOffset = 2, LongestPath = 108, Size = PathOffset + LongestPath;
    const short Unix = 1;

    /// <summary>Bytes of a host address, with a terminator.</summary>
    public const int Room = Size + 1;

    /// <summary>Makes a call whose arguments <paramref name="at"/> and the next one are an address to reach and its length.</summary>
    [SkipLocalsInit]
    public static long To(in Call call, int at)
    {
        if (call.Process.Root is not { } root) return call.Forward();
        byte* address = stackalloc byte[Room];
        long length = ToHost(call.Memory, root, call.Address(at), (uint)call.Int(at + 1), followLast: call.Host != Sys.bind, address);
        if (length < 0) return length;
        if (length == 0) return call.Forward();
        ulong* arguments = stackalloc ulong[6];
        for (int i = 0; i < 6; i++) arguments[i] = (ulong)call[i];
        arguments[at] = (ulong)address;
        arguments[at + 1] = (ulong)length;
        return call.With(arguments).Forward();
    }

    /// <summary>The host's form of a guest's address: its length in <paramref name="address"/>, 0 if it may stay as it is, or a negative errno.</summary>
    [SkipLocalsInit]
    public static long ToHost(GuestMemory memory, RootDirectory root, ulong guest, long length, bool followLast, byte* address)
    {
        if (length is <= PathOffset or > Size || !memory.TryRead(guest, address, (nuint)length) || *(short*)address != Unix || address[PathOffset] == 0) return 0;
        address[length] = 0;
        byte* host = stackalloc byte[FileNamespace.HostPathMax];
        int written = CString.Bytes(address + PathOffset).Length;
        long result = root.Redirect(-100, address + PathOffset, written, followLast, new Span<byte>(host, FileNamespace.HostPathMax));
        if (result <= 0) return result;
        // A longer name than the structure holds cannot be reached.
        if (result > LongestPath) return -Errno.ENAMETOOLONG;
        new ReadOnlySpan<byte>(host, (int)result).CopyTo(new Span<byte>(address + PathOffset, LongestPath));
        if (result < LongestPath) address[PathOffset + result++] = 0;
        return PathOffset + result;
    }

    /// <summary>Makes a call that stores an address and its length at the addresses in arguments <paramref name="at"/> and the next one.</summary>
    public static long From(in Call call, int at)
    {
        if (call.Process.Root is not { } root || call[at] == 0 || call[at + 1] == 0) return call.Forward();
        if (!call.Memory.TryRead(call.Address(at + 1), out int room)) return call.Forward();
        long result = call.Forward();
        if (result < 0 || !call.Memory.TryRead(call.Address(at + 1), out int length)) return result;
        int shown = ToGuest(call.Memory, root, call.Address(at), length, room);
        if (shown != length) call.Memory.TryWrite(call.Address(at + 1), shown);
        return result;
    }

    /// <summary>Turns an address that the kernel has stored in guest memory into the guest's form; its length from now on.</summary>
    [SkipLocalsInit]
    public static int ToGuest(GuestMemory memory, RootDirectory root, ulong guest, int length, int room)
    {
        if (length is <= PathOffset or > Size || room < length) return length;
        byte* address = stackalloc byte[FileNamespace.PathMax];
        if (!memory.TryRead(guest, address, (nuint)length) || *(short*)address != Unix || address[PathOffset] != '/') return length;
        address[length] = 0;
        var path = new Span<byte>(address + PathOffset, LongestPath + 1);
        int shown = root.Names.Show(path, CString.Bytes(address + PathOffset).Length);
        if (shown < 0) return length;
        path[shown++] = 0;
        return memory.TryWrite(guest, address, (nuint)(PathOffset + shown)) ? PathOffset + shown : length;
    }
}
