using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dbt.Linux.Files;
using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>sendmsg, recvmsg and their multiples: the host's, but for names of sockets under <c>--rootfs</c> and for tagged pointers in the headers.</summary>
static unsafe class MessageSyscalls
{
    /// <summary>struct user_msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Header
    {
        public ulong Name;
        public int NameLength, Padding;
        public ulong Vector, Parts, Control, ControlLength;
        public int Flags, Padding2;
    }

    const int MultipleSize = 64, LengthOffset = 56, MostMessages = 1024;

    static bool IsHosts(in Call call) => call.Process.Root is null && !call.Thread.AcceptsTags;

    /// <summary>sendmsg(2).</summary>
    public static long Send(in Call call) => IsHosts(call) ? call.Forward() : Send(call, Sys.sendmsg, call.Address(1), call.Int(2));

    /// <summary>recvmsg(2).</summary>
    public static long Receive(in Call call) => IsHosts(call) ? call.Forward() : Receive(call, Sys.recvmsg, call.Address(1), call.Int(2));

    /// <summary>sendmmsg(2): one after the other, as the kernel does it.</summary>
    public static long SendMany(in Call call)
    {
        if (IsHosts(call)) return call.Forward();
        uint count = Math.Min((uint)call.Int(2), MostMessages);
        for (uint i = 0; i < count; i++)
        {
            ulong message = call.Address(1) + i * MultipleSize;
            long result = Send(call, Sys.sendmsg, message, call.Int(3));
            if (result < 0) return i > 0 ? i : result;
            if (!call.Memory.TryWrite(message + LengthOffset, (int)result)) return i > 0 ? i : -Errno.EFAULT;
        }
        return count;
    }

    /// <summary>recvmmsg(2): the time is looked at after each message.</summary>
    public static long ReceiveMany(in Call call)
    {
        const int WaitForOne = 0x10000, DontWait = 0x40, OutOfBand = 1, Monotonic = 1;
        if (IsHosts(call)) return call.Forward();
        long* time = stackalloc long[2];
        long* now = stackalloc long[2];
        bool isLimited = call[4] != 0;
        if (isLimited)
        {
            if (!call.Memory.TryRead(call.Address(4), time, 16)) return -Errno.EFAULT;
            if (time[0] < 0 || (ulong)time[1] >= 1_000_000_000) return -Errno.EINVAL;
            Kernel.GetTime(Monotonic, now);
        }
        Int128 end = isLimited ? ((Int128)now[0] + time[0]) * 1_000_000_000 + now[1] + time[1] : 0;
        int flags = call.Int(3);
        uint count = Math.Min((uint)call.Int(2), MostMessages), i = 0;
        while (i < count)
        {
            ulong message = call.Address(1) + i * MultipleSize;
            long result = Receive(call, Sys.recvmsg, message, flags & ~WaitForOne);
            if (result >= 0 && !call.Memory.TryWrite(message + LengthOffset, (int)result)) result = -Errno.EFAULT;
            if (result < 0)
            {
                if (i == 0) return result;
                break;
            }
            i++;
            if ((flags & WaitForOne) != 0) flags |= DontWait;
            if (call.Memory.TryRead(message + 48, out int got) && (got & OutOfBand) != 0) break;
            if (!isLimited) continue;
            Kernel.GetTime(Monotonic, now);
            Int128 left = end - ((Int128)now[0] * 1_000_000_000 + now[1]);
            if (left < 0) left = 0;
            (time[0], time[1]) = ((long)(left / 1_000_000_000), (long)(left % 1_000_000_000));
            if (!call.Memory.TryWrite(call.Address(4), time, 16)) return -Errno.EFAULT;
            if (left == 0) break;
        }
        return i;
    }

    [SkipLocalsInit]
    static long Send(in Call call, Sys host, ulong message, int flags)
    {
        Header header;
        if (!call.Memory.TryRead(message, &header, (nuint)sizeof(Header))) return -Errno.EFAULT;
        ulong* vector = stackalloc ulong[2 * VectorSyscalls.MostParts];
        if (!TryUntag(call, ref header, vector)) return -Errno.EFAULT;
        byte* address = stackalloc byte[UnixAddress.Room];
        if (header.Name != 0 && call.Process.Root is { } root)
        {
            long length = UnixAddress.ToHost(call.Memory, root, header.Name, header.NameLength, followLast: true, address);
            if (length < 0) return length;
            if (length > 0) (header.Name, header.NameLength) = ((ulong)address, (int)length);
        }
        return call.ForwardAs(host, call[0], (long)&header, flags);
    }

    [SkipLocalsInit]
    static long Receive(in Call call, Sys host, ulong message, int flags)
    {
        Header header;
        if (!call.Memory.TryRead(message, &header, (nuint)sizeof(Header))) return -Errno.EFAULT;
        ulong* vector = stackalloc ulong[2 * VectorSyscalls.MostParts];
        if (!TryUntag(call, ref header, vector)) return -Errno.EFAULT;
        int room = header.NameLength;
        long result = call.ForwardAs(host, call[0], (long)&header, flags);
        if (result < 0) return result;
        int length = header.NameLength;
        if (header.Name != 0 && call.Process.Root is { } root) length = UnixAddress.ToGuest(call.Memory, root, header.Name, length, room);
        // The kernel writes these three fields and no others.
        return call.Memory.TryWrite(message + 8, length) && call.Memory.TryWrite(message + 40, header.ControlLength) && call.Memory.TryWrite(message + 48, header.Flags) ? result : -Errno.EFAULT;
    }

    static bool TryUntag(in Call call, ref Header header, ulong* vector)
    {
        if (!call.Thread.AcceptsTags) return true;
        var guest = call.Process.Abi.Architecture;
        header.Name = guest.Untag(header.Name);
        header.Control = guest.Untag(header.Control);
        if (header.Parts > VectorSyscalls.MostParts) return true;
        if (!VectorSyscalls.TryUntag(call, guest.Untag(header.Vector), header.Parts, vector)) return false;
        header.Vector = (ulong)vector;
        return true;
    }
}
