// oracle: native
// flags: -pthread
// What siginfo says of each origin of a signal: processes, threads, queues, timers, faults, children, descriptors.
#include "check.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static siginfo_t last;
static volatile int times;
static volatile pid_t on_thread;
static void noting(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    last = *info, on_thread = gettid(), times++;
}

static void install(int number) {
    struct sigaction action = {.sa_sigaction = noting, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(number, &action, 0);
}

static void until(int count) {
    while (times < count) usleep(1000);
}

static void sent(void) {
    for (int n = SIGUSR1; n; n = n == SIGUSR1 ? SIGRTMIN : n == SIGRTMIN ? SIGSYS : n == SIGSYS ? SIGSEGV : 0) {
        install(n);
        kill(getpid(), n);
        printf("kill %d: code %d pid %d uid %d errno %d\n", last.si_signo, last.si_code, last.si_pid == getpid(), last.si_uid == getuid(), last.si_errno);
        syscall(SYS_tgkill, getpid(), gettid(), n);
        printf("tgkill %d: code %d pid %d\n", last.si_signo, last.si_code, last.si_pid == getpid());
        sigqueue(getpid(), n, (union sigval){.sival_ptr = (void *)0x123456789abcull});
        printf("sigqueue %d: code %d pid %d value %p\n", last.si_signo, last.si_code, last.si_pid == getpid(), last.si_value.sival_ptr);
        siginfo_t own = {.si_signo = 1, .si_code = -77, .si_errno = 5};
        own.si_value.sival_int = 88;
        syscall(SYS_rt_sigqueueinfo, getpid(), n, &own);
        printf("own %d: code %d errno %d value %d\n", last.si_signo, last.si_code, last.si_errno, last.si_value.sival_int);
        own.si_code = 5;
        if (n != SIGSEGV) {
            syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), n, &own);
            printf("own %d: code %d\n", last.si_signo, last.si_code);
        }
        pid_t child = fork();
        if (child == 0) {
            sigqueue(getppid(), n, (union sigval){.sival_int = 3});
            _exit(0);
        }
        waitpid(child, 0, 0);
        printf("child %d: code %d pid %d value %d\n", last.si_signo, last.si_code, last.si_pid == child, last.si_value.sival_int);
    }
    siginfo_t forged = {.si_code = 0};
    result("forged", syscall(SYS_rt_sigqueueinfo, getppid(), SIGURG, &forged));
    signal(SIGSEGV, SIG_DFL);
}

static void *notified(union sigval value) { return value.sival_ptr; }
static volatile int notifications;
static void notify(union sigval value) { notified(value), notifications += value.sival_int; }

static void timers(void) {
    install(SIGALRM), install(SIGVTALRM), install(SIGPROF), install(SIGRTMIN + 4), install(SIGRTMIN + 5);
    times = 0;
    struct itimerval soon = {.it_value = {0, 2000}};
    setitimer(ITIMER_REAL, &soon, 0);
    until(1);
    printf("real: %d code %d\n", last.si_signo, last.si_code);
    static const struct { int which; const char *name; } cpu[] = {{ITIMER_VIRTUAL, "virtual"}, {ITIMER_PROF, "profiling"}};
    for (int i = 0; i < 2; i++) {
        times = 0;
        setitimer(cpu[i].which, &soon, 0);
        while (times == 0) {}
        printf("%s: %d code %d\n", cpu[i].name, last.si_signo, last.si_code);
    }
    times = 0;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 4, .sigev_value.sival_int = 17};
    result("timer_create", timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec once = {.it_value = {0, 2000000}};
    timer_settime(timer, 0, &once, 0);
    until(1);
    printf("timer: %d code %d value %d overrun %d\n", last.si_signo, last.si_code, last.si_value.sival_int, last.si_overrun);
    // Blocked, a periodic timer counts what it could not tell.
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGRTMIN + 4);
    sigprocmask(SIG_BLOCK, &set, 0);
    struct itimerspec often = {{0, 1000000}, {0, 1000000}}, never = {0};
    timer_settime(timer, 0, &often, 0);
    usleep(20000);
    siginfo_t info;
    sigwaitinfo(&set, &info);
    printf("periodic: %d code %d overrun %d %d\n", info.si_signo, info.si_code, info.si_overrun > 5, timer_getoverrun(timer) == info.si_overrun);
    timer_settime(timer, 0, &never, 0);
    timer_delete(timer);
    while (sigtimedwait(&set, 0, &(struct timespec){0, 0}) > 0) {}
    sigprocmask(SIG_UNBLOCK, &set, 0);

    times = 0;
    struct sigevent to_thread = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 5, .sigev_value.sival_int = 18};
    to_thread._sigev_un._tid = gettid();
    timer_create(CLOCK_REALTIME, &to_thread, &timer);
    timer_settime(timer, 0, &once, 0);
    until(1);
    printf("to a thread: %d code %d value %d right %d\n", last.si_signo, last.si_code, last.si_value.sival_int, on_thread == gettid());
    timer_delete(timer);
    to_thread._sigev_un._tid = 1;
    result("to a foreign thread", timer_create(CLOCK_REALTIME, &to_thread, &timer));
    event.sigev_signo = 65;
    result("signal 65", timer_create(CLOCK_REALTIME, &event, &timer));
    struct sigevent by_thread = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notify, .sigev_value.sival_int = 19};
    timer_create(CLOCK_REALTIME, &by_thread, &timer);
    timer_settime(timer, 0, &once, 0);
    while (notifications == 0) usleep(1000);
    show("by a thread", notifications);
    timer_delete(timer);
    struct sigevent silent = {.sigev_notify = SIGEV_NONE};
    timer_create(CLOCK_MONOTONIC, &silent, &timer);
    timer_settime(timer, 0, &once, 0);
    struct itimerspec left = {.it_value = {1, 1}};
    while (left.it_value.tv_sec != 0 || left.it_value.tv_nsec != 0) timer_gettime(timer, &left);
    show_text("silent", "ran out");
    timer_delete(timer);
}

