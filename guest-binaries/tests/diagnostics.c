// Ways to go wrong, for --backtrace, --core and --hang-timeout, and a walk through system calls for --strace.
// oracle: native
// flags: -fno-omit-frame-pointer -fno-optimize-sibling-calls -pthread
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int zero;

__attribute__((noinline)) static void store(int *address) { *address = 42; }

__attribute__((noinline)) static void inner(int depth) {
    if (depth == 0)
        store((int *)(unsigned long)(16 + zero));
    else
        inner(depth - 1);
    zero = 0;
}

__attribute__((noinline)) static void outer(void) {
    inner(2);
    zero = 0;
}

static void in_handler(int signal) {
    (void)signal;
    outer();
}

__attribute__((noinline)) static void interrupted(void) {
    raise(SIGUSR1);
    zero = 0;
}

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void *take_second_then_first(void *unused) {
    pthread_mutex_lock(&second);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&first);
    return unused;
}

__attribute__((noinline)) static void deadlock(void) {
    pthread_t thread;
    pthread_barrier_init(&both, NULL, 2);
    pthread_mutex_lock(&first);
    pthread_create(&thread, NULL, take_second_then_first, NULL);
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&second);
    pthread_join(thread, NULL);
}

static void *wait_forever(void *unused) {
    for (;;) pause();
    return unused;
}

static void walk(void) {
    char buffer[64];
    struct stat status;
    int pair[2];
    syscall(SYS_umask, 077);
    syscall(SYS_write, 1, "walk\n", 5);
    syscall(SYS_close_range, 3, ~0u, 0); // what the caller left open would change the numbers below
    int file = openat(AT_FDCWD, "walk.tmp", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    syscall(SYS_write, file, "tab\t\"quote\" \1\0012 and much more than the thirty-two", 46);
    syscall(SYS_lseek, file, 0, SEEK_SET);
    syscall(SYS_read, file, buffer, 10);
    syscall(SYS_fcntl, file, F_GETFD);
    syscall(SYS_fcntl, file, F_SETFD, 0);
    syscall(SYS_fchmod, file, 04755);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 3, .l_len = 4};
    syscall(SYS_fcntl, file, F_SETLK, &lock);
    syscall(SYS_ftruncate, file, 100);
    syscall(SYS_newfstatat, AT_FDCWD, "walk.tmp", &status, AT_SYMLINK_NOFOLLOW);
    syscall(SYS_newfstatat, AT_FDCWD, "absent", &status, 0);
    syscall(SYS_faccessat, AT_FDCWD, "absent", R_OK | X_OK);
    syscall(SYS_unlinkat, AT_FDCWD, "walk.tmp", 0);
    syscall(SYS_mkdirat, AT_FDCWD, "walk.d", 0755);
    syscall(SYS_unlinkat, AT_FDCWD, "walk.d", AT_REMOVEDIR);
    syscall(SYS_pipe2, pair, O_CLOEXEC | O_NONBLOCK);
    syscall(SYS_read, pair[0], buffer, 1);
    struct pollfd polls[2] = {{.fd = pair[0], .events = POLLIN}, {.fd = pair[1], .events = POLLOUT}};
    struct timespec nothing = {0, 0};
    syscall(SYS_ppoll, polls, 2, NULL, NULL, 8);
    syscall(SYS_ppoll, polls, 1, &nothing, NULL, 8);
    int epoll = syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLOUT | EPOLLET, .data.u64 = 7};
    syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pair[1], &event);
    syscall(SYS_epoll_pwait, epoll, &event, 1, 0, NULL, 8);
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(page, 4096, PROT_NONE);
    madvise(page, 4096, MADV_DONTNEED);
    munmap(page, 4096);
    syscall(SYS_eventfd2, 3, EFD_CLOEXEC | EFD_SEMAPHORE);
    syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
    char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = {0};
    struct iovec vector = {.iov_base = "message", .iov_len = 7};
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    int passed = 1;
    memcpy(CMSG_DATA(rights), &passed, sizeof passed);
    syscall(SYS_sendmsg, pair[0], &message, MSG_NOSIGNAL);
    syscall(SYS_recvfrom, pair[1], buffer, 64, MSG_DONTWAIT, NULL, NULL);
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "absent"};
    syscall(SYS_connect, pair[0], &name, sizeof name);
    int one = 1;
    syscall(SYS_setsockopt, pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one);
    syscall(SYS_shutdown, pair[0], SHUT_WR);
    struct rlimit limit;
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
    int futex = 5;
    syscall(SYS_futex, &futex, 128 | 0, 4, NULL);
    syscall(SYS_futex, &futex, 128 | 1, 1);
    syscall(SYS_futex, &futex, 128 | 9, 5, &nothing, NULL, -1);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
    syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
    struct itimerval timer = {.it_value = {.tv_sec = 100}};
    syscall(SYS_setitimer, ITIMER_REAL, &timer, NULL);
    int clock = syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct itimerspec interval = {.it_interval = {1, 2}, .it_value = {3, 4}};
    syscall(SYS_timerfd_settime, clock, 0, &interval, NULL);
    syscall(SYS_prctl, 15, "renamed");
    syscall(SYS_getpriority, PRIO_PROCESS, 0);
    syscall(SYS_umask, 022);
    syscall(SYS_wait4, -1, NULL, WNOHANG, NULL);
    syscall(SYS_close, 999);
    syscall(SYS_exit_group, 0);
}

int main(int count, char **arguments) {
    const char *what = count > 1 ? arguments[1] : "";
    pthread_t thread;
    if (strcmp(what, "walk") == 0) walk();
    if (strcmp(what, "crash") == 0) outer();
    if (strcmp(what, "abort") == 0) abort();
    if (strcmp(what, "deadlock") == 0) deadlock();
    if (strcmp(what, "deadlock-for-a-while") == 0) {
        alarm(3);
        deadlock();
    }
    if (strcmp(what, "threads") == 0) {
        pthread_create(&thread, NULL, wait_forever, NULL);
        usleep(50000);
        outer();
    }
    if (strcmp(what, "handler") == 0) {
        signal(SIGUSR1, in_handler);
        interrupted();
    }
    printf("diagnostics walk|crash|abort|deadlock|threads|handler\n");
    return 0;
}
