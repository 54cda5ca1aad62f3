using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;

namespace Dbt.Linux.Files;

/// <summary>The files of /proc that would show dbt or the host's processor instead of the guest and its machine: exe, cmdline, auxv and maps of the process, and cpuinfo.</summary>
sealed unsafe class ProcessFiles
{
    /// <summary>The path is not one of ours.</summary>
    public const long NotSpecial = long.MinValue;

    const int LongestName = 48;

    readonly LinuxProcess process;
    // As the host and as the guest call it.
    readonly nint program, programName;
    readonly nint[] arguments;
    readonly ulong vectorStart, vectorEnd;
    readonly Region stack;

    public ProcessFiles(LinuxProcess process, nint path, nint[] arguments, ulong vectorStart, ulong vectorEnd, in Region stack)
    {
        this.process = process;
        this.arguments = arguments;
        this.vectorStart = vectorStart;
        this.vectorEnd = vectorEnd;
        this.stack = stack;
        program = path;
        programName = process.Paths?.GuestName(path) ?? path;
    }

    /// <summary>The absolute host name of an open program, as a copy; <paramref name="otherwise"/> if it has none. Taken at the start: later the program may be renamed or the directory changed.</summary>
    public static nint NameOf(int descriptor, nint otherwise)
    {
        byte* name = stackalloc byte[FileNamespace.PathMax];
        long length = FileNamespace.NameOfDescriptor(descriptor, new Span<byte>(name, FileNamespace.PathMax));
        return length <= 0 ? otherwise : CString.Allocate(new ReadOnlySpan<byte>(name, (int)length));
    }

    /// <summary>Gives the host process the name that the kernel would (ps, killall): the end of the path that was executed, be it a link.</summary>
    public static void NameThread(nint path)
    {
        const int SetName = 15;
        var name = CString.Bytes(path);
        nint last = path + name.LastIndexOf((byte)'/') + 1;
        Kernel.Call(Sys.prctl, SetName, last);
    }

    enum Special
    {
        None,
        Executable,
        CommandLine,
        AuxiliaryVector,
        Maps,
    }

    Special Identify(ulong pathAddress)
    {
        // The common case costs one look at the first bytes.
        if (!process.Memory.TryRead(pathAddress, out uint start) || start != 0x6F72702F) return Special.None;
        Span<byte> buffer = stackalloc byte[LongestName];
        long length = process.Memory.ReadString(pathAddress, buffer);
        if (length < 0) return Special.None;
        ReadOnlySpan<byte> path = buffer[..(int)length];
        if (!path.StartsWith("/proc/"u8)) return Special.None;
        path = path["/proc/".Length..];
        int slash = path.IndexOf((byte)'/');
        if (slash < 0 || !IsSelf(path[..slash])) return Special.None;
        path = path[(slash + 1)..];
        return path.SequenceEqual("exe"u8) ? Special.Executable
            : path.SequenceEqual("cmdline"u8) ? Special.CommandLine
            : path.SequenceEqual("auxv"u8) ? Special.AuxiliaryVector
            : path.SequenceEqual("maps"u8) ? Special.Maps
            : Special.None;
    }

    static bool IsSelf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("self"u8) || name.SequenceEqual("thread-self"u8)
        || (System.Buffers.Text.Utf8Parser.TryParse(name, out int pid, out int used) && used == name.Length && pid == Kernel.Call(Sys.getpid));

    /// <summary>The host name of the guest's program if a path is its /proc/self/exe; otherwise 0.</summary>
    public nint OwnProgram(int directory, ulong pathAddress)
    {
        _ = directory;
        return Identify(pathAddress) == Special.Executable ? program : 0;
    }

    /// <summary>The address of the name to use instead of a path: /proc/self/exe is the guest's program.</summary>
    public ulong Redirect(ulong pathAddress) => Identify(pathAddress) == Special.Executable ? (ulong)program : pathAddress;

