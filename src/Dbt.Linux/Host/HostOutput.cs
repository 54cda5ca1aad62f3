namespace Dbt.Linux.Host;

/// <summary>dbt's own output, without System.Console: that would change terminal settings and signal dispositions which belong to the guest.</summary>
public static class HostOutput
{
    /// <summary>Writes to stderr in one piece.</summary>
    public static void WriteError(ReadOnlySpan<byte> text) => Kernel.WriteAll(2, text);

    /// <summary>Writes to stdout: only for commands that are asked for text (help, version), never while a guest runs.</summary>
    public static void Write(ReadOnlySpan<byte> text) => Kernel.WriteAll(1, text);
}
