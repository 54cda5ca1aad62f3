using System.Runtime.InteropServices;
using System.Text;
using Dbt.Linux.Diagnostics;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Translator.CodeCache;
using Dbt.Translator.Execution;

namespace Dbt.Linux.Translations;

/// <summary>Keeps the translations of programs and libraries in a directory, a code image for each guest file at each place where it is mapped.</summary>
/// <remarks>
/// An image is looked for when a file is mapped executable, and written when the process ends or executes another program. Names are hashes of what decides about translations
/// (<see cref="CodeImageKey"/>), of the guest file by its size and first page: copies of a file in other directories or machines share their image, and nothing has to be valid but the bytes of
/// each block, which the engine compares. Files are written whole under another name and then renamed, so that readers see the old one or the new one; of two processes that write at once one wins.
/// The guest may change its root, its user or its umask: nothing is written where the directory is no longer the one of the start, and nothing read that another user could have written.
/// </remarks>
sealed unsafe class TranslationStore
{
    const int AtCurrentDirectory = -100, CloseOnExec = 0x80000, CreateNew = 0x80 | 0x40 | 1, NoFollow = 0x20000;
    const int HashedBytes = 4096, NameLength = 32, FileSizeLimit = 1;
    const uint OthersMayWrite = 0x12, RegularFile = 0x8000;

    readonly Engine engine;
    readonly nint directory;
    readonly byte[] path;
    readonly CodeImageKey common;
    readonly HostStat identity;
    readonly long limit;
    readonly long process = Kernel.Call(Sys.getpid);
    readonly List<MappedFile> files = [];

    /// <summary>Executable part of a guest file in memory.</summary>
    /// <param name="Start">First address.</param>
    /// <param name="End">Address behind the last.</param>
    /// <param name="Backing">The file.</param>
    /// <param name="Key">Of its image.</param>
    /// <param name="Known">Number of blocks in the image that was found.</param>
    readonly record struct MappedFile(ulong Start, ulong End, Backing Backing, CodeImageKey Key, int Known);

    TranslationStore(Engine engine, nint directory, in HostStat identity, long limit, ReadOnlySpan<byte> own)
    {
        this.engine = engine;
        this.directory = directory;
        this.identity = identity;
        this.limit = limit;
        path = [.. CString.Bytes(directory), (byte)'/', .. new byte[NameLength + 1]];
        var hash = new ContentHash();
        hash.Add(Encoding.UTF8.GetBytes(engine.TranslationOptions));
        hash.Add(own);
        common = hash.Key;
    }

    /// <summary>The store in a directory, which is made if there is none; null if it cannot be used.</summary>
    /// <param name="engine">The process' engine.</param>
    /// <param name="directory">Absolute name of the directory: a C string.</param>
    /// <param name="limit">Bytes of files from which on the least recently used are deleted.</param>
    public static TranslationStore? Open(Engine engine, nint directory, long limit)
    {
        if (!engine.TakesImages) return null;
        HostStat stat;
        if (!TryStat(directory, &stat) && (!TryMake(directory) || !TryStat(directory, &stat))) return null;
        // The linker's build identifier is in the first page; without it a translation of another dbt could be taken for one of this.
        Span<byte> own = stackalloc byte[HashedBytes];
        int length = ReadFirstPage("/proc/self/exe\0"u8, own);
        return length == HashedBytes && IsTrusted(stat) ? new TranslationStore(engine, directory, stat, limit, own) : null;
    }

    static bool TryStat(nint path, HostStat* stat) => Kernel.Call(Sys.stat, path, (long)stat) == 0;

    static bool IsTrusted(in HostStat stat) => stat.User == (uint)Kernel.Call(Sys.geteuid) && (stat.Mode & OthersMayWrite) == 0;

    // With the directories above it.
    static bool TryMake(nint directory)
    {
        byte[] name = [.. CString.Bytes(directory), 0];
        fixed (byte* start = name)
        {
            for (int i = 1; i < name.Length; i++)
            {
                if (name[i] is not ((byte)'/' or 0)) continue;
                byte separator = name[i];
                name[i] = 0;
                Kernel.Call(Sys.mkdir, (long)start, 0x1C0);
                name[i] = separator;
            }
        }
        HostStat stat;
        return TryStat(directory, &stat);
    }

    static int ReadFirstPage(ReadOnlySpan<byte> file, Span<byte> page)
    {
        long descriptor;
        fixed (byte* name = file) descriptor = Kernel.Call(Sys.openat, AtCurrentDirectory, (long)name, CloseOnExec);
        if (descriptor < 0) return 0;
        int length = ReadFirstPage((int)descriptor, page);
        Kernel.Call(Sys.close, descriptor);
        return length;
    }

    static int ReadFirstPage(int descriptor, Span<byte> page)
    {
        fixed (byte* start = page) return (int)Math.Max(Kernel.Call(Sys.pread64, descriptor, (long)start, page.Length, 0), 0);
    }

