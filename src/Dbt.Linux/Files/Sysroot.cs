using System.Runtime.CompilerServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Files;

/// <summary>The directory of <c>-L</c>: an absolute path that names something below it means that, otherwise what it says. Links below it are resolved below it.</summary>
/// <remarks>Only calls that look at existing files are redirected; what a program creates, removes or changes is where it says.</remarks>
sealed unsafe class Sysroot : GuestPaths
{
    Sysroot(byte[] directory) : base(new FileNamespace(directory))
    {
    }

    /// <summary>Takes a directory, which may be relative; null if it does not exist.</summary>
    public static Sysroot? Open(nint directory) => FileNamespace.Canonical(directory) is { } name ? new Sysroot(name) : null;

    public override nint[] OptionWords => [CString.Allocate("-L"u8), CString.Allocate(Names.Directory)];

    // Programs are native ones if they can be: the directory is for what the host does not have.
    public override nint HostName(nint path)
    {
        if (Kernel.Call(Sys.faccessat, -100, path, 0) is not (-Errno.ENOENT or -Errno.ENOTDIR)) return path;
        nint found = Find(CString.Bytes(path));
        return found != 0 ? found : path;
    }

    /// <summary>The file below the directory that an absolute path names, as a copy that lives as long as the process; 0 if there is none.</summary>
    public nint Find(ReadOnlySpan<byte> name)
    {
        byte* host = stackalloc byte[FileNamespace.HostPathMax];
        byte* copy = stackalloc byte[FileNamespace.PathMax];
        if (name.IsEmpty || name.Length >= FileNamespace.PathMax) return 0;
        name.CopyTo(new Span<byte>(copy, FileNamespace.PathMax));
        copy[name.Length] = 0;
        long length = Redirect(-100, copy, name.Length, followLast: true, new Span<byte>(host, FileNamespace.HostPathMax));
        return length > 0 ? CString.Allocate(new ReadOnlySpan<byte>(host, (int)length)) : 0;
    }

    protected override bool Applies(Sys call) => PathArguments.OnlyLooks(call);

    [SkipLocalsInit]
    public override long Redirect(int directory, byte* path, int length, bool followLast, Span<byte> host)
    {
        var text = new ReadOnlySpan<byte>(path, length);
        // A root has empty directories where the host has its files.
        if (text[0] != '/' || Names.IsMounted(FileNamespace.WithoutDots(text))) return 0;
        // Nearly every path has neither a link nor ".." in it: one look tells whether it exists as it is.
        long plain = Names.ToHost(text, host);
        if (plain < 0) return 0;
        bool climbs = text.IndexOf("/.."u8) >= 0;
        fixed (byte* start = host)
        {
            long probed = climbs ? -Errno.ELOOP : Probe(-100, start, followLast, resolve: 0);
            if (probed >= 0) return plain;
            if (probed is not (-Errno.ELOOP or -Errno.ENOSYS or -Errno.EPERM)) return 0;
            long resolved = PathWalk.Resolve(Names, default, text, followLast, host);
            return resolved > 0 && Kernel.Call(Sys.faccessat2, -100, (long)start, 0, 0x100) == 0 ? resolved : 0;
        }
    }
}
