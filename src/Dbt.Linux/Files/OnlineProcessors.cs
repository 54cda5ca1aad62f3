using System.Globalization;
using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Files;

/// <summary>The processors of the machine, which the guest's kernel would describe in /proc/cpuinfo.</summary>
static unsafe class OnlineProcessors
{
    const int CurrentDirectory = -100;

    /// <summary>Whether a path, however it is written, leads to /proc/cpuinfo. All but paths that end so cost only a look at their text.</summary>
    public static bool IsInformation(GuestMemory memory, int directory, ulong pathAddress)
    {
        const int longest = 256;
        byte* path = stackalloc byte[longest + 1];
        var buffer = new Span<byte>(path, longest);
        long length = memory.ReadString(pathAddress, buffer);
        if (length < 0 || !buffer[..(int)length].EndsWith("cpuinfo"u8)) return false;
        path[length] = 0;
        HostStat asked, real;
        fixed (byte* name = "/proc/cpuinfo\0"u8)
        {
            return Kernel.Call(Sys.newfstatat, directory, (long)path, (long)&asked, 0) == 0 && Kernel.Call(Sys.newfstatat, CurrentDirectory, (long)name, (long)&real, 0) == 0
                && asked.Device == real.Device && asked.Inode == real.Inode;
        }
    }

    /// <summary>Numbers of the processors that are online; where sysfs is not mounted, of as many as the process may run on.</summary>
    public static List<int> Numbers()
    {
        var numbers = new List<int>();
        foreach (string range in Online().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = range.Split('-');
            if (!int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first) || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last)) continue;
            for (int number = first; number <= last; number++) numbers.Add(number);
        }
        if (numbers.Count == 0) numbers.AddRange(Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)));
        return numbers;
    }

    static string Online()
    {
        long descriptor;
        fixed (byte* name = "/sys/devices/system/cpu/online\0"u8) descriptor = Kernel.Call(Sys.openat, CurrentDirectory, (long)name, 0);
        if (descriptor < 0) return "";
        byte* text = stackalloc byte[4096];
        long length = Kernel.Call(Sys.read, descriptor, (long)text, 4096);
        Kernel.Call(Sys.close, descriptor);
        return length > 0 ? Encoding.ASCII.GetString(text, (int)length) : "";
    }
}
