using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Files;

/// <summary>struct sockaddr_un under <c>--rootfs</c>: a path in it (not an abstract name) is translated to the host and back.</summary>
static unsafe class UnixAddress
{
    const int PathOffset = 2, LongestPath = 108, Size = PathOffset + LongestPath;
    const short Unix = 1;

    /// <summary>Makes a call whose arguments <paramref name="at"/> and the next one are an address to reach and its length.</summary>
    [SkipLocalsInit]
    public static long To(in Call call, int at)
    {
        byte* address = stackalloc byte[Size + 1];
        long length = (uint)call.Int(at + 1);
        if (call.Process.Root is not { } root || length is <= PathOffset or > Size || !call.Memory.TryRead(call.Address(at), address, (nuint)length) || *(short*)address != Unix || address[PathOffset] == 0)
        {
            return call.Forward();
        }
        address[length] = 0;
        byte* host = stackalloc byte[FileNamespace.HostPathMax];
        int written = CString.Bytes(address + PathOffset).Length;
        long result = root.Redirect(-100, address + PathOffset, written, followLast: call.Host != Sys.bind, new Span<byte>(host, FileNamespace.HostPathMax));
        if (result < 0) return result;
        if (result == 0) return call.Forward();
        // A longer name than the structure holds cannot be reached.
        if (result > LongestPath) return -Errno.ENAMETOOLONG;
        new ReadOnlySpan<byte>(host, (int)result).CopyTo(new Span<byte>(address + PathOffset, LongestPath));
        if (result < LongestPath) address[PathOffset + result++] = 0;
        ulong* arguments = stackalloc ulong[6];
        for (int i = 0; i < 6; i++) arguments[i] = (ulong)call[i];
        arguments[at] = (ulong)address;
        arguments[at + 1] = (ulong)(PathOffset + result);
        return call.With(arguments).Forward();
    }

    /// <summary>Makes a call that stores an address and its length at the addresses in arguments <paramref name="at"/> and the next one.</summary>
    [SkipLocalsInit]
    public static long From(in Call call, int at)
    {
        if (call.Process.Root is not { } root || call[at] == 0 || call[at + 1] == 0) return call.Forward();
        if (!call.Memory.TryRead(call.Address(at + 1), out int room)) return call.Forward();
        long result = call.Forward();
        if (result < 0 || !call.Memory.TryRead(call.Address(at + 1), out int length) || length <= PathOffset || length > Size || room < length) return result;
        byte* address = stackalloc byte[FileNamespace.PathMax];
        if (!call.Memory.TryRead(call.Address(at), address, (nuint)length) || *(short*)address != Unix || address[PathOffset] != '/') return result;
        address[length] = 0;
        var path = new Span<byte>(address + PathOffset, LongestPath + 1);
        int shown = root.Names.Show(path, CString.Bytes(address + PathOffset).Length);
        if (shown < 0) return result;
        path[shown++] = 0;
        if (call.Memory.TryWrite(call.Address(at), address, (nuint)(PathOffset + shown))) call.Memory.TryWrite(call.Address(at + 1), PathOffset + shown);
        return result;
    }
}
