// oracle: native
// Code that changes without a flush of the instruction cache: by plain stores, system calls, other views of the memory, other threads and processes.
#include "check.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

typedef int function(void);

enum { CODE = 8 };

// A function that returns a number below 65536.
static void write_code(void *at, int number) {
#ifdef __aarch64__
    uint32_t code[2] = {0x52800000u | (uint32_t)number << 5, 0xd65f03c0u};
#else
    unsigned char code[CODE] = {0xb8, (unsigned char)number, (unsigned char)(number >> 8), 0, 0, 0xc3, 0x90, 0x90};
#endif
    memcpy(at, code, CODE);
    __asm__ volatile("" ::: "memory");
}

static int call(char *at) { return ((function *)at)(); }

static char *pages(int flags, int file) { return mmap(0, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, flags, file, 0); }

static void stores(void) {
    char *p = pages(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    int sum = 0;
    for (int i = 1; i <= 9; i++) write_code(p, i), sum = sum * 10 + call(p);
    show("rewritten", sum);
    // The second function is called by the first: only the second changes.
    write_code(p + 64, 5);
#ifdef __aarch64__
    uint32_t jump = 0x14000010u;
#else
    unsigned char jump[5] = {0xe9, 59, 0, 0, 0};
#endif
    memcpy(p, &jump, sizeof jump);
    show("through a jump", call(p));
    write_code(p + 64, 6);
    show("through a jump", call(p));
    // Across the border of two pages.
    char *border = p + 4096 - 4;
    for (int i = 1; i <= 3; i++) write_code(border, 100 + i), show("border", call(border));
    munmap(p, 8192);
}

// Code that stores into its own page, even into itself.
static void itself(void) {
    char *p = pages(MAP_PRIVATE | MAP_ANONYMOUS, -1);
#ifdef __aarch64__
    // adr x1, p + 32; ldr w0, [x1]; add w0, w0, #1; str w0, [x1]; ret
    uint32_t counter[] = {0x10000101u, 0xb9400020u, 0x11000400u, 0xb9000020u, 0xd65f03c0u};
    // adr x1, next; ldr w2, [x1]; add w2, w2, #32 (the immediate of mov); str w2, [x1]; next: mov w0, #0; ret
    uint32_t patch[] = {0x10000081u, 0xb9400022u, 0x11008042u, 0xb9000022u, 0x52800000u, 0xd65f03c0u};
#else
    // mov eax, [rip + 18]; inc eax; mov [rip + 10], eax; ret
    unsigned char counter[] = {0x8b, 0x05, 26, 0, 0, 0, 0xff, 0xc0, 0x89, 0x05, 18, 0, 0, 0, 0xc3};
    // add dword [rip + 1], 1; mov eax, 0; ret
    unsigned char patch[] = {0x83, 0x05, 1, 0, 0, 0, 1, 0xb8, 0, 0, 0, 0, 0xc3};
#endif
    memcpy(p, counter, sizeof counter);
    int sum = 0;
    for (int i = 0; i < 100000; i++) sum += call(p) == i + 1;
    show("counter beside the code", sum);
    memcpy(p + 4096, patch, sizeof patch);
    sum = 0;
    for (int i = 0; i < 1000; i++) sum += call(p + 4096) == i + 1;
    show("code that changes its next instruction", sum);
    munmap(p, 8192);
}

static void system_calls(void) {
    char *p = pages(MAP_PRIVATE | MAP_ANONYMOUS, -1), code[CODE];
    int ends[2], sum = 0;
    if (pipe(ends) != 0) perror("pipe");
    for (int i = 1; i <= 5; i++) {
        write_code(code, i);
        if (write(ends[1], code, CODE) != CODE || read(ends[0], p, CODE) != CODE) perror("pipe");
        sum = sum * 10 + call(p);
    }
    show("read", sum);
    for (int i = 1; i <= 3; i++) {
        write_code(code, 200 + i);
        struct iovec from = {code, CODE}, to = {p, CODE};
        if (process_vm_writev(getpid(), &from, 1, &to, 1, 0) != CODE) perror("process_vm_writev");
        show("process_vm_writev", call(p));
    }
    close(ends[0]), close(ends[1]);
    munmap(p, 8192);
}

static void views(void) {
    int file = memfd_create("code", 0);
    char code[CODE];
    if (ftruncate(file, 8192) != 0) perror("ftruncate");
    char *w = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), *x = mmap(0, 8192, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    int sum = 0;
    for (int i = 1; i <= 5; i++) write_code(w, i), sum = sum * 10 + call(x);
    show("other view", sum);
    for (int i = 1; i <= 3; i++) {
        write_code(code, 300 + i);
        if (pwrite(file, code, CODE, 4096) != CODE) perror("pwrite");
        show("pwrite", call(x + 4096));
    }
    munmap(w, 8192), munmap(x, 8192), close(file);
}

static void other_process(void) {
    char *p = pages(MAP_SHARED | MAP_ANONYMOUS, -1);
    int to[2], from[2], sum = 0;
    char token = 0;
    if (pipe(to) != 0 || pipe(from) != 0) perror("pipe");
    write_code(p, 0);
    call(p);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 1; i <= 5; i++) {
            if (read(to[0], &token, 1) != 1) _exit(1);
            write_code(p, i);
            if (write(from[1], &token, 1) != 1) _exit(1);
        }
        _exit(0);
    }
    for (int i = 1; i <= 5; i++) {
        if (write(to[1], &token, 1) != 1 || read(from[0], &token, 1) != 1) perror("pipe");
        sum = sum * 10 + call(p);
    }
    waitpid(child, 0, 0);
    show("other process", sum);
    munmap(p, 8192);
}

static char *common;
static volatile int stop;
static void *run(void *unused) {
    int last = 0;
    while (!stop) {
        int now = call(common);
        if (now < last) return "went back";
        last = now;
    }
    return unused;
}

static void threads(void) {
    common = pages(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    write_code(common, 0);
    pthread_t runners[2];
    for (int i = 0; i < 2; i++) pthread_create(&runners[i], 0, run, 0);
    int seen = 1;
    for (int i = 1; i <= 2000; i++) {
#ifdef __aarch64__
        *(volatile uint32_t *)common = 0x52800000u | (uint32_t)i << 5;
#else
        *(volatile uint16_t *)(common + 1) = (uint16_t)i;
#endif
        seen &= call(common) == i;
    }
    stop = 1;
    for (int i = 0; i < 2; i++) {
        void *bad;
        pthread_join(runners[i], &bad);
        show_text("a thread that ran it", bad ? bad : "saw it grow");
    }
    show("the one that changed it saw each", seen);
}

// As programs patch themselves: made writable for a moment.
static void protections(void) {
    char *p = pages(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    write_code(p, 1);
    mprotect(p, 8192, PROT_READ | PROT_EXEC);
    show("only executable", call(p));
    for (int i = 2; i < 5; i++) {
        mprotect(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        write_code(p, i);
        show("writable, too", call(p));
        write_code(p, 10 * i);
        mprotect(p, 4096, PROT_READ | PROT_EXEC);
        show("no longer", call(p));
    }
    munmap(p, 8192);
}

static void flushed_then_not(void) {
    char *p = pages(MAP_PRIVATE | MAP_ANONYMOUS, -1);
    write_code(p, 1);
    __builtin___clear_cache(p, p + 64);
    show("flushed", call(p));
    char *q = mmap(p, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (int i = 2; i < 5; i++) write_code(q, i), show("mapped anew, not flushed", call(q));
}

int main(void) { stores(), itself(), system_calls(), views(), other_process(), threads(), protections(), flushed_then_not(); }
