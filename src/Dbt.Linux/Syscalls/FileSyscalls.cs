using Dbt.Linux.Files;
using Dbt.Linux.Host;
using static Dbt.Linux.Syscalls.SyscallTraits;

namespace Dbt.Linux.Syscalls;

/// <summary>Opening, reading, writing and describing files.</summary>
static unsafe class FileSyscalls
{
    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    const int NoFollow = 0x100;

    public static void Register(SyscallTable table)
    {
        table.Add(Sys.openat, "openat", "dirfd path open_flags open_mode:2", &OpenAt, Blocks | Restarts);
        table.Add(Sys.openat2, "openat2", "dirfd path open_how size", &OpenAt2, Blocks | Restarts);
        table.Add(Sys.open_by_handle_at, "open_by_handle_at", "dirfd ptr open_flags", &OpenByHandle);
        table.Pass(Sys.name_to_handle_at, "name_to_handle_at", "dirfd path ptr ptr at_flags");
        table.Pass(Sys.read, "read", "fd out size", Blocks | Restarts);
        table.Pass(Sys.write, "write", "fd in:2 size", Blocks | Restarts);
        table.Add(Sys.readv, "readv", "fd iov_out int", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Add(Sys.writev, "writev", "fd iov_in int", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Pass(Sys.pread64, "pread64", "fd out size long", Blocks | Restarts);
        table.Pass(Sys.pwrite64, "pwrite64", "fd in:2 size long", Blocks | Restarts);
        table.Add(Sys.preadv, "preadv", "fd iov_out int long", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Add(Sys.pwritev, "pwritev", "fd iov_in int long", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Add(Sys.preadv2, "preadv2", "fd iov_out int long hex rwf", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Add(Sys.pwritev2, "pwritev2", "fd iov_in int long hex rwf", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Pass(Sys.lseek, "lseek", "fd long whence");
        table.Pass(Sys.fsync, "fsync", "fd", Blocks);
        table.Pass(Sys.fdatasync, "fdatasync", "fd", Blocks);
        table.Pass(Sys.sync, "sync", "", Blocks);
        table.Pass(Sys.syncfs, "syncfs", "fd", Blocks);
        table.Pass(Sys.sync_file_range, "sync_file_range", "fd long long sync_flags", Blocks);
        table.Pass(Sys.truncate, "truncate", "path long", Blocks);
        table.Pass(Sys.ftruncate, "ftruncate", "fd long", Blocks);
        table.Pass(Sys.fallocate, "fallocate", "fd fallocate_mode long long", Blocks | Restarts);
        table.Pass(Sys.fadvise64, "fadvise64", "fd long long fadvise");
        table.Pass(Sys.readahead, "readahead", "fd long size");
        table.Pass(Sys.sendfile, "sendfile", "fd fd offset size", Blocks | Restarts);
        table.Pass(Sys.splice, "splice", "fd offset fd offset size splice_flags", Blocks | Restarts);
        table.Pass(Sys.tee, "tee", "fd fd size splice_flags", Blocks | Restarts);
        table.Add(Sys.vmsplice, "vmsplice", "fd iov_in int splice_flags", &VectorSyscalls.Transfer, Blocks | Restarts);
        table.Pass(Sys.copy_file_range, "copy_file_range", "fd offset fd offset size hex", Blocks | Restarts);
        table.Add(Sys.fstat, "fstat", "fd stat", &FileStatus);
        table.Add(Sys.newfstatat, "newfstatat", "dirfd path stat at_flags", &FileStatusAt);
        table.Add(Sys.statx, "statx", "dirfd path statx_flags statx_mask statx", &ExtendedStatus);
        table.Pass(Sys.statfs, "statfs", "path statfs");
        table.Pass(Sys.fstatfs, "fstatfs", "fd statfs");
        table.Pass(Sys.faccessat, "faccessat", "dirfd path access");
        table.Pass(Sys.faccessat2, "faccessat2", "dirfd path access access_flags");
        table.Pass(Sys.fchmod, "fchmod", "fd mode");
        table.Pass(Sys.fchmodat, "fchmodat", "dirfd path mode");
        table.Pass(Sys.fchown, "fchown", "fd int int");
        table.Pass(Sys.fchownat, "fchownat", "dirfd path int int at_flags");
        table.Pass(Sys.utimensat, "utimensat", "dirfd path timespecs at_flags");
        table.Pass(Sys.setxattr, "setxattr", "path path in:3 size xattr_flags");
        table.Pass(Sys.lsetxattr, "lsetxattr", "path path in:3 size xattr_flags");
        table.Pass(Sys.fsetxattr, "fsetxattr", "fd path in:3 size xattr_flags");
        table.Pass(Sys.getxattr, "getxattr", "path path out size");
        table.Pass(Sys.lgetxattr, "lgetxattr", "path path out size");
        table.Pass(Sys.fgetxattr, "fgetxattr", "fd path out size");
        table.Pass(Sys.listxattr, "listxattr", "path out size");
        table.Pass(Sys.llistxattr, "llistxattr", "path out size");
        table.Pass(Sys.flistxattr, "flistxattr", "fd out size");
        table.Pass(Sys.removexattr, "removexattr", "path path");
        table.Pass(Sys.lremovexattr, "lremovexattr", "path path");
        table.Pass(Sys.fremovexattr, "fremovexattr", "fd path");
    }

    static long OpenAt(in Call call)
    {
        long replaced = call.Process.ProcessFiles.Open(call.Thread, call.Int(0), call.Address(1), call.Int(2));
        return replaced != ProcessFiles.NotSpecial ? replaced : call.Forward(call[0], call[1], call.Process.Abi.OpenFlagsToHost(call.Int(2)), call[3]);
    }

    // struct open_how { u64 flags, mode, resolve; }, extensible.
    static long OpenAt2(in Call call)
    {
        const int KnownSize = 24, LargestSize = 4096;
        ulong size = call.Address(3);
        if (size < KnownSize) return -Errno.EINVAL;
        if (size > LargestSize) return -Errno.E2BIG;
        ulong* how = stackalloc ulong[LargestSize / 8];
        if (!call.Memory.TryRead(call.Address(2), how, (nuint)size)) return -Errno.EFAULT;
        if (new Span<byte>((byte*)how + KnownSize, (int)size - KnownSize).ContainsAnyExcept((byte)0)) return -Errno.E2BIG;
        if (how[0] > uint.MaxValue) return -Errno.EINVAL;
        int flags = (int)how[0];
        how[0] = (uint)call.Process.Abi.OpenFlagsToHost(flags);
        // The kernel decides whether the path may be resolved.
        long descriptor = call.Forward(call[0], call[1], (long)how, KnownSize);
        if (descriptor < 0) return descriptor;
        long replaced = call.Process.ProcessFiles.Open(call.Thread, call.Int(0), call.Address(1), flags);
        if (replaced == ProcessFiles.NotSpecial) return descriptor;
        Kernel.Call(Sys.close, descriptor);
        return replaced;
    }

    static long OpenByHandle(in Call call) => call.Forward(call[0], call[1], call.Process.Abi.OpenFlagsToHost(call.Int(2)));

    static long FileStatus(in Call call)
    {
        HostStat stat;
        long result = call.Forward(call[0], (long)&stat);
        return result < 0 ? result : call.Process.Abi.WriteStat(call.Memory, call.Address(1), stat);
    }

    static long ExtendedStatus(in Call call)
    {
        ulong* arguments = stackalloc ulong[6];
        return call.Process.ProcessFiles.Follow(call, 1, (call.Int(2) & NoFollow) == 0, arguments);
    }

    static long FileStatusAt(in Call call)
    {
        HostStat stat;
        ulong* arguments = stackalloc ulong[6];
        ulong* own = stackalloc ulong[6] { (ulong)call[0], (ulong)call[1], (ulong)&stat, (ulong)call[3], 0, 0 };
        long result = call.Process.ProcessFiles.Follow(call.With(own), 1, (call.Int(3) & NoFollow) == 0, arguments);
        return result < 0 ? result : call.Process.Abi.WriteStat(call.Memory, call.Address(2), stat);
    }
}
