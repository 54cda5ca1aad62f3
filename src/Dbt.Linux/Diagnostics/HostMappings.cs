using System.Buffers.Text;
using Dbt.Linux.Host;

namespace Dbt.Linux.Diagnostics;

/// <summary>A mapping of a file, as the host's kernel knows it.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">Address behind the last.</param>
/// <param name="Offset">File offset of the first byte.</param>
/// <param name="Path">Name of the file on the host.</param>
readonly record struct FileMapping(ulong Start, ulong End, ulong Offset, byte[] Path);

/// <summary>The mappings of files in this process (proc(5), /proc/pid/maps): the guest's addresses are the host's.</summary>
static unsafe class HostMappings
{
    /// <summary>Reads them; empty where /proc is not mounted.</summary>
    public static List<FileMapping> Read()
    {
        var mappings = new List<FileMapping>();
        byte[] text = ReadAll("/proc/thread-self/maps\0"u8);
        foreach (Range range in text.AsSpan().Split((byte)'\n'))
        {
            var line = text.AsSpan(range);
            int slash = line.IndexOf((byte)'/');
            if (slash < 0) continue;
            // start-end permissions offset device inode path
            int dash = line.IndexOf((byte)'-'), blank = line.IndexOf((byte)' ');
            if (dash < 0 || blank < dash || !Utf8Parser.TryParse(line[..dash], out ulong start, out _, 'x') || !Utf8Parser.TryParse(line[(dash + 1)..blank], out ulong end, out _, 'x')) continue;
            if (!Utf8Parser.TryParse(line[(blank + 6)..], out ulong offset, out _, 'x')) continue;
            mappings.Add(new FileMapping(start, end, offset, line[slash..].ToArray()));
        }
        return mappings;
    }

    /// <summary>All of a file of /proc; empty if it cannot be read.</summary>
    /// <param name="path">With a terminator.</param>
    public static byte[] ReadAll(ReadOnlySpan<byte> path)
    {
        const long CloseOnExec = 0x80000;
        long descriptor;
        fixed (byte* name = path) descriptor = Kernel.Call(Sys.openat, -100, (long)name, CloseOnExec);
        if (descriptor < 0) return [];
        var text = new byte[65536];
        int length = 0;
        while (true)
        {
            long read;
            fixed (byte* start = text) read = Kernel.Call(Sys.read, descriptor, (long)(start + length), text.Length - length);
            if (read <= 0) break;
            length += (int)read;
            if (length == text.Length) Array.Resize(ref text, text.Length * 2);
        }
        Kernel.Call(Sys.close, descriptor);
        return text[..length];
    }
}
