// Thread churn, many threads alive at once, and what they share: mutexes, condition variables, barriers, read-write locks, thread-specific data with destructors, detached threads.
#include "stress.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static atomic_int destroyed, detached;
static _Thread_local int initialised = 77;
static int turn, alive, release, total, serial;

static void destroy(void *value) { atomic_fetch_add(&destroyed, (int)(intptr_t)value); }

static void *brief(void *argument) {
    CHECK(initialised == 77, initialised);
    initialised = (int)(intptr_t)argument;
    pthread_setspecific(key, (void *)1);
    return argument;
}

static void *alone(void *argument) {
    atomic_fetch_add(&detached, 1);
    return argument;
}

static void *waiting(void *argument) {
    pthread_mutex_lock(&mutex);
    alive++;
    pthread_cond_broadcast(&condition);
    while (!release) pthread_cond_wait(&condition, &mutex);
    alive--;
    pthread_mutex_unlock(&mutex);
    return argument;
}

enum { Team = 4 };
static void *member(void *argument) {
    int number = (int)(intptr_t)argument;
    for (int i = 0; i < 50; i++) {
        // In turns.
        pthread_mutex_lock(&mutex);
        while (turn % Team != number) pthread_cond_wait(&condition, &mutex);
        turn++;
        pthread_cond_broadcast(&condition);
        pthread_mutex_unlock(&mutex);
        if (i % 8 == number) {
            pthread_rwlock_wrlock(&rwlock);
            total++;
            pthread_rwlock_unlock(&rwlock);
        } else {
            pthread_rwlock_rdlock(&rwlock);
            CHECK(total >= 0, total);
            pthread_rwlock_unlock(&rwlock);
        }
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) serial++;
        pthread_barrier_wait(&barrier);
    }
    return 0;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 200;
    int many = rounds < 1000 ? rounds : 1000;
    pthread_t *threads = calloc((size_t)many + Team, sizeof *threads);
    pthread_key_create(&key, destroy);
    // Created and joined, one and two at a time.
    for (int i = 1; i <= rounds; i++) {
        void *back, *second;
        start(&threads[0], brief, (void *)(intptr_t)i), start(&threads[1], brief, (void *)(intptr_t)-i);
        CHECK(pthread_join(threads[0], &back) == 0 && pthread_join(threads[1], &second) == 0, i);
        CHECK(back == (void *)(intptr_t)i && second == (void *)(intptr_t)-i, i);
    }
    CHECK(destroyed == 2 * rounds, destroyed);
    // All alive at once.
    for (int i = 0; i < many; i++) start(&threads[i], waiting, 0);
    pthread_mutex_lock(&mutex);
    while (alive < many) pthread_cond_wait(&condition, &mutex);
    release = 1;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < many; i++) CHECK(pthread_join(threads[i], 0) == 0, i);
    CHECK(alive == 0, alive);
    // Together.
    pthread_barrier_init(&barrier, 0, Team);
    for (int i = 0; i < Team; i++) start(&threads[i], member, (void *)(intptr_t)i);
    for (int i = 0; i < Team; i++) CHECK(pthread_join(threads[i], 0) == 0, i);
    CHECK(serial == 50 && turn == 50 * Team, turn);
    for (int i = 0; i < many; i++) {
        start(&threads[0], alone, 0);
        CHECK(pthread_detach(threads[0]) == 0, 0);
    }
    while (atomic_load(&detached) < many) sched_yield();
    printf("threads ok\n");
}
