using System.Globalization;
using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Files;

/// <summary>The files of /proc that would show dbt or the host's processor instead of the guest and its machine.</summary>
sealed unsafe class ProcessFiles
{
    /// <summary>The path is not one of ours.</summary>
    public const long NotSpecial = long.MinValue;

    readonly LinuxProcess process;
    // As the host and as the guest call it.
    readonly nint program, programName;
    readonly StackLayout stack;
    readonly ProcessMaps maps;

    public ProcessFiles(LinuxProcess process, nint program, in StackLayout stack)
    {
        this.process = process;
        this.program = program;
        this.stack = stack;
        maps = new ProcessMaps(process);
        programName = process.Paths?.GuestName(program) ?? program;
    }

    /// <summary>Whether the host's kernel knows where the guest's strings are: its own files then show them, and end with the program as files of /proc do.</summary>
    public bool IsPublished { get; init; }

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

    /// <summary>The auxiliary vector as the program got it.</summary>
    public byte[] AuxiliaryVector => Stored(stack.VectorStart, stack.VectorEnd);

    /// <summary>The arguments, each with its terminator; empty if the program has unmapped its first stack.</summary>
    public byte[] CommandLine => Stored(stack.ArgumentStart, stack.EnvironmentStart);

    byte[] Stored(ulong from, ulong to)
    {
        var bytes = new byte[to - from];
        fixed (byte* start = bytes) return process.Memory.TryRead(from, start, (nuint)bytes.Length) ? bytes : [];
    }

    /// <summary>The host name of the program that a path as /proc/PID/exe leads to, if the process runs under dbt; otherwise null.</summary>
    string? ProgramBehind(int directory, ulong pathAddress)
    {
        if (ProcPath.Identify(process.Memory, directory, pathAddress, out int other, out _) != ProcFile.Executable) return null;
        return other == 0 ? Encoding.Latin1.GetString(CString.Bytes(program)) : OtherProcesses.Program(other);
    }

    /// <summary>The host name of the guest's program if a path is its /proc/self/exe; otherwise 0.</summary>
    public nint OwnProgram(int directory, ulong pathAddress) =>
        ProcPath.Identify(process.Memory, directory, pathAddress, out int other, out _) == ProcFile.Executable && other == 0 ? program : 0;

    /// <summary>Makes a call that follows the path at <paramref name="pathIndex"/>; a link /proc/PID/exe leads to the guest's program.</summary>
    public long Follow(in Call call, int pathIndex, bool follows, ulong* arguments)
    {
        for (int i = 0; i < 6; i++) arguments[i] = (ulong)call[i];
        if (!follows || ProgramBehind(call.Int(0), call.Address(pathIndex)) is not { } name) return Forward(call, arguments);
        fixed (byte* path = Encoding.Latin1.GetBytes(name + '\0'))
        {
            arguments[pathIndex] = (ulong)path;
            return Forward(call, arguments);
        }
    }

    static long Forward(in Call call, ulong* a) => call.Forward((long)a[0], (long)a[1], (long)a[2], (long)a[3], (long)a[4], (long)a[5]);

    /// <summary>readlinkat on /proc/PID/exe, or <see cref="NotSpecial"/>.</summary>
    public long ReadLink(int directory, ulong pathAddress, ulong buffer, long size)
    {
        if (ProcPath.Identify(process.Memory, directory, pathAddress, out int other, out _) != ProcFile.Executable) return NotSpecial;
        if (size <= 0) return -Errno.EINVAL;
        if (other == 0) return Copy(programName, buffer, size);
        if (OtherProcesses.Program(other) is not { } name) return NotSpecial;
        fixed (byte* path = Encoding.Latin1.GetBytes(name + '\0')) return Copy(process.Paths?.GuestName((nint)path) ?? (nint)path, buffer, size);
    }

    long Copy(nint name, ulong buffer, long size)
    {
        int length = (int)Math.Min(size, CString.Bytes(name).Length);
        return process.Memory.TryWrite(buffer, (void*)name, (nuint)length) ? length : -Errno.EFAULT;
    }

