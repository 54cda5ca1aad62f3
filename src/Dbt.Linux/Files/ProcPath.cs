using System.Buffers.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Files;

/// <summary>Files of /proc/PID that would show dbt.</summary>
enum ProcFile
{
    None,
    Executable,
    CommandLine,
    Environment,
    AuxiliaryVector,
    Maps,
    DetailedMaps,
    Status,
    Statistics,
    PageCounts,
    Limits,
    MachineName,
    Mounts,
    MountInformation,
}

/// <summary>Recognises paths that lead to a file of a process in /proc, however they are written: by self, thread-self, a process or thread id, from the root or from a directory in /proc.</summary>
static unsafe class ProcPath
{
    const int LongestName = 64, CurrentDirectory = -100;

    /// <summary>What a path names, the process, whose id is 0 for the caller's own, and the thread if the path names one, else 0.</summary>
    public static ProcFile Identify(GuestMemory memory, int directory, ulong pathAddress, out int process, out int thread)
    {
        process = thread = 0;
        byte* text = stackalloc byte[LongestName + 1];
        var buffer = new Span<byte>(text, LongestName);
        long length = pathAddress == 0 ? -1 : memory.ReadString(pathAddress, buffer);
        if (length <= 0) return ProcFile.None;
        ReadOnlySpan<byte> path = buffer[..(int)length];
        // The common case costs one look at the end of the name.
        if (FileOf(path[(path.LastIndexOf((byte)'/') + 1)..]) == ProcFile.None) return ProcFile.None;
        if (path.StartsWith("/proc/"u8)) return Parse(path["/proc/".Length..], out process, out thread);
        return path[0] == '/' ? ProcFile.None : IdentifyRelative(directory, path, text, out process, out thread);
    }

    // The kernel tells which directory it is.
    static ProcFile IdentifyRelative(int directory, ReadOnlySpan<byte> path, byte* text, out int process, out int thread)
    {
        const long PathOnlyCloseOnExecNoFollow = 0x200000 | 0x80000 | 0x20000;
        process = thread = 0;
        text[path.Length] = 0;
        long descriptor = Kernel.Call(Sys.openat, directory, (long)text, PathOnlyCloseOnExecNoFollow);
        if (descriptor < 0) return ProcFile.None;
        Span<byte> name = stackalloc byte[LongestName];
        long length = FileNamespace.NameOfDescriptor((int)descriptor, name);
        Kernel.Call(Sys.close, descriptor);
        var full = name[..(int)Math.Max(0, length)];
        return full.StartsWith("/proc/"u8) ? Parse(full["/proc/".Length..], out process, out thread) : ProcFile.None;
    }

    // PID/file or PID/task/TID/file.
    static ProcFile Parse(ReadOnlySpan<byte> path, out int process, out int thread)
    {
        process = thread = 0;
        var owner = Next(ref path);
        bool isSelf = owner.SequenceEqual("self"u8) || owner.SequenceEqual("thread-self"u8);
        if (!isSelf && !TryNumber(owner, out process))
        {
            if (owner.SequenceEqual("sys"u8)) return path.SequenceEqual("kernel/arch"u8) ? ProcFile.MachineName : ProcFile.None;
            // /proc/mounts is a link to self/mounts.
            return owner.SequenceEqual("mounts"u8) && path.IsEmpty ? ProcFile.Mounts : ProcFile.None;
        }
        if (process != 0 && IsOwn(process)) process = 0;
        if (path.StartsWith("task/"u8))
        {
            path = path["task/".Length..];
            if (!TryNumber(Next(ref path), out int named)) return ProcFile.None;
            thread = named;
        }
        else if (owner.SequenceEqual("thread-self"u8))
        {
            thread = (int)Kernel.Call(Sys.gettid);
        }
        return FileOf(path);
    }

    static bool IsOwn(int id)
    {
        if (id == Kernel.Call(Sys.getpid)) return true;
        // A signal 0 that reaches the id in our thread group: one of our threads.
        return Kernel.Call(Sys.tgkill, Kernel.Call(Sys.getpid), id, 0) == 0;
    }

    static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> path)
    {
        int slash = path.IndexOf((byte)'/');
        var name = slash < 0 ? path : path[..slash];
        path = slash < 0 ? default : path[slash..].TrimStart((byte)'/');
        return name;
    }

    static bool TryNumber(ReadOnlySpan<byte> text, out int number) => Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && number > 0;

    static ProcFile FileOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("exe"u8) ? ProcFile.Executable
        : name.SequenceEqual("cmdline"u8) ? ProcFile.CommandLine
        : name.SequenceEqual("environ"u8) ? ProcFile.Environment
        : name.SequenceEqual("auxv"u8) ? ProcFile.AuxiliaryVector
        : name.SequenceEqual("maps"u8) ? ProcFile.Maps
        : name.SequenceEqual("smaps"u8) ? ProcFile.DetailedMaps
        : name.SequenceEqual("status"u8) ? ProcFile.Status
        : name.SequenceEqual("stat"u8) ? ProcFile.Statistics
        : name.SequenceEqual("statm"u8) ? ProcFile.PageCounts
        : name.SequenceEqual("limits"u8) ? ProcFile.Limits
        : name.SequenceEqual("arch"u8) ? ProcFile.MachineName
        : name.SequenceEqual("mounts"u8) ? ProcFile.Mounts
        : name.SequenceEqual("mountinfo"u8) ? ProcFile.MountInformation
        : ProcFile.None;
}
