using System.Text;
using Dbt.Linux.Host;

namespace Dbt.Linux.Files;

/// <summary>Whole small files of the host, through system calls only.</summary>
static unsafe class HostFile
{
    /// <summary>The bytes of a file; empty if it cannot be read.</summary>
    public static byte[] Read(string path)
    {
        long descriptor;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0')) descriptor = Kernel.Call(Sys.openat, -100, (long)name, 0x80000);
        if (descriptor < 0) return [];
        byte[] bytes = new byte[4096];
        int length = 0;
        while (true)
        {
            long read;
            fixed (byte* start = bytes) read = Kernel.Call(Sys.read, descriptor, (long)(start + length), bytes.Length - length);
            if (read == -Errno.EINTR) continue;
            if (read <= 0) break;
            length += (int)read;
            if (length == bytes.Length) Array.Resize(ref bytes, bytes.Length * 2);
        }
        Kernel.Call(Sys.close, descriptor);
        return bytes[..length];
    }

    /// <summary>A file's lines, as Latin-1 so that every byte survives.</summary>
    public static string[] Lines(string path) => Encoding.Latin1.GetString(Read(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