    /// <summary>Opens one of the files, or <see cref="NotSpecial"/>.</summary>
    public long Open(LinuxThread thread, int directory, ulong pathAddress, int flags)
    {
        const int PathOnly = 0x200000;
        if ((flags & PathOnly) != 0) return NotSpecial;
        if (OnlineProcessors.IsInformation(process.Memory, directory, pathAddress))
        {
            return MakeFile(flags, Encoding.ASCII.GetBytes(process.Abi.ProcessorInformation(OnlineProcessors.Numbers())));
        }
        var file = ProcPath.Identify(process.Memory, directory, pathAddress, out int other, out int task);
        if (file == ProcFile.Executable)
        {
            if (ProgramBehind(directory, pathAddress) is not { } name) return NotSpecial;
            fixed (byte* path = Encoding.Latin1.GetBytes(name + '\0')) return Kernel.Call(Sys.openat, -100, (long)path, process.Abi.OpenFlagsToHost(flags));
        }
        if (file == ProcFile.Mounts || file == ProcFile.MountInformation)
        {
            string name = file == ProcFile.Mounts ? "mounts" : "mountinfo";
            return process.Root is { } root ? MakeFile(flags, MountTable.Text(root.Names, name)) : NotSpecial;
        }
        if (file == ProcFile.MachineName) return MakeFile(flags, [.. process.Abi.MachineName, (byte)'\n']);
        if (file == ProcFile.None || thread.IsVforkChild) return NotSpecial;
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{(other == 0 ? "self" : other)}/{(task == 0 ? "" : $"task/{task}/")}");
        if (other != 0) return OpenOther(file, other, folder, flags);
        return file switch
        {
            ProcFile.CommandLine or ProcFile.Environment or ProcFile.AuxiliaryVector when IsPublished => NotSpecial,
            ProcFile.CommandLine => MakeFile(flags, Bytes(stack.ArgumentStart, stack.EnvironmentStart)),
            ProcFile.Environment => MakeFile(flags, Bytes(stack.EnvironmentStart, stack.EnvironmentEnd)),
            ProcFile.AuxiliaryVector => MakeFile(flags, Bytes(stack.VectorStart, stack.VectorEnd)),
            ProcFile.Maps => MakeFile(flags, maps.Text(Space(out var space), space, folder + "maps")),
            ProcFile.DetailedMaps => MakeFile(flags, maps.Text(Space(out var space), space, folder + "smaps")),
            ProcFile.Status => MakeFile(flags, Status(thread, Space(out var space), space, folder)),
            ProcFile.Statistics or ProcFile.PageCounts => MakeFile(flags, Counted(file, Space(out var space), space, folder)),
            ProcFile.Limits => MakeFile(flags, process.Limits.Text()),
            _ => NotSpecial,
        };
    }

    // Of a process that does not run under dbt, or may not be looked at, the host's files are the truth.
    long OpenOther(ProcFile file, int other, string folder, int flags)
    {
        if (file is not (ProcFile.Maps or ProcFile.DetailedMaps or ProcFile.Status or ProcFile.Statistics or ProcFile.PageCounts)) return NotSpecial;
        if (!OtherProcesses.RunsDbt(other) || !PublishedSpace.TryRead(other, out var space, out Region[] regions)) return NotSpecial;
        return MakeFile(flags, file switch
        {
            ProcFile.Maps => maps.Text(regions, space, folder + "maps"),
            ProcFile.DetailedMaps => maps.Text(regions, space, folder + "smaps"),
            ProcFile.Status => Sized(regions, space, folder),
            _ => Counted(file, regions, space, folder),
        });
    }

    // The regions of this process.
    Region[] Space(out PublishedSpace space)
    {
        lock (process.Space.Gate)
        {
            process.Space.LearnGrowth();
            space = *PublishedSpace.Own;
            return process.Space.Map.Regions.ToArray();
        }
    }

