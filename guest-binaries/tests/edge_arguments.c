// oracle: native
// Every system call of Linux 6.1 with arguments at the edges: each row the errors of nine sets. Left out are calls that end or change the machine or wait, whose results hold an identifier of
// the whole system, and those that dbt refuses (refused_calls.c).
#include "check.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define CALLS \
    X(io_setup) X(io_destroy) X(io_submit) X(io_cancel) X(io_getevents) X(setxattr) X(lsetxattr) X(fsetxattr) X(getxattr) \
    X(lgetxattr) X(fgetxattr) X(listxattr) X(llistxattr) X(flistxattr) X(removexattr) X(lremovexattr) X(fremovexattr) X(getcwd) \
    X(eventfd2) X(epoll_create1) X(epoll_ctl) X(epoll_pwait) X(dup) X(dup3) X(fcntl) X(inotify_init1) X(inotify_add_watch) \
    X(inotify_rm_watch) X(ioctl) X(ioprio_set) X(ioprio_get) X(flock) X(mknodat) X(mkdirat) X(unlinkat) X(symlinkat) X(linkat) \
    X(renameat) X(statfs) X(fstatfs) X(truncate) X(ftruncate) X(fallocate) X(faccessat) X(chdir) X(fchdir) X(chroot) X(fchmod) \
    X(fchmodat) X(fchownat) X(fchown) X(openat) X(close) X(pipe2) X(getdents64) X(lseek) X(read) X(write) X(readv) X(writev) \
    X(pread64) X(pwrite64) X(preadv) X(pwritev) X(sendfile) X(signalfd4) X(vmsplice) X(splice) X(tee) X(readlinkat) X(newfstatat) \
    X(fstat) X(fsync) X(fdatasync) X(sync_file_range) X(timerfd_create) X(timerfd_settime) X(timerfd_gettime) X(utimensat) \
    X(capget) X(capset) X(personality) X(waitid) X(set_tid_address) X(unshare) X(futex) X(set_robust_list) X(get_robust_list) \
    X(nanosleep) X(getitimer) X(setitimer) X(timer_create) X(timer_gettime) X(timer_getoverrun) X(timer_settime) X(timer_delete) \
    X(clock_gettime) X(clock_getres) X(clock_nanosleep) X(sched_setparam) X(sched_setscheduler) X(sched_getscheduler) \
    X(sched_getparam) X(sched_setaffinity) X(sched_getaffinity) X(sched_yield) X(sched_get_priority_max) X(sched_get_priority_min) \
    X(sched_rr_get_interval) X(rt_sigaction) X(rt_sigprocmask) X(rt_sigpending) X(rt_sigtimedwait) X(setpriority) X(getpriority) \
    X(setregid) X(setgid) X(setreuid) X(setuid) X(setresuid) X(getresuid) X(setresgid) X(getresgid) X(setfsuid) X(setfsgid) \
    X(times) X(setpgid) X(getpgid) X(getsid) X(setsid) X(getgroups) X(setgroups) X(uname) X(getrlimit) X(setrlimit) X(getrusage) \
    X(umask) X(prctl) X(getcpu) X(gettimeofday) X(getpid) X(getppid) X(getuid) X(geteuid) X(getgid) X(getegid) X(gettid) \
    X(sysinfo) X(mq_open) X(mq_unlink) X(mq_timedsend) X(mq_timedreceive) X(mq_notify) X(mq_getsetattr) X(msgrcv) X(msgsnd) \
    X(semtimedop) X(semop) X(shmat) X(shmdt) X(socket) X(socketpair) X(bind) X(listen) X(accept) X(connect) X(getsockname) \
    X(getpeername) X(sendto) X(recvfrom) X(setsockopt) X(getsockopt) X(shutdown) X(sendmsg) X(recvmsg) X(readahead) X(brk) \
    X(munmap) X(mremap) X(add_key) X(request_key) X(keyctl) X(execve) X(mmap) X(fadvise64) X(mprotect) X(msync) X(mlock) \
    X(munlock) X(mlockall) X(munlockall) X(mincore) X(madvise) X(mbind) X(get_mempolicy) X(set_mempolicy) X(migrate_pages) \
    X(move_pages) X(accept4) X(recvmmsg) X(wait4) X(prlimit64) X(fanotify_init) X(fanotify_mark) X(name_to_handle_at) \
    X(open_by_handle_at) X(setns) X(sendmmsg) X(process_vm_readv) X(process_vm_writev) X(kcmp) X(sched_setattr) X(sched_getattr) \
    X(renameat2) X(getrandom) X(memfd_create) X(execveat) X(membarrier) X(mlock2) X(copy_file_range) X(preadv2) X(pwritev2) \
    X(statx) X(io_pgetevents) X(open_tree) X(move_mount) X(fsopen) X(fsconfig) X(fsmount) X(fspick) X(pidfd_open) X(close_range) \
    X(openat2) X(pidfd_getfd) X(faccessat2) X(process_madvise) X(epoll_pwait2) X(mount_setattr) X(quotactl_fd) \
    X(landlock_create_ruleset) X(landlock_add_rule) X(landlock_restrict_self) X(memfd_secret) X(process_mrelease) X(futex_waitv)

static const struct {
    const char *name;
    long number;
} calls[] = {
#define X(name) {#name, SYS_##name},
    CALLS
#undef X
};

struct outcome {
    long value;
    int error, done;
};

enum { PLACE = 0x50000000, PAGE = 4096, SETS = 9, NOTHING = 999 };

int main(void) {
    struct outcome *outcome = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    // One page with nothing behind it, at the same address everywhere: some calls take it for a number.
    char *page = mmap((void *)PLACE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    munmap(page + PAGE, PAGE);
    page[PAGE - 1] = 'x';
    enum { NULL_DEVICE = 100, FILE_DESCRIPTOR = 103, SOCKET = 104 };
    dup2(open("/dev/null", O_RDWR), NULL_DEVICE);
    int file = memfd_create("file", 0);
    write(file, "hello", 5);
    // Descriptor 0 is among the arguments: fchmod(0, 0) must not reach the machine's /dev/null.
    dup2(memfd_create("input", 0), 0);
    dup2(file, FILE_DESCRIPTOR), dup2(socket(AF_UNIX, SOCK_STREAM, 0), SOCKET);
    long at = (long)page, kernel = -(1L << 32);
    const long sets[SETS][6] = {
        {0, 0, 0, 0, 0, 0},
        {-1, -1, -1, -1, -1, -1},
        {NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING},
        {at, at, at, at, at, at},
        {kernel, kernel, kernel, kernel, kernel, kernel},
        {FILE_DESCRIPTOR, at, 0, 0, 0, 0},
        {FILE_DESCRIPTOR, at, 8, 0, 0, 0},
        {SOCKET, at, at + 16, 0, 0, 0},
        {AT_FDCWD, at + PAGE - 1, at, 0, 0, 0},
    };
    for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
        printf("%s:", calls[i].name);
        for (int k = 0; k < SETS; k++) {
            memset(outcome, 0, sizeof *outcome);
            fflush(stdout);
            pid_t child = fork();
            if (child == 0) {
                const long *a = sets[k];
                long value = syscall(calls[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
                *outcome = (struct outcome){value, value == -1 ? errno : 0, 1};
                syscall(SYS_exit_group, 0);
            }
            int status;
            waitpid(child, &status, 0);
            if (!outcome->done) printf(" status %x", status);
            else if (outcome->error) printf(" %s", strerrorname_np(outcome->error));
            else printf(" ok");
        }
        printf("\n");
    }
}
