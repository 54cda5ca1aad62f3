using System.Runtime.InteropServices;
using Dbt.Linux.Files;
using Dbt.Linux.Host;
using Dbt.Linux.Loading;
using Dbt.Linux.Memory;
using Dbt.Linux.Threads;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Processes;

/// <summary>execve: finds out what a file is and who can run it (fs/exec.c, fs/binfmt_script.c).</summary>
/// <remarks>
/// A script names its interpreter; a program for the guest's machine begins again in a new dbt, whose command line carries the options on; anything else goes to the host's execve, which runs
/// native programs and refuses the rest. No binfmt_misc is needed.
/// </remarks>
sealed unsafe class ProcessExecution(LinuxProcess process, ProcessOptions options)
{
    // Of the program that this process begins with, whose names and arguments stay.
    readonly ExecutionMemory started = new();

    const int MaxScriptDepth = 5, HeadSize = 256, MaxArguments = 1 << 20;
    const long CurrentDirectory = -100, CloseOnExec = 0x80000;

    enum FileKind
    {
        Guest,
        Script,
        Other,
    }

    // argv of the program; scripts put words in front.
    struct Vector
    {
        public nint* Items;
        public int Count;
    }

    /// <summary>The program of the command line, opened: scripts lead to their interpreter. A native interpreter replaces this process at once.</summary>
    /// <exception cref="LoadException">It cannot be run.</exception>
    public int OpenInitialProgram(out nint path, out nint[] arguments)
    {
        path = options.Program;
        arguments = options.Arguments;
        if (options.ProgramDescriptor >= 0)
        {
            if (Kernel.Call(Sys.fcntl, options.ProgramDescriptor, 1) < 0) throw LoadException.Failed(-Errno.EBADF);
            return options.ProgramDescriptor;
        }
        Span<byte> head = stackalloc byte[HeadSize];
        for (int depth = 0; ; depth++)
        {
            int descriptor;
            try
            {
                descriptor = ProgramLoader.Open(HostName(path));
            }
            catch (LoadException e) when (depth > 0)
            {
                throw LoadException.Failed(-e.ErrorNumber, $"its interpreter {CString.Display(CString.Bytes(path))}");
            }
            var kind = Identify(descriptor, head, out int length);
            if (kind == FileKind.Guest || (kind == FileKind.Other && depth == 0)) return descriptor;
            Kernel.Call(Sys.close, descriptor);
            if (kind == FileKind.Other)
            {
                RunNatively(path, arguments);
                throw LoadException.NotExecutable($"its interpreter {CString.Display(CString.Bytes(path))} is not a program");
            }
            if (depth == MaxScriptDepth || !ParseScript(head[..length], started, out nint interpreter, out nint option)) throw LoadException.NotExecutable("its first line names no interpreter");
            nint[] rest = arguments.Length > 0 ? arguments[1..] : [];
            arguments = option != 0 ? [interpreter, option, path, .. rest] : [interpreter, path, .. rest];
            path = interpreter;
        }
    }

    nint HostName(nint path) => process.Paths?.HostName(path) ?? path;

    void RunNatively(nint path, nint[] arguments)
    {
        nint[] argv = [.. arguments, 0], envp = [.. options.Environment, 0];
        fixed (nint* a = argv, e = envp) Kernel.Call(Sys.execve, HostName(path), (long)a, (long)e);
    }

