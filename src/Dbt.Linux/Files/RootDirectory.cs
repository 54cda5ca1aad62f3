using System.Runtime.CompilerServices;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Syscalls;

namespace Dbt.Linux.Files;

/// <summary>The directory of <c>--rootfs</c>: the guest sees it as <c>/</c>, with the host's /proc, /sys, /dev and /tmp. No privilege is needed, because paths are translated and not the process moved.</summary>
/// <remarks>
/// The current directory and directory descriptors stay what the host knows them as, so a relative path is left alone as long as it neither climbs nor meets a link; the kernel is asked
/// (openat2, RESOLVE_BENEATH). All others become absolute host paths (<see cref="PathWalk"/>). What the kernel tells (getcwd, links of /proc, socket addresses) is turned back.
/// </remarks>
sealed unsafe class RootDirectory : GuestPaths
{
    const ulong Beneath = 8;
    const int CurrentDirectory = -100;

    RootDirectory(byte[] directory) : base(new FileNamespace(directory))
    {
    }

    /// <summary>Takes a directory, which may be relative, and what the guest has changed its root to, or 0; null if the directory does not exist.</summary>
    public static RootDirectory? Open(nint directory, nint changedRoot)
    {
        if (FileNamespace.Canonical(directory) is not { } name) return null;
        var root = new RootDirectory(name);
        if (changedRoot != 0) root.Names.ChangeRoot(CString.Bytes(changedRoot));
        return root;
    }

    public override nint[] OptionWords => Names.Root.IsEmpty
        ? [CString.Allocate("--rootfs"u8), CString.Allocate(Names.Directory)]
        : [CString.Allocate("--rootfs"u8), CString.Allocate(Names.Directory), CString.Allocate("--changed-root"u8), CString.Allocate(Names.Root)];

    protected override bool Applies(Sys call) => true;

    /// <summary>The guest begins where it was called, or in its root if it cannot see that place.</summary>
    public void Enter()
    {
        byte* name = stackalloc byte[FileNamespace.PathMax];
        long length = FileNamespace.NameOfDescriptor(CurrentDirectory, new Span<byte>(name, FileNamespace.PathMax));
        if (length > 0 && Names.Show(new Span<byte>(name, FileNamespace.PathMax), (int)length) >= 0) return;
        length = Names.ToHost(Names.Root, new Span<byte>(name, FileNamespace.PathMax));
        if (length > 0) Kernel.Call(Sys.chdir, (long)name);
    }

    public override nint GuestName(nint hostPath)
    {
        Span<byte> name = stackalloc byte[FileNamespace.PathMax];
        var host = CString.Bytes(hostPath);
        if (host.Length >= name.Length) return hostPath;
        host.CopyTo(name);
        int length = Names.Show(name, host.Length);
        return length < 0 ? hostPath : CString.Allocate(name[..length]);
    }

    public override nint HostName(nint path)
    {
        byte* host = stackalloc byte[FileNamespace.HostPathMax];
        long length = Redirect(CurrentDirectory, (byte*)path, CString.Bytes(path).Length, followLast: true, new Span<byte>(host, FileNamespace.HostPathMax));
        return length > 0 ? CString.Allocate(new ReadOnlySpan<byte>(host, (int)length)) : path;
    }

    public override long Redirect(int directory, byte* path, int length, bool followLast, Span<byte> host)
    {
        var text = new ReadOnlySpan<byte>(path, length);
        if (length == 0) return 0;
        return text[0] == '/' ? RedirectAbsolute(text, followLast, host) : RedirectRelative(directory, path, text, followLast, host);
    }

    long RedirectAbsolute(ReadOnlySpan<byte> text, bool followLast, Span<byte> host)
    {
        bool isPlain = Names.Root.IsEmpty && !Names.IsMounted(FileNamespace.WithoutDots(text)) && text.IndexOf("/.."u8) < 0;
        if (isPlain)
        {
            long plain = Names.ToHost(text, host);
            if (plain < 0) return plain;
            long probed;
            fixed (byte* start = host) probed = Probe(CurrentDirectory, start, followLast, resolve: 0);
            // Without a link on the way, a missing part is missing for the kernel, too.
            if (probed is 0 or -Errno.ENOENT) return plain;
        }
        return PathWalk.Resolve(Names, default, text, followLast, host);
    }

