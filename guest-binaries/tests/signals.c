// oracle: native
// Signals: actions and their flags, masks, pending sets, queues with values, alternate stacks, interrupted and restarted
// calls, nesting, waiting for signals.
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>

static volatile int count, depth, deepest, raised, last_value, last_code, order[16], order_length;
static volatile pid_t last_pid;

static void counting(int number) { count += number; }
static void ordering(int number) { order[order_length++ & 15] = number; }
static void detailed(int number, siginfo_t *info, void *context) {
    (void)number;
    count++, last_value = info->si_value.sival_int, last_code = info->si_code, last_pid = info->si_pid;
    last_value += ((ucontext_t *)context)->uc_stack.ss_size == 0 ? 0 : 0;
}
static void nesting(int number) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (raised++ < 3) raise(number);
    depth--;
}

static void install(int number, void (*handler)(int), int flags, int masked) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    if (masked) sigaddset(&action.sa_mask, masked);
    sigaction(number, &action, 0);
}

static void install_detailed(int number, int flags) {
    struct sigaction action = {.sa_sigaction = detailed, .sa_flags = SA_SIGINFO | flags};
    sigaction(number, &action, 0);
}

static void actions(void) {
    install(SIGUSR1, counting, 0, 0);
    raise(SIGUSR1);
    show("after one", count);
    struct sigaction old;
    result("sigaction reads", sigaction(SIGUSR1, 0, &old));
    show("same handler", old.sa_handler == counting);
    install(SIGUSR1, counting, SA_RESETHAND, 0);
    raise(SIGUSR1);
    sigaction(SIGUSR1, 0, &old);
    show("reset", old.sa_handler == SIG_DFL);
    result("SIGKILL", sigaction(SIGKILL, &old, 0));
    result("bad number", sigaction(77, &old, 0));
    result("kill nobody", kill(0x3fffffff, 0));
    result("kill with a bad number", kill(getpid(), 99));
    result("kill 0", kill(getpid(), 0));
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) _exit(1);
    result("no zombie", wait(0));
    signal(SIGCHLD, SIG_DFL);

    install(SIGUSR1, nesting, SA_NODEFER, 0);
    raise(SIGUSR1);
    show("nested", deepest);
    deepest = raised = 0;
    install(SIGUSR1, nesting, 0, 0);
    raise(SIGUSR1);
    show("deferred", deepest), show("runs", raised);
}

static void masks(void) {
    sigset_t set, old, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1), sigaddset(&set, SIGUSR2), sigaddset(&set, SIGRTMIN + 3);
    result("block", sigprocmask(SIG_BLOCK, &set, &old));
    count = 0, order_length = 0;
    install(SIGUSR1, ordering, 0, 0), install(SIGUSR2, ordering, 0, SIGUSR1), install_detailed(SIGRTMIN + 3, 0);
    raise(SIGUSR2), raise(SIGUSR1), raise(SIGUSR1);
    sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 5});
    sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 6});
    sigpending(&pending);
    show("pending", sigismember(&pending, SIGUSR1) + 2 * sigismember(&pending, SIGUSR2) + 4 * sigismember(&pending, SIGRTMIN + 3) + 8 * sigismember(&pending, SIGINT));
    show("none yet", order_length + count);
    sigdelset(&set, SIGRTMIN + 3);
    sigprocmask(SIG_UNBLOCK, &set, 0);
    show("two kinds", order_length);
    show("times the queued", count);
    sigprocmask(SIG_SETMASK, &old, 0);
    show("times the queued", count);
    show("last value", last_value), show("code", last_code), show("own", last_pid == getpid());
    result("bad how", sigprocmask(99, &set, 0));
    sigprocmask(SIG_SETMASK, 0, &set);
    show("clean", sigismember(&set, SIGUSR1) + sigismember(&set, SIGUSR2));

    sigemptyset(&set), sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, &old);
    siginfo_t info;
    struct timespec brief = {0, 10000000};
    result("sigtimedwait", sigtimedwait(&set, &info, &brief));
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 99});
    result("sigwaitinfo", sigwaitinfo(&set, &info));
    show("value", info.si_value.sival_int), show("code", info.si_code);
    int number;
    raise(SIGUSR1);
    sigwait(&set, &number);
    show("sigwait", number);
    raise(SIGUSR1);
    order_length = 0;
    result("sigsuspend", sigsuspend(&old));
    show("handled", order_length);
    sigprocmask(SIG_SETMASK, &old, 0);
}

