// oracle: native
// flags: -pthread
// Waiting under another mask: what is ready comes before what is pending, a signal ends the wait and is handled under the
// wait's mask, and the thread's own mask is back afterwards; restarted and interrupted calls.
#include "check.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static volatile int handled, mask_seen;
static void handler(int number) {
    sigset_t now;
    sigprocmask(SIG_BLOCK, 0, &now);
    mask_seen = sigismember(&now, SIGUSR1) + 2 * sigismember(&now, SIGUSR2) + 4 * sigismember(&now, SIGBUS);
    handled = handled * 100 + number;
}

static int p[2], epoll;
enum { Suspend, Ppoll, Pselect, Epoll, Kinds };
static const char *const names[] = {"sigsuspend", "ppoll", "pselect", "epoll_pwait"};

static long wait_under(int kind, const sigset_t *mask, int milliseconds) {
    struct timespec time = {0, milliseconds * 1000000L};
    struct pollfd fd = {p[0], POLLIN, 0};
    fd_set set;
    struct epoll_event event;
    FD_ZERO(&set);
    FD_SET(p[0], &set);
    switch (kind) {
        case Suspend: return sigsuspend(mask);
        case Ppoll: return ppoll(&fd, 1, &time, mask);
        case Pselect: return pselect(p[0] + 1, &set, 0, 0, &time, mask);
        default: return epoll_pwait(epoll, &event, 1, milliseconds, mask);
    }
}

static void under_masks(int number) {
    sigset_t blocked, none, now;
    sigemptyset(&none), sigemptyset(&blocked), sigaddset(&blocked, number), sigaddset(&blocked, SIGUSR2);
    sigprocmask(SIG_SETMASK, &blocked, 0);
    for (int kind = 0; kind < Kinds; kind++) {
        char byte;
        handled = 0;
        raise(number);
        result(names[kind], wait_under(kind, &none, 500));
        show("handled", handled), show("mask in the handler", mask_seen);
        sigprocmask(SIG_BLOCK, 0, &now);
        show("mask afterwards", sigismember(&now, number) + 2 * sigismember(&now, SIGUSR2));
        if (kind == Suspend) continue;
        // Ready and pending: ready, and the signal stays.
        handled = 0;
        raise(number);
        write(p[1], "a", 1);
        result("ready", wait_under(kind, &none, 500));
        sigset_t pending;
        sigpending(&pending);
        show("handled", handled), show("pending", sigismember(&pending, number));
        read(p[0], &byte, 1);
        result("then", wait_under(kind, &none, 500));
        show("handled", handled);
        // Still blocked: no end but the time's.
        handled = 0;
        raise(number);
        result("blocked", wait_under(kind, &blocked, 5));
        show("handled", handled);
        result("then", wait_under(kind, &none, 0));
        show("handled", handled);
    }
    sigprocmask(SIG_SETMASK, &none, 0);
}

static void descriptors(void) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, 34), sigaddset(&set, 64);
    sigprocmask(SIG_BLOCK, &set, 0);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    struct signalfd_siginfo info;
    result("empty", read(fd, &info, sizeof info));
    sigqueue(getpid(), 64, (union sigval){.sival_int = 1}), raise(SIGUSR1), sigqueue(getpid(), 34, (union sigval){.sival_int = 2});
    struct pollfd ready = {fd, POLLIN, 0};
    result("poll", poll(&ready, 1, 0));
    while (read(fd, &info, sizeof info) == sizeof info) printf("read %u code %d value %d pid %d\n", info.ssi_signo, info.ssi_code, info.ssi_code == SI_QUEUE ? info.ssi_int : 0, info.ssi_pid == (unsigned)getpid());
    close(fd);
    sigprocmask(SIG_UNBLOCK, &set, 0);
}

// Each call is interrupted by ticks; after many of them it is made to succeed, if it was restarted. (Ticks that come while the
// process does not run are one, so that many have never come before the call begins.)
enum { Many = 50 };
static volatile int ticks;
static int release[2];
static int socket_pair[2], locked, queue, semaphores;
static uint32_t word;
static void tick(int number) {
    (void)number;
    if (++ticks != Many) return;
    struct { long type; char text[4]; } message = {1, "abc"};
    struct sembuf up = {0, 1, 0};
    write(p[1], "b", 1), write(socket_pair[1], "c", 1), msgsnd(queue, &message, 4, IPC_NOWAIT), semop(semaphores, &up, 1);
    flock(locked, LOCK_UN);
    write(release[1], "r", 1);
    __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &word, FUTEX_WAKE, 1, 0, 0, 0);
}