    /// <summary>A private mapping of a file that the guest may execute has appeared: what is known about its code is attached. Under the address space's lock.</summary>
    public void Mapped(in Region region, int descriptor)
    {
        HostStat stat;
        if (Kernel.Call(Sys.fstat, descriptor, (long)&stat) != 0) return;
        Span<byte> page = stackalloc byte[HashedBytes];
        var hash = new ContentHash();
        hash.Add(common.High);
        hash.Add(common.Low);
        hash.Add(region.Start - region.Backing.Offset);
        hash.Add((ulong)stat.Size);
        hash.Add(page[..ReadFirstPage(descriptor, page)]);
        var file = new MappedFile(region.Start, region.End, region.Backing, hash.Key, 0);
        for (int i = files.Count - 1; i >= 0; i--)
        {
            if (files[i] with { Known = 0 } == file) return;
            // Something else was there.
            if (files[i].Start < file.End && files[i].End > file.Start) files.RemoveAt(i);
        }
        long image = OpenImage(file.Key, out long length);
        int known = 0;
        if (image >= 0)
        {
            known = engine.AttachImage((int)image, length, file.Key);
            Kernel.Call(Sys.close, image);
        }
        files.Add(file with { Known = known });
    }

    long OpenImage(in CodeImageKey key, out long length)
    {
        HostStat stat = default;
        length = 0;
        long descriptor;
        Name(key);
        fixed (byte* name = path) descriptor = Kernel.Call(Sys.openat, AtCurrentDirectory, (long)name, CloseOnExec | NoFollow);
        if (descriptor < 0) return descriptor;
        if (Kernel.Call(Sys.fstat, descriptor, (long)&stat) == 0 && (stat.Mode & 0xF000) == RegularFile && IsTrusted(stat))
        {
            length = stat.Size;
            return descriptor;
        }
        Kernel.Call(Sys.close, descriptor);
        return -Errno.EACCES;
    }

    void Name(in CodeImageKey key)
    {
        Span<byte> name = path.AsSpan(path.Length - NameLength - 1, NameLength);
        System.Buffers.Text.Utf8Formatter.TryFormat(key.High, name[..16], out _, new('x', 16));
        System.Buffers.Text.Utf8Formatter.TryFormat(key.Low, name[16..], out _, new('x', 16));
    }

    /// <summary>Writes what this process has translated, where that is worth it. The guest's other threads may go on meanwhile.</summary>
    public void Save(AddressSpace space)
    {
        lock (space.Gate)
        {
            foreach (var file in files)
            {
                if (engine.TranslatedBlocks < WorthWriting(file.Known) || engine.CountTranslated(file.Start, file.End) < WorthWriting(file.Known)) continue;
                if (!space.Map.TryFind(file.Start, out Region region) || region.Backing.At(file.Start - region.Start) != file.Backing || (region.Protection & Protection.Write) != 0) continue;
                if (!MayWrite()) return;
                Save(file);
            }
        }
    }

    // A guest's limit of file sizes would kill it.
    bool MayWrite()
    {
        HostStat stat;
        ulong* fileSize = stackalloc ulong[2];
        return TryStat(directory, &stat) && stat.Device == identity.Device && stat.Inode == identity.Inode && IsTrusted(stat)
            && Kernel.Call(Sys.prlimit64, 0, FileSizeLimit, 0, (long)fileSize) == 0 && fileSize[0] == ulong.MaxValue;
    }

    void Save(MappedFile file)
    {
        long previous = OpenImage(file.Key, out long previousLength);
        byte* old = null;
        if (previous >= 0)
        {
            const int Read = 1, Private = 2;
            long mapped = Kernel.Call(Sys.mmap, 0, previousLength, Read, Private, previous, 0);
            if (mapped is not (< 0 and >= -4095)) old = (byte*)mapped;
            Kernel.Call(Sys.close, previous);
        }
        byte* image = engine.TryBuildImage(file.Start, file.End, new ReadOnlySpan<byte>(old, old == null ? 0 : (int)Math.Min(previousLength, int.MaxValue)), file.Key, () => NameAt(file.Start), WorthWriting, out long length);
        if (old != null) Kernel.Call(Sys.munmap, (long)old, previousLength);
        if (image == null) return;
        StorePruning.MakeRoom(directory, limit - length);
        Write(file.Key, image, length);
        NativeMemory.Free(image);
    }

    static ReadOnlySpan<byte> NameAt(ulong address) => HostMappings.Read().Find(mapping => mapping.Start <= address && address < mapping.End).Path;

    // The whole image is written again. The children of a shell end by the thousand with the same few blocks that their parent never comes to.
    int WorthWriting(int known) => Math.Max(Kernel.Call(Sys.getpid) == process ? 1 : 4, 1 + known / 64);

    void Write(in CodeImageKey key, byte* image, long length)
    {
        // No other process has this name, also not one of another container or one that died while writing.
        byte[] temporary = [.. CString.Bytes(directory), .. "/."u8, .. Encoding.ASCII.GetBytes($"{Kernel.Call(Sys.getpid):x}-{System.Diagnostics.Stopwatch.GetTimestamp():x}"), 0];
        Name(key);
        fixed (byte* from = temporary, to = path)
        {
            long descriptor = Kernel.Call(Sys.openat, AtCurrentDirectory, (long)from, CreateNew | CloseOnExec | NoFollow, 0x180);
            if (descriptor < 0) return;
            // Whatever the guest's umask is.
            bool written = Kernel.Call(Sys.fchmod, descriptor, 0x180) == 0 && WriteAll(descriptor, image, length);
            Kernel.Call(Sys.close, descriptor);
            if (!written || Kernel.Call(Sys.rename, (long)from, (long)to) != 0) Kernel.Call(Sys.unlink, (long)from);
        }
    }

    static bool WriteAll(long descriptor, byte* bytes, long length)
    {
        while (length > 0)
        {
            long written = Kernel.Call(Sys.write, descriptor, (long)bytes, length);
            if (written == -Errno.EINTR) continue;
            if (written <= 0) return false;
            bytes += written;
            length -= written;
        }
        return true;
    }
}
