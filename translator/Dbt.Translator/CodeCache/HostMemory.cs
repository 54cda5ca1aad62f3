using System.Runtime.InteropServices;

namespace Dbt.Translator.CodeCache;

/// <summary>The few host memory calls that the code cache and the engine need.</summary>
static unsafe partial class HostMemory
{
    public const int None = 0, Read = 1, Write = 2, Execute = 4;
    const int Shared = 1, Private = 2, Fixed = 0x10, Anonymous = 0x20, NoReserve = 0x4000;
    const int MayMove = 1, RemapFixed = 2;
    const int NoHugePages = 15, PopulateWrite = 23;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int fd, nint offset);
    [LibraryImport("libc", EntryPoint = "mremap")]
    private static partial nint Remap(nint address, nint oldLength, nint newLength, int flags, nint newAddress);
    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int ProtectRange(nint address, nint length, int protection);
    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nint length, int advice);
    [LibraryImport("libc", EntryPoint = "pread")]
    private static partial nint ReadAt(int fd, void* buffer, nint length, nint offset);

    /// <summary>Address space without memory.</summary>
    public static nint Reserve(nint length) => Check(Map(0, length, None, Private | Anonymous | NoReserve, -1, 0));

    /// <summary>Gives reserved address space its state back: no access, no memory.</summary>
    public static void Release(nint address, nint length) => Check(Map(address, length, None, Private | Anonymous | NoReserve | Fixed, -1, 0));

    /// <summary>Private zeroed memory; at <paramref name="address"/> (inside a reservation) unless that is 0. Never backed by huge pages: what is touched stays small.</summary>
    public static nint Allocate(nint address, nint length)
    {
        nint at = Check(Map(address, length, Read | Write, Private | Anonymous | NoReserve | (address != 0 ? Fixed : 0), -1, 0));
        _ = Advise(at, length, NoHugePages);
        return at;
    }

    /// <summary>
    /// Two views of the same new shared memory inside a reservation: writable at <paramref name="write"/>, executable at <paramref name="execute"/>. The second view is made by
    /// mremap with an old size of 0, which duplicates a shared mapping: no descriptor ever exists that a guest could see or that would shift its descriptor numbers.
    /// </summary>
    public static void AllocateDual(nint write, nint execute, nint length)
    {
        Check(Map(write, length, Read | Write, Shared | Anonymous | NoReserve | Fixed, -1, 0));
        Check(Remap(write, 0, length, MayMove | RemapFixed, execute));
        Protect(execute, length, Read | Execute);
    }

    /// <summary>A private view of a file inside a reservation; false if the host cannot.</summary>
    public static bool TryMapFile(nint address, nint length, int protection, int descriptor, nint offset) =>
        Map(address, length, protection, Private | Fixed | NoReserve, descriptor, offset) == address;

    /// <summary>Reads the beginning of a file; false if it is shorter.</summary>
    public static bool TryReadFile(int descriptor, void* buffer, int length) => ReadAt(descriptor, buffer, length, 0) == length;

    /// <summary>Frees memory from <see cref="Allocate"/> outside a reservation.</summary>
    public static void Free(nint address, nint length) => _ = Unmap(address, length);

    /// <summary>Changes protection.</summary>
    public static void Protect(nint address, nint length, int protection) => Check(ProtectRange(address, length, protection));

    /// <summary>Makes pages present before they are written, many per system call; where the kernel (before 5.14) cannot, they fault in one by one.</summary>
    public static void Populate(nint address, nint length) => _ = Advise(address, length, PopulateWrite);

    /// <summary>Private zeroed memory whose address is a multiple of <paramref name="length"/> (a power of two).</summary>
    public static nint AllocateAligned(nint length)
    {
        nint wide = Reserve(2 * length);
        nint at = (wide + length - 1) & -length;
        if (at != wide) Free(wide, at - wide);
        Free(at + length, wide + length - at);
        return Allocate(at, length);
    }

    static nint Check(nint result) =>
        result == -1 ? throw new OutOfMemoryException($"The host refused memory for translated code (errno {Marshal.GetLastSystemError()}).") : result;

    static void Check(int result) => Check((nint)result);
}
