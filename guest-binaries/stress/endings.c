// Processes with running, blocked, starting and ending threads end in every way: exit_group from any thread, a fatal signal, exec from any thread, the last thread's exit after main's.
#include "stress.h"

enum { Threads = 12 };
static int way;
static int pipe_ends[2];
static atomic_int ready;
static char **arguments;
static volatile int *volatile address = (int *)8;
extern char **environ;

static void *nothing(void *argument) { return argument; }

static void end_here(void) {
    char *words[] = {arguments[0], "executed", 0};
    switch (way) {
        case 0: _exit(33);
        case 1: exit(33);
        case 2: kill(getpid(), SIGKILL); break;
        case 3: abort();
        case 4: execve("/proc/self/exe", words, environ); fail("execve", 0);
        case 5: *address = 1; break;
        case 6: execve("/no/such/file", words, environ); _exit(33);
        default: raise(SIGTERM);
    }
}

static void *thread(void *argument) {
    int number = (int)(intptr_t)argument;
    char byte;
    pthread_t other;
    atomic_fetch_add(&ready, 1);
    if (number == 5) {
        while (atomic_load(&ready) < Threads) sched_yield();
        end_here();
        for (;;) pause();
    }
    for (volatile unsigned long i = 0;; i++) {
        switch (number % 4) {
            case 0: break;
            case 1: read(pipe_ends[0], &byte, 1); break;
            // EAGAIN: another thread is executing a program.
            case 2: if (pthread_create(&other, 0, nothing, 0) == 0) pthread_join(other, 0); break;
            default: usleep(100);
        }
    }
    return 0;
}

static int expected_status(void) {
    switch (way) {
        case 2: return SIGKILL;
        case 3: return SIGABRT;
        case 4: return 34 << 8;
        case 5: return SIGSEGV;
        case 7: return SIGTERM;
        default: return 33 << 8;
    }
}

static void *last(void *argument) {
    pthread_join(*(pthread_t *)argument, 0);
    return 0;
}

int main(int argc, char **argv) {
    arguments = argv;
    if (argc > 1 && strcmp(argv[1], "executed") == 0) return 34;
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    for (int i = 0; i < rounds; i++) {
        for (way = 0; way < 8; way++) {
            pid_t pid = fork();
            if (pid == 0) {
                pthread_t threads[Threads];
                CHECK(pipe(pipe_ends) == 0, 0);
                signal(SIGABRT, SIG_DFL);
                for (int k = 0; k < Threads; k++) {
                    if (k == 5 && i % 2 == 0) {
                        atomic_fetch_add(&ready, 1);
                        continue;
                    }
                    start(&threads[k], thread, (void *)(intptr_t)k);
                }
                if (i % 2 == 0) {
                    while (atomic_load(&ready) < Threads) sched_yield();
                    end_here();
                }
                for (;;) pause();
            }
            CHECK(pid > 0, pid);
            int status;
            CHECK(waitpid(pid, &status, 0) == pid, pid);
            CHECK((status & ~0x80) == expected_status(), status);
        }
        // The first thread ends first: the process ends with the last one, with 0.
        pid_t pid = fork();
        if (pid == 0) {
            static pthread_t self;
            pthread_t other;
            self = pthread_self();
            start(&other, last, &self);
            pthread_exit(0);
        }
        expect_status(pid, 0);
    }
    printf("endings ok\n");
}
