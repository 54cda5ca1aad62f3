using Dbt.Linux.Host;

namespace Dbt.Linux.Processes;

/// <summary>Which memory the host writes to a core file of this process (/proc/self/coredump_filter, core(5)): none, so that a guest that dumps core is seen to, at no cost.</summary>
sealed unsafe class CoreFilter
{
    const int ReadWrite = 2, CloseOnExec = 0x80000, Length = 16;
    static readonly nint Name = CString.Allocate("/proc/self/coredump_filter"u8);
    readonly byte[] original = new byte[Length];
    int originalLength;

    /// <summary>Leaves all memory out. False if that cannot be said.</summary>
    public bool TryNarrow()
    {
        long file = Kernel.Call(Sys.openat, -100, Name, ReadWrite | CloseOnExec);
        if (file < 0) return false;
        if (originalLength == 0)
        {
            fixed (byte* start = original) originalLength = (int)Math.Max(0, Kernel.Call(Sys.read, file, (long)start, Length));
        }
        byte none = (byte)'0';
        bool narrowed = originalLength > 0 && Kernel.Call(Sys.write, file, (long)&none, 1) == 1;
        Kernel.Call(Sys.close, file);
        return narrowed;
    }

    /// <summary>Makes it what it was: a program that is executed inherits it.</summary>
    public void Restore()
    {
        if (originalLength == 0) return;
        long file = Kernel.Call(Sys.openat, -100, Name, ReadWrite | CloseOnExec);
        if (file < 0) return;
        // The kernel shows the value as hexadecimal digits without 0x.
        byte* text = stackalloc byte[2 + Length];
        (text[0], text[1]) = ((byte)'0', (byte)'x');
        original.AsSpan(0, originalLength).CopyTo(new Span<byte>(text + 2, Length));
        Kernel.Call(Sys.write, file, (long)text, 2 + originalLength);
        Kernel.Call(Sys.close, file);
    }
}