static void of_children(void) {
    struct sigaction action = {.sa_sigaction = noting, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &action, 0);
    times = 0;
    pid_t child = fork();
    if (child == 0) _exit(42);
    until(1);
    printf("exited: code %d pid %d uid %d status %d\n", last.si_code, last.si_pid == child, last.si_uid == getuid(), last.si_status);
    waitpid(child, 0, 0);
    times = 0, child = fork();
    if (child == 0) while (1) pause();
    kill(child, SIGSTOP);
    until(1);
    printf("stopped: code %d status %d\n", last.si_code, last.si_status);
    kill(child, SIGCONT);
    until(2);
    printf("continued: code %d status %d\n", last.si_code, last.si_status);
    kill(child, 64);
    until(3);
    printf("killed: code %d status %d\n", last.si_code, last.si_status);
    siginfo_t info = {0};
    waitid(P_PID, (id_t)child, &info, WEXITED);
    printf("waitid: signo %d code %d status %d pid %d\n", info.si_signo, info.si_code, info.si_status, info.si_pid == child);
    action.sa_flags |= SA_NOCLDSTOP;
    sigaction(SIGCHLD, &action, 0);
    times = 0, child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        _exit(1);
    }
    int status;
    waitpid(child, &status, WUNTRACED);
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    until(1);
    printf("no news of stops: %d\n", times);
    action.sa_flags |= SA_NOCLDWAIT;
    sigaction(SIGCHLD, &action, 0);
    times = 0, child = fork();
    if (child == 0) _exit(2);
    until(1);
    result("no zombies", waitpid(child, &status, 0));
    signal(SIGCHLD, SIG_DFL);
}

static void of_descriptors(void) {
    install(SIGIO), install(SIGRTMIN + 6), install(SIGURG);
    int p[2];
    socketpair(AF_UNIX, SOCK_STREAM, 0, p);
    fcntl(p[0], F_SETOWN, getpid());
    fcntl(p[0], F_SETFL, O_ASYNC | O_NONBLOCK);
    times = 0;
    write(p[1], "x", 1);
    until(1);
    printf("SIGIO: %d code %d\n", last.si_signo, last.si_code);
    result("F_SETSIG", fcntl(p[0], F_SETSIG, SIGRTMIN + 6));
    show("F_GETSIG", fcntl(p[0], F_GETSIG) - SIGRTMIN);
    result("F_SETSIG 65", fcntl(p[0], F_SETSIG, 65));
    struct f_owner_ex owner = {F_OWNER_TID, gettid()};
    result("F_SETOWN_EX", fcntl(p[0], F_SETOWN_EX, &owner));
    times = 0;
    write(p[1], "y", 1);
    until(1);
    printf("queued: %d code %d fd %d band 0x%lx\n", last.si_signo - SIGRTMIN, last.si_code, last.si_fd == p[0], (long)last.si_band);
    close(p[0]), close(p[1]);
}

static sigjmp_buf escape;
static void faulted(int number, siginfo_t *info, void *context) {
    (void)context;
    last = *info;
    siglongjmp(escape, number);
}

static volatile int *volatile nowhere = (volatile int *)16;

static void faults(void) {
    struct sigaction action = {.sa_sigaction = faulted, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, 0), sigaction(SIGBUS, &action, 0), sigaction(SIGTRAP, &action, 0), sigaction(SIGILL, &action, 0);
    char *pages = mmap(0, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + 4096, 4096);
    for (volatile int i = 0; i < 3; i++) {
        char *volatile at = i == 0 ? pages + 77 : i == 1 ? pages + 4096 + 8 : (char *)16;
        if (sigsetjmp(escape, 1) == 0) *at = 1;
        printf("fault %d: %d code %d at %d\n", i, last.si_signo, last.si_code, (char *)last.si_addr == at);
    }
    void (*volatile there)(void) = (void (*)(void))(pages + 2 * 4096);
    if (sigsetjmp(escape, 1) == 0) there();
    printf("not executable: %d code %d at %d\n", last.si_signo, last.si_code, (char *)last.si_addr == pages + 2 * 4096);
    // A fault while its signal is blocked kills; so does one while it is ignored.
    for (int ignored = 0; ignored < 2; ignored++) {
        pid_t child = fork();
        if (child == 0) {
            close(2);
            sigset_t set;
            sigemptyset(&set), sigaddset(&set, SIGSEGV);
            if (ignored) signal(SIGSEGV, SIG_IGN);
            else sigprocmask(SIG_BLOCK, &set, 0);
            *nowhere = 1;
            _exit(0);
        }
        int status;
        waitpid(child, &status, 0);
        printf("%s: %d\n", ignored ? "ignored" : "blocked", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
    }
}

int main(void) {
    setvbuf(stdout, 0, _IOLBF, 0);
    sent();
    timers();
    of_children();
    of_descriptors();
    faults();
    return 0;
}
