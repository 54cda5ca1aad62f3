using System.Text;
using Dbt.Linux.Files;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;

namespace Dbt.Linux.Loading;

/// <summary>Which programs a loader accepts.</summary>
/// <param name="Machine">e_machine.</param>
/// <param name="MachineName">Name in messages.</param>
/// <param name="Is64">ELF class.</param>
/// <param name="BigEndian">ELF byte order.</param>
readonly record struct GuestMachine(ushort Machine, string MachineName, bool Is64, bool BigEndian);

/// <summary>Maps a program and its interpreter into the guest's address space, as fs/binfmt_elf.c does.</summary>
sealed unsafe class ProgramLoader(AddressSpace space, GuestMachine machine, GuestPaths? paths, nint sysroot = 0)
{
    /// <summary>Where position-independent programs go: far from the host's mappings, with room for the heap behind.</summary>
    const ulong PositionIndependentBase = 0x5500_0000_0000;

    const long MapPrivate = 2, MapFixed = 0x10, MapAnonymous = 0x20, MapFixedNoReplace = 0x100000;
    const long OpenReadOnly = 0, OpenCloseOnExec = 0x80000, AtCurrentDirectory = -100;

    /// <summary>Opens a program file for loading.</summary>
    /// <exception cref="LoadException">It does not exist, is no regular file, or may not be executed.</exception>
    public static int Open(nint path)
    {
        long descriptor = Kernel.Call(Sys.openat, AtCurrentDirectory, path, OpenReadOnly | OpenCloseOnExec);
        if (descriptor < 0) throw LoadException.Failed(descriptor);
        HostStat stat;
        Kernel.Call(Sys.fstat, descriptor, (long)&stat);
        int type = (int)stat.Mode & 0xF000;
        long denied = type switch
        {
            0x4000 => -Errno.EISDIR,
            0x8000 => Kernel.Call(Sys.faccessat, AtCurrentDirectory, path, 1),
            _ => -Errno.EACCES,
        };
        if (denied == 0) return (int)descriptor;
        Kernel.Call(Sys.close, descriptor);
        throw LoadException.Failed(denied);
    }

    /// <summary>Reads the headers of an open program and checks that it is for this guest.</summary>
    public ElfFile ReadHeaders(int descriptor) => ReadHeaders(descriptor, machine);

    /// <summary>Reads the headers of an open program and checks that it is for the machine.</summary>
    public static ElfFile ReadHeaders(int descriptor, in GuestMachine machine)
    {
        HostStat stat;
        long result = Kernel.Call(Sys.fstat, descriptor, (long)&stat);
        if (result < 0) throw LoadException.Failed(result);
        var file = ElfFile.Read((offset, bytes) => ReadAt(descriptor, offset, bytes), (ulong)stat.Size);
        if (file.Machine != machine.Machine || file.Is64 != machine.Is64 || file.IsBigEndian != machine.BigEndian)
        {
            throw LoadException.NotExecutable($"it is a program for {MachineName(file)}, not for {machine.MachineName}");
        }
        return file;
    }

    /// <summary>Loads the program behind an open descriptor, and its interpreter.</summary>
    public LoadedProgram Load(int descriptor)
    {
        ElfFile file = ReadHeaders(descriptor);
        LoadedImage image = MapImage(file, descriptor, PositionIndependentBase);
        LoadedImage? interpreter = file.Find(ElfSegment.Interpreter) is { } segment ? LoadInterpreter(descriptor, segment) : null;
        return new LoadedProgram(file, image, interpreter);
    }

    LoadedImage LoadInterpreter(int program, ElfSegment segment)
    {
        Span<byte> name = stackalloc byte[(int)segment.FileSize];
        int length = ReadAt(program, segment.Offset, name);
        if (length != name.Length || name[^1] != 0) throw LoadException.NotExecutable("the name of its interpreter is malformed");
        name = name[..name.IndexOf((byte)0)];
        nint path = paths is Sysroot libraries ? libraries.Find(name) : 0;
        if (path == 0)
        {
            path = CString.Allocate(name);
            if (paths is RootDirectory root) path = root.HostName(path);
        }
        int descriptor;
        try
        {
            descriptor = Open(path);
        }
        catch (LoadException e)
        {
            string lookedFor = sysroot != 0 && paths is not RootDirectory ? $"{CString.Display(CString.Bytes(sysroot).TrimEnd((byte)'/'))}{CString.Display(name)}, nor {CString.Display(name)}," : CString.Display(CString.Bytes(path));
            throw LoadException.Failed(-e.ErrorNumber, sysroot != 0 && paths is not RootDirectory ? $"its interpreter cannot be opened: neither {lookedFor}" : $"its interpreter {lookedFor} cannot be opened",
                "give the directory that holds the program's libraries with -L DIR (or DBT_SYSROOT, QEMU_LD_PREFIX)");
        }
        ElfFile file = ReadHeaders(descriptor);
        LoadedImage image = MapImage(file, descriptor, 0);
        Kernel.Call(Sys.close, descriptor);
        return image;
    }

