// oracle: native
// Sessions, groups and terminals as a shell uses them; subreapers; waitid in all its forms; namespaces as far as the kernel permits.
#include "check.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>

static atomic_int *shared;

static void show_info(const char *name, long waited, const siginfo_t *info, pid_t child) {
    if (waited == -1) printf("%s: %s\n", name, strerrorname_np(errno));
    else printf("%s: signal %d code %d status %d %s\n", name, info->si_signo, info->si_code, info->si_status, info->si_pid == child ? "the child" : info->si_pid == 0 ? "nobody" : "another");
    fflush(stdout);
}

static void status_of(const char *name, pid_t child) {
    int status = 0;
    if (waitpid(child, &status, 0) == -1) show_text(name, strerrorname_np(errno));
    else if (WIFEXITED(status)) printf("%s exited with %d\n", name, WEXITSTATUS(status));
    else printf("%s died by signal %d%s\n", name, WTERMSIG(status), WCOREDUMP(status) ? "" : "");
    fflush(stdout);
}

static volatile sig_atomic_t got, code, value;
static void on_child(int signal, siginfo_t *info, void *context) {
    (void)context;
    got += signal == SIGCHLD, code = info->si_code, value = info->si_status;
}

static void waits(void) {
    siginfo_t info;
    pid_t child = fork();
    if (child == 0)
        for (;;) pause();
    memset(&info, 0, sizeof info);
    show_info("nothing yet", waitid(P_PID, (id_t)child, &info, WEXITED | WSTOPPED | WCONTINUED | WNOHANG), &info, child);
    kill(child, SIGSTOP);
    show_info("stopped, left", waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOWAIT), &info, child);
    show_info("stopped", waitid(P_PGID, 0, &info, WSTOPPED), &info, child);
    kill(child, SIGCONT);
    show_info("continued", waitid(P_ALL, 0, &info, WCONTINUED), &info, child);
    kill(child, SIGTERM);
    show_info("killed, left", waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), &info, child);
    show_info("killed", waitid(P_PGID, (id_t)getpgrp(), &info, WEXITED), &info, child);
    show_info("gone", waitid(P_PID, (id_t)child, &info, WEXITED), &info, child);
    show_info("no options", waitid(P_ALL, 0, &info, 0), &info, child);
    show_info("bad kind", waitid((idtype_t)9, 0, &info, WEXITED), &info, child);
    show_info("no such group", waitid(P_PGID, 0x3FFFFFFF, &info, WEXITED), &info, child);
    struct rusage usage;
    memset(&usage, 255, sizeof usage);
    if ((child = fork()) == 0) {
        for (volatile int i = 0; i < 1000; i++) {}
        _exit(200);
    }
    show("by system call", syscall(SYS_waitid, P_PID, child, 0, WEXITED, &usage)), show("usage", usage.ru_maxrss > 0 && usage.ru_utime.tv_sec < 100);

    struct sigaction action = {.sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &action, 0);
    sigset_t blocked, old;
    sigemptyset(&blocked), sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &old);
    if ((child = fork()) == 0)
        for (;;) pause();
    kill(child, SIGSTOP);
    while (!got) sigsuspend(&old);
    show("told of the stop", code), show("by", value);
    got = 0, kill(child, SIGCONT);
    while (!got) sigsuspend(&old);
    show("told of the continuation", code), show("by", value);
    got = 0, kill(child, SIGKILL);
    while (!got) sigsuspend(&old);
    show("told of the death", code), show("by", value);
    waitpid(child, 0, 0);
    action.sa_flags |= SA_NOCLDSTOP, sigaction(SIGCHLD, &action, 0);
    if ((child = fork()) == 0)
        for (;;) pause();
    got = 0, kill(child, SIGSTOP);
    waitpid(child, 0, WUNTRACED);
    sigset_t pending;
    sigpending(&pending);
    show("not told of stops", sigismember(&pending, SIGCHLD));
    kill(child, SIGKILL), waitpid(child, 0, 0);
    action.sa_flags = SA_NOCLDWAIT, action.sa_handler = SIG_DFL, sigaction(SIGCHLD, &action, 0);
    if ((child = fork()) == 0) _exit(1);
    result("no zombies", waitpid(child, 0, 0));
    action.sa_flags = 0, sigaction(SIGCHLD, &action, 0);
    sigprocmask(SIG_SETMASK, &old, 0);
}

