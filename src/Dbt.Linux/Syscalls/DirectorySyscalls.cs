using Dbt.Linux.Files;
using Dbt.Linux.Host;

namespace Dbt.Linux.Syscalls;

/// <summary>Names: directories, links, mounts.</summary>
static unsafe class DirectorySyscalls
{
    public static void Register(SyscallTable table)
    {
        table.Pass(Sys.getdents64, "getdents64", "fd dirents size");
        table.Add(Sys.getcwd, "getcwd", "str_out size", &CurrentDirectory);
        table.Pass(Sys.chdir, "chdir", "path");
        table.Pass(Sys.fchdir, "fchdir", "fd");
        table.Add(Sys.chroot, "chroot", "path", &ChangeRoot);
        table.Add(Sys.pivot_root, "pivot_root", "path path", &ChangeRoot);
        table.Pass(Sys.mkdirat, "mkdirat", "dirfd path mode");
        table.Pass(Sys.mknodat, "mknodat", "dirfd path file_mode device:2");
        table.Pass(Sys.unlinkat, "unlinkat", "dirfd path at_flags");
        table.Pass(Sys.symlinkat, "symlinkat", "path dirfd path");
        table.Pass(Sys.linkat, "linkat", "dirfd path dirfd path at_flags");
        table.Pass(Sys.renameat, "renameat", "dirfd path dirfd path");
        table.Pass(Sys.renameat2, "renameat2", "dirfd path dirfd path rename_flags");
        table.Add(Sys.readlinkat, "readlinkat", "dirfd path out size", &ReadLink);
        table.Pass(Sys.umask, "umask", "mode");
        table.Pass(Sys.mount, "mount", "path path path mount_flags ptr");
        table.Pass(Sys.umount2, "umount2", "path umount_flags");
        table.Pass(Sys.open_tree, "open_tree", "dirfd path hex");
        table.Pass(Sys.move_mount, "move_mount", "dirfd path dirfd path hex");
        table.Pass(Sys.fsopen, "fsopen", "path hex");
        table.Pass(Sys.fsconfig, "fsconfig", "fd int path ptr int");
        table.Pass(Sys.fsmount, "fsmount", "fd hex hex");
        table.Pass(Sys.fspick, "fspick", "dirfd path hex");
        table.Pass(Sys.mount_setattr, "mount_setattr", "dirfd path hex ptr size");
        table.Pass(Sys.quotactl, "quotactl", "hex path int ptr");
        table.Pass(Sys.quotactl_fd, "quotactl_fd", "fd hex int ptr");
        table.Pass(Sys.inotify_init1, "inotify_init1", "inotify_init");
        table.Pass(Sys.inotify_add_watch, "inotify_add_watch", "fd path inotify_mask");
        table.Pass(Sys.inotify_rm_watch, "inotify_rm_watch", "fd int");
        table.Add(Sys.fanotify_init, "fanotify_init", "fanotify_init open_flags", &InitializeFanotify);
        table.Pass(Sys.fanotify_mark, "fanotify_mark", "fd hex hex dirfd path");
    }

    static long ReadLink(in Call call)
    {
        long replaced = call.Process.ProcessFiles.ReadLink(call.Int(0), call.Address(1), call.Address(2), call[3]);
        if (replaced != ProcessFiles.NotSpecial) return replaced;
        return call.Process.Root is { } root ? root.ReadLink(call) : call.Forward();
    }

    // The second argument is how the events' descriptors are opened.
    static long InitializeFanotify(in Call call) => call.Forward(call[0], call.Process.Abi.OpenFlagsToHost(call.Int(1)));

    static long CurrentDirectory(in Call call) => call.Process.Root is { } root ? root.CurrentDirectoryName(call.Memory, call.Address(0), call[1]) : call.Forward();

    // dbt must find its own executable for a later execve, and /proc may not be visible from the new root.
    static long ChangeRoot(in Call call)
    {
        if (call.Process.Root is { } root) return call.Host == Sys.chroot ? root.ChangeRoot(call) : -Errno.EPERM;
        call.Process.Executable.KeepOpen();
        return call.Forward();
    }
}
