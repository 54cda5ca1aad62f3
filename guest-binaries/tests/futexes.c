// oracle: native
// Futexes between processes, and the locks that are made of them in a single thread.
#include "check.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

static long futex(int *word, int operation, int value, void *timeout, int *other, int value3) {
    return syscall(SYS_futex, word, operation, value, timeout, other, value3);
}

int main(void) {
    int *words = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct timespec brief = {0, 20000000};
    result("wake nobody", futex(words, FUTEX_WAKE, 1, 0, 0, 0));
    result("wait for another value", futex(words, FUTEX_WAIT, 1, 0, 0, 0));
    result("wait times out", futex(words, FUTEX_WAIT, 0, &brief, 0, 0));
    result("private wait times out", futex(words, FUTEX_WAIT_PRIVATE, 0, &brief, 0, 0));
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000) until.tv_nsec -= 1000000000, until.tv_sec++;
    result("wait for a bit times out", futex(words, FUTEX_WAIT_BITSET, 0, &until, 0, 1));
    result("unaligned", futex((int *)((char *)words + 1), FUTEX_WAIT, 0, 0, 0, 0));
    result("nowhere", futex((int *)64, FUTEX_WAIT, 0, 0, 0, 0));
    result("bad operation", futex(words, 99, 0, 0, 0, 0));

    // Ping-pong: each side waits for the other's store.
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 100; i++) {
            while (__atomic_load_n(words, __ATOMIC_SEQ_CST) != 2 * i + 1) futex(words, FUTEX_WAIT, 2 * i, 0, 0, 0);
            __atomic_store_n(words, 2 * i + 2, __ATOMIC_SEQ_CST);
            futex(words, FUTEX_WAKE, 1, 0, 0, 0);
        }
        _exit(0);
    }
    for (int i = 0; i < 100; i++) {
        __atomic_store_n(words, 2 * i + 1, __ATOMIC_SEQ_CST);
        futex(words, FUTEX_WAKE, 1, 0, 0, 0);
        while (__atomic_load_n(words, __ATOMIC_SEQ_CST) != 2 * i + 2) futex(words, FUTEX_WAIT, 2 * i + 1, 0, 0, 0);
    }
    waitpid(child, 0, 0);
    show("rounds", words[0]);

    // Requeue: three sleepers on one word, one woken, two moved.
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            __atomic_add_fetch(words + 8, 1, __ATOMIC_SEQ_CST);
            futex(words + 4, FUTEX_WAIT, 0, 0, 0, 0);
            __atomic_add_fetch(words + 9, 1, __ATOMIC_SEQ_CST);
            _exit(0);
        }
    while (__atomic_load_n(words + 8, __ATOMIC_SEQ_CST) != 3) usleep(1000);
    usleep(100000);
    result("requeue", futex(words + 4, FUTEX_CMP_REQUEUE, 1, (void *)(long)INT_MAX, words + 5, 0));
    result("wake the moved", futex(words + 5, FUTEX_WAKE, INT_MAX, 0, 0, 0));
    while (wait(0) > 0) {}
    show("woken", words[9]);

    pthread_mutex_t mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    show("lock", pthread_mutex_lock(&mutex)), show("again", pthread_mutex_trylock(&mutex));
    show("unlock", pthread_mutex_unlock(&mutex)), show("unlock", pthread_mutex_unlock(&mutex)), show("once more", pthread_mutex_unlock(&mutex));
    pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&plain);
    clock_gettime(CLOCK_REALTIME, &until);
    show("timed wait", pthread_cond_timedwait(&condition, &plain, &until) == ETIMEDOUT);

    // A process-shared semaphore and mutex guard a counter.
    struct { sem_t semaphore; pthread_mutex_t mutex; int counter; } *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &attributes);
    sem_init(&shared->semaphore, 1, 0);
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            sem_wait(&shared->semaphore);
            for (int k = 0; k < 2000; k++) {
                pthread_mutex_lock(&shared->mutex);
                shared->counter++;
                pthread_mutex_unlock(&shared->mutex);
            }
            _exit(0);
        }
    for (int i = 0; i < 4; i++) sem_post(&shared->semaphore);
    while (wait(0) > 0) {}
    show("counter", shared->counter);
    return 0;
}
