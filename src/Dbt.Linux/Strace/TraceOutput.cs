using System.Text;
using Dbt.Linux.Host;

namespace Dbt.Linux.Strace;

/// <summary>Where lines go: stderr or a file. One write per line, so that threads and processes never mix theirs.</summary>
/// <remarks>
/// The file is open only for the moment of a write: a descriptor that stayed open would be one that the guest sees, closes, or hands on.
/// </remarks>
sealed unsafe class TraceOutput(TraceOptions options)
{
    const long CurrentDirectory = -100, AppendCreateClose = 0x1 | 0x40 | 0x400 | 0x80000, Permissions = 0x1B6;
    const int StandardError = 2, LongestName = 4096;

    /// <summary>Whether lines go to a file.</summary>
    public bool IsFile => options.Output != 0;

    /// <summary>Whether every process has a file of its own.</summary>
    public bool IsPerProcess => options.IsPerProcess && IsFile;

    public void Write(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        if (!IsFile)
        {
            Kernel.WriteAll(StandardError, bytes);
            return;
        }
        byte* name = stackalloc byte[LongestName + 16];
        var path = CString.Bytes(options.Output);
        if (path.Length > LongestName) return;
        path.CopyTo(new Span<byte>(name, LongestName));
        int length = path.Length;
        if (options.IsPerProcess)
        {
            name[length++] = (byte)'.';
            System.Buffers.Text.Utf8Formatter.TryFormat((int)Kernel.Call(Sys.getpid), new Span<byte>(name + length, 12), out int digits);
            length += digits;
        }
        name[length] = 0;
        long descriptor = Kernel.Call(Sys.openat, CurrentDirectory, (long)name, AppendCreateClose, Permissions);
        if (descriptor < 0) return;
        Kernel.WriteAll((int)descriptor, bytes);
        Kernel.Call(Sys.close, descriptor);
    }
}
