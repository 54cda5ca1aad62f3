using System.Runtime.CompilerServices;
using Dbt.Linux.Host;

namespace Dbt.Linux.Files;

/// <summary>Resolves a guest path name by name (fs/namei.c): the host's kernel would follow absolute links and ".." out of the guest's root.</summary>
static unsafe class PathWalk
{
    const int MaxLinks = 40, Size = FileNamespace.HostPathMax;

    /// <summary>Finds what a path means.</summary>
    /// <param name="names">The guest's files.</param>
    /// <param name="start">Where a relative path begins: canonical.</param>
    /// <param name="path">As the guest wrote it.</param>
    /// <param name="followLast">Whether a link at the end is followed.</param>
    /// <param name="host">Becomes the host path, with a terminator. A part that does not exist is there as it was written, so that the kernel gives its error.</param>
    /// <returns>Length of the host path, or a negative errno.</returns>
    [SkipLocalsInit]
    public static long Resolve(FileNamespace names, ReadOnlySpan<byte> start, ReadOnlySpan<byte> path, bool followLast, Span<byte> host)
    {
        byte* buffers = stackalloc byte[2 * Size + FileNamespace.PathMax];
        Span<byte> current = new(buffers, Size), link = new(buffers + 2 * Size, FileNamespace.PathMax);
        // What is still to be walked stands at the end of its buffer; a link's target is put before it.
        Span<byte> rest = new(buffers + Size, Size);
        if (path.Length >= FileNamespace.PathMax) return -Errno.ENAMETOOLONG;
        int at = Size - path.Length, length = 0, links = 0;
        path.CopyTo(rest[at..]);
        bool isDirectory = path.EndsWith("/"u8) || path.EndsWith("/."u8);
        Begin(path.StartsWith((byte)'/') ? names.Root : start, current, ref length);
        while (true)
        {
            while (at < Size && rest[at] == '/') at++;
            if (at == Size) break;
            int slash = rest[at..].IndexOf((byte)'/'), end = slash < 0 ? Size : at + slash;
            var name = rest[at..end];
            at = end;
            if (name.SequenceEqual("."u8)) continue;
            if (name.SequenceEqual(".."u8))
            {
                if (!current[..length].SequenceEqual(names.Root)) length = Math.Max(0, current[..length].LastIndexOf((byte)'/'));
                continue;
            }
            int parent = length;
            if (length + 1 + name.Length > Size / 2) return -Errno.ENAMETOOLONG;
            current[length++] = (byte)'/';
            name.CopyTo(current[length..]);
            length += name.Length;
            bool isLast = rest[at..].IndexOfAnyExcept((byte)'/') < 0;
            if (isLast && at == Size && !followLast) break;
            if (parent == 0 && names.IsMounted(current[..length])) continue;
            long target = names.ReadLink(current[..length], link);
            if (target == -Errno.EINVAL) continue;
            if (target < 0) return Unresolved(names, current, length, rest[at..], host);
            var magic = MagicLink(names, current[..length]);
            if (magic == Magic.Root)
            {
                Begin(names.Root, current, ref length);
                continue;
            }
            if (magic != Magic.None)
            {
                // The kernel knows the file even if its name is gone.
                if (isLast) continue;
                int known = magic == Magic.File ? names.FromHost(link[..(int)target], current) : -1;
                if (known < 0) return Unresolved(names, current, length, rest[at..], host);
                length = known;
                continue;
            }
            if (++links > MaxLinks) return -Errno.ELOOP;
            if (target >= at) return -Errno.ENAMETOOLONG;
            at -= (int)target;
            link[..(int)target].CopyTo(rest[at..]);
            if (link[0] == '/') Begin(names.Root, current, ref length);
            else length = parent;
        }
        if (isDirectory && length > 0) current[length++] = (byte)'/';
        return names.ToHost(current[..length], host);
    }

    static void Begin(ReadOnlySpan<byte> canonical, Span<byte> current, ref int length)
    {
        canonical.CopyTo(current);
        length = canonical.Length;
    }

    static long Unresolved(FileNamespace names, Span<byte> current, int length, ReadOnlySpan<byte> rest, Span<byte> host)
    {
        if (length + rest.Length >= Size) return -Errno.ENAMETOOLONG;
        rest.CopyTo(current[length..]);
        return names.ToHost(current[..(length + rest.Length)], host);
    }

    enum Magic
    {
        None,
        /// <summary>/proc/PID/root.</summary>
        Root,
        /// <summary>cwd and fd/N: a host file whose name the link tells, if it has one.</summary>
        File,
        /// <summary>Of no use as a directory.</summary>
        Other,
    }

    // Links of procfs that lead to a file itself and not to a name.
    static Magic MagicLink(FileNamespace names, ReadOnlySpan<byte> path)
    {
        var proc = "/proc/"u8;
        if (!path.StartsWith(proc) || !names.IsMounted(path)) return Magic.None;
        path = path[proc.Length..];
        int slash = path.IndexOf((byte)'/');
        if (slash < 0 || path[..slash].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return Magic.None;
        path = path[(slash + 1)..];
        if (path.StartsWith("task/"u8))
        {
            path = path["task/".Length..];
            path = path[(path.IndexOf((byte)'/') + 1)..];
        }
        return path.SequenceEqual("root"u8) ? Magic.Root
            : path.SequenceEqual("cwd"u8) || path.StartsWith("fd/"u8) ? Magic.File
            : Magic.Other;
    }
}
