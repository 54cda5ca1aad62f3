// Forks from a process with 64 threads under load, and many forks one after the other; children see exactly the memory of the moment of the fork.
#include "stress.h"

enum { Threads = 64 };
static atomic_int ending, ready;
static atomic_long work[Threads];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long guarded_a, guarded_b;

static void *busy(void *argument) {
    int number = (int)(intptr_t)argument;
    atomic_fetch_add(&ready, 1);
    while (!atomic_load(&ending)) {
        atomic_fetch_add(&work[number], 1);
        switch (number % 16) {
            case 0:
                pthread_mutex_lock(&mutex);
                guarded_a++, guarded_b++;
                pthread_mutex_unlock(&mutex);
                break;
            case 1:
                free(malloc(100 + (size_t)number));
                break;
            case 2:
                getppid();
                break;
            default:
                // Most of them sleep in the kernel, or are about to.
                usleep(100 * (unsigned)number);
        }
    }
    return 0;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 100;
    for (int i = 0; i < rounds * 8; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit(i & 0x7F);
        CHECK(pid > 0, pid);
        expect_status(pid, (i & 0x7F) << 8);
    }
    pthread_t threads[Threads];
    for (int i = 0; i < Threads; i++) start(&threads[i], busy, (void *)(intptr_t)i);
    while (atomic_load(&ready) < Threads) sched_yield();
    for (int i = 0; i < rounds; i++) {
        // The lock is held over the fork, as pthread_atfork handlers do: what it guards is whole in the child.
        pthread_mutex_lock(&mutex);
        pid_t pid = fork();
        if (pid == 0) {
            pthread_mutex_unlock(&mutex);
            CHECK(guarded_a == guarded_b, guarded_a - guarded_b);
            free(malloc(10000));
            long before = atomic_load(&work[3]);
            sched_yield();
            CHECK(atomic_load(&work[3]) == before, before);
            _exit(i & 0x7F);
        }
        pthread_mutex_unlock(&mutex);
        CHECK(pid > 0, pid);
        expect_status(pid, (i & 0x7F) << 8);
    }
    atomic_store(&ending, 1);
    for (int i = 0; i < Threads; i++) CHECK(pthread_join(threads[i], 0) == 0, i);
    printf("forks ok\n");
}
