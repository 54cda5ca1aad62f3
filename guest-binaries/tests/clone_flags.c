// oracle: native
// clone and clone3 beyond fork and threads: exit signals, whose child it is, what is shared one by one, pid descriptors, processes that share memory, refusals.
#include "check.h"

#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct clone_request {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ull
#endif
enum { Parent = 1, Child = 2 };

// The order of the arguments differs between machines.
static long raw_clone(unsigned long flags, void *stack, int *parent, int *child) {
#if defined(__x86_64__)
    return syscall(SYS_clone, flags, stack, parent, child, 0);
#else
    return syscall(SYS_clone, flags, stack, parent, 0, child);
#endif
}
static long raw_clone3(struct clone_request *request, size_t size) { return syscall(SYS_clone3, request, size); }

static void status_of(const char *name, long child, int options) {
    int status = 0;
    if (waitpid((pid_t)child, &status, options) == -1) show_text(name, strerrorname_np(errno));
    else if (WIFEXITED(status)) printf("%s exited with %d\n", name, WEXITSTATUS(status));
    else printf("%s died by signal %d\n", name, WTERMSIG(status));
    fflush(stdout);
}

static volatile sig_atomic_t got_signal, from;
static void on_signal(int signal, siginfo_t *info, void *context) {
    (void)context;
    got_signal = signal, from = info->si_pid;
}

static atomic_int shared_word;
static int child_word, cleared_word = 1;

static int in_shared_memory(void *argument) {
    atomic_store(&shared_word, 5);
    // Both at once.
    while (atomic_load(&shared_word) != 6) sched_yield();
    signal(SIGUSR2, SIG_IGN);
    int *values = argument;
    values[0] = getpid() == (int)syscall(SYS_gettid);
    values[1] = getppid();
    return 21;
}

static int quick(void *argument) {
    atomic_fetch_add(&shared_word, *(int *)argument);
    return 3;
}

static int raise_own(void *argument) {
    raise(*(int *)argument);
    return 0;
}

static int execute(void *argument) {
    execl("/bin/sh", "sh", "-c", (char *)argument, (char *)0);
    return 99;
}

