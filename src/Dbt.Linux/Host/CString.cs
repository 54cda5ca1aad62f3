using System.Runtime.InteropServices;
using System.Text;

namespace Dbt.Linux.Host;

/// <summary>C strings as the kernel takes them: bytes up to a terminating zero, in whatever encoding.</summary>
public static unsafe class CString
{
    /// <summary>The bytes without the terminator.</summary>
    public static ReadOnlySpan<byte> Bytes(byte* text) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);

    /// <summary>The bytes without the terminator.</summary>
    public static ReadOnlySpan<byte> Bytes(nint text) => Bytes((byte*)text);

    /// <summary>For messages: decoded as UTF-8, with control characters replaced.</summary>
    public static string Display(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        return text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 ? text : string.Create(text.Length, text, static (to, from) =>
        {
            for (int i = 0; i < from.Length; i++) to[i] = from[i] < ' ' ? '?' : from[i];
        });
    }

    /// <summary>A copy with a terminator in native memory that lives as long as the process.</summary>
    public static nint Allocate(ReadOnlySpan<byte> bytes)
    {
        byte* copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        copy[bytes.Length] = 0;
        return (nint)copy;
    }

    /// <summary>A copy of a managed string as UTF-8.</summary>
    public static nint Allocate(string text) => Allocate(Encoding.UTF8.GetBytes(text));
}
