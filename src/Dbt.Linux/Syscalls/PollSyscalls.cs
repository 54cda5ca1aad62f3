using System.Runtime.InteropServices;
using Dbt.Linux.Host;
using Dbt.Linux.Signals;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Waiting for descriptors.</summary>
/// <remarks>The forms with a signal mask let the host swap masks atomically: it is given the guest's mask in host numbering, and what arrives meanwhile is delivered under that mask
/// (<see cref="ThreadSignals.InterruptedUnder"/>).</remarks>
static unsafe class PollSyscalls
{
    /// <summary>struct epoll_event of the host: packed on x86-64 only.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    struct HostEvent
    {
        public uint Events;
        public ulong Data;
    }

    public static void Register(SyscallTable table)
    {
        table.Add(Sys.ppoll, "ppoll", "pollfds:1 int timespec sigset size", &Poll, Blocks | RestartsWithoutHandler);
        table.Add(Sys.pselect6, "pselect6", "int fdset:0 fdset:0 fdset:0 timespec sigset_pack", &Select, Blocks | RestartsWithoutHandler);
        table.Pass(Sys.epoll_create1, "epoll_create1", "epoll_create");
        table.Add(Sys.epoll_ctl, "epoll_ctl", "fd epoll_op fd epoll_event", &EpollControl);
        table.Add(Sys.epoll_pwait, "epoll_pwait", "fd epoll_events_out int int sigset size", &EpollWait, Blocks);
        table.Add(Sys.epoll_pwait2, "epoll_pwait2", "fd epoll_events_out int timespec sigset size", &EpollWait, Blocks);
    }

    static long Poll(in Call call)
    {
        if (IsBadTime(call, 2)) return -Errno.EFAULT;
        ulong guestMask = 0, hostMask = 0;
        long bad = ReadMask(call, call.Address(3), call.Address(4), ref guestMask, ref hostMask, out bool masked);
        if (bad != 0) return bad;
        long* now = stackalloc long[2] { 0, 0 };
        bool held = masked && call.Thread.Signals.HoldsUnder(guestMask);
        long result = call.Forward(call[0], call[1], held ? (long)now : call[2], masked ? (long)&hostMask : 0, 8);
        return masked ? Unmasked(call, result, guestMask, held) : result;
    }

    static long Select(in Call call) => WaitUnderPackedMask(call, timeFirst: call[5] != 0);

    /// <summary>io_pgetevents: as pselect6, the mask and its size are in a structure.</summary>
    public static long CompletedEvents(in Call call) => WaitUnderPackedMask(call, timeFirst: true);

    // The fifth argument is the time, the sixth points to { const sigset_t *mask; size_t size; }.
    static long WaitUnderPackedMask(in Call call, bool timeFirst)
    {
        ulong guestMask = 0, hostMask = 0;
        ulong* pack = stackalloc ulong[2];
        bool masked = false;
        if (timeFirst && IsBadTime(call, 4)) return -Errno.EFAULT;
        if (call[5] != 0)
        {
            if (!call.Memory.TryRead(call.Address(5), pack, 16)) return -Errno.EFAULT;
            long bad = ReadMask(call, pack[0], pack[1], ref guestMask, ref hostMask, out masked);
            if (bad != 0) return bad;
            pack[0] = masked ? (ulong)&hostMask : 0;
            pack[1] = 8;
        }
        long* now = stackalloc long[2] { 0, 0 };
        bool held = masked && call.Thread.Signals.HoldsUnder(guestMask);
        long result = call.Forward(call[0], call[1], call[2], call[3], held ? (long)now : call[4], call[5] != 0 ? (long)pack : 0);
        return masked ? Unmasked(call, result, guestMask, held) : result;
    }

    // The kernel reads the time before it judges the mask.
    static bool IsBadTime(in Call call, int argument) => call[argument] != 0 && (!call.Memory.TryRead(call.Address(argument), out long _) || !call.Memory.TryRead(call.Address(argument) + 8, out long _));

    // A held signal, of which the host does not know, ends a wait as any other: only what is ready already comes first. So such a wait takes no time.
    static long Unmasked(in Call call, long result, ulong guestMask, bool held)
    {
        if (held && result == 0) result = -Errno.EINTR;
        if (result == -Errno.EINTR) call.Thread.Signals.InterruptedUnder(guestMask);
        return result;
    }

    static long ReadMask(in Call call, ulong address, ulong size, ref ulong guestMask, ref ulong hostMask, out bool masked)
    {
        masked = address != 0;
        if (!masked) return 0;
        if (size != 8) return -Errno.EINVAL;
        if (!call.Memory.TryRead(address, out guestMask)) return -Errno.EFAULT;
        hostMask = SignalNumbers.HostMask(guestMask);
        return 0;
    }

    static long EpollControl(in Call call)
    {
        const int Delete = 2;
        var event_ = default(HostEvent);
        if (call.Int(1) != Delete)
        {
            if (!call.Memory.TryRead(call.Address(3), out event_.Events) || !call.Memory.TryRead(call.Address(3) + 8, out ulong data)) return -Errno.EFAULT;
            event_.Data = data;
        }
        return call.Forward(call[0], call[1], call[2], (long)&event_);
    }

    static bool IsImmediate(in Call call)
    {
        if (call.Host != Sys.epoll_pwait2) return call.Int(3) == 0;
        return call[3] != 0 && call.Memory.TryRead(call.Address(3), out long seconds) && call.Memory.TryRead(call.Address(3) + 8, out long nanoseconds) && (seconds | nanoseconds) == 0;
    }

    static long EpollWait(in Call call)
    {
        const int MostOnStack = 256;
        int most = call.Int(2);
        if (call.Host == Sys.epoll_pwait2 && IsBadTime(call, 3)) return -Errno.EFAULT;
        if (most <= 0) return -Errno.EINVAL;
        ulong guestMask = 0, hostMask = 0;
        long bad = ReadMask(call, call.Address(4), call.Address(5), ref guestMask, ref hostMask, out bool masked);
        if (bad != 0) return bad;
        // More than fit on the stack are written by the host into the guest's array, whose elements are larger, and moved apart there: programs rely on getting all that are ready.
        bool inPlace = most > MostOnStack;
        HostEvent* events = stackalloc HostEvent[inPlace ? 1 : MostOnStack];
        long* now = stackalloc long[2] { 0, 0 };
        // Without time to wait, signals are not looked at.
        bool held = masked && !IsImmediate(call) && call.Thread.Signals.HoldsUnder(guestMask);
        long time = !held ? call[3] : call.Host == Sys.epoll_pwait2 ? (long)now : 0;
        long result = call.Forward(call[0], inPlace ? call[1] : (long)events, most, time, masked ? (long)&hostMask : 0, 8);
        if (masked) result = Unmasked(call, result, guestMask, held);
        ulong* guest = stackalloc ulong[2];
        for (long i = result - 1; i >= 0; i--)
        {
            HostEvent event_;
            if (!inPlace) event_ = events[i];
            else if (!call.Memory.TryRead(call.Address(1) + (ulong)(sizeof(HostEvent) * i), out event_)) return -Errno.EFAULT;
            guest[0] = event_.Events;
            guest[1] = event_.Data;
            if (!call.Memory.TryWrite(call.Address(1) + 16 * (ulong)i, guest, 16)) return -Errno.EFAULT;
        }
        return result;
    }
}
