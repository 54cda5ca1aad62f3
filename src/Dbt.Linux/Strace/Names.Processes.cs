namespace Dbt.Linux.Strace;

/// <summary>Constants of memory, processes, signals, scheduling and time (linux/mman.h, linux/sched.h, linux/futex.h, linux/prctl.h and others).</summary>
static partial class Names
{
    static void AddProcesses(Dictionary<string, Func<ulong, string>> kinds)
    {
        AddFlags(kinds, "prot", "PROT_NONE",
        [
            new(1, "PROT_READ"), new(2, "PROT_WRITE"), new(4, "PROT_EXEC"), new(8, "PROT_SEM"), new(0x10, "PROT_BTI"), new(0x20, "PROT_MTE"), new(0x1000000, "PROT_GROWSDOWN"),
            new(0x2000000, "PROT_GROWSUP"),
        ]);
        AddFlags(kinds, "map_flags", "0",
        [
            new(3, "MAP_SHARED_VALIDATE"), new(1, "MAP_SHARED"), new(2, "MAP_PRIVATE"), new(0x10, "MAP_FIXED"), new(0x20, "MAP_ANONYMOUS"), new(0x100, "MAP_GROWSDOWN"),
            new(0x800, "MAP_DENYWRITE"), new(0x1000, "MAP_EXECUTABLE"), new(0x2000, "MAP_LOCKED"), new(0x4000, "MAP_NORESERVE"), new(0x8000, "MAP_POPULATE"),
            new(0x10000, "MAP_NONBLOCK"), new(0x20000, "MAP_STACK"), new(0x40000, "MAP_HUGETLB"), new(0x80000, "MAP_SYNC"), new(0x100000, "MAP_FIXED_NOREPLACE"),
        ]);
        AddFlags(kinds, "mremap_flags", "0",
        [
            new(1, "MREMAP_MAYMOVE"), new(2, "MREMAP_FIXED"), new(4, "MREMAP_DONTUNMAP"),
        ]);
        AddValues(kinds, "madvise",
        [
            new(0, "MADV_NORMAL"), new(1, "MADV_RANDOM"), new(2, "MADV_SEQUENTIAL"), new(3, "MADV_WILLNEED"), new(4, "MADV_DONTNEED"), new(8, "MADV_FREE"), new(9, "MADV_REMOVE"),
            new(10, "MADV_DONTFORK"), new(11, "MADV_DOFORK"), new(12, "MADV_MERGEABLE"), new(13, "MADV_UNMERGEABLE"), new(14, "MADV_HUGEPAGE"), new(15, "MADV_NOHUGEPAGE"),
            new(16, "MADV_DONTDUMP"), new(17, "MADV_DODUMP"), new(18, "MADV_WIPEONFORK"), new(19, "MADV_KEEPONFORK"), new(20, "MADV_COLD"), new(21, "MADV_PAGEOUT"),
            new(22, "MADV_POPULATE_READ"), new(23, "MADV_POPULATE_WRITE"), new(100, "MADV_HWPOISON"),
        ]);
        AddFlags(kinds, "msync_flags", "0",
        [
            new(1, "MS_ASYNC"), new(2, "MS_INVALIDATE"), new(4, "MS_SYNC"),
        ]);
        AddFlags(kinds, "mlock_flags", "0",
        [
            new(1, "MCL_CURRENT"), new(2, "MCL_FUTURE"), new(4, "MCL_ONFAULT"),
        ]);
        AddFlags(kinds, "mlock2_flags", "0",
        [
            new(1, "MLOCK_ONFAULT"),
        ]);
        AddNumbers(kinds, "memory_policy",
        [
            "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL",
        ]);
        AddFlags(kinds, "membarrier", "MEMBARRIER_CMD_QUERY",
        [
            new(1, "MEMBARRIER_CMD_GLOBAL"), new(2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"), new(4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"),
            new(8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"), new(0x10, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"), new(0x20, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"),
            new(0x40, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"), new(0x80, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ"),
            new(0x100, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ"),
        ]);
        AddFlags(kinds, "clone_bits", "0",
        [
            new(0x80, "CLONE_NEWTIME"), new(0x100, "CLONE_VM"), new(0x200, "CLONE_FS"), new(0x400, "CLONE_FILES"), new(0x800, "CLONE_SIGHAND"), new(0x1000, "CLONE_PIDFD"),
            new(0x2000, "CLONE_PTRACE"), new(0x4000, "CLONE_VFORK"), new(0x8000, "CLONE_PARENT"), new(0x10000, "CLONE_THREAD"), new(0x20000, "CLONE_NEWNS"),
            new(0x40000, "CLONE_SYSVSEM"), new(0x80000, "CLONE_SETTLS"), new(0x100000, "CLONE_PARENT_SETTID"), new(0x200000, "CLONE_CHILD_CLEARTID"),
            new(0x400000, "CLONE_DETACHED"), new(0x800000, "CLONE_UNTRACED"), new(0x1000000, "CLONE_CHILD_SETTID"), new(0x2000000, "CLONE_NEWCGROUP"),
            new(0x4000000, "CLONE_NEWUTS"), new(0x8000000, "CLONE_NEWIPC"), new(0x10000000, "CLONE_NEWUSER"), new(0x20000000, "CLONE_NEWPID"), new(0x40000000, "CLONE_NEWNET"),
            new(0x80000000, "CLONE_IO"), new(0x100000000, "CLONE_CLEAR_SIGHAND"), new(0x200000000, "CLONE_INTO_CGROUP"),
        ]);
        AddFlags(kinds, "wait_options", "0",
        [
            new(1, "WNOHANG"), new(2, "WSTOPPED"), new(4, "WEXITED"), new(8, "WCONTINUED"), new(0x1000000, "WNOWAIT"), new(0x20000000, "__WNOTHREAD"), new(0x40000000, "__WALL"),
            new(0x80000000, "__WCLONE"),
        ]);
        AddNumbers(kinds, "id_type",
        [
            "P_ALL", "P_PID", "P_PGID", "P_PIDFD",
        ]);
        AddNumbers(kinds, "sigmask_how",
        [
            "SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK",
        ]);
        AddFlags(kinds, "signalfd_flags", "0",
        [
            new(0x800, "SFD_NONBLOCK"), new(0x80000, "SFD_CLOEXEC"),
        ]);
        AddValues(kinds, "clock",
        [
            new(0, "CLOCK_REALTIME"), new(1, "CLOCK_MONOTONIC"), new(2, "CLOCK_PROCESS_CPUTIME_ID"), new(3, "CLOCK_THREAD_CPUTIME_ID"), new(4, "CLOCK_MONOTONIC_RAW"),
            new(5, "CLOCK_REALTIME_COARSE"), new(6, "CLOCK_MONOTONIC_COARSE"), new(7, "CLOCK_BOOTTIME"), new(8, "CLOCK_REALTIME_ALARM"), new(9, "CLOCK_BOOTTIME_ALARM"),
            new(11, "CLOCK_TAI"),
        ]);
        AddFlags(kinds, "timer_flags", "0",
        [
            new(1, "TIMER_ABSTIME"),
        ]);
        AddFlags(kinds, "timerfd_flags", "0",
        [
            new(0x800, "TFD_NONBLOCK"), new(0x80000, "TFD_CLOEXEC"),
        ]);
        AddFlags(kinds, "timerfd_set", "0",
        [
            new(1, "TFD_TIMER_ABSTIME"), new(2, "TFD_TIMER_CANCEL_ON_SET"),
        ]);
        AddNumbers(kinds, "itimer",
        [
            "ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF",
        ]);
        AddNumbers(kinds, "rlimit_resource",
        [
            "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS",
            "RLIMIT_LOCKS", "RLIMIT_SIGPENDING", "RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
        ]);
        AddValues(kinds, "rusage_who",
        [
            new(0, "RUSAGE_SELF"), new(0xffffffff, "RUSAGE_CHILDREN"), new(1, "RUSAGE_THREAD"),
        ]);
        AddNumbers(kinds, "priority_who",
        [
            "PRIO_PROCESS", "PRIO_PGRP", "PRIO_USER",
        ]);
        AddNumbers(kinds, "io_priority_who",
        [
            "0", "IOPRIO_WHO_PROCESS", "IOPRIO_WHO_PGRP", "IOPRIO_WHO_USER",
        ]);
        AddValues(kinds, "scheduler",
        [
            new(0, "SCHED_OTHER"), new(1, "SCHED_FIFO"), new(2, "SCHED_RR"), new(3, "SCHED_BATCH"), new(5, "SCHED_IDLE"), new(6, "SCHED_DEADLINE"),
            new(0x40000000, "SCHED_OTHER|SCHED_RESET_ON_FORK"), new(0x40000001, "SCHED_FIFO|SCHED_RESET_ON_FORK"), new(0x40000002, "SCHED_RR|SCHED_RESET_ON_FORK"),
        ]);
        AddFlags(kinds, "random_flags", "0",
        [
            new(1, "GRND_NONBLOCK"), new(2, "GRND_RANDOM"), new(4, "GRND_INSECURE"),
        ]);
        AddFlags(kinds, "pidfd_flags", "0",
        [
            new(0x800, "PIDFD_NONBLOCK"),
        ]);
        AddValues(kinds, "ipc_key",
        [
            new(0, "IPC_PRIVATE"),
        ]);
        AddValues(kinds, "ipc_command",
        [
            new(0, "IPC_RMID"), new(1, "IPC_SET"), new(2, "IPC_STAT"), new(3, "IPC_INFO"), new(11, "SHM_LOCK"), new(12, "SHM_UNLOCK"), new(13, "SHM_STAT"), new(14, "SHM_INFO"),
            new(15, "SHM_STAT_ANY"),
        ]);
        AddValues(kinds, "sem_command",
        [
            new(0, "IPC_RMID"), new(1, "IPC_SET"), new(2, "IPC_STAT"), new(3, "IPC_INFO"), new(11, "GETPID"), new(12, "GETVAL"), new(13, "GETALL"), new(14, "GETNCNT"),
            new(15, "GETZCNT"), new(16, "SETVAL"), new(17, "SETALL"), new(18, "SEM_STAT"), new(19, "SEM_INFO"), new(20, "SEM_STAT_ANY"),
        ]);
        AddFlags(kinds, "shm_attach", "0",
        [
            new(0x1000, "SHM_RDONLY"), new(0x2000, "SHM_RND"), new(0x4000, "SHM_REMAP"), new(0x8000, "SHM_EXEC"),
        ]);
        AddFlags(kinds, "msg_queue", "0",
        [
            new(0x800, "IPC_NOWAIT"), new(0x1000, "MSG_NOERROR"), new(0x2000, "MSG_EXCEPT"), new(0x4000, "MSG_COPY"),
        ]);
        AddValues(kinds, "prctl",
        [
            new(1, "PR_SET_PDEATHSIG"), new(2, "PR_GET_PDEATHSIG"), new(3, "PR_GET_DUMPABLE"), new(4, "PR_SET_DUMPABLE"), new(5, "PR_GET_UNALIGN"), new(6, "PR_SET_UNALIGN"),
            new(7, "PR_GET_KEEPCAPS"), new(8, "PR_SET_KEEPCAPS"), new(13, "PR_GET_TIMING"), new(14, "PR_SET_TIMING"), new(15, "PR_SET_NAME"), new(16, "PR_GET_NAME"),
            new(19, "PR_GET_ENDIAN"), new(20, "PR_SET_ENDIAN"), new(21, "PR_GET_SECCOMP"), new(22, "PR_SET_SECCOMP"), new(23, "PR_CAPBSET_READ"), new(24, "PR_CAPBSET_DROP"),
            new(25, "PR_GET_TSC"), new(26, "PR_SET_TSC"), new(27, "PR_GET_SECUREBITS"), new(28, "PR_SET_SECUREBITS"), new(29, "PR_SET_TIMERSLACK"), new(30, "PR_GET_TIMERSLACK"),
            new(33, "PR_MCE_KILL"), new(34, "PR_MCE_KILL_GET"), new(35, "PR_SET_MM"), new(36, "PR_SET_CHILD_SUBREAPER"), new(37, "PR_GET_CHILD_SUBREAPER"),
            new(38, "PR_SET_NO_NEW_PRIVS"), new(39, "PR_GET_NO_NEW_PRIVS"), new(40, "PR_GET_TID_ADDRESS"), new(41, "PR_SET_THP_DISABLE"), new(42, "PR_GET_THP_DISABLE"),
            new(45, "PR_SET_FP_MODE"), new(46, "PR_GET_FP_MODE"), new(47, "PR_CAP_AMBIENT"), new(50, "PR_SVE_SET_VL"), new(51, "PR_SVE_GET_VL"),
            new(52, "PR_GET_SPECULATION_CTRL"), new(53, "PR_SET_SPECULATION_CTRL"), new(54, "PR_PAC_RESET_KEYS"), new(55, "PR_SET_TAGGED_ADDR_CTRL"),
            new(56, "PR_GET_TAGGED_ADDR_CTRL"), new(57, "PR_SET_IO_FLUSHER"), new(58, "PR_GET_IO_FLUSHER"), new(62, "PR_SCHED_CORE"), new(0x53564d41, "PR_SET_VMA"),
            new(0x59616d61, "PR_SET_PTRACER"),
        ]);
        AddValues(kinds, "sigev_notify",
        [
            new(0, "SIGEV_SIGNAL"), new(1, "SIGEV_NONE"), new(2, "SIGEV_THREAD"), new(4, "SIGEV_THREAD_ID"),
        ]);
        AddNumbers(kinds, "seccomp",
        [
            "SECCOMP_SET_MODE_STRICT", "SECCOMP_SET_MODE_FILTER", "SECCOMP_GET_ACTION_AVAIL", "SECCOMP_GET_NOTIF_SIZES",
        ]);
        AddNumbers(kinds, "futex_wake_op",
        [
            "FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR", "FUTEX_OP_ANDN", "FUTEX_OP_XOR",
        ]);
        AddNumbers(kinds, "futex_wake_cmp",
        [
            "FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT", "FUTEX_OP_CMP_LE", "FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE",
        ]);
    }
}
