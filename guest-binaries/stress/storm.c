// Threads x signals x fork x code invalidation: two threads write, flush and run code, two map and unmap, one sends signals to all, one spawns, and two fork while all of that goes on.
// Every child runs code as well, makes threads, and forks again.
#include "stress.h"

enum { Writers = 2, Mappers = 2, Forkers = 2, Threads = Writers + Mappers + Forkers + 2 };
extern char **environ;
static int rounds;
static atomic_int forkers_left, handled;
static _Thread_local uint32_t own;

static void on_signal(int signal) {
    (void)signal;
    atomic_fetch_add(&handled, 1);
    own++;
}

static void *code_page(void) {
    void *page = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED, 0);
    return page;
}

static void *writer(void *argument) {
    uint32_t value = (uint32_t)(uintptr_t)argument << 28;
    char *page = code_page();
    while (atomic_load(&forkers_left) > 0) {
        for (int i = 0; i < 8; i++) {
            write_function(page + 64 * i, ++value);
            for (int k = 0; k < 3; k++) CHECK(call_function(page + 64 * i) == value, value);
        }
    }
    munmap(page, 4096);
    return 0;
}

static void *mapper(void *argument) {
    uint32_t value = (uint32_t)(uintptr_t)argument << 28;
    while (atomic_load(&forkers_left) > 0) {
        char *page = code_page();
        write_function(page, ++value);
        CHECK(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0, 0);
        CHECK(call_function(page) == value, value);
        char *moved = mremap(page, 4096, 8192, MREMAP_MAYMOVE);
        CHECK(moved != MAP_FAILED, 0);
        CHECK(call_function(moved) == value, value);
        CHECK(munmap(moved, 8192) == 0, 0);
    }
    return 0;
}

static pthread_t threads[Threads];

static void *sender(void *argument) {
    (void)argument;
    for (int i = 0; atomic_load(&forkers_left) > 0; i++) {
        // The forkers end first; everybody else lives until the sender is joined.
        pthread_kill(threads[i % (Writers + Mappers)], SIGUSR1);
        kill(getpid(), SIGUSR2);
        if (i % 16 == 0) sched_yield();
    }
    return 0;
}

static void *child_thread(void *page) {
    for (uint32_t i = 1; i < 20; i++) {
        write_function(page, i);
        CHECK(call_function(page) == i, i);
    }
    return 0;
}

static void child(int depth) {
    pthread_t helper;
    void *page = code_page();
    start(&helper, child_thread, page);
    CHECK(raise(SIGUSR1) == 0, 0);
    CHECK(pthread_join(helper, 0) == 0, 0);
    CHECK(call_function(page) == 19, 0);
    if (depth > 0) {
        pid_t pid = fork();
        if (pid == 0) {
            child(depth - 1);
            _exit(40 + depth);
        }
        CHECK(pid > 0, pid);
        expect_status(pid, (40 + depth) << 8);
    }
}

static void *forker(void *argument) {
    (void)argument;
    for (int i = 0; i < rounds; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            child(i % 2);
            _exit(i % 32);
        }
        CHECK(pid > 0, pid);
        expect_status(pid, (i % 32) << 8);
    }
    atomic_fetch_sub(&forkers_left, 1);
    return 0;
}

static void *spawner(void *argument) {
    (void)argument;
    char *words[] = {"nothing", 0};
    sigset_t defaults;
    sigemptyset(&defaults), sigaddset(&defaults, SIGUSR1), sigaddset(&defaults, SIGUSR2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    while (atomic_load(&forkers_left) > 0) {
        pid_t pid;
        int error = posix_spawn(&pid, "/no/such/program", 0, &attributes, words, environ);
        CHECK(error == ENOENT, error);
    }
    return 0;
}

int main(int argc, char **argv) {
    rounds = argc > 1 ? atoi(argv[1]) : 20;
    handle(SIGUSR1, on_signal), handle(SIGUSR2, on_signal);
    atomic_store(&forkers_left, Forkers);
    int n = 0;
    for (int i = 0; i < Writers; i++) start(&threads[n], writer, (void *)(uintptr_t)(n + 1)), n++;
    for (int i = 0; i < Mappers; i++) start(&threads[n], mapper, (void *)(uintptr_t)(n + 1)), n++;
    start(&threads[n++], sender, 0);
    start(&threads[n++], spawner, 0);
    for (int i = 0; i < Forkers; i++) start(&threads[n++], forker, 0);
    for (int i = n - 1; i >= 0; i--) CHECK(pthread_join(threads[i], 0) == 0, i);
    CHECK(atomic_load(&handled) > 0 || rounds == 0, handled);
    printf("storm ok\n");
}
