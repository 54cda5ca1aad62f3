using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;

namespace Dbt.Linux.Files;

/// <summary>maps and smaps of a guest: its own ranges with its own protections, and what the host knows about the files behind them.</summary>
sealed class ProcessMaps(LinuxProcess process)
{
    /// <summary>maps, or smaps with the details that the host counts for the mapping that a range is in.</summary>
    /// <param name="regions">The guest's ranges.</param>
    /// <param name="space">Where its heap and stack are.</param>
    /// <param name="hostFile">The host's file about the same process.</param>
    public byte[] Text(Region[] regions, in PublishedSpace space, string hostFile)
    {
        string[] lines = HostFile.Lines(hostFile);
        bool detailed = hostFile.EndsWith("smaps", StringComparison.Ordinal);
        var text = new StringBuilder();
        int at = 0;
        foreach (Region region in regions)
        {
            var left = region;
            while (left.Start < left.End)
            {
                // Both lists ascend; a range of the guest may be several mappings of the host.
                MapsLine host = default;
                while (at < lines.Length && (!MapsLine.TryParse(lines[at], out host) || host.End <= left.Start)) at++;
                if (at == lines.Length || host.Start >= left.End) host = default;
                ulong end = host.End == 0 ? left.End : Math.Min(left.End, host.Start > left.Start ? host.Start : host.End);
                // Behind the program's data, the heap would be one range with it.
                ulong heap = AddressSpace.PageUp(space.HeapStart);
                if (left.Start < heap && heap < end) end = heap;
                bool covers = host.End != 0 && host.Start <= left.Start;
                Append(text, left with { End = end }, covers ? host : default, space);
                for (int i = at + 1; covers && detailed && i < lines.Length && !MapsLine.TryParse(lines[i], out _); i++) text.Append(lines[i]).Append('\n');
                left = left with { Start = end };
            }
        }
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    void Append(StringBuilder text, in Region region, in MapsLine host, in PublishedSpace space)
    {
        var p = region.Protection;
        bool isFile = host.End != 0 && host.Inode != "0";
        string name = region.Start <= space.Stack && space.Stack < region.End ? "[stack]"
            : region.Start >= space.HeapStart && region.End <= AddressSpace.PageUp(space.HeapEnd) && space.HeapStart < space.HeapEnd ? "[heap]"
            : isFile ? Show(host.Name) : "";
        ulong offset = isFile ? host.Offset + (region.Start - host.Start) : 0;
        int start = text.Length;
        text.Append($"{region.Start:x8}-{region.End:x8} {((p & Protection.Read) != 0 ? 'r' : '-')}{((p & Protection.Write) != 0 ? 'w' : '-')}{((p & Protection.Execute) != 0 ? 'x' : '-')}{(region.Shared ? 's' : 'p')} {offset:x8} {(isFile ? host.Device : "00:00")} {(isFile ? host.Inode : "0")} ");
        if (name.Length > 0) text.Append(' ', Math.Max(0, 73 - (text.Length - start))).Append(name);
        text.Append('\n');
    }

    unsafe string Show(string hostName)
    {
        if (process.Paths is not { } paths || !hostName.StartsWith('/')) return hostName;
        fixed (byte* name = Encoding.Latin1.GetBytes(hostName + '\0')) return Encoding.Latin1.GetString(CString.Bytes(paths.GuestName((nint)name)));
    }
}
