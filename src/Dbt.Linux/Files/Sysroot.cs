using System.Runtime.InteropServices;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Files;

/// <summary>The directory of <c>-L</c>: an absolute path that names something below it means that, otherwise what it says.</summary>
/// <remarks>Only calls that look at existing files are redirected; what a program creates, removes or changes is where it says. Links are followed by the host, so an absolute
/// link inside the directory leads out of it.</remarks>
sealed unsafe class Sysroot
{
    const int AtCurrentDirectory = -100, MaxPath = 4096;

    readonly GuestMemory memory;
    readonly byte* path;
    readonly ulong* redirected = (ulong*)NativeMemory.Alloc(6, sizeof(ulong));
    readonly int prefix;

    /// <summary>Takes the directory's name, which must live as long as the process.</summary>
    public Sysroot(nint directory, GuestMemory memory)
    {
        this.memory = memory;
        var name = CString.Bytes(directory).TrimEnd((byte)'/');
        prefix = name.Length;
        path = (byte*)NativeMemory.Alloc((nuint)(prefix + MaxPath));
        name.CopyTo(new Span<byte>(path, prefix));
    }

    /// <summary>The file below the directory that an absolute path names, as a copy that lives as long as the process; 0 if there is none.</summary>
    public nint Find(ReadOnlySpan<byte> name)
    {
        if (!name.StartsWith((byte)'/') || name.Length >= MaxPath) return 0;
        name.CopyTo(new Span<byte>(path + prefix, MaxPath));
        path[prefix + name.Length] = 0;
        return Exists() ? CString.Allocate(CString.Bytes(path)) : 0;
    }

    bool Exists() => Kernel.Call(Sys.faccessat, AtCurrentDirectory, (long)path, 0) == 0;

    /// <summary>The arguments that the call is to be made with: its own, or a copy (good until the next call) with another path.</summary>
    public ulong* Redirect(Sys call, ulong* arguments)
    {
        int index = call switch
        {
            Sys.openat or Sys.openat2 or Sys.newfstatat or Sys.statx or Sys.faccessat or Sys.faccessat2 or Sys.readlinkat => 1,
            Sys.statfs or Sys.getxattr or Sys.lgetxattr or Sys.listxattr or Sys.llistxattr => 0,
            _ => -1,
        };
        if (index < 0 || !memory.TryRead(arguments[index], out byte first) || first != '/') return arguments;
        if (memory.ReadString(arguments[index], new Span<byte>(path + prefix, MaxPath)) < 0) return arguments;
        if (!Exists()) return arguments;
        new ReadOnlySpan<ulong>(arguments, 6).CopyTo(new Span<ulong>(redirected, 6));
        redirected[index] = (ulong)path;
        return redirected;
    }
}