static void restarts(void) {
    socketpair(AF_UNIX, SOCK_STREAM, 0, socket_pair);
    pipe(release);
    queue = msgget(IPC_PRIVATE, 0600), semaphores = semget(IPC_PRIVATE, 1, 0600);
    char name[] = "/tmp/signal-waits-XXXXXX";
    locked = mkstemp(name);
    int other = open(name, O_RDWR);
    unlink(name);
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &(struct epoll_event){.events = EPOLLIN});
    static const char *const calls[] = {"read", "recv", "recv with a time", "poll", "ppoll", "select", "epoll_wait", "nanosleep", "clock_nanosleep", "futex", "futex with a time", "msgrcv",
                                        "semop", "semtimedop", "flock", "sigtimedwait", "pause", "waitpid"};
    for (int restart = 0; restart < 2; restart++) {
        struct sigaction action = {.sa_handler = tick, .sa_flags = restart ? SA_RESTART : 0};
        sigaction(SIGALRM, &action, 0);
        for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
            char byte, text[8];
            struct { long type; char text[4]; } message;
            struct pollfd fd = {p[0], POLLIN, 0};
            fd_set set;
            FD_ZERO(&set);
            FD_SET(p[0], &set);
            struct epoll_event event;
            struct timespec long_time = {5, 0}, left = {0};
            struct timeval five = {5, 0}, forever = {0};
            struct sembuf down = {0, -1, 0};
            sigset_t nothing;
            sigemptyset(&nothing);
            ticks = 0, word = 0;
            flock(locked, LOCK_EX);
            pid_t child = -1;
            if (i == 17 && (child = fork()) == 0) {
                signal(SIGALRM, SIG_DFL);
                read(release[0], &byte, 1);
                _exit(9);
            }
            if (i == 2) setsockopt(socket_pair[0], SOL_SOCKET, SO_RCVTIMEO, &five, sizeof five);
            struct itimerval time = {.it_value = {0, 1000}, .it_interval = {0, 1000}};
            setitimer(ITIMER_REAL, &time, 0);
            long value = -2;
            errno = 0;
            switch (i) {
                case 0: value = read(p[0], &byte, 1); break;
                case 1: case 2: value = recv(socket_pair[0], text, 1, 0); break;
                case 3: value = poll(&fd, 1, 5000); break;
                case 4: value = ppoll(&fd, 1, &long_time, 0); break;
                case 5: value = select(p[0] + 1, &set, 0, 0, &five); break;
                case 6: value = epoll_wait(epoll, &event, 1, 5000); break;
                case 7: value = nanosleep(&long_time, &left); break;
                case 8: value = -clock_nanosleep(CLOCK_MONOTONIC, 0, &long_time, &left), errno = value ? (int)-value : 0, value = value ? -1 : 0; break;
                case 9: value = syscall(SYS_futex, &word, FUTEX_WAIT, 0, 0, 0, 0); break;
                case 10: value = syscall(SYS_futex, &word, FUTEX_WAIT, 0, &long_time, 0, 0); break;
                case 11: value = msgrcv(queue, &message, 4, 0, 0); break;
                case 12: value = semop(semaphores, &down, 1); break;
                case 13: value = semtimedop(semaphores, &down, 1, &long_time); break;
                case 14: value = flock(other, LOCK_EX); break;
                case 15: value = sigtimedwait(&nothing, 0, &long_time); break;
                case 16: value = pause(); break;
                case 17: value = waitpid(child, 0, 0) == child ? 0 : -1; break;
            }
            int error = errno;
            setitimer(ITIMER_REAL, &(struct itimerval){0}, 0);
            // A futex that was woken between two rounds has the other value already.
            if (value == -1 && (i == 9 || i == 10) && error == EAGAIN) value = 0;
            printf("%s%s: %s\n", restart ? "restarting " : "", calls[i], value == -1 ? strerrorname_np(error) : "ok");
            if (i == 7 || i == 8) printf("left %d\n", left.tv_sec == 4);
            if (i == 2) setsockopt(socket_pair[0], SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
            if (child > 0 && ticks < Many) write(release[1], "r", 1);
            if (child > 0) while (waitpid(child, 0, 0) < 0 && errno == EINTR) {}
            // Empty everything again.
            fcntl(p[0], F_SETFL, O_NONBLOCK);
            while (read(p[0], text, 8) > 0) {}
            fcntl(p[0], F_SETFL, 0);
            while (recv(socket_pair[0], text, 8, MSG_DONTWAIT) > 0) {}
            fcntl(release[0], F_SETFL, O_NONBLOCK);
            while (read(release[0], text, 8) > 0) {}
            fcntl(release[0], F_SETFL, 0);
            while (msgrcv(queue, &message, 4, 0, IPC_NOWAIT) >= 0) {}
            semctl(semaphores, 0, SETVAL, 0);
            flock(other, LOCK_UN), flock(locked, LOCK_UN);
        }
    }
    msgctl(queue, IPC_RMID, 0), semctl(semaphores, 0, IPC_RMID);
}

// A lock that inherits priority is not interrupted, whatever the handler's flags.
static pthread_mutex_t mutex;
static atomic_int locking;
static volatile int interruptions;
static void interrupting(int number) {
    (void)number;
    interruptions++;
}
static void *locker(void *unused) {
    (void)unused;
    atomic_store(&locking, 1);
    int error = pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    return (void *)(intptr_t)error;
}

static void priority(void) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&mutex, &attributes);
    struct sigaction action = {.sa_handler = interrupting};
    sigaction(SIGUSR1, &action, 0);
    pthread_mutex_lock(&mutex);
    pthread_t thread;
    pthread_create(&thread, 0, locker, 0);
    while (!atomic_load(&locking)) sched_yield();
    for (int i = 0; i < 5; i++) {
        usleep(2000);
        int before = interruptions;
        pthread_kill(thread, SIGUSR1);
        while (interruptions == before) sched_yield();
    }
    pthread_mutex_unlock(&mutex);
    void *error;
    pthread_join(thread, &error);
    show("interrupted", interruptions), show("lock", (intptr_t)error);
}

int main(void) {
    pipe(p);
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, p[0], &(struct epoll_event){.events = EPOLLIN});
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, 0), sigaction(SIGUSR2, &action, 0), sigaction(SIGBUS, &action, 0), sigaction(SIGTRAP, &action, 0);
    under_masks(SIGUSR1);
    under_masks(SIGBUS);
    under_masks(SIGTRAP);
    descriptors();
    restarts();
    priority();
    return 0;
}
