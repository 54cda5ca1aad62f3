namespace Dbt.Linux.Host;

/// <summary>dbt's own output, without System.Console: that would change terminal settings and signal dispositions which belong to the guest.</summary>
public static class HostOutput
{
    /// <summary>Writes to stderr in one piece.</summary>
    public static void WriteError(ReadOnlySpan<byte> text) => Kernel.WriteAll(2, text);

    /// <summary>Makes a file empty, creating it if need be; false if that is not possible.</summary>
    /// <param name="path">A C string.</param>
    public static bool TryTruncate(nint path)
    {
        const long WriteCreateTruncateClose = 0x1 | 0x40 | 0x200 | 0x80000, Permissions = 0x1B6;
        long descriptor = Kernel.Call(Sys.openat, -100, path, WriteCreateTruncateClose, Permissions);
        if (descriptor < 0) return false;
        Kernel.Call(Sys.close, descriptor);
        return true;
    }

    /// <summary>Writes to stdout: only for commands that are asked for text (help, version), never while a guest runs.</summary>
    public static void Write(ReadOnlySpan<byte> text) => Kernel.WriteAll(1, text);
}
