using System.Text;

namespace Dbt.Linux.Strace;

/// <summary>Bytes as a C string literal, the way strace prints them: at most 32, escapes for what does not print.</summary>
static class Quoting
{
    public const int Longest = 32;

    public static void Append(StringBuilder line, ReadOnlySpan<byte> bytes, bool cut = false)
    {
        line.Append('"');
        var shown = bytes.Length > Longest ? bytes[..Longest] : bytes;
        AppendBytes(line, shown);
        line.Append('"');
        if (cut || shown.Length < bytes.Length) line.Append("...");
    }

    /// <summary>All of the bytes, escaped, without quotes.</summary>
    public static void AppendBytes(StringBuilder line, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++) AppendByte(line, bytes[i], i + 1 < bytes.Length && bytes[i + 1] is >= (byte)'0' and <= (byte)'9');
    }

    static void AppendByte(StringBuilder line, byte value, bool digitFollows)
    {
        switch (value)
        {
            case (byte)'\n':
                line.Append("\\n");
                break;
            case (byte)'\t':
                line.Append("\\t");
                break;
            case (byte)'\r':
                line.Append("\\r");
                break;
            case (byte)'\v':
                line.Append("\\v");
                break;
            case (byte)'\f':
                line.Append("\\f");
                break;
            case (byte)'"' or (byte)'\\':
                line.Append('\\').Append((char)value);
                break;
            case >= 0x20 and < 0x7F:
                line.Append((char)value);
                break;
            default:
                // The shortest octal escape, unless the next character would be read as one of its digits.
                string octal = Convert.ToString(value, 8);
                line.Append('\\').Append(digitFollows ? octal.PadLeft(3, '0') : octal);
                break;
        }
    }
}