    /// <summary>execve(2) and execveat(2): returns only a negative errno.</summary>
    public long Execute(int directory, ulong pathAddress, ulong argvAddress, ulong envpAddress, int flags)
    {
        const int EmptyPath = 0x1000, NoFollow = 0x100, MaxPath = 4096;
        byte* pathBuffer = stackalloc byte[MaxPath];
        long length = process.Memory.ReadString(pathAddress, new Span<byte>(pathBuffer, MaxPath));
        if (length < 0) return length;
        if (length == 0 && (flags & EmptyPath) == 0) return -Errno.ENOENT;
        if ((flags & ~(EmptyPath | NoFollow)) != 0) return -Errno.EINVAL;
        bool byDescriptor = directory != CurrentDirectory && pathBuffer[0] != '/';
        if (length == 0 && !byDescriptor) return -Errno.EACCES;

        // /proc/self/exe would be dbt's: the guest's program, which keeps the name that it is executed by.
        nint own = length == 0 ? 0 : process.ProcessFiles.OwnProgram(directory, pathAddress);
        if (own != 0 && (flags & NoFollow) != 0) return -Errno.ELOOP;
        byte* host = own != 0 ? (byte*)own : pathBuffer;
        int hostDirectory = directory;
        byte* hostBuffer = stackalloc byte[FileNamespace.HostPathMax];
        if (own == 0 && length > 0 && process.Paths is RootDirectory root)
        {
            long redirected = root.Redirect(directory, pathBuffer, (int)length, (flags & NoFollow) == 0, new Span<byte>(hostBuffer, FileNamespace.HostPathMax));
            if (redirected < 0) return redirected;
            if (redirected > 0) host = hostBuffer;
            if (redirected > 0) hostDirectory = (int)CurrentDirectory;
        }
        else if (own == 0 && length > 0 && !byDescriptor)
        {
            host = (byte*)HostName((nint)pathBuffer);
        }
        long descriptor = OpenExecutable(hostDirectory, host, length == 0, flags & NoFollow);
        if (descriptor < 0) return descriptor;
        byDescriptor |= own != 0;
        var memory = new ExecutionMemory();
        nint path = own == 0 && byDescriptor ? DescriptorName(memory, directory, CString.Bytes(pathBuffer)) : (nint)pathBuffer;
        Vector arguments = default;
        long result = ReadVector(memory, argvAddress, ref arguments);
        process.Limits.BeforeExecute();
        if (result == 0) process.KeepTranslations(ThreadGroup.Current!);
        if (result == 0) result = Execute(memory, (int)descriptor, path, byDescriptor, arguments, (nint)envpAddress, hostDirectory, (nint)host, flags);
        process.Limits.AfterFailedExecute();
        Kernel.Call(Sys.close, descriptor);
        GC.KeepAlive(memory);
        return result;
    }

    long Execute(ExecutionMemory memory, int descriptor, nint path, bool byDescriptor, Vector arguments, nint environment, int directory, nint hostPath, int flags)
    {
        const long GetDescriptorFlags = 1;
        Span<byte> head = stackalloc byte[HeadSize];
        int current = descriptor;
        long result;
        for (int depth = 0; ; depth++)
        {
            switch (Identify(current, head, out int length))
            {
                case FileKind.Guest:
                    result = IsLoadable(current) ? ExecuteGuest(memory, path, byDescriptor && depth == 0 ? current : -1, arguments, environment) : -Errno.ENOEXEC;
                    break;
                case FileKind.Other:
                    result = depth == 0
                        ? Replace(Sys.execveat, directory, hostPath, (long)arguments.Items, environment, flags)
                        : Replace(Sys.execve, HostName(path), (long)arguments.Items, environment);
                    break;
                default:
                    // The interpreter could not open it any more.
                    if (depth == 0 && byDescriptor && directory >= 0 && (Kernel.Call(Sys.fcntl, directory, GetDescriptorFlags) & 1) != 0)
                    {
                        result = -Errno.ENOENT;
                        break;
                    }
                    if (depth == MaxScriptDepth)
                    {
                        result = -Errno.ELOOP;
                        break;
                    }
                    if (!ParseScript(head[..length], memory, out nint interpreter, out nint option))
                    {
                        result = -Errno.ENOEXEC;
                        break;
                    }
                    PrependInterpreter(memory, ref arguments, interpreter, option, path);
                    if (current != descriptor) Kernel.Call(Sys.close, current);
                    path = interpreter;
                    long next = OpenExecutable((int)CurrentDirectory, (byte*)HostName(interpreter), false, 0);
                    if (next < 0) return next;
                    current = (int)next;
                    continue;
            }
            if (current != descriptor) Kernel.Call(Sys.close, current);
            return result;
        }
    }

