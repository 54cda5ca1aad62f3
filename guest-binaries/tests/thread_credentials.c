// oracle: native
// setuid and the like in a process with threads: the C library sends signal 33 to every other thread, whose handler it has installed before the first thread.
#include "check.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t started, finish;

static void *wait_for_the_end(void *argument) {
    sem_post(&started);
    while (sem_wait(&finish) != 0) {}
    return argument;
}

int main(void) {
    pthread_t threads[3];
    sem_init(&started, 0, 0), sem_init(&finish, 0, 0);
    for (int i = 0; i < 3; i++) result("thread", pthread_create(&threads[i], 0, wait_for_the_end, 0));
    for (int i = 0; i < 3; i++) sem_wait(&started);
    uid_t r, e, s;
    getresuid(&r, &e, &s);
    for (int i = 0; i < 20; i++) {
        result("setresuid", setresuid(r, e, s));
        result("setgid", setgid(getgid()));
    }
    for (int i = 0; i < 3; i++) sem_post(&finish);
    for (int i = 0; i < 3; i++) result("join", pthread_join(threads[i], 0));
    return 0;
}
