// oracle: native
// flags: -pthread
// No signal is lost, and none comes twice, while threads begin and end, processes fork and execute programs, and masks change:
// real-time signals are counted at both ends.
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

enum { Threads = 300, Queued = 3000, Forks = 100, Executions = 60 };

static atomic_int caught[65], stop;
static atomic_llong sum;

static void counting(int number, siginfo_t *info, void *context) {
    (void)context;
    atomic_fetch_add(&caught[number], 1);
    if (info->si_code == SI_QUEUE) atomic_fetch_add(&sum, info->si_value.sival_int);
}

static void install(int number, int flags) {
    struct sigaction action = {.sa_sigaction = counting, .sa_flags = SA_SIGINFO | SA_RESTART | flags};
    sigaction(number, &action, 0);
}

static void queue(pid_t process, int number, int value) {
    while (sigqueue(process, number, (union sigval){.sival_int = value}) != 0 && errno == EAGAIN) sched_yield();
}

static void *until_caught(void *number) {
    int before = *(int *)number;
    while (atomic_load(&caught[before]) == 0) sched_yield();
    return 0;
}

// A signal sent to a thread that has only just begun finds it, whichever way it is blocked there.
static void to_new_threads(void) {
    static int numbers[3] = {34, 35, 64};
    int missed = 0;
    for (int i = 0; i < Threads; i++) {
        int number = numbers[i % 3];
        atomic_store(&caught[number], 0);
        pthread_t thread;
        pthread_create(&thread, 0, until_caught, &numbers[i % 3]);
        pthread_kill(thread, number);
        pthread_join(thread, 0);
        if (atomic_load(&caught[number]) != 1) missed++;
    }
    show("missed by new threads", missed);
}

static void *briefly(void *unused) {
    (void)unused;
    sigset_t set, old;
    sigfillset(&set);
    pthread_sigmask(SIG_BLOCK, &set, &old);
    pthread_sigmask(SIG_SETMASK, &old, 0);
    return 0;
}

static void *coming_and_going(void *unused) {
    (void)unused;
    while (!atomic_load(&stop)) {
        pthread_t thread;
        if (pthread_create(&thread, 0, briefly, 0) == 0) pthread_join(thread, 0);
    }
    return 0;
}

// Signals of the process while its threads come and go.
static void to_the_process(void) {
    atomic_store(&stop, 0), atomic_store(&sum, 0), atomic_store(&caught[40], 0);
    pthread_t maker;
    pthread_create(&maker, 0, coming_and_going, 0);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        for (int i = 0; i < Queued; i++) queue(parent, 40, i);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    while (atomic_load(&caught[40]) < Queued) sched_yield();
    atomic_store(&stop, 1);
    pthread_join(maker, 0);
    show("of the process", atomic_load(&caught[40])), show("sum", atomic_load(&sum));
}

// Signals while the process forks: each belongs to the parent only.
static void while_forking(void) {
    atomic_store(&sum, 0), atomic_store(&caught[41], 0);
    pid_t parent = getpid(), sender = fork();
    if (sender == 0) {
        for (int i = 0; i < Queued; i++) queue(parent, 41, 1);
        _exit(0);
    }
    int foreign = 0, status;
    for (int i = 0; i < Forks; i++) {
        int before = 0;
        sigset_t set, old;
        sigemptyset(&set), sigaddset(&set, 41);
        // The count is the parent's at the fork, and nothing may be added to it in the child.
        sigprocmask(SIG_BLOCK, &set, &old);
        before = atomic_load(&caught[41]);
        pid_t child = i & 1 ? fork() : (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
        if (child == 0) {
            sigprocmask(SIG_SETMASK, &old, 0);
            _exit(atomic_load(&caught[41]) != before);
        }
        sigprocmask(SIG_SETMASK, &old, 0);
        waitpid(child, &status, 0);
        foreign += status != 0;
        child = fork();
        if (child == 0) _exit(0);
        waitpid(child, &status, 0);
        foreign += status != 0;
    }
    waitpid(sender, &status, 0);
    while (atomic_load(&caught[41]) < Queued) sched_yield();
    show("while forking", atomic_load(&caught[41])), show("taken by a child", foreign);
}

static int report_end;
static void reporting(int number) {
    (void)number;
    write(report_end, "h", 1);
}

// A signal on its way to a process that executes a program meets the old program's handler or kills the new one.
static void while_executing(const char *self) {
    int lost = 0;
    uint64_t random = 1;
    for (int i = 0; i < Executions; i++) {
        int ends[2], ready[2];
        pipe2(ends, O_CLOEXEC), pipe2(ready, O_CLOEXEC);
        pid_t child = fork();
        if (child == 0) {
            report_end = ends[1];
            struct sigaction action = {.sa_handler = reporting, .sa_flags = SA_RESTART};
            sigaction(42, &action, 0);
            write(ready[1], "r", 1);
            execl(self, self, "wait", (char *)0);
            _exit(99);
        }
        close(ends[1]), close(ready[1]);
        char byte;
        read(ready[0], &byte, 1);
        struct timespec pause = {0, (long)(next_random(&random) % 6000000)};
        nanosleep(&pause, 0);
        kill(child, 42);
        // The end of the pipe is closed by the exec or by the death.
        long reported = read(ends[0], &byte, 1);
        if (reported == 1) kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != (reported == 1 ? SIGKILL : 42)) lost++;
        close(ends[0]), close(ready[0]);
    }
    show("lost by execve", lost);
}

int main(int count, char **arguments) {
    if (count > 1) {
        alarm(20); // SIGALRM is the wrong death
        while (1) pause();
    }
    install(34, 0), install(35, 0), install(64, 0), install(40, 0), install(41, 0);
    to_new_threads();
    to_the_process();
    while_forking();
    while_executing(arguments[0]);
    return 0;
}
