using Dbt.Linux.Host;

namespace Dbt.Linux.Files;

/// <summary>When a link at the end of a path is followed.</summary>
enum FollowLast
{
    Always,
    Never,
    /// <summary>Not with AT_SYMLINK_NOFOLLOW among the flags.</summary>
    UnlessNoFollow,
    /// <summary>Only with AT_SYMLINK_FOLLOW among the flags.</summary>
    IfFollow,
    /// <summary>open's flags: not with O_NOFOLLOW or O_CREAT | O_EXCL.</summary>
    AsOpened,
    /// <summary>struct open_how: like <see cref="AsOpened"/>.</summary>
    AsOpenHow,
    /// <summary>inotify's mask: not with IN_DONT_FOLLOW.</summary>
    UnlessDontFollow,
}

/// <summary>A path among the arguments of a system call.</summary>
/// <param name="Directory">Index of the directory descriptor that a relative path begins at, or -1 for the current directory.</param>
/// <param name="Path">Index of the path.</param>
/// <param name="Follow">What happens with a link at its end.</param>
/// <param name="Flags">Index of the flags that decide about it.</param>
readonly record struct PathArgument(int Directory, int Path, FollowLast Follow, int Flags = -1);

/// <summary>Which arguments of which system calls are paths (execve and socket addresses are not here: they need more).</summary>
static class PathArguments
{
    static readonly PathArgument[] None = [], Name = [new(-1, 0, FollowLast.Always)], NameNoFollow = [new(-1, 0, FollowLast.Never)], At = [new(0, 1, FollowLast.Always)],
        AtNoFollow = [new(0, 1, FollowLast.Never)], AtFlags2 = [new(0, 1, FollowLast.UnlessNoFollow, 2)], AtFlags3 = [new(0, 1, FollowLast.UnlessNoFollow, 3)],
        AtFlags4 = [new(0, 1, FollowLast.UnlessNoFollow, 4)], Open = [new(0, 1, FollowLast.AsOpened, 2)], OpenHow = [new(0, 1, FollowLast.AsOpenHow, 2)],
        Handle = [new(0, 1, FollowLast.IfFollow, 4)], NewLink = [new(1, 2, FollowLast.Never)], Link = [new(0, 1, FollowLast.IfFollow, 4), new(2, 3, FollowLast.Never)],
        Rename = [new(0, 1, FollowLast.Never), new(2, 3, FollowLast.Never)], Watch = [new(-1, 1, FollowLast.UnlessDontFollow, 2)], Mark = [new(3, 4, FollowLast.Always)],
        Mount = [new(-1, 0, FollowLast.Always), new(-1, 1, FollowLast.Always)], Move = [new(0, 1, FollowLast.Always), new(2, 3, FollowLast.Always)], Second = [new(-1, 1, FollowLast.Always)];

    /// <summary>The paths of a call.</summary>
    public static PathArgument[] Of(Sys call) => call switch
    {
        Sys.openat => Open,
        Sys.openat2 => OpenHow,
        Sys.newfstatat or Sys.utimensat or Sys.faccessat2 => AtFlags3,
        Sys.statx or Sys.open_tree or Sys.mount_setattr or Sys.fspick => AtFlags2,
        Sys.fchownat => AtFlags4,
        Sys.faccessat or Sys.fchmodat => At,
        Sys.readlinkat or Sys.mkdirat or Sys.mknodat or Sys.unlinkat => AtNoFollow,
        Sys.symlinkat => NewLink,
        Sys.linkat => Link,
        Sys.renameat or Sys.renameat2 => Rename,
        Sys.name_to_handle_at => Handle,
        Sys.statfs or Sys.truncate or Sys.chdir or Sys.chroot or Sys.setxattr or Sys.getxattr or Sys.listxattr or Sys.removexattr or Sys.umount2 or Sys.swapon or Sys.swapoff or Sys.acct => Name,
        Sys.lsetxattr or Sys.lgetxattr or Sys.llistxattr or Sys.lremovexattr => NameNoFollow,
        Sys.inotify_add_watch => Watch,
        Sys.fanotify_mark => Mark,
        Sys.mount or Sys.pivot_root => Mount,
        Sys.move_mount => Move,
        Sys.quotactl => Second,
        _ => None,
    };

    /// <summary>Whether a call only looks at a file that is there, so that a library directory (-L) may answer.</summary>
    public static bool OnlyLooks(Sys call) => call is Sys.openat or Sys.openat2 or Sys.newfstatat or Sys.statx or Sys.faccessat or Sys.faccessat2 or Sys.readlinkat or Sys.statfs
        or Sys.getxattr or Sys.lgetxattr or Sys.listxattr or Sys.llistxattr;
}
