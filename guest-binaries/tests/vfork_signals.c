// oracle: native
// A vfork child has signal dispositions of its own, while the other threads of its parent go on getting signals; and what came to the parent before the vfork is not the child's.
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static atomic_int handled, ended, other, counted;
static pid_t self;

static void on_user(int signal) { atomic_fetch_add(&handled, signal == SIGUSR1); }
static void on_queued(int signal) { atomic_fetch_add(&counted, signal == SIGRTMIN); }

static void *receiver(void *argument) {
    atomic_store(&other, (int)syscall(SYS_gettid));
    while (!atomic_load(&ended)) usleep(1000);
    return argument;
}

enum { Sent = 300 };
static void *sender(void *thread) {
    union sigval value = {0};
    for (int i = 0; i < Sent; i++)
        while (pthread_sigqueue(*(pthread_t *)thread, SIGRTMIN, value) == EAGAIN) sched_yield();
    return 0;
}

int main(void) {
    self = getpid();
    struct sigaction action = {.sa_handler = on_user, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, 0);
    pthread_t thread;
    pthread_create(&thread, 0, receiver, 0);
    while (!atomic_load(&other)) usleep(1000);
    for (volatile int i = 0; i < 20; i++) {
        pid_t child = vfork();
        if (child == 0) {
            // As posix_spawn does. The signal is for the other thread, which has a handler all the same.
            signal(SIGUSR1, SIG_DFL);
            syscall(SYS_tgkill, self, atomic_load(&other), SIGUSR1);
            while (atomic_load(&handled) == i) sched_yield();
            _exit(0);
        }
        waitpid(child, 0, 0);
    }
    show("handled by the other thread", atomic_load(&handled));
    atomic_store(&ended, 1);
    pthread_join(thread, 0);
    // Nor is the table of the other threads the child's after its end.
    sigaction(SIGUSR1, 0, &action);
    show("the handler is still there", action.sa_handler == on_user);

    action.sa_handler = on_queued;
    sigaction(SIGRTMIN, &action, 0);
    pthread_t main_thread = pthread_self();
    pthread_create(&thread, 0, sender, &main_thread);
    while (atomic_load(&counted) < Sent) {
        pid_t child = vfork();
        if (child == 0) _exit(0);
        waitpid(child, 0, 0);
    }
    pthread_join(thread, 0);
    show("queued signals handled", atomic_load(&counted));

    // The same while signals are blocked and unblocked all the time, so that they come in bursts.
    atomic_store(&counted, 0);
    sigset_t set, old;
    sigemptyset(&set), sigaddset(&set, SIGRTMIN);
    pthread_create(&thread, 0, sender, &main_thread);
    while (atomic_load(&counted) < Sent) {
        pthread_sigmask(SIG_BLOCK, &set, &old);
        for (volatile int i = 0; i < 2000; i++) {}
        pthread_sigmask(SIG_SETMASK, &old, 0);
    }
    pthread_join(thread, 0);
    show("queued signals handled", atomic_load(&counted));
}