    // A broken program must fail here, where the guest can still see ENOEXEC.
    bool IsLoadable(int descriptor)
    {
        try
        {
            new ProgramLoader(process.Space, process.Abi.Machine, paths: null).ReadHeaders(descriptor);
            return true;
        }
        catch (LoadException)
        {
            return false;
        }
    }

    /// <summary>
    /// The host's execve: returns only a negative errno, or <see cref="HostCalls.NotStarted"/> if a signal waits. One that comes later finds the next program, whose disposition of it is not a
    /// handler; one that was taken before must not be forgotten.
    /// </summary>
    internal static long Replace(Sys call, long a0, long a1, long a2, long a3 = 0, long a4 = 0)
    {
        var thread = ThreadGroup.Current!;
        if (!thread.Signals.TryPrepareExecute()) return HostCalls.NotStarted;
        long result = HostCalls.BlockingSyscall(thread.Guest, (long)call, a0, a1, a2, a3, a4);
        thread.Signals.AfterFailedExecute();
        return result;
    }

    long ExecuteGuest(ExecutionMemory memory, nint path, int programDescriptor, Vector arguments, nint environment)
    {
        nint[] inherited = process.Paths is { } paths ? [.. options.InheritedArguments, .. paths.OptionWords] : options.InheritedArguments;
        int fixedCount = inherited.Length + 8;
        nint* argv = memory.Vector(fixedCount + arguments.Count + 1);
        int count = 0;
        argv[count++] = Words.Program;
        argv[count++] = Words.Run;
        foreach (nint word in inherited) argv[count++] = word;
        argv[count++] = Words.ArgumentZero;
        argv[count++] = arguments.Count > 0 ? arguments.Items[0] : Words.Empty;
        long kept = -1;
        if (programDescriptor >= 0)
        {
            // Kept over the exec; the new dbt loads from it and closes it.
            // High, out of the way of programs that count on low numbers, if the limit allows it.
            kept = Kernel.Call(Sys.fcntl, programDescriptor, 0, 100);
            if (kept < 0) kept = Kernel.Call(Sys.fcntl, programDescriptor, 0, 3);
            if (kept < 0) return kept;
            argv[count++] = Words.ProgramDescriptor;
            argv[count++] = memory.Text(System.Text.Encoding.ASCII.GetBytes(kept.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
        argv[count++] = Words.EndOfOptions;
        argv[count++] = path;
        for (int i = 1; i < arguments.Count; i++) argv[count++] = arguments.Items[i];
        argv[count] = 0;
        long result = process.Executable.Execute(argv, environment);
        if (kept >= 0) Kernel.Call(Sys.close, kept);
        return result;
    }

    static class Words
    {
        public static readonly nint Program = CString.Allocate("dbt"u8), Run = CString.Allocate("run"u8), ArgumentZero = CString.Allocate("-0"u8), Empty = CString.Allocate(""u8),
            ProgramDescriptor = CString.Allocate("--program-fd"u8), EndOfOptions = CString.Allocate("--"u8);
    }

    static long OpenExecutable(int directory, byte* path, bool isDescriptor, int noFollow)
    {
        const long EmptyPath = 0x1000, EffectiveIds = 0x200, NoFollowOpen = 0x20000;
        long denied = Kernel.Call(Sys.faccessat2, directory, (long)path, 1, EffectiveIds | (isDescriptor ? EmptyPath : 0));
        if (denied == -Errno.ENOSYS || denied == -Errno.EPERM) denied = isDescriptor ? 0 : Kernel.Call(Sys.faccessat, directory, (long)path, 1);
        if (denied < 0) return denied;
        long descriptor = isDescriptor
            ? Reopen(directory)
            : Kernel.Call(Sys.openat, directory, (long)path, CloseOnExec | (noFollow != 0 ? NoFollowOpen : 0));
        if (descriptor < 0) return descriptor;
        HostStat stat;
        Kernel.Call(Sys.fstat, descriptor, (long)&stat);
        if ((stat.Mode & 0xF000) == 0x8000) return descriptor;
        Kernel.Call(Sys.close, descriptor);
        return -Errno.EACCES;
    }

    // One that was opened with O_PATH names a file, but does not read it.
    static long Reopen(int descriptor)
    {
        const long DuplicateCloseOnExec = 1030, GetFlags = 3, PathOnly = 0x200000;
        if ((Kernel.Call(Sys.fcntl, descriptor, GetFlags) & PathOnly) == 0) return Kernel.Call(Sys.fcntl, descriptor, DuplicateCloseOnExec, 0);
        Span<byte> name = stackalloc byte[32];
        System.Text.Unicode.Utf8.TryWrite(name, System.Globalization.CultureInfo.InvariantCulture, $"/proc/thread-self/fd/{descriptor}\0", out _);
        fixed (byte* start = name) return Kernel.Call(Sys.openat, CurrentDirectory, (long)start, CloseOnExec);
    }

    FileKind Identify(int descriptor, Span<byte> head, out int length)
    {
        fixed (byte* start = head) length = (int)Math.Max(0, Kernel.Call(Sys.pread64, descriptor, (long)start, head.Length));
        var read = head[..length];
        if (read.StartsWith("#!"u8)) return FileKind.Script;
        return ElfFile.Identify(read) == process.Abi.Machine.Machine ? FileKind.Guest : FileKind.Other;
    }

    // "#! interpreter [one argument]": blanks are spaces and tabs; the argument is the rest of the line.
    static bool ParseScript(ReadOnlySpan<byte> head, ExecutionMemory memory, out nint interpreter, out nint option)
    {
        interpreter = option = 0;
        int end = head.IndexOf((byte)'\n');
        var line = (end >= 0 ? head[..end] : head)[2..].Trim(" \t\0"u8);
        if (line.IsEmpty) return false;
        int blank = line.IndexOfAny((byte)' ', (byte)'\t');
        // A name cut off by the end of what was read would be another file.
        if (blank < 0 && end < 0 && head.Length == HeadSize) return false;
        interpreter = memory.Text(blank < 0 ? line : line[..blank]);
        if (blank >= 0) option = memory.Text(line[blank..].Trim(" \t"u8));
        return true;
    }

    static void PrependInterpreter(ExecutionMemory memory, ref Vector arguments, nint interpreter, nint option, nint path)
    {
        int rest = Math.Max(0, arguments.Count - 1);
        int front = option != 0 ? 3 : 2;
        nint* items = memory.Vector(front + rest + 1);
        int at = 0;
        items[at++] = interpreter;
        if (option != 0) items[at++] = option;
        items[at++] = path;
        for (int i = 0; i < rest; i++) items[at++] = arguments.Items[i + 1];
        items[at] = 0;
        arguments = new Vector { Items = items, Count = at };
    }

    long ReadVector(ExecutionMemory memory, ulong address, ref Vector vector)
    {
        int capacity = 64;
        vector.Items = memory.Vector(capacity);
        vector.Count = 0;
        for (; address != 0; address += 8)
        {
            if (!process.Memory.TryRead(address, out nint item)) return -Errno.EFAULT;
            if (item == 0) break;
            if (vector.Count == MaxArguments) return -Errno.E2BIG;
            if (vector.Count + 1 == capacity)
            {
                nint* larger = memory.Vector(capacity *= 2);
                new ReadOnlySpan<nint>(vector.Items, vector.Count).CopyTo(new Span<nint>(larger, capacity));
                vector.Items = larger;
            }
            vector.Items[vector.Count++] = item;
        }
        vector.Items[vector.Count] = 0;
        return 0;
    }

    static nint DescriptorName(ExecutionMemory memory, int directory, ReadOnlySpan<byte> path)
    {
        byte[] name = System.Text.Encoding.ASCII.GetBytes($"/dev/fd/{directory}");
        return memory.Text(path.IsEmpty ? name : [.. name, (byte)'/', .. path]);
    }
}