    static byte[] Counted(ProcFile file, Region[] regions, in PublishedSpace space, string folder)
    {
        bool isCount = file == ProcFile.PageCounts;
        string host = Encoding.Latin1.GetString(HostFile.Read(folder + (isCount ? "statm" : "stat"))).TrimEnd('\n');
        var sizes = GuestSizes.Of(regions, space);
        return Encoding.Latin1.GetBytes((isCount ? sizes.PageCounts(host) : sizes.Statistics(host, space)) + '\n');
    }

    static byte[] Sized(Region[] regions, in PublishedSpace space, string folder)
    {
        var sizes = GuestSizes.Of(regions, space);
        var text = new StringBuilder();
        foreach (string line in HostFile.Lines(folder + "status")) text.Append(sizes.StatusLine(line)).Append('\n');
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    // The strings on the guest's stack are the truth: it may have written over them.
    byte[] Bytes(ulong start, ulong end)
    {
        byte[] bytes = new byte[end - start];
        fixed (byte* to = bytes)
        {
            if (bytes.Length > 0) process.Memory.ReadSome(start, to, bytes.Length);
        }
        return bytes;
    }

    // Signals are blocked, ignored and caught by the guest; the host has dbt's own. What another thread blocks is known to the host, as long as it does not run.
    byte[] Status(LinuxThread thread, Region[] regions, in PublishedSpace space, string folder)
    {
        var sizes = GuestSizes.Of(regions, space);
        bool isCaller = !folder.Contains("task", StringComparison.Ordinal) || folder.EndsWith(string.Create(CultureInfo.InvariantCulture, $"/{Kernel.Call(Sys.gettid)}/"), StringComparison.Ordinal);
        var text = new StringBuilder();
        (ulong ignored, ulong caught) = (0, 0);
        for (int signal = 1; signal <= 64; signal++)
        {
            var action = thread.Actions[signal];
            if (action.IsHandler) caught |= 1UL << (signal - 1);
            else if (action.Handler == Signals.SignalAction.Ignore) ignored |= 1UL << (signal - 1);
        }
        foreach (string line in HostFile.Lines(folder + "status"))
        {
            text.Append(line switch
            {
                _ when isCaller && line.StartsWith("SigBlk:", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"SigBlk:\t{thread.Signals.Mask:x16}"),
                _ when line.StartsWith("SigIgn:", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"SigIgn:\t{ignored:x16}"),
                _ when line.StartsWith("SigCgt:", StringComparison.Ordinal) => string.Create(CultureInfo.InvariantCulture, $"SigCgt:\t{caught:x16}"),
                _ => sizes.StatusLine(line),
            }).Append('\n');
        }
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    static long MakeFile(int flags, byte[] content)
    {
        const int CloseOnExec = 0x80000, AccessMode = 3, MemfdCloseOnExec = 1;
        if ((flags & AccessMode) != 0) return -Errno.EACCES;
        long descriptor;
        fixed (byte* name = "proc\0"u8) descriptor = Kernel.Call(Sys.memfd_create, (long)name, (flags & CloseOnExec) != 0 ? MemfdCloseOnExec : 0);
        if (descriptor < 0) return descriptor;
        Kernel.WriteAll((int)descriptor, content);
        Kernel.Call(Sys.lseek, descriptor, 0, 0);
        MakeReadOnly(descriptor, flags);
        return descriptor;
    }

    // What was opened for reading can be shown to others, who see by F_GETFL that they cannot write to it. A descriptor of memory is open for both; its file is opened again in its place.
    static void MakeReadOnly(long descriptor, int flags)
    {
        const int CloseOnExec = 0x80000, NonBlocking = 0x800;
        fixed (byte* path = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}\0")))
        {
            long reader = Kernel.Call(Sys.openat, -100, (long)path, CloseOnExec | (flags & NonBlocking));
            // Without the host's /proc it stays as it is.
            if (reader < 0) return;
            Kernel.Call(Sys.dup3, reader, descriptor, flags & CloseOnExec);
            Kernel.Call(Sys.close, reader);
        }
    }
}