    [SkipLocalsInit]
    long RedirectRelative(int directory, byte* path, ReadOnlySpan<byte> text, bool followLast, Span<byte> host)
    {
        if (!MayNameMount(text) && text.IndexOf(".."u8) < 0 && Probe(directory, path, followLast, Beneath) is 0 or -Errno.ENOENT or -Errno.EBADF or -Errno.ENOTDIR) return 0;
        byte* name = stackalloc byte[FileNamespace.PathMax];
        var start = new Span<byte>(name, FileNamespace.PathMax);
        long length = FileNamespace.NameOfDescriptor(directory, start);
        if (length <= 0 || length == FileNamespace.PathMax) return 0;
        int canonical = Names.FromHost(start[..(int)length], start);
        // An inherited directory from outside: there is nothing to keep inside.
        return canonical < 0 ? 0 : PathWalk.Resolve(Names, start[..canonical], text, followLast, host);
    }

    static bool MayNameMount(ReadOnlySpan<byte> text)
    {
        while (text.StartsWith("./"u8)) text = text[2..].TrimStart((byte)'/');
        return text.StartsWith("proc"u8) || text.StartsWith("sys"u8) || text.StartsWith("dev"u8) || text.StartsWith("tmp"u8);
    }

    /// <summary>chroot(2), which the kernel allows to root only.</summary>
    [SkipLocalsInit]
    public long ChangeRoot(in Call call)
    {
        if (Kernel.Call(Sys.geteuid) != 0) return -Errno.EPERM;
        const long PathOnlyDirectoryCloseOnExec = 0x200000 | 0x10000 | 0x80000;
        long descriptor = Kernel.Call(Sys.openat, CurrentDirectory, call[0], PathOnlyDirectoryCloseOnExec);
        if (descriptor < 0) return descriptor;
        byte* name = stackalloc byte[FileNamespace.PathMax];
        var span = new Span<byte>(name, FileNamespace.PathMax);
        long length = FileNamespace.NameOfDescriptor((int)descriptor, span);
        Kernel.Call(Sys.close, descriptor);
        int canonical = length > 0 ? Names.FromHost(span[..(int)length], span) : -1;
        if (canonical < 0) return -Errno.EPERM;
        Names.ChangeRoot(span[..canonical]);
        return 0;
    }

    /// <summary>getcwd(2).</summary>
    [SkipLocalsInit]
    public long CurrentDirectoryName(GuestMemory memory, ulong buffer, long size)
    {
        byte* name = stackalloc byte[FileNamespace.PathMax];
        var span = new Span<byte>(name, FileNamespace.PathMax - 1);
        long length = FileNamespace.NameOfDescriptor(CurrentDirectory, span);
        if (length < 0) return length;
        int shown = Names.Show(span, (int)length);
        if (shown < 0)
        {
            // As the kernel says it of a directory outside of the root.
            var mark = "(unreachable)"u8;
            if (length + mark.Length > span.Length) return -Errno.ENAMETOOLONG;
            span[..(int)length].CopyTo(span[mark.Length..]);
            mark.CopyTo(span);
            shown = (int)length + mark.Length;
        }
        name[shown++] = 0;
        return shown > size ? -Errno.ERANGE : memory.TryWrite(buffer, name, (nuint)shown) ? shown : -Errno.EFAULT;
    }

    /// <summary>readlinkat(2): links of /proc tell host paths.</summary>
    [SkipLocalsInit]
    public long ReadLink(in Call call)
    {
        byte* name = stackalloc byte[FileNamespace.PathMax];
        var span = new Span<byte>(name, FileNamespace.PathMax);
        if (call[3] <= 0) return -Errno.EINVAL;
        long length = call.Forward(call[0], call[1], (long)name, FileNamespace.PathMax);
        if (length <= 0) return length;
        if (span[..(int)length].StartsWith(Names.Directory))
        {
            int shown = Names.Show(span, (int)length);
            if (shown > 0) length = shown;
        }
        length = Math.Min(length, call[3]);
        return call.Memory.TryWrite(call.Address(2), name, (nuint)length) ? length : -Errno.EFAULT;
    }
}
