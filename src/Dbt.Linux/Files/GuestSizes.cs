using System.Globalization;
using System.Text;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Files;

/// <summary>How large a guest is, in place of dbt with its reserved ranges: fields of /proc/PID/stat, statm and status.</summary>
/// <param name="Total">Bytes mapped.</param>
/// <param name="Data">Private and writable, without the stack.</param>
/// <param name="Stack">The first thread's stack.</param>
/// <param name="Code">Code of the program's file.</param>
/// <param name="Libraries">All other code.</param>
readonly record struct GuestSizes(ulong Total, ulong Data, ulong Stack, ulong Code, ulong Libraries)
{
    const int PageShift = 12;

    /// <summary>Adds up the regions of a process.</summary>
    public static GuestSizes Of(ReadOnlySpan<Region> regions, in PublishedSpace space)
    {
        ulong total = 0, data = 0, stack = 0, executable = 0, code = space.CodeEnd - space.CodeStart;
        foreach (ref readonly Region region in regions)
        {
            ulong size = region.End - region.Start;
            total += size;
            if (region.Start <= space.Stack && space.Stack < region.End) stack = size;
            else if (!region.Shared && (region.Protection & Protection.Write) != 0) data += size;
            else if (!region.Shared && (region.Protection & Protection.Execute) != 0) executable += size;
        }
        return new GuestSizes(total, data, stack, code, executable > code ? executable - code : 0);
    }

    /// <summary>A line of status with the guest's size, or the line itself.</summary>
    public string StatusLine(string line) =>
        line.StartsWith("VmPeak:", StringComparison.Ordinal) || line.StartsWith("VmSize:", StringComparison.Ordinal) ? Kilobytes(line, Total)
        : line.StartsWith("VmData:", StringComparison.Ordinal) ? Kilobytes(line, Data)
        : line.StartsWith("VmStk:", StringComparison.Ordinal) ? Kilobytes(line, Stack)
        : line.StartsWith("VmExe:", StringComparison.Ordinal) ? Kilobytes(line, Code)
        : line.StartsWith("VmLib:", StringComparison.Ordinal) ? Kilobytes(line, Libraries)
        : line;

    static string Kilobytes(string line, ulong bytes) => string.Create(CultureInfo.InvariantCulture, $"{line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)]}\t{bytes >> 10,8} kB");

    /// <summary>statm: size, resident, shared, text, libraries (always 0), data and stack, dirty (always 0), in pages.</summary>
    public string PageCounts(string host)
    {
        string[] fields = host.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 7) return host;
        fields[0] = Pages(Total);
        fields[3] = Pages(Code);
        fields[5] = Pages(Data + Stack);
        return string.Join(' ', fields);
    }

    static string Pages(ulong bytes) => (bytes >> PageShift).ToString(CultureInfo.InvariantCulture);

    /// <summary>stat: vsize, startcode, endcode, start_brk; the kernel shows addresses as 1 or 0 to who may not know them.</summary>
    public string Statistics(string host, in PublishedSpace space)
    {
        const int FirstField = 3, Size = 23, CodeStart = 26, CodeEnd = 27, HeapStart = 47;
        int name = host.LastIndexOf(')') + 1;
        if (name <= 0) return host;
        string[] fields = host[name..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length + FirstField <= HeapStart) return host;
        fields[Size - FirstField] = Number(Total);
        if (fields[CodeEnd - FirstField].Length > 1)
        {
            fields[CodeStart - FirstField] = Number(space.CodeStart);
            fields[CodeEnd - FirstField] = Number(space.CodeEnd);
            fields[HeapStart - FirstField] = Number(space.HeapStart);
        }
        return new StringBuilder(host, 0, name, host.Length).Append(' ').AppendJoin(' ', fields).ToString();
    }

    static string Number(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
