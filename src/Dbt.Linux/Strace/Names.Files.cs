namespace Dbt.Linux.Strace;

/// <summary>Constants of files, directories and descriptors (linux/fcntl.h, linux/fs.h, linux/stat.h and others).</summary>
static partial class Names
{
    static void AddFiles(Dictionary<string, Func<ulong, string>> kinds)
    {
        AddFlags(kinds, "at_flags", "0",
        [
            new(0x100, "AT_SYMLINK_NOFOLLOW"), new(0x200, "AT_REMOVEDIR"), new(0x400, "AT_SYMLINK_FOLLOW"), new(0x800, "AT_NO_AUTOMOUNT"), new(0x1000, "AT_EMPTY_PATH"),
            new(0x2000, "AT_STATX_FORCE_SYNC"), new(0x4000, "AT_STATX_DONT_SYNC"), new(0x8000, "AT_RECURSIVE"),
        ]);
        AddFlags(kinds, "access_flags", "0",
        [
            new(0x100, "AT_SYMLINK_NOFOLLOW"), new(0x200, "AT_EACCESS"), new(0x1000, "AT_EMPTY_PATH"),
        ]);
        AddFlags(kinds, "access", "F_OK",
        [
            new(4, "R_OK"), new(2, "W_OK"), new(1, "X_OK"),
        ]);
        AddNumbers(kinds, "whence",
        [
            "SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE",
        ]);
        AddFlags(kinds, "rename_flags", "0",
        [
            new(1, "RENAME_NOREPLACE"), new(2, "RENAME_EXCHANGE"), new(4, "RENAME_WHITEOUT"),
        ]);
        AddFlags(kinds, "resolve", "0",
        [
            new(1, "RESOLVE_NO_XDEV"), new(2, "RESOLVE_NO_MAGICLINKS"), new(4, "RESOLVE_NO_SYMLINKS"), new(8, "RESOLVE_BENEATH"), new(0x10, "RESOLVE_IN_ROOT"),
            new(0x20, "RESOLVE_CACHED"),
        ]);
        AddFlags(kinds, "rwf", "0",
        [
            new(1, "RWF_HIPRI"), new(2, "RWF_DSYNC"), new(4, "RWF_SYNC"), new(8, "RWF_NOWAIT"), new(16, "RWF_APPEND"),
        ]);
        AddFlags(kinds, "sync_flags", "0",
        [
            new(1, "SYNC_FILE_RANGE_WAIT_BEFORE"), new(2, "SYNC_FILE_RANGE_WRITE"), new(4, "SYNC_FILE_RANGE_WAIT_AFTER"),
        ]);
        AddFlags(kinds, "fallocate_mode", "0",
        [
            new(1, "FALLOC_FL_KEEP_SIZE"), new(2, "FALLOC_FL_PUNCH_HOLE"), new(4, "FALLOC_FL_NO_HIDE_STALE"), new(8, "FALLOC_FL_COLLAPSE_RANGE"),
            new(0x10, "FALLOC_FL_ZERO_RANGE"), new(0x20, "FALLOC_FL_INSERT_RANGE"), new(0x40, "FALLOC_FL_UNSHARE_RANGE"),
        ]);
        AddNumbers(kinds, "fadvise",
        [
            "POSIX_FADV_NORMAL", "POSIX_FADV_RANDOM", "POSIX_FADV_SEQUENTIAL", "POSIX_FADV_WILLNEED", "POSIX_FADV_DONTNEED", "POSIX_FADV_NOREUSE",
        ]);
        AddFlags(kinds, "splice_flags", "0",
        [
            new(1, "SPLICE_F_MOVE"), new(2, "SPLICE_F_NONBLOCK"), new(4, "SPLICE_F_MORE"), new(8, "SPLICE_F_GIFT"),
        ]);
        AddFlags(kinds, "flock", "0",
        [
            new(6, "LOCK_EX|LOCK_NB"), new(1, "LOCK_SH"), new(2, "LOCK_EX"), new(4, "LOCK_NB"), new(8, "LOCK_UN"),
        ]);
        AddFlags(kinds, "xattr_flags", "0",
        [
            new(1, "XATTR_CREATE"), new(2, "XATTR_REPLACE"),
        ]);
        AddFlags(kinds, "statx_mask", "0",
        [
            new(0xfff, "STATX_ALL"), new(0x7ff, "STATX_BASIC_STATS"), new(1, "STATX_TYPE"), new(2, "STATX_MODE"), new(4, "STATX_NLINK"), new(8, "STATX_UID"),
            new(0x10, "STATX_GID"), new(0x20, "STATX_ATIME"), new(0x40, "STATX_MTIME"), new(0x80, "STATX_CTIME"), new(0x100, "STATX_INO"), new(0x200, "STATX_SIZE"),
            new(0x400, "STATX_BLOCKS"), new(0x800, "STATX_BTIME"), new(0x1000, "STATX_MNT_ID"), new(0x2000, "STATX_DIOALIGN"),
        ]);
        AddFlags(kinds, "statx_attributes", "0",
        [
            new(4, "STATX_ATTR_COMPRESSED"), new(0x10, "STATX_ATTR_IMMUTABLE"), new(0x20, "STATX_ATTR_APPEND"), new(0x40, "STATX_ATTR_NODUMP"),
            new(0x800, "STATX_ATTR_ENCRYPTED"), new(0x1000, "STATX_ATTR_AUTOMOUNT"), new(0x2000, "STATX_ATTR_MOUNT_ROOT"), new(0x100000, "STATX_ATTR_VERITY"),
            new(0x200000, "STATX_ATTR_DAX"),
        ]);
        AddValues(kinds, "filesystem",
        [
            new(0xef53, "EXT2_SUPER_MAGIC"), new(0x1021994, "TMPFS_MAGIC"), new(0x9fa0, "PROC_SUPER_MAGIC"), new(0x62656572, "SYSFS_MAGIC"),
            new(0x794c7630, "OVERLAYFS_SUPER_MAGIC"), new(0x58465342, "XFS_SUPER_MAGIC"), new(0x9123683e, "BTRFS_SUPER_MAGIC"), new(0x6969, "NFS_SUPER_MAGIC"),
            new(0x1cd1, "DEVPTS_SUPER_MAGIC"), new(0x858458f6, "RAMFS_MAGIC"), new(0x63677270, "CGROUP2_SUPER_MAGIC"), new(0x958458f6, "HUGETLBFS_MAGIC"),
            new(0x50495045, "PIPEFS_MAGIC"), new(0x534f434b, "SOCKFS_MAGIC"), new(0x65735546, "FUSE_SUPER_MAGIC"), new(0x1021997, "V9FS_MAGIC"), new(0x4d44, "MSDOS_SUPER_MAGIC"),
            new(0x73717368, "SQUASHFS_MAGIC"), new(0x9041934, "ANON_INODE_FS_MAGIC"),
        ]);
        AddFlags(kinds, "mount_state", "0",
        [
            new(1, "ST_RDONLY"), new(2, "ST_NOSUID"), new(4, "ST_NODEV"), new(8, "ST_NOEXEC"), new(0x10, "ST_SYNCHRONOUS"), new(0x20, "ST_VALID"), new(0x40, "ST_MANDLOCK"),
            new(0x400, "ST_NOATIME"), new(0x800, "ST_NODIRATIME"), new(0x1000, "ST_RELATIME"), new(0x2000, "ST_NOSYMFOLLOW"),
        ]);
        AddFlags(kinds, "mount_flags", "0",
        [
            new(1, "MS_RDONLY"), new(2, "MS_NOSUID"), new(4, "MS_NODEV"), new(8, "MS_NOEXEC"), new(0x10, "MS_SYNCHRONOUS"), new(0x20, "MS_REMOUNT"), new(0x40, "MS_MANDLOCK"),
            new(0x80, "MS_DIRSYNC"), new(0x400, "MS_NOATIME"), new(0x800, "MS_NODIRATIME"), new(0x1000, "MS_BIND"), new(0x2000, "MS_MOVE"), new(0x4000, "MS_REC"),
            new(0x8000, "MS_SILENT"), new(0x10000, "MS_POSIXACL"), new(0x20000, "MS_UNBINDABLE"), new(0x40000, "MS_PRIVATE"), new(0x80000, "MS_SLAVE"),
            new(0x100000, "MS_SHARED"), new(0x200000, "MS_RELATIME"), new(0x1000000, "MS_STRICTATIME"), new(0x2000000, "MS_LAZYTIME"),
        ]);
        AddFlags(kinds, "umount_flags", "0",
        [
            new(1, "MNT_FORCE"), new(2, "MNT_DETACH"), new(4, "MNT_EXPIRE"), new(8, "UMOUNT_NOFOLLOW"),
        ]);
        AddFlags(kinds, "inotify_init", "0",
        [
            new(0x800, "IN_NONBLOCK"), new(0x80000, "IN_CLOEXEC"),
        ]);
        AddFlags(kinds, "inotify_mask", "0",
        [
            new(1, "IN_ACCESS"), new(2, "IN_MODIFY"), new(4, "IN_ATTRIB"), new(8, "IN_CLOSE_WRITE"), new(0x10, "IN_CLOSE_NOWRITE"), new(0x20, "IN_OPEN"),
            new(0x40, "IN_MOVED_FROM"), new(0x80, "IN_MOVED_TO"), new(0x100, "IN_CREATE"), new(0x200, "IN_DELETE"), new(0x400, "IN_DELETE_SELF"), new(0x800, "IN_MOVE_SELF"),
            new(0x2000, "IN_UNMOUNT"), new(0x4000, "IN_Q_OVERFLOW"), new(0x8000, "IN_IGNORED"), new(0x1000000, "IN_ONLYDIR"), new(0x2000000, "IN_DONT_FOLLOW"),
            new(0x4000000, "IN_EXCL_UNLINK"), new(0x10000000, "IN_MASK_CREATE"), new(0x20000000, "IN_MASK_ADD"), new(0x40000000, "IN_ISDIR"), new(0x80000000, "IN_ONESHOT"),
        ]);
        AddFlags(kinds, "fanotify_init", "0",
        [
            new(1, "FAN_CLOEXEC"), new(2, "FAN_NONBLOCK"), new(4, "FAN_CLASS_CONTENT"), new(8, "FAN_CLASS_PRE_CONTENT"), new(0x10, "FAN_UNLIMITED_QUEUE"),
            new(0x20, "FAN_UNLIMITED_MARKS"), new(0x200, "FAN_REPORT_FID"),
        ]);
        AddFlags(kinds, "eventfd_flags", "0",
        [
            new(1, "EFD_SEMAPHORE"), new(0x800, "EFD_NONBLOCK"), new(0x80000, "EFD_CLOEXEC"),
        ]);
        AddFlags(kinds, "memfd_flags", "0",
        [
            new(1, "MFD_CLOEXEC"), new(2, "MFD_ALLOW_SEALING"), new(4, "MFD_HUGETLB"), new(8, "MFD_NOEXEC_SEAL"), new(0x10, "MFD_EXEC"),
        ]);
        AddFlags(kinds, "close_range", "0",
        [
            new(2, "CLOSE_RANGE_UNSHARE"), new(4, "CLOSE_RANGE_CLOEXEC"),
        ]);
        AddFlags(kinds, "epoll_create", "0",
        [
            new(0x80000, "EPOLL_CLOEXEC"),
        ]);
        AddNumbers(kinds, "epoll_op",
        [
            "0", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD",
        ]);
        AddFlags(kinds, "epoll_events", "0",
        [
            new(1, "EPOLLIN"), new(2, "EPOLLPRI"), new(4, "EPOLLOUT"), new(8, "EPOLLERR"), new(0x10, "EPOLLHUP"), new(0x40, "EPOLLRDNORM"), new(0x80, "EPOLLRDBAND"),
            new(0x100, "EPOLLWRNORM"), new(0x200, "EPOLLWRBAND"), new(0x400, "EPOLLMSG"), new(0x2000, "EPOLLRDHUP"), new(0x10000000, "EPOLLEXCLUSIVE"),
            new(0x20000000, "EPOLLWAKEUP"), new(0x40000000, "EPOLLONESHOT"), new(0x80000000, "EPOLLET"),
        ]);
        AddFlags(kinds, "poll_events", "0",
        [
            new(1, "POLLIN"), new(2, "POLLPRI"), new(4, "POLLOUT"), new(8, "POLLERR"), new(0x10, "POLLHUP"), new(0x20, "POLLNVAL"), new(0x40, "POLLRDNORM"),
            new(0x80, "POLLRDBAND"), new(0x100, "POLLWRNORM"), new(0x200, "POLLWRBAND"), new(0x2000, "POLLRDHUP"),
        ]);
        AddNumbers(kinds, "lock_type",
        [
            "F_RDLCK", "F_WRLCK", "F_UNLCK",
        ]);
        AddFlags(kinds, "fd_bits", "0",
        [
            new(1, "FD_CLOEXEC"),
        ]);
        AddFlags(kinds, "seals", "0",
        [
            new(1, "F_SEAL_SEAL"), new(2, "F_SEAL_SHRINK"), new(4, "F_SEAL_GROW"), new(8, "F_SEAL_WRITE"), new(0x10, "F_SEAL_FUTURE_WRITE"),
        ]);
        AddValues(kinds, "fcntl",
        [
            new(0, "F_DUPFD"), new(1, "F_GETFD"), new(2, "F_SETFD"), new(3, "F_GETFL"), new(4, "F_SETFL"), new(5, "F_GETLK"), new(6, "F_SETLK"), new(7, "F_SETLKW"),
            new(8, "F_SETOWN"), new(9, "F_GETOWN"), new(10, "F_SETSIG"), new(11, "F_GETSIG"), new(15, "F_SETOWN_EX"), new(16, "F_GETOWN_EX"), new(36, "F_OFD_GETLK"),
            new(37, "F_OFD_SETLK"), new(38, "F_OFD_SETLKW"), new(1024, "F_SETLEASE"), new(1025, "F_GETLEASE"), new(1026, "F_NOTIFY"), new(1030, "F_DUPFD_CLOEXEC"),
            new(1031, "F_SETPIPE_SZ"), new(1032, "F_GETPIPE_SZ"), new(1033, "F_ADD_SEALS"), new(1034, "F_GET_SEALS"),
        ]);
    }
}
