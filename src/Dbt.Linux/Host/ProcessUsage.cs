using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Dbt.Linux.Host;

/// <summary>What this process has used so far.</summary>
public static unsafe class ProcessUsage
{
    const int BufferSize = 4096;

    /// <summary>The process's id.</summary>
    public static int ProcessId => (int)Kernel.Call(Sys.getpid);

    /// <summary>Processor time in user and kernel mode of all threads (getrusage); a forked process starts from zero.</summary>
    public static TimeSpan ProcessorTime
    {
        get
        {
            // struct rusage begins with ru_utime and ru_stime: seconds, microseconds.
            long* usage = stackalloc long[18];
            Kernel.Call(Sys.getrusage, 0, (long)usage);
            return TimeSpan.FromSeconds(usage[0] + usage[2]) + TimeSpan.FromMicroseconds(usage[1] + usage[3]);
        }
    }

    /// <summary>Most bytes of memory that were resident at once (VmHWM of proc(5)), or 0 where /proc is not mounted.</summary>
    [SkipLocalsInit]
    public static long PeakMemory
    {
        get
        {
            fixed (byte* path = "/proc/self/status\0"u8)
            {
                const long AtCurrentDirectory = -100, CloseOnExec = 0x80000;
                long descriptor = Kernel.Call(Sys.openat, AtCurrentDirectory, (long)path, CloseOnExec);
                if (descriptor < 0) return 0;
                byte* buffer = stackalloc byte[BufferSize];
                long length = Kernel.Call(Sys.read, descriptor, (long)buffer, BufferSize);
                Kernel.Call(Sys.close, descriptor);
                return Kilobytes(new ReadOnlySpan<byte>(buffer, (int)Math.Max(length, 0)), "VmHWM:"u8) << 10;
            }
        }
    }

    static long Kilobytes(ReadOnlySpan<byte> status, ReadOnlySpan<byte> field)
    {
        int at = status.IndexOf(field);
        if (at < 0) return 0;
        return Utf8Parser.TryParse(status[(at + field.Length)..].TrimStart(" \t"u8), out long value, out _) ? value : 0;
    }
}
