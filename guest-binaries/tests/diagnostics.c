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

// A thread waits in read() while another one writes; and a thread whose call has begun when the process ends.
static int ends[2];
static volatile int reader;
static void *read_one(void *unused) {
    char byte[2] = "";
    reader = gettid();
    while (read(ends[0], byte, 1) == 1 && byte[0] != 'q') reader = gettid();
    return unused;
}
static void wait_for_reader(void) {
    char name[64], text[64] = "", wanted[32];
    while (reader == 0) usleep(1000);
    snprintf(name, sizeof name, "/proc/self/task/%d/syscall", reader);
    // The host's number of read and its descriptor: it is in the kernel.
    snprintf(wanted, sizeof wanted, "0 0x%x ", ends[0]);
    do {
        usleep(1000);
        int file = open(name, O_RDONLY);
        pread(file, text, sizeof text - 1, 0);
        close(file);
    } while (strncmp(text, wanted, strlen(wanted)) != 0);
    reader = 0;
}
static void interleave(void) {
    pthread_t thread;
    pipe(ends);
    pthread_create(&thread, NULL, read_one, NULL);
    wait_for_reader();
    write(2, "between\n", 8);
    write(ends[1], "x", 1);
    wait_for_reader();
    exit(0);
}

// No frame record anywhere: only the call frame information leads through these, from a leaf on. The empty instructions keep the calls from becoming jumps.
#define WITHOUT_RECORD __attribute__((noinline, optimize("omit-frame-pointer")))
WITHOUT_RECORD static int leaf_without_record(int *p) { return *p; }
WITHOUT_RECORD static int middle_without_record(int *p, int n) {
    volatile int large[40];
    for (int i = 0; i < 40; i++) large[i] = n;
    int value = leaf_without_record(p) + large[n];
    __asm__ volatile("");
    return value;
}
WITHOUT_RECORD static int compare_without_record(const void *a, const void *b) {
    (void)a, (void)b;
    int value = middle_without_record((int *)8, 3);
    __asm__ volatile("" : "+r"(value));
    return value;
}
static void through_a_library(void) {
    int numbers[4] = {3, 1, 2, 0};
    qsort(numbers, 4, sizeof numbers[0], compare_without_record);
    __asm__ volatile("");
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
    if (strcmp(what, "no-records") == 0) through_a_library();
    if (strcmp(what, "interleave") == 0) interleave();
    if (strcmp(what, "handler") == 0) {
        signal(SIGUSR1, in_handler);
        interrupted();
    }
    printf("diagnostics walk|crash|abort|deadlock|threads|interleave|no-records|handler\n");
    return 0;
}
