using System.Globalization;
using System.Text;
using Dbt.Linux.Host;

namespace Dbt.Linux.Files;

/// <summary>Which program another process under dbt runs: its /proc/PID/exe is dbt.</summary>
/// <remarks>Every dbt tells the kernel its guest's auxiliary vector (<see cref="Processes.PublishedIdentity"/>), in which AT_PHDR lies in a mapping of the program; /proc/PID/maps names the file.</remarks>
static unsafe class OtherProcesses
{
    const int ProgramHeaders = 3;

    /// <summary>Host path of the program, or null if the process is not dbt's or has gone.</summary>
    public static string? Program(int process)
    {
        if (!RunsDbt(process)) return null;
        byte[] vector = HostFile.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/auxv"));
        ulong headers = 0;
        for (int i = 0; i + 16 <= vector.Length; i += 16)
        {
            if (BitConverter.ToUInt64(vector, i) == ProgramHeaders) headers = BitConverter.ToUInt64(vector, i + 8);
        }
        if (headers == 0) return null;
        foreach (string line in HostFile.Lines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps")))
        {
            if (MapsLine.TryParse(line, out var mapping) && mapping.Start <= headers && headers < mapping.End) return mapping.Name.StartsWith('/') ? mapping.Name : null;
        }
        return null;
    }

    /// <summary>Whether a process is dbt's.</summary>
    public static bool RunsDbt(int process)
    {
        HostStat own, other;
        fixed (byte* self = "/proc/self/exe\0"u8, name = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/exe\0")))
        {
            return Kernel.Call(Sys.newfstatat, -100, (long)self, (long)&own, 0) == 0 && Kernel.Call(Sys.newfstatat, -100, (long)name, (long)&other, 0) == 0
                && own.Device == other.Device && own.Inode == other.Inode;
        }
    }
}