static void interrupted(void) {
    int p[2];
    char c;
    pipe(p);
    for (int restart = 0; restart < 2; restart++) {
        install(SIGUSR1, counting, restart ? SA_RESTART : 0, 0);
        pid_t child = fork(), self = getppid();
        (void)self;
        if (child == 0) {
            usleep(50000);
            kill(getppid(), SIGUSR1);
            usleep(50000);
            write(p[1], "z", 1);
            _exit(0);
        }
        long n = result(restart ? "restarted read" : "interrupted read", read(p[0], &c, 1));
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        if (n < 0) read(p[0], &c, 1);
    }
    // A sleep is never restarted; its rest is reported.
    pid_t parent = getpid();
    if (fork() == 0) {
        usleep(50000);
        kill(parent, SIGUSR1);
        _exit(0);
    }
    struct timespec t = {3, 0}, rest = {0, 0};
    result("nanosleep", nanosleep(&t, &rest));
    show("rest", rest.tv_sec);
    while (wait(0) > 0 || errno == EINTR) {}
    // waitpid is, if asked for.
    install(SIGUSR1, counting, SA_RESTART, 0);
    pid_t child = fork();
    if (child == 0) {
        kill(parent, SIGUSR1);
        usleep(30000);
        _exit(17);
    }
    int status;
    show("restarted waitpid", waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 17);
}

static sigjmp_buf escape;
static volatile char *fault_address;
static char alternate[65536] __attribute__((aligned(16)));
static void on_fault(int number, siginfo_t *info, void *context) {
    (void)context;
    int here;
    fault_address = info->si_addr, last_code = info->si_code;
    last_value = (char *)&here >= alternate && (char *)&here < alternate + sizeof alternate;
    siglongjmp(escape, number);
}

static volatile int bottomless = 1;
static __attribute__((noinline)) int overflow(int n) {
    volatile char frame[4096];
    frame[n & 4095] = (char)n;
    return bottomless ? overflow(n + 1) + frame[n & 4095] : n;
}

static void faults(void) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate}, old;
    result("sigaltstack", sigaltstack(&stack, 0));
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, 0), sigaction(SIGBUS, &action, 0), sigaction(SIGFPE, &action, 0), sigaction(SIGILL, &action, 0);
    char *page = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int number;
    if ((number = sigsetjmp(escape, 1)) == 0) page[100] = 1;
    show("write to a read-only page", number), show("code", last_code), show("offset", fault_address - page), show("alternate", last_value);
    munmap(page + 4096, 4096);
    if ((number = sigsetjmp(escape, 1)) == 0) number = page[5000];
    show("read of an unmapped page", number), show("code", last_code), show("offset", fault_address - page);
    int fd = memfd_create("short", 0);
    ftruncate(fd, 10);
    page = mmap(0, 8192, PROT_READ, MAP_SHARED, fd, 0);
    if ((number = sigsetjmp(escape, 1)) == 0) number = page[4096 + 7];
    show("read beyond a file's end", number), show("code", last_code), show("offset", fault_address - page);
    for (volatile int i = 0; i < 2; i++) {
        if ((number = sigsetjmp(escape, 1)) == 0) overflow(0);
        show("stack overflow", number), show("alternate", last_value);
    }
    if ((number = sigsetjmp(escape, 1)) == 0) raise(SIGFPE);
    show("raised", number), show("code", last_code);
    if ((number = sigsetjmp(escape, 1)) == 0) {
        void (*volatile nowhere)(void) = (void (*)(void))0x10;
        nowhere();
    }
    show("jump to nowhere", number), show_hex("address", (uintptr_t)fault_address);
    sigaltstack(0, &old);
    show("not on it now", (old.ss_flags & SS_ONSTACK) == 0);
    stack.ss_flags = SS_DISABLE;
    result("disable", sigaltstack(&stack, 0));
    stack.ss_flags = 0, stack.ss_size = 100;
    result("too small", sigaltstack(&stack, 0));
}

static void deaths(void) {
    static const int fatal[] = {SIGHUP, SIGINT, SIGILL, SIGABRT, SIGFPE, SIGKILL, SIGSEGV, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGBUS, SIGXCPU};
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (int n = 1; n < 32; n++) signal(n, SIG_DFL);
            close(2); // a translator may have something to say
            raise(fatal[i]);
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        printf("signal %d: %d\n", fatal[i], WIFSIGNALED(status) ? WTERMSIG(status) : -1);
    }
    static const int harmless[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
    for (unsigned i = 0; i < sizeof harmless / sizeof *harmless; i++) raise(harmless[i]);
    show_text("harmless", "survived");
}

int main(void) {
    actions();
    masks();
    interrupted();
    faults();
    deaths();
    return 0;
}
