// oracle: native
// flags: -pthread
// Threads that compute, call the system, wait, begin and end, and send each other the signal that .NET would use to stop them:
// for a run under which the garbage collector has to stop them again and again (--strace makes it work).
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { Calls = 50000, Least = 20, Signals = 500 };

static atomic_int caught, finished, stop;
static int p[2];
static void counting(int number) { (void)number, atomic_fetch_add(&caught, 1); }

static void *calling(void *unused) {
    (void)unused;
    for (int i = 0; i < Calls; i++) syscall(SYS_getppid);
    atomic_fetch_add(&finished, 1);
    return 0;
}

static void *computing(void *unused) {
    (void)unused;
    uint64_t x = 1, sum = 0;
    do {
        for (int i = 0; i < 100000; i++) sum += next_random(&x);
    } while (!atomic_load_explicit(&stop, memory_order_relaxed));
    return (void *)(uintptr_t)(sum != 0);
}

static void *waiting(void *unused) {
    char byte;
    (void)unused;
    return (void *)(intptr_t)read(p[0], &byte, 1);
}

static void *nothing(void *unused) { return unused; }

int main(void) {
    pipe(p);
    struct sigaction action = {.sa_handler = counting, .sa_flags = SA_RESTART};
    sigaction(34, &action, 0);
    pthread_t threads[4], brief;
    void *(*const work[])(void *) = {calling, calling, computing, waiting};
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work[i], 0);
    for (int i = 0; i < Least || (i < Signals && atomic_load(&finished) < 2); i++) {
        int before = atomic_load(&caught);
        pthread_kill(threads[2 + i % 2], 34);
        while (atomic_load(&caught) == before) sched_yield();
        if (i % 10 == 0) pthread_create(&brief, 0, nothing, 0), pthread_join(brief, 0);
        if (i % 100 == 0) {
            pid_t child = fork();
            if (child == 0) _exit(0);
            waitpid(child, 0, 0);
        }
    }
    pthread_join(threads[0], 0), pthread_join(threads[1], 0);
    atomic_store(&stop, 1);
    void *computed, *read_back;
    pthread_join(threads[2], &computed);
    write(p[1], "x", 1);
    pthread_join(threads[3], &read_back);
    show("computed", (intptr_t)computed), show("read", (intptr_t)read_back), show("caught", atomic_load(&caught) > 0);
    return 0;
}
