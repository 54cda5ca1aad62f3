using System.Globalization;

namespace Dbt.Linux.Files;

/// <summary>A line of /proc/PID/maps.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">Address behind the last one.</param>
/// <param name="Offset">In the file, hexadecimal.</param>
/// <param name="Device">As it stands there.</param>
/// <param name="Inode">As it stands there.</param>
/// <param name="Name">Path or special name, or empty.</param>
readonly record struct MapsLine(ulong Start, ulong End, ulong Offset, string Device, string Inode, string Name)
{
    /// <summary>Reads a line; false if it is something else (a detail of smaps).</summary>
    public static bool TryParse(string line, out MapsLine parsed)
    {
        parsed = default;
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        int dash = fields.Length >= 5 ? fields[0].IndexOf('-', StringComparison.Ordinal) : -1;
        if (dash <= 0 || !Number(fields[0].AsSpan(0, dash), out ulong start) || !Number(fields[0].AsSpan(dash + 1), out ulong end) || !Number(fields[2], out ulong offset)) return false;
        parsed = new MapsLine(start, end, offset, fields[3], fields[4], fields.Length > 5 ? fields[5] : "");
        return true;
    }

    static bool Number(ReadOnlySpan<char> text, out ulong number) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
}
