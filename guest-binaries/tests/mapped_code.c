// oracle: native
// Code that appears, changes and goes away: through a second view of the same memory, by moving pages, where nothing was mapped when it was first called.
#include "check.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>

typedef int function(void);

// A function that returns a number below 65536.
static void write_code(void *at, int number) {
#ifdef __aarch64__
    uint32_t code[2] = {0x52800000u | (uint32_t)number << 5, 0xd65f03c0u};
    memcpy(at, code, sizeof code);
#else
    unsigned char code[6] = {0xb8, (unsigned char)number, (unsigned char)(number >> 8), 0, 0, 0xc3};
    memcpy(at, code, sizeof code);
#endif
}

static void flush(void *at) { __builtin___clear_cache((char *)at, (char *)at + 64); }

static void two_views(const char *name, char *writable, char *executable, char *flushed) {
    int sum = 0;
    for (int i = 1; i <= 5; i++) {
        write_code(writable, i);
        flush(flushed);
        sum = sum * 10 + ((function *)executable)();
    }
    show(name, sum);
}

static void views(void) {
    int file = memfd_create("code", 0);
    if (ftruncate(file, 8192) != 0) perror("ftruncate");
    char *w = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), *x = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, file, 4096);
    two_views("memfd, writable view flushed", w + 4096, x, w + 4096);
    two_views("memfd, executable view flushed", w + 4096, x, x);
    char *anonymous = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *second = mremap(anonymous, 0, 4096, MREMAP_MAYMOVE);
    show("second view", second != MAP_FAILED && second != anonymous);
    two_views("anonymous, first written", anonymous, second, anonymous);
    two_views("anonymous, second written", second, anonymous, second);
    int segment = shmget(IPC_PRIVATE, 4096, 0700);
    char *s = shmat(segment, 0, 0), *t = shmat(segment, 0, SHM_EXEC);
    shmctl(segment, IPC_RMID, 0);
    two_views("System V segment", s, t, s);
    for (int i = 0; i < 3; i++) {
        write_code(w, 20 + i);
        if (pwrite(file, w, 8, 4096) != 8) perror("pwrite");
        flush(x);
        show("written with pwrite", ((function *)x)());
    }
    shmdt(s), shmdt(t), close(file);
}

static void flips(void) {
    char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int sum = 0;
    for (int i = 1; i <= 5; i++) {
        mprotect(p, 4096, PROT_READ | PROT_WRITE);
        write_code(p, i);
        mprotect(p, 4096, PROT_READ | PROT_EXEC);
        flush(p);
        sum = sum * 10 + ((function *)p)();
    }
    show("writable or executable", sum);
    mprotect(p + 4096, 4096, PROT_READ | PROT_WRITE);
    write_code(p + 4096, 77), mprotect(p + 4096, 4096, PROT_READ | PROT_EXEC), flush(p + 4096);
    show("other page", ((function *)(p + 4096))());
    char *moved = mremap(p + 4096, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, p);
    show("moved over the first", moved == p && ((function *)p)() == 77);
    int file = memfd_create("code", 0);
    for (int i = 0; i < 3; i++) {
        char code[8] = {0};
        write_code(code, 300 + i);
        if (pwrite(file, code, 8, 4096 * i) != 8) perror("pwrite");
    }
    for (int i = 0; i < 3; i++) {
        mmap(p, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 4096 * i);
        show("mapped over", ((function *)p)());
    }
    munmap(p, 8192), close(file);
}

static char *place;
static int how;
static sigjmp_buf escape;
static void on_fault(int number) {
    if (how == 0) siglongjmp(escape, number);
    if (how == 1) {
        int file = memfd_create("late", 0);
        char code[8] = {0};
        write_code(code, 500);
        if (write(file, code, 8) != 8) perror("write");
        mmap(place, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 0);
        close(file);
    } else {
        char *other = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        write_code(other, 501), flush(other);
        mremap(other, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, place);
    }
}

static void late(void) {
    place = mmap(0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(place, 4096);
    for (how = 0; how < 3; how++) {
        int number = sigsetjmp(escape, 1);
        if (number) {
            show("signal", number);
            continue;
        }
        show("mapped when it was fetched", ((function *)place)());
        munmap(place, 4096);
    }
}

static void children(void) {
    char *p = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    write_code(p, 1), flush(p);
    show("parent", ((function *)p)());
    pid_t child = fork();
    if (child == 0) {
        write_code(p, 2), flush(p);
        _exit(((function *)p)());
    }
    int status;
    waitpid(child, &status, 0);
    show("child", WEXITSTATUS(status)), show("parent after", ((function *)p)());
}

// Two threads run a function that a third one changes: what they see only grows.
static char *shared_code;
static volatile int stop;
static void *run(void *unused) {
    int last = 0;
    while (!stop) {
        int now = ((function *)shared_code)();
        if (now < last) return "went back";
        last = now;
    }
    return unused;
}

static void patched_while_running(void) {
    shared_code = mmap(0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    write_code(shared_code, 0), flush(shared_code);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, run, 0);
    int seen = 1;
    for (int i = 1; i <= 2000; i++) {
#ifdef __aarch64__
        *(volatile uint32_t *)shared_code = 0x52800000u | (uint32_t)i << 5;
#else
        *(volatile uint16_t *)(shared_code + 1) = (uint16_t)i;
#endif
        flush(shared_code);
        seen &= ((function *)shared_code)() == i;
    }
    stop = 1;
    for (int i = 0; i < 2; i++) {
        void *bad;
        pthread_join(threads[i], &bad);
        show_text("a thread that ran it", bad ? bad : "saw it grow");
    }
    show("the one that changed it saw each", seen);
}

int main(void) {
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &action, 0);
    views(), flips(), late(), children(), patched_while_running();
}
