using System.Buffers.Text;
using System.Runtime.InteropServices;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;

namespace Dbt.Linux.Processes;

/// <summary>Tells the host's kernel where the guest's arguments, environment and auxiliary vector are, so that /proc/PID shows the guest to everybody: ps and top on the host, and other guests.</summary>
/// <remarks>prctl(PR_SET_MM_MAP), which needs no privilege as long as the executable stays; the strings are the guest's own, so what it writes over them (setproctitle) is seen, too.</remarks>
static unsafe class PublishedIdentity
{
    const int SetMm = 35, SetMmMap = 14;

    [StructLayout(LayoutKind.Sequential)]
    struct MemoryMapFields
    {
        public ulong StartCode, EndCode, StartData, EndData, StartBreak, Break, StartStack, ArgumentStart, ArgumentEnd, EnvironmentStart, EnvironmentEnd, Vector;
        public uint VectorSize, Executable;
    }

    /// <summary>True if /proc shows the guest from now on; false on a kernel without it (CONFIG_CHECKPOINT_RESTORE).</summary>
    public static bool Publish(in StackLayout stack)
    {
        const int Fields = 52, StartCode = 26, EndCode = 27, StartData = 45, EndData = 46, StartBreak = 47;
        ulong* statistics = stackalloc ulong[Fields];
        if (!ReadStatistics(statistics, Fields)) return false;
        var map = new MemoryMapFields
        {
            // dbt's own: its heap hangs on them.
            StartCode = statistics[StartCode],
            EndCode = statistics[EndCode],
            StartData = statistics[StartData],
            EndData = statistics[EndData],
            StartBreak = statistics[StartBreak],
            Break = (ulong)Kernel.Call(Sys.brk),
            StartStack = stack.StackPointer,
            ArgumentStart = stack.ArgumentStart,
            ArgumentEnd = stack.EnvironmentStart,
            EnvironmentStart = stack.EnvironmentStart,
            EnvironmentEnd = stack.EnvironmentEnd,
            Vector = stack.VectorStart,
            VectorSize = (uint)(stack.VectorEnd - stack.VectorStart),
            Executable = uint.MaxValue,
        };
        return Kernel.Call(Sys.prctl, SetMm, SetMmMap, (long)&map, sizeof(MemoryMapFields)) == 0;
    }

    // /proc/self/stat: numbers from the third on, after a name in parentheses.
    static bool ReadStatistics(ulong* fields, int count)
    {
        byte* text = stackalloc byte[2048];
        long descriptor;
        fixed (byte* name = "/proc/self/stat\0"u8) descriptor = Kernel.Call(Sys.openat, -100, (long)name, 0x80000);
        if (descriptor < 0) return false;
        long length = Kernel.Call(Sys.read, descriptor, (long)text, 2048);
        Kernel.Call(Sys.close, descriptor);
        if (length <= 0) return false;
        ReadOnlySpan<byte> rest = new(text, (int)length);
        rest = rest[(rest.LastIndexOf((byte)')') + 1)..];
        for (int field = 3; field < count; field++)
        {
            rest = rest.TrimStart((byte)' ');
            int end = rest.IndexOf((byte)' ');
            if (end < 0) return false;
            // The state is a letter and some numbers are negative: none that is wanted.
            _ = Utf8Parser.TryParse(rest[..end], out fields[field], out _);
            rest = rest[end..];
        }
        return true;
    }
}
