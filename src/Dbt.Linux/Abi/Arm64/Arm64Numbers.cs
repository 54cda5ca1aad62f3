using Dbt.Linux.Host;
using static Dbt.Linux.Host.Sys;

namespace Dbt.Linux.Abi.Arm64;

/// <summary>System call numbers of AArch64 (asm-generic/unistd.h): the guest's number is the index.</summary>
static class Arm64Numbers
{
    /// <summary>One more than the greatest number.</summary>
    public const int Count = FirstRecent + 27;

    /// <summary>What a guest number means; <see cref="none"/> where Linux has no such call on AArch64.</summary>
    public static Sys Identify(int number) =>
        (uint)number < (uint)Classic.Length ? Classic[number]
        : (uint)(number - FirstRecent) < (uint)Recent.Length ? Recent[number - FirstRecent]
        : none;

    static ReadOnlySpan<Sys> Classic =>
    [
        /* 0 */ io_setup, io_destroy, io_submit, io_cancel, io_getevents, setxattr, lsetxattr, fsetxattr,
        /* 8 */ getxattr, lgetxattr, fgetxattr, listxattr, llistxattr, flistxattr, removexattr, lremovexattr,
        /* 16 */ fremovexattr, getcwd, lookup_dcookie, eventfd2, epoll_create1, epoll_ctl, epoll_pwait, dup,
        /* 24 */ dup3, fcntl, inotify_init1, inotify_add_watch, inotify_rm_watch, ioctl, ioprio_set, ioprio_get,
        /* 32 */ flock, mknodat, mkdirat, unlinkat, symlinkat, linkat, renameat, umount2,
        /* 40 */ mount, pivot_root, nfsservctl, statfs, fstatfs, truncate, ftruncate, fallocate,
        /* 48 */ faccessat, chdir, fchdir, chroot, fchmod, fchmodat, fchownat, fchown,
        /* 56 */ openat, close, vhangup, pipe2, quotactl, getdents64, lseek, read,
        /* 64 */ write, readv, writev, pread64, pwrite64, preadv, pwritev, sendfile,
        /* 72 */ pselect6, ppoll, signalfd4, vmsplice, splice, tee, readlinkat, newfstatat,
        /* 80 */ fstat, sync, fsync, fdatasync, sync_file_range, timerfd_create, timerfd_settime, timerfd_gettime,
        /* 88 */ utimensat, acct, capget, capset, personality, exit, exit_group, waitid,
        /* 96 */ set_tid_address, unshare, futex, set_robust_list, get_robust_list, nanosleep, getitimer, setitimer,
        /* 104 */ kexec_load, init_module, delete_module, timer_create, timer_gettime, timer_getoverrun, timer_settime, timer_delete,
        /* 112 */ clock_settime, clock_gettime, clock_getres, clock_nanosleep, syslog, ptrace, sched_setparam, sched_setscheduler,
        /* 120 */ sched_getscheduler, sched_getparam, sched_setaffinity, sched_getaffinity, sched_yield, sched_get_priority_max, sched_get_priority_min, sched_rr_get_interval,
        /* 128 */ restart_syscall, kill, tkill, tgkill, sigaltstack, rt_sigsuspend, rt_sigaction, rt_sigprocmask,
        /* 136 */ rt_sigpending, rt_sigtimedwait, rt_sigqueueinfo, rt_sigreturn, setpriority, getpriority, reboot, setregid,
        /* 144 */ setgid, setreuid, setuid, setresuid, getresuid, setresgid, getresgid, setfsuid,
        /* 152 */ setfsgid, times, setpgid, getpgid, getsid, setsid, getgroups, setgroups,
        /* 160 */ uname, sethostname, setdomainname, getrlimit, setrlimit, getrusage, umask, prctl,
        /* 168 */ getcpu, gettimeofday, settimeofday, adjtimex, getpid, getppid, getuid, geteuid,
        /* 176 */ getgid, getegid, gettid, sysinfo, mq_open, mq_unlink, mq_timedsend, mq_timedreceive,
        /* 184 */ mq_notify, mq_getsetattr, msgget, msgctl, msgrcv, msgsnd, semget, semctl,
        /* 192 */ semtimedop, semop, shmget, shmctl, shmat, shmdt, socket, socketpair,
        /* 200 */ bind, listen, accept, connect, getsockname, getpeername, sendto, recvfrom,
        /* 208 */ setsockopt, getsockopt, shutdown, sendmsg, recvmsg, readahead, brk, munmap,
        /* 216 */ mremap, add_key, request_key, keyctl, clone, execve, mmap, fadvise64,
        /* 224 */ swapon, swapoff, mprotect, msync, mlock, munlock, mlockall, munlockall,
        /* 232 */ mincore, madvise, remap_file_pages, mbind, get_mempolicy, set_mempolicy, migrate_pages, move_pages,
        /* 240 */ rt_tgsigqueueinfo, perf_event_open, accept4, recvmmsg, none, none, none, none,
        /* 248 */ none, none, none, none, none, none, none, none,
        /* 256 */ none, none, none, none, wait4, prlimit64, fanotify_init, fanotify_mark,
        /* 264 */ name_to_handle_at, open_by_handle_at, clock_adjtime, syncfs, setns, sendmmsg, process_vm_readv, process_vm_writev,
        /* 272 */ kcmp, finit_module, sched_setattr, sched_getattr, renameat2, seccomp, getrandom, memfd_create,
        /* 280 */ bpf, execveat, userfaultfd, membarrier, mlock2, copy_file_range, preadv2, pwritev2,
        /* 288 */ pkey_mprotect, pkey_alloc, pkey_free, statx, io_pgetevents, rseq, kexec_file_load,
    ];

    /// <summary>First number of <see cref="Recent"/>: from here on all architectures use the same numbers.</summary>
    const int FirstRecent = 424;

    static ReadOnlySpan<Sys> Recent =>
    [
        /* 424 */ pidfd_send_signal, io_uring_setup, io_uring_enter, io_uring_register, open_tree, move_mount, fsopen, fsconfig,
        /* 432 */ fsmount, fspick, pidfd_open, clone3, close_range, openat2, pidfd_getfd, faccessat2,
        /* 440 */ process_madvise, epoll_pwait2, mount_setattr, quotactl_fd, landlock_create_ruleset, landlock_add_rule, landlock_restrict_self, memfd_secret,
        /* 448 */ process_mrelease, futex_waitv, set_mempolicy_home_node,
    ];
}
