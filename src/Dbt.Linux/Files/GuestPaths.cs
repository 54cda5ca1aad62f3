using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Files;

/// <summary>Puts other paths into the system calls of a guest that does not see the host's files as they are.</summary>
abstract unsafe class GuestPaths(FileNamespace names)
{
    const int MostPaths = 2, MostArguments = 6;
    const long PathOnlyCloseOnExec = 0x200000 | 0x80000, NoFollow = 0x20000;

    /// <summary>Which files the guest sees.</summary>
    public FileNamespace Names { get; } = names;

    /// <summary>Makes a system call with the paths that the guest's paths mean. They live on the stack: several threads may be here, and for long.</summary>
    [SkipLocalsInit]
    public long Run(in Call call, in SyscallRow row)
    {
        var paths = PathArguments.Of(row.Host);
        if (paths.Length == 0 || !Applies(row.Host)) return row.Handler(call);
        ulong* arguments = stackalloc ulong[MostArguments];
        byte* names = stackalloc byte[MostPaths * FileNamespace.HostPathMax];
        for (int i = 0; i < MostArguments; i++) arguments[i] = (ulong)call[i];
        foreach (ref readonly PathArgument path in paths.AsSpan())
        {
            var host = new Span<byte>(names, FileNamespace.HostPathMax);
            int directory = path.Directory < 0 ? -100 : call.Int(path.Directory);
            long result = Redirect(call.Memory, directory, call.Address(path.Path), Follows(call, path), host);
            if (result < 0) return result;
            if (result > 0) arguments[path.Path] = (ulong)names;
            names += FileNamespace.HostPathMax;
        }
        return row.Handler(call.With(arguments));
    }

    /// <summary>The option that makes another dbt see the same files: words of a command line.</summary>
    public abstract nint[] OptionWords { get; }

    /// <summary>The host path of a file that is to be executed or mapped: a copy that lives as long as the process, or the path itself.</summary>
    public abstract nint HostName(nint path);

    /// <summary>What the guest calls a host file, as a C string: a copy that lives as long as the process, or the path itself.</summary>
    public virtual nint GuestName(nint hostPath) => hostPath;

    /// <summary>Whether paths of this call may mean something else.</summary>
    protected abstract bool Applies(Sys call);

    /// <summary>What a path in guest memory means: 0 if it may stay, the length of another one in <paramref name="host"/>, or a negative errno.</summary>
    [SkipLocalsInit]
    public long Redirect(GuestMemory memory, int directory, ulong address, bool followLast, Span<byte> host)
    {
        byte* buffer = stackalloc byte[FileNamespace.PathMax];
        long length = address == 0 ? -1 : memory.ReadString(address, new Span<byte>(buffer, FileNamespace.PathMax));
        // An empty path names the descriptor itself; a bad or too long one is the kernel's matter.
        return length <= 0 ? 0 : Redirect(directory, buffer, (int)length, followLast, host);
    }

    /// <summary>The same for a path that is at hand, with a terminator.</summary>
    public abstract long Redirect(int directory, byte* path, int length, bool followLast, Span<byte> host);

    static bool Follows(in Call call, in PathArgument path)
    {
        const int AtNoFollow = 0x100, AtFollow = 0x400, DontFollow = 0x02000000;
        int flags = path.Flags < 0 ? 0 : call.Int(path.Flags);
        switch (path.Follow)
        {
            case FollowLast.Always:
                return true;
            case FollowLast.UnlessNoFollow:
                return (flags & AtNoFollow) == 0;
            case FollowLast.IfFollow:
                return (flags & AtFollow) != 0;
            case FollowLast.UnlessDontFollow:
                return (flags & DontFollow) == 0;
            case FollowLast.AsOpened:
                return FollowsOpened(call, flags);
            case FollowLast.AsOpenHow:
                return !call.Memory.TryRead(call.Address(path.Flags), out ulong how) || FollowsOpened(call, (int)how);
            default:
                return false;
        }
    }

    static bool FollowsOpened(in Call call, int guestFlags)
    {
        const int CreateExclusive = 0xC0;
        int flags = call.Process.Abi.OpenFlagsToHost(guestFlags);
        return (flags & (int)NoFollow) == 0 && (flags & CreateExclusive) != CreateExclusive;
    }

    /// <summary>Opens a path without following any link, only to see whether the kernel, too, finds just what the path says; the result of openat2.</summary>
    protected static long Probe(int directory, byte* path, bool followLast, ulong resolve)
    {
        const ulong NoSymlinks = 4;
        ulong* how = stackalloc ulong[3] { (ulong)(PathOnlyCloseOnExec | (followLast ? 0 : NoFollow)), 0, resolve | NoSymlinks };
        long result = Kernel.Call(Sys.openat2, directory, (long)path, (long)how, 3 * sizeof(ulong));
        if (result < 0) return result;
        Kernel.Call(Sys.close, result);
        return 0;
    }
}
