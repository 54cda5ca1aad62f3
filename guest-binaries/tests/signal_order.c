// oracle: native
// flags: -pthread
// The order of signals: the lowest number first, real-time signals of one number in the order in which they were sent, also while
// masks change and handlers nest; what is blocked stays with the process or the thread for which it was sent.
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { Sent = 4000 };

static volatile int order[64], values[64], length, expected, disorder, received;

static void noting(int number, siginfo_t *info, void *context) {
    (void)context;
    order[length & 63] = number, values[length & 63] = info->si_code == SI_QUEUE ? info->si_value.sival_int : -1;
    length++;
}

static void sequence(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (info->si_value.sival_int != expected) disorder++;
    expected = info->si_value.sival_int + 1, received++;
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int all_blocked) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
    if (all_blocked) sigfillset(&action.sa_mask);
    sigaction(number, &action, 0);
}

static void pending_at_once(int all_blocked) {
    static const int numbers[] = {40, SIGUSR2, 36, 40, 64, SIGSEGV, 34, SIGUSR1, 40, SIGTERM, 34, SIGBUS};
    sigset_t set, old;
    sigfillset(&set);
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) install(numbers[i], noting, all_blocked);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] != SIGSEGV && numbers[i] != SIGBUS) sigqueue(getpid(), numbers[i], (union sigval){.sival_int = (int)i});
    length = 0;
    sigprocmask(SIG_SETMASK, &old, 0);
    printf(all_blocked ? "one by one:" : "nested:");
    for (int i = 0; i < length; i++) printf(" %d=%d", order[i], values[i]);
    printf("\n");
}

static void in_sequence(void) {
    install(50, sequence, 0);
    expected = disorder = received = 0;
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        for (int i = 0; i < Sent; i++) {
            while (sigqueue(parent, 50, (union sigval){.sival_int = i}) != 0 && errno == EAGAIN) sched_yield();
        }
        _exit(0);
    }
    sigset_t set, old;
    sigemptyset(&set), sigaddset(&set, 50);
    while (received < Sent) {
        sigprocmask(SIG_BLOCK, &set, &old);
        sigprocmask(SIG_SETMASK, &old, 0);
        for (volatile int spin = 0; spin < 100; spin++) {}
    }
    int status;
    waitpid(child, &status, 0);
    show("out of order", disorder), show("received", received);
}

// Thread and process have sets of their own.
static atomic_int found[4];

static void *other_thread(void *unused) {
    (void)unused;
    sigset_t pending;
    sigpending(&pending);
    atomic_store(&found[0], sigismember(&pending, 45) + 2 * sigismember(&pending, 46));
    sigset_t both;
    sigemptyset(&both), sigaddset(&both, 45), sigaddset(&both, 46);
    siginfo_t info;
    atomic_store(&found[1], sigtimedwait(&both, &info, &(struct timespec){0, 0}));
    atomic_store(&found[2], info.si_value.sival_int);
    atomic_store(&found[3], sigtimedwait(&both, &info, &(struct timespec){0, 0}));
    return 0;
}

static void of_thread_and_process(void) {
    sigset_t set, pending;
    sigemptyset(&set), sigaddset(&set, 45), sigaddset(&set, 46);
    sigprocmask(SIG_BLOCK, &set, 0);
    siginfo_t own = {.si_signo = 45, .si_code = SI_QUEUE, .si_pid = getpid()};
    own.si_value.sival_int = 1;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), 45, &own);
    sigqueue(getpid(), 46, (union sigval){.sival_int = 2});
    pthread_t thread;
    pthread_create(&thread, 0, other_thread, 0);
    pthread_join(thread, 0);
    show("another thread sees", found[0]), show("takes", found[1]), show("value", found[2]), show("then", found[3]);
    sigpending(&pending);
    show("left", sigismember(&pending, 45) + 2 * sigismember(&pending, 46));
    siginfo_t info;
    show("own", sigtimedwait(&set, &info, &(struct timespec){0, 0})), show("value", info.si_value.sival_int);
    // Taken in order of number, whatever the order of sending; of one number in order.
    sigqueue(getpid(), 46, (union sigval){.sival_int = 1}), sigqueue(getpid(), 45, (union sigval){.sival_int = 2});
    sigqueue(getpid(), 46, (union sigval){.sival_int = 3}), sigqueue(getpid(), 45, (union sigval){.sival_int = 4});
    for (int i = 0; i < 4; i++) {
        int number = sigtimedwait(&set, &info, &(struct timespec){0, 0});
        printf("%d=%d\n", number, info.si_value.sival_int);
    }
}

int main(void) {
    setvbuf(stdout, 0, _IOLBF, 0);
    pending_at_once(0);
    pending_at_once(1);
    in_sequence();
    of_thread_and_process();
    return 0;
}