    LoadedImage MapImage(ElfFile file, int descriptor, ulong preferredBase)
    {
        ulong low = ulong.MaxValue, high = 0;
        foreach (ref readonly var segment in file.Segments.AsSpan())
        {
            if (segment.Type != ElfSegment.Load) continue;
            low = Math.Min(low, AddressSpace.PageDown(segment.Address));
            high = Math.Max(high, AddressSpace.PageUp(segment.Address + segment.MemorySize));
        }
        if (high == low) throw LoadException.NotExecutable("it has no segment to load");
        ulong start = Reserve(file, low, high, preferredBase);
        ulong bias = start - low;
        ulong headers = 0, mappedEnd = start;
        foreach (ref readonly var segment in file.Segments.AsSpan())
        {
            if (segment.Type != ElfSegment.Load || segment.MemorySize == 0) continue;
            ulong segmentStart = AddressSpace.PageDown(segment.Address + bias);
            // Pages between segments belong to nobody: given back, so that the guest faults there.
            if (segmentStart > mappedEnd) space.Unmap(mappedEnd, segmentStart - mappedEnd);
            mappedEnd = Math.Max(mappedEnd, MapSegment(segment, bias, descriptor));
            if (headers == 0 && file.HeaderOffset >= segment.Offset && file.HeaderOffset < segment.Offset + segment.FileSize)
            {
                headers = segment.Address + bias + (file.HeaderOffset - segment.Offset);
            }
        }
        return new LoadedImage(bias, file.Entry + bias, headers, high + bias);
    }

    ulong Reserve(ElfFile file, ulong low, ulong high, ulong preferredBase)
    {
        bool isFixed = file.Type == ElfFile.TypeExecutable;
        long flags = MapPrivate | MapAnonymous | (isFixed ? MapFixedNoReplace : 0);
        ulong wanted = isFixed ? low : preferredBase == 0 ? 0 : preferredBase + low;
        long result = space.MapPages(wanted, high - low, 0, flags, -1, 0);
        if (result is < 0 and >= -4095 || (isFixed && (ulong)result != low))
        {
            string range = $"0x{wanted:x} - 0x{wanted + (high - low):x}";
            throw result is -Errno.EEXIST or >= 0
                ? LoadException.NotExecutable($"it must be at {range}, which dbt itself or the system occupies", "link it elsewhere, or as a position-independent executable")
                : LoadException.Failed(result, $"no memory for it at {range}", result == -Errno.EPERM ? "the system forbids low addresses (sysctl vm.mmap_min_addr)" : null);
        }
        // The guest's from now on, so that the segments may be mapped over it.
        space.Adopt(new Region((ulong)result, (ulong)result + (high - low), Protection.None, false, default));
        return (ulong)result;
    }

    // Maps the file's part, zeroes the rest of its last page, and puts anonymous pages behind. Returns the end of the mapped pages.
    ulong MapSegment(in ElfSegment segment, ulong bias, int descriptor)
    {
        ulong address = segment.Address + bias;
        ulong start = AddressSpace.PageDown(address), fileEnd = address + segment.FileSize, end = AddressSpace.PageUp(address + segment.MemorySize);
        Protection protection = ((segment.Flags & ElfSegment.Read) != 0 ? Protection.Read : 0)
            | ((segment.Flags & ElfSegment.Write) != 0 ? Protection.Write : 0)
            | ((segment.Flags & ElfSegment.Execute) != 0 ? Protection.Execute : 0);
        ulong anonymousStart = start;
        if (segment.FileSize != 0)
        {
            ulong offset = segment.Offset - (address - start);
            anonymousStart = AddressSpace.PageUp(fileEnd);
            Check(space.MapPages(start, fileEnd - start, (long)protection, MapPrivate | MapFixed, descriptor, offset));
            if (anonymousStart > fileEnd && segment.MemorySize > segment.FileSize && (protection & Protection.Write) != 0)
            {
                new Span<byte>((void*)fileEnd, (int)(anonymousStart - fileEnd)).Clear();
            }
        }
        if (end > anonymousStart) Check(space.MapPages(anonymousStart, end - anonymousStart, (long)protection, MapPrivate | MapFixed | MapAnonymous, -1, 0));
        return end;

        static void Check(long result)
        {
            if (result is < 0 and >= -4095) throw LoadException.Failed(result, "mapping a segment");
        }
    }

    /// <summary>Reads file bytes at an offset; returns how many there were.</summary>
    public static int ReadAt(int descriptor, ulong offset, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                long read = Kernel.Call(Sys.pread64, descriptor, (long)(start + done), bytes.Length - done, (long)offset + done);
                if (read == -Errno.EINTR) continue;
                if (read < 0) throw LoadException.Failed(read, "reading it");
                if (read == 0) break;
                done += (int)read;
            }
            return done;
        }
    }

    static string MachineName(ElfFile file)
    {
        string name = file.Machine switch
        {
            ElfFile.MachineArm64 => "AArch64",
            ElfFile.MachineArm => "32-bit Arm",
            ElfFile.MachineX64 => "x86-64",
            ElfFile.Machine386 => "x86",
            ElfFile.MachineMips => "MIPS",
            2 => "SPARC",
            20 => "PowerPC",
            21 => "PowerPC64",
            22 => "s390",
            243 => "RISC-V",
            258 => "LoongArch",
            _ => $"ELF machine {file.Machine}",
        };
        return $"{(file.Is64 ? "64" : "32")}-bit {(file.IsBigEndian ? "big-endian " : "")}{name}".Replace("64-bit AArch64", "AArch64", StringComparison.Ordinal)
            .Replace("32-bit 32-bit", "32-bit", StringComparison.Ordinal).Replace("64-bit x86-64", "x86-64", StringComparison.Ordinal);
    }
}