    /// <summary>readlinkat on /proc/self/exe, or <see cref="NotSpecial"/>.</summary>
    public long ReadLink(int directory, ulong pathAddress, ulong buffer, long size)
    {
        _ = directory;
        if (Identify(pathAddress) != Special.Executable) return NotSpecial;
        if (size <= 0) return -Errno.EINVAL;
        var name = CString.Bytes(programName);
        int length = (int)Math.Min(size, name.Length);
        return process.Memory.TryWrite(buffer, (void*)programName, (nuint)length) ? length : -Errno.EFAULT;
    }

    /// <summary>Opens one of the files, or <see cref="NotSpecial"/>.</summary>
    public long Open(int directory, ulong pathAddress, int flags)
    {
        if (OnlineProcessors.IsInformation(process.Memory, directory, pathAddress))
        {
            return MakeFile(flags, file => file.Write(System.Text.Encoding.ASCII.GetBytes(process.Abi.ProcessorInformation(OnlineProcessors.Numbers()))));
        }
        switch (Identify(pathAddress))
        {
            case Special.Executable:
                return Kernel.Call(Sys.openat, -100, program, process.Abi.OpenFlagsToHost(flags));
            case Special.CommandLine:
                return MakeFile(flags, file =>
                {
                    foreach (nint argument in arguments) file.Write(new ReadOnlySpan<byte>((void*)argument, CString.Bytes(argument).Length + 1));
                });
            case Special.AuxiliaryVector:
                return MakeFile(flags, file => file.Write(new ReadOnlySpan<byte>((void*)vectorStart, (int)(vectorEnd - vectorStart))));
            case Special.Maps:
                return MakeFile(flags, WriteMaps);
            default:
                return NotSpecial;
        }
    }

    readonly ref struct MemoryFile(long descriptor)
    {
        readonly long descriptor = descriptor;
        public void Write(ReadOnlySpan<byte> bytes) => Kernel.WriteAll((int)descriptor, bytes);
    }

    delegate void Writer(MemoryFile file);

    static long MakeFile(int flags, Writer write)
    {
        const int CloseOnExec = 0x80000, AccessMode = 3, MemfdCloseOnExec = 1;
        if ((flags & AccessMode) != 0) return -Errno.EACCES;
        ReadOnlySpan<byte> name = "proc\0"u8;
        long descriptor;
        fixed (byte* start = name) descriptor = Kernel.Call(Sys.memfd_create, (long)start, (flags & CloseOnExec) != 0 ? MemfdCloseOnExec : 0);
        if (descriptor < 0) return descriptor;
        write(new MemoryFile(descriptor));
        Kernel.Call(Sys.lseek, descriptor, 0, 0);
        return descriptor;
    }

    // Only the guest's own ranges; names as far as they are known.
    void WriteMaps(MemoryFile file)
    {
        HostStat status;
        bool known = Kernel.Call(Sys.newfstatat, -100, program, (long)&status, 0) == 0;
        Region[] regions;
        lock (process.Space.Gate) regions = process.Space.Map.Regions.ToArray();
        foreach (ref readonly Region region in regions.AsSpan())
        {
            var p = region.Protection;
            bool isProgram = known && region.Backing.Inode == status.Inode && region.Backing.Device == status.Device;
            string name = region.Start <= stack.Start && stack.Start < region.End ? "[stack]" : isProgram ? CString.Display(CString.Bytes(programName)) : "";
            ulong device = region.Backing.Device;
            ulong major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFFUL), minor = (device & 0xFF) | (device >> 12 & ~0xFFUL);
            string line = $"{region.Start:x8}-{region.End:x8} {((p & Protection.Read) != 0 ? 'r' : '-')}{((p & Protection.Write) != 0 ? 'w' : '-')}{((p & Protection.Execute) != 0 ? 'x' : '-')}{(region.Shared ? 's' : 'p')} {region.Backing.Offset:x8} {major:x2}:{minor:x2} {region.Backing.Inode} ";
            file.Write(System.Text.Encoding.UTF8.GetBytes(name.Length > 0 ? $"{line.PadRight(73)}{name}\n" : line + "\n"));
        }
    }
}
