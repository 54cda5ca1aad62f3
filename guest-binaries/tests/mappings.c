// oracle: native
// Memory mappings: private and shared, of files, at fixed places, moved, protected, advised; what the errors are.
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static sigjmp_buf escape;
static void on_fault(int number) { siglongjmp(escape, number); }
static int faults_on_read(volatile char *p) {
    if (sigsetjmp(escape, 1)) return 1;
    (void)*p;
    return 0;
}
static int faults_on_write(volatile char *p) {
    if (sigsetjmp(escape, 1)) return 1;
    *p = *p;
    return 0;
}

static void mapped(const char *name, void *p) { printf("%s: %s\n", name, p == MAP_FAILED ? strerrorname_np(errno) : "ok"); }

int main(void) {
    signal(SIGSEGV, on_fault), signal(SIGBUS, on_fault);
    char *p = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mapped("anonymous", p);
    int zero = 1;
    for (int i = 0; i < 65536; i++) zero &= p[i] == 0;
    show("zero", zero);
    memset(p, 'a', 65536);
    result("munmap the middle", munmap(p + 16384, 16384));
    show("gone", faults_on_read(p + 20000)), show("before", faults_on_read(p + 16383)), show("after", faults_on_read(p + 32768));
    result("munmap again", munmap(p + 16384, 16384));
    result("munmap unaligned", munmap(p + 1, 4096));
    result("munmap nothing", munmap(p, 0));
    char *q = mmap(p + 16384, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    show("fixed", q == p + 16384), show("read", faults_on_read(q)), show("write", faults_on_write(q));
    mapped("no replace", mmap(p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    result("mprotect", mprotect(q, 8192, PROT_READ | PROT_WRITE));
    show("write", faults_on_write(q));
    result("mprotect none", mprotect(p, 4096, PROT_NONE));
    show("read", faults_on_read(p)), show("next page", faults_on_read(p + 4096));
    result("mprotect of a hole", mprotect(p + 20480, 16384, PROT_READ));
    result("mprotect unaligned", mprotect(p + 5, 4096, PROT_READ));
    mprotect(p, 4096, PROT_READ | PROT_WRITE);
    show("contents kept", p[0]);

    strcpy(p, "moved contents");
    q = mremap(p, 8192, 1 << 20, MREMAP_MAYMOVE);
    mapped("mremap", q);
    show_text("contents", q);
    q[(1 << 20) - 1] = 7;
    char *r = mremap(q, 1 << 20, 4096, 0);
    show("shrunk in place", r == q), show("tail is gone", faults_on_read(q + 4096));
    char *place = mmap(0, 16384, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    r = mremap(q, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, place + 8192);
    show("to a fixed place", r == place + 8192);
    show_text("contents", r), show("source is gone", faults_on_read(q));
    mapped("mremap of nothing", mremap(q, 4096, 8192, MREMAP_MAYMOVE));

    int fd = memfd_create("file", 0);
    for (int i = 0; i < 3 * 4096; i += 16) write(fd, "sixteen letters!", 16);
    char *shared = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), *own = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    shared[0] = 'S', own[1] = 'I';
    show("shared is seen", own[4096] == 's' && shared[0] == 'S'), show("private is not", shared[1] == 'i');
    char text[5] = {0};
    pread(fd, text, 4, 0);
    show_text("file", text);
    pwrite(fd, "WROTE", 5, 4096);
    show("written is seen", shared[4096] == 'W' && shared[4100] == 'E');
    result("msync", msync(shared, 4096, MS_SYNC));
    result("msync bad", msync(shared, 4096, MS_SYNC | MS_ASYNC));
    char *second = mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 4096);
    show("at an offset", second[0]);
    mapped("odd offset", mmap(0, 4096, PROT_READ, MAP_SHARED, fd, 100));
    mapped("bad descriptor", mmap(0, 4096, PROT_READ, MAP_SHARED, 999, 0));
    mapped("no kind", mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0));
    mapped("no length", mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mapped("too much", mmap(0, (size_t)1 << 62, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    int reader = open("/proc/self/exe", O_RDONLY);
    mapped("write to a reader's", mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
    char *elf = mmap(0, 4096, PROT_READ, MAP_PRIVATE, reader, 0);
    show("own file", memcmp(elf, "\177ELF", 4));

    int *counter = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    own[0] = 1;
    pid_t child = fork();
    if (child == 0) {
        *counter = 42, own[0] = 2;
        _exit(0);
    }
    waitpid(child, 0, 0);
    show("shared with a child", *counter), show("private to each", own[0]);

    result("MADV_DONTNEED", madvise(place, 4096, MADV_DONTNEED));
    memset(own, 'x', 4096);
    p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[0] = 1;
    madvise(p, 8192, MADV_DONTNEED);
    show("dropped", p[0]);
    result("madvise bad", madvise(p, 4096, 9999));
    unsigned char in_core[2];
    result("mincore", mincore(p, 8192, in_core));
    result("mlock", mlock(p, 4096)), result("munlock", munlock(p, 4096));
    char *before = sbrk(0), *grown = sbrk(100000);
    show("sbrk", grown == before), show("usable", (memset(grown, 1, 100000), faults_on_write(grown + 99999)));
    sbrk(-100000);
    show("back", sbrk(0) == (void *)before);

    // Many small mappings, freed in another order.
    char *all[200];
    for (int i = 0; i < 200; i++) {
        all[i] = mmap(0, 4096 * (size_t)(1 + i % 5), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        all[i][4095] = (char)i;
    }
    int good = 0;
    for (int i = 0; i < 200; i++) {
        int k = i * 77 % 200;
        good += all[k][4095] == (char)k && munmap(all[k], 4096 * (size_t)(1 + k % 5)) == 0;
    }
    show("good", good);
    return 0;
}