int main(void) {
    static char stack[64 * 1024] __attribute__((aligned(16)));
    long child;
    int status;
    // Exit signals.
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, 0), sigaction(SIGCHLD, &action, 0);
    sigset_t blocked, none;
    sigemptyset(&none), sigemptyset(&blocked), sigaddset(&blocked, SIGUSR1), sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, 0);
    if ((child = raw_clone(SIGUSR1, 0, 0, 0)) == 0) _exit(4);
    while (got_signal == 0) sigsuspend(&none);
    show("exit signal", got_signal), show("is of the child", from == child);
    status_of("not for a plain wait", child, 0);
    status_of("clone child", child, __WCLONE);
    got_signal = 0;
    if ((child = raw_clone(0, 0, 0, 0)) == 0) _exit(5);
    status_of("silent child", child, __WALL);
    show("no signal", got_signal);
    sigprocmask(SIG_UNBLOCK, &blocked, 0);
    signal(SIGCHLD, SIG_DFL);

    // Whose child.
    int ends[2];
    pipe(ends);
    if ((child = fork()) == 0) {
        pid_t brother = (pid_t)raw_clone(CLONE_PARENT | SIGCHLD, 0, 0, 0);
        if (brother == 0) _exit(9);
        write(ends[1], &brother, sizeof brother);
        _exit(waitpid(brother, &status, 0) == -1 && errno == ECHILD ? 8 : 7);
    }
    pid_t brother;
    read(ends[0], &brother, sizeof brother);
    status_of("child", child, 0), status_of("brother", brother, 0);

    // One thing shared, the others not.
    if ((child = raw_clone(CLONE_FILES | SIGCHLD, 0, 0, 0)) == 0) {
        dup2(1, 77);
        chdir("/");
        child_word = 1;
        _exit(0);
    }
    status_of("files", child, 0);
    show("descriptor of the child", fcntl(77, F_GETFD)), show("memory is not", child_word);
    close(77);
    enter_work_directory();
    if ((child = raw_clone(CLONE_FS | SIGCHLD, 0, 0, 0)) == 0) {
        umask(0123);
        dup2(1, 77);
        _exit(chdir("/usr"));
    }
    status_of("directory", child, 0);
    char here[PATH_MAX];
    show_text("now in", getcwd(here, sizeof here)), show("umask", umask(022)), result("descriptor", fcntl(77, F_GETFD));
    leave_work_directory();

    // Words for ids.
    int *words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    words[Child] = -1;
    if ((child = raw_clone(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, words + Parent, words + Child)) == 0) {
        int found = words[Child] == getpid();
        while (words[3] == 0) sched_yield();
        _exit(found ? 10 : 11);
    }
    show("parent's word", words[Parent] == child);
    words[3] = 1;
    status_of("settid", child, 0);

    // Pid descriptors.
    int pidfd = -1;
    if ((child = raw_clone(CLONE_PIDFD | SIGCHLD, 0, &pidfd, 0)) == 0)
        for (;;) pause();
    show("close-on-exec", fcntl(pidfd, F_GETFD));
    struct pollfd ready = {pidfd, POLLIN, 0};
    show("nobody ended", poll(&ready, 1, 0));
    siginfo_t info = {0};
    result("waitid", waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG));
    show("nothing to tell", info.si_pid);
    result("pidfd_send_signal", syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, 0, 0));
    show("ended", poll(&ready, 1, -1)), show_hex("events", (unsigned)ready.revents);
    result("waitid", waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED));
    show("code", info.si_code), show("status", info.si_status), show("pid", info.si_pid == child);
    result("waitid again", waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED));
    result("pidfd_send_signal", syscall(SYS_pidfd_send_signal, pidfd, 0, 0, 0));
    close(pidfd);
    if ((child = fork()) == 0)
        for (;;) pause();
    pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    int copy = (int)syscall(SYS_pidfd_getfd, pidfd, 1, 0);
    succeeded("pidfd_getfd", copy);
    result("bad flags", syscall(SYS_pidfd_open, child, 0x1000)), result("nobody", syscall(SYS_pidfd_open, 0x3FFFFFFF, 0)), result("getfd of none", syscall(SYS_pidfd_getfd, pidfd, 12345, 0));
    kill((pid_t)child, SIGKILL);
    status_of("killed", child, 0);
    close(copy), close(pidfd);

    // Processes that share this memory and run at the same time.
    int values[2] = {0};
    char *top = stack + sizeof stack;
    signal(SIGUSR2, SIG_DFL);
    child = clone(in_shared_memory, top, CLONE_VM | SIGCHLD, values);
    while (atomic_load(&shared_word) != 5) sched_yield();
    atomic_store(&shared_word, 6);
    status_of("shared memory", child, 0);
    show("a leader", values[0]), show("of this parent", values[1] == getpid()), show("own dispositions", signal(SIGUSR2, SIG_DFL) == SIG_DFL);
    atomic_store(&shared_word, 0);
    child = clone(in_shared_memory, top, CLONE_VM | CLONE_SIGHAND | CLONE_FS | CLONE_FILES | SIGCHLD, values);
    while (atomic_load(&shared_word) != 5) sched_yield();
    atomic_store(&shared_word, 6);
    status_of("all but the thread group", child, 0);
    show("shared dispositions", signal(SIGUSR2, SIG_DFL) == SIG_IGN);
    atomic_store(&shared_word, 0);
    int one = 1;
    for (int i = 0; i < 20; i++) {
        cleared_word = 1;
        child = clone(quick, top, CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, &one, words + Parent, 0, &cleared_word);
        if (words[Parent] != child) show("parent's word", words[Parent]);
        while (__atomic_load_n(&cleared_word, __ATOMIC_SEQ_CST) != 0) syscall(SYS_futex, &cleared_word, FUTEX_WAIT, 1, 0, 0, 0);
        if (waitpid((pid_t)child, &status, 0) != child || status != 3 << 8) show("status", status);
    }
    show("twenty more", atomic_load(&shared_word));
    int signal_number = SIGKILL;
    status_of("killed with this memory", clone(raise_own, top, CLONE_VM | SIGCHLD, &signal_number), 0);
    signal_number = SIGTERM;
    status_of("killed with this memory", clone(raise_own, top, CLONE_VM | SIGCHLD, &signal_number), 0);
    status_of("executed", clone(execute, top, CLONE_VM | SIGCHLD, "exit 17"), 0);
    status_of("executed", clone(execute, top, CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, "exit 18"), 0);
    status_of("waited for, without a signal", clone(quick, top, CLONE_VM | CLONE_VFORK, &one), __WALL);
    show("came back", atomic_load(&shared_word));
    // Waited for, with a copy of the memory.
    words[3] = 0;
    if ((child = raw_clone(CLONE_VFORK | SIGCHLD, 0, 0, 0)) == 0) {
        usleep(20000);
        words[3] = 1;
        child_word = 1;
        _exit(2);
    }
    show("after the child", words[3]), show("not its memory", child_word);
    status_of("vfork", child, 0);

    // clone3.
    struct clone_request request = {.exit_signal = SIGCHLD};
    if ((child = raw_clone3(&request, sizeof request)) == 0) _exit(12);
    status_of("clone3", child, 0);
    request.exit_signal = SIGCHLD, request.flags = CLONE_PIDFD | CLONE_PARENT_SETTID, request.pidfd = (uintptr_t)&pidfd, request.parent_tid = (uintptr_t)(words + Parent);
    if ((child = raw_clone3(&request, sizeof request)) == 0) _exit(13);
    show("parent's word", words[Parent] == child);
    result("waitid", waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED));
    show("status", info.si_status);
    close(pidfd);
    request = (struct clone_request){.exit_signal = SIGCHLD, .flags = CLONE_CLEAR_SIGHAND};
    sigaction(SIGUSR1, &action, 0), signal(SIGUSR2, SIG_IGN);
    if ((child = raw_clone3(&request, sizeof request)) == 0) {
        struct sigaction first, second, fault;
        sigaction(SIGUSR1, 0, &first), sigaction(SIGUSR2, 0, &second), sigaction(SIGSEGV, 0, &fault);
        _exit((first.sa_handler == SIG_DFL) + 2 * (second.sa_handler == SIG_IGN) + 4 * (fault.sa_handler == SIG_DFL));
    }
    status_of("no handlers", child, 0);
    uint64_t longer[20] = {0, 0, 0, 0, SIGCHLD};
    if ((child = syscall(SYS_clone3, longer, sizeof longer)) == 0) _exit(14);
    status_of("a longer structure", child, 0);
    longer[15] = 1;
    result("that says more", syscall(SYS_clone3, longer, sizeof longer));
    result("larger than a page", syscall(SYS_clone3, longer, 5000));
    result("too short", syscall(SYS_clone3, longer, 63));
    result("nowhere", syscall(SYS_clone3, 16, sizeof request));

    // Refusals.
    static const struct { const char *name; struct clone_request request; } refused[] = {
        {"signal in the flags", {.flags = SIGCHLD}},
        {"bad signal", {.exit_signal = 65}},
        {"detached", {.flags = CLONE_DETACHED}},
        {"unknown flag", {.flags = 1ull << 40}},
        {"stack without size", {.stack = 4096, .exit_signal = SIGCHLD}},
        {"size without stack", {.stack_size = 4096, .exit_signal = SIGCHLD}},
        {"thread with a signal", {.flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD}},
        {"sibling with a signal", {.flags = CLONE_PARENT, .exit_signal = SIGCHLD}},
        {"handlers without memory", {.flags = CLONE_SIGHAND}},
        {"thread without handlers", {.flags = CLONE_THREAD | CLONE_VM}},
        {"handlers shared and cleared", {.flags = CLONE_SIGHAND | CLONE_VM | CLONE_CLEAR_SIGHAND}},
        {"namespace with shared directory", {.flags = CLONE_NEWNS | CLONE_FS}},
        {"user namespace with shared directory", {.flags = CLONE_NEWUSER | CLONE_FS}},
        {"user namespace of a thread", {.flags = CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM}},
        {"ids without address", {.set_tid_size = 1, .exit_signal = SIGCHLD}},
        {"address without ids", {.set_tid = 4096, .exit_signal = SIGCHLD}},
        {"too many ids", {.set_tid = 4096, .set_tid_size = 33, .exit_signal = SIGCHLD}},
        {"no such cgroup", {.flags = CLONE_INTO_CGROUP, .cgroup = 12345, .exit_signal = SIGCHLD}},
        {"a cgroup that is no descriptor", {.flags = CLONE_INTO_CGROUP, .cgroup = 1ull << 33, .exit_signal = SIGCHLD}},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        request = refused[i].request;
        child = raw_clone3(&request, sizeof request);
        if (child == 0) _exit(0);
        result(refused[i].name, child > 0 ? 0 : -1);
        if (child > 0) waitpid((pid_t)child, 0, __WALL);
    }
    int directory = open("/tmp", O_RDONLY | O_DIRECTORY);
    request = (struct clone_request){.flags = CLONE_INTO_CGROUP, .cgroup = (uint64_t)directory, .exit_signal = SIGCHLD};
    result("a directory that is no cgroup", raw_clone3(&request, sizeof request));
    result("pid descriptor and parent's word", raw_clone(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, 0, words, 0));
    result("pid descriptor, detached", raw_clone(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD, 0, words, 0));
    result("handlers without memory", raw_clone(CLONE_SIGHAND | SIGCHLD, 0, 0, 0));
    result("thread alone", raw_clone(CLONE_THREAD, 0, 0, 0));
    result("nobody left", waitpid(-1, 0, __WALL));
}
