using System.Runtime.CompilerServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Files;

/// <summary>Which host file a guest path means when the guest's root is a directory of the host.</summary>
/// <remarks>
/// Guest paths in here are canonical: absolute, without links, "." and "..", without a slash at the end, so that the root is the empty path.
/// /proc, /sys, /dev and /tmp are the host's, as a container would have them.
/// </remarks>
/// <param name="directory">The host directory: absolute, canonical.</param>
sealed unsafe class FileNamespace(byte[] directory)
{
    /// <summary>Longest path that a system call takes, with its terminator (PATH_MAX).</summary>
    public const int PathMax = 4096;

    /// <summary>Room for a host path: the guest's and the directory before it.</summary>
    public const int HostPathMax = 2 * PathMax;

    /// <summary>The directory of a chroot, in the guest's names.</summary>
    byte[] changedRoot = [];

    /// <summary>The host directory without a slash at the end.</summary>
    public ReadOnlySpan<byte> Directory => directory.AsSpan().TrimEnd((byte)'/');

    /// <summary>What an absolute path begins at: empty, or the directory of a chroot.</summary>
    public ReadOnlySpan<byte> Root => changedRoot;

    /// <summary>chroot(2).</summary>
    public void ChangeRoot(ReadOnlySpan<byte> canonical) => changedRoot = canonical.ToArray();

    /// <summary>Absolute name of an existing directory of the host without links, or null.</summary>
    public static byte[]? Canonical(nint path)
    {
        const long PathOnlyDirectoryCloseOnExec = 0x200000 | 0x10000 | 0x80000;
        long descriptor = Kernel.Call(Sys.openat, -100, path, PathOnlyDirectoryCloseOnExec);
        if (descriptor < 0) return null;
        byte* name = stackalloc byte[PathMax];
        long length = NameOfDescriptor((int)descriptor, new Span<byte>(name, PathMax));
        Kernel.Call(Sys.close, descriptor);
        return length > 0 ? new ReadOnlySpan<byte>(name, (int)length).ToArray() : null;
    }

    /// <summary>Host path of an open file, or of the current directory; its length or a negative errno.</summary>
    public static long NameOfDescriptor(int descriptor, Span<byte> name)
    {
        const int CurrentDirectory = -100;
        fixed (byte* buffer = name)
        {
            if (descriptor == CurrentDirectory)
            {
                long length = Kernel.Call(Sys.getcwd, (long)buffer, name.Length);
                return length > 0 ? length - 1 : length;
            }
            byte* link = stackalloc byte[48];
            var prefix = "/proc/thread-self/fd/"u8;
            prefix.CopyTo(new Span<byte>(link, 48));
            if (!System.Buffers.Text.Utf8Formatter.TryFormat(descriptor, new Span<byte>(link, 47)[prefix.Length..], out int digits)) return -Errno.EBADF;
            link[prefix.Length + digits] = 0;
            return Kernel.Call(Sys.readlinkat, CurrentDirectory, (long)link, (long)buffer, name.Length);
        }
    }

    /// <summary>Whether a canonical path, or one that begins with a name of the root directory, lies in one of the host's directories.</summary>
    public bool IsMounted(ReadOnlySpan<byte> path)
    {
        if (path.Length < 4 || path[0] != '/') return false;
        path = path[1..];
        int slash = path.IndexOf((byte)'/');
        var first = slash < 0 ? path : path[..slash];
        return first.SequenceEqual("proc"u8) || first.SequenceEqual("sys"u8) || first.SequenceEqual("dev"u8) || first.SequenceEqual("tmp"u8);
    }

    /// <summary>An absolute path without the slashes and "." at its beginning, which would hide the name of a mount point.</summary>
    public static ReadOnlySpan<byte> WithoutDots(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            if (text.StartsWith("//"u8)) text = text[1..];
            else if (text.StartsWith("/./"u8)) text = text[2..];
            else return text;
        }
    }

    /// <summary>Writes the host path of a canonical path, with a terminator; its length, or -ENAMETOOLONG.</summary>
    public long ToHost(ReadOnlySpan<byte> canonical, Span<byte> host)
    {
        var prefix = IsMounted(canonical) ? default : Directory;
        int length = prefix.Length + canonical.Length;
        if (length + 2 > host.Length) return -Errno.ENAMETOOLONG;
        prefix.CopyTo(host);
        canonical.CopyTo(host[prefix.Length..]);
        if (length == 0) host[length++] = (byte)'/';
        host[length] = 0;
        return length;
    }

    /// <summary>The canonical path of a host path that the kernel told: its length, or -1 if the guest cannot see the file.</summary>
    /// <param name="host">Absolute and without links.</param>
    /// <param name="canonical">May be <paramref name="host"/> itself.</param>
    public int FromHost(ReadOnlySpan<byte> host, Span<byte> canonical)
    {
        var prefix = Directory;
        if (host.StartsWith(prefix) && (host.Length == prefix.Length || host[prefix.Length] == '/')) host = host[prefix.Length..];
        else if (!IsMounted(host)) return -1;
        host = host.TrimEnd((byte)'/');
        if (host.Length > canonical.Length) return -1;
        host.CopyTo(canonical);
        return host.Length;
    }

    /// <summary>Turns a host path that the kernel told into what the guest calls it; its new length, or -1 if it cannot see the file.</summary>
    public int Show(Span<byte> path, int length)
    {
        length = FromHost(path[..length], path);
        if (length < 0) return -1;
        ReadOnlySpan<byte> root = changedRoot, shown = path[..length];
        if (!shown.StartsWith(root) || (length > root.Length && shown[root.Length] != '/')) return -1;
        shown[root.Length..].CopyTo(path);
        length -= root.Length;
        if (length == 0) path[length++] = (byte)'/';
        return length;
    }

    /// <summary>Reads the link at a canonical path: length, or a negative errno (EINVAL if it is none).</summary>
    [SkipLocalsInit]
    public long ReadLink(ReadOnlySpan<byte> canonical, Span<byte> target)
    {
        byte* host = stackalloc byte[HostPathMax];
        long length = ToHost(canonical, new Span<byte>(host, HostPathMax));
        if (length < 0) return length;
        fixed (byte* buffer = target) return Kernel.Call(Sys.readlinkat, -100, (long)host, (long)buffer, target.Length);
    }
}