static void reapers(void) {
    int is = -1;
    result("become subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1)), result("ask", prctl(PR_GET_CHILD_SUBREAPER, &is)), show("is", is);
    pid_t child = fork();
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
            while (getppid() != shared[0]) sched_yield();
            _exit(31);
        }
        shared[1] = grandchild;
        _exit(30);
    }
    status_of("child", child), status_of("its orphan", shared[1]);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    // A signal when the parent dies.
    if ((child = fork()) == 0) {
        if (fork() == 0) {
            int death = 0;
            prctl(PR_SET_PDEATHSIG, SIGUSR1), prctl(PR_GET_PDEATHSIG, &death);
            sigset_t set;
            sigemptyset(&set), sigaddset(&set, SIGUSR1);
            sigprocmask(SIG_BLOCK, &set, 0);
            shared[2] = death;
            int signal = 0;
            sigwait(&set, &signal);
            shared[3] = signal;
            _exit(0);
        }
        while (!shared[2]) sched_yield();
        _exit(0);
    }
    status_of("parent", child);
    while (!shared[3]) sched_yield();
    show("asked for", shared[2]), show("at its death", shared[3]);
}

static void terminals(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(master), unlockpt(master);
    char name[64];
    ptsname_r(master, name, sizeof name);
    pid_t leader = fork();
    if (leader == 0) {
        show("new session", setsid() == getpid());
        int terminal = open(name, O_RDWR);
        succeeded("open", terminal);
        show("its terminal", ioctl(terminal, TIOCSCTTY, 0) == 0 || errno == EPERM), show("session", tcgetsid(terminal) == getpid());
        show("foreground", tcgetpgrp(terminal) == getpgrp());
        signal(SIGTTOU, SIG_IGN);
        pid_t job = fork();
        if (job == 0) {
            setpgid(0, 0);
            while (tcgetpgrp(terminal) != getpgrp()) sched_yield();
            for (;;) pause();
        }
        setpgid(job, job);
        result("job to the foreground", tcsetpgrp(terminal, job));
        // The interrupt character reaches the foreground group only.
        write(master, "\003", 1);
        status_of("job", job);
        result("back", tcsetpgrp(terminal, getpgrp()));
        // A background group that reads is stopped, and again when it is continued there.
        if ((job = fork()) == 0) {
            setpgid(0, 0);
            signal(SIGTTOU, SIG_DFL);
            char byte;
            _exit(read(terminal, &byte, 1) == 1 ? byte : 99);
        }
        int status;
        setpgid(job, job);
        waitpid(job, &status, WUNTRACED);
        show("stopped by", WIFSTOPPED(status) ? WSTOPSIG(status) : -1);
        tcsetpgrp(terminal, job), killpg(job, SIGCONT);
        write(master, "A\n", 2);
        status_of("reader", job);
        tcsetpgrp(terminal, getpgrp());
        // An orphaned group gets EIO instead.
        if ((job = fork()) == 0) {
            signal(SIGTTIN, SIG_IGN), setpgid(0, 0);
            char byte;
            _exit(read(terminal, &byte, 1) == -1 && errno == EIO ? 41 : 42);
        }
        status_of("ignores the signal", job);
        result("setpgid of a leader", setpgid(0, 0)), result("setsid of a leader", setsid());
        _exit(0);
    }
    status_of("session leader", leader);
    close(master);
    if ((leader = fork()) == 0) {
        setpgid(0, 0);
        kill(0, SIGTERM);
        pause();
    }
    status_of("own group", leader);
    result("no such group", killpg(0x3FFFFFFF, 0)), result("getpgid of nobody", getpgid(0x3FFFFFFF)), result("getsid of nobody", getsid(0x3FFFFFFF));
}

static void namespaces(void) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWUTS) != 0) _exit(errno);
        struct utsname names;
        sethostname("guest", 5), uname(&names);
        _exit(strcmp(names.nodename, "guest") == 0 ? 100 : 101);
    }
    status_of("unshare of names", child);
#if defined(__x86_64__)
    child = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
#else
    child = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
#endif
    if (child == 0) {
        pid_t inner = fork();
        if (inner == 0) _exit(getpid() == 2 && getppid() == 1 ? 7 : 8);
        _exit(getpid() == 1 && waitpid(inner, &status, 0) == 2 ? WEXITSTATUS(status) : 9);
    }
    if (child == -1) show_text("a pid namespace", strerrorname_np(errno));
    else status_of("first of a pid namespace", child);
    if ((child = fork()) == 0) _exit(unshare(CLONE_NEWUSER) == 0 ? (int)getuid() == 65534 ? 50 : 51 : errno);
    status_of("user namespace", child);
    if ((child = fork()) == 0) {
        int own = open("/proc/self/ns/uts", O_RDONLY);
        _exit(setns(own, CLONE_NEWUTS) == 0 ? 60 : errno);
    }
    status_of("own namespace", child);
    result("setns of no descriptor", setns(-1, 0)), result("unshare of nothing", unshare(0)), result("of what is unknown", unshare(1));
    result("of a thread alone", unshare(CLONE_THREAD));
}

int main(void) {
    shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared[0] = getpid();
    waits(), reapers(), terminals(), namespaces();
}
