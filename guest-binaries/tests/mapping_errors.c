// oracle: native
// What is refused and how: flags of mmap, advice over holes, limits of address space and data, faults' codes, seals, attaching over something.
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static sigjmp_buf escape;
static siginfo_t last;
static void on_fault(int number, siginfo_t *info, void *context) {
    (void)context;
    last = *info;
    siglongjmp(escape, number);
}
static void touch(const char *name, volatile char *p, int write) {
    last.si_signo = last.si_code = 0;
    if (!sigsetjmp(escape, 1)) {
        if (write) *p = 1;
        else (void)*p;
    }
    printf("%s: signal %d, code %d, %s\n", name, last.si_signo, last.si_code, last.si_signo == 0 || last.si_addr == p ? "there" : "elsewhere");
}
static void mapped(const char *name, void *p) { printf("%s: %s\n", name, p == MAP_FAILED ? strerrorname_np(errno) : "ok"); }

static void holes(void) {
    char *p = mmap(0, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 1, 5 * 4096);
    munmap(p + 8192, 4096);
    unsigned char vector[8];
    result("madvise over a hole", madvise(p, 5 * 4096, MADV_DONTNEED));
    show("before the hole", p[0]), show("behind the hole", p[4 * 4096]);
    result("no such advice over a hole", madvise(p, 5 * 4096, 9999));
    result("unaligned advice", madvise(p + 1, 4096, MADV_NORMAL));
    result("advice on nothing", madvise(p + 8192, 4096, MADV_NORMAL));
    result("advice of length 0", madvise(p + 8192, 0, MADV_NORMAL));
    result("msync over a hole", msync(p, 5 * 4096, MS_SYNC));
    result("msync unaligned", msync(p + 8193, 4096, MS_SYNC));
    result("msync both", msync(p, 4096, MS_SYNC | MS_ASYNC));
    result("mincore over a hole", mincore(p, 5 * 4096, vector));
    result("mincore unaligned", mincore(p + 8193, 4096, vector));
    result("mincore", mincore(p, 8192, vector));
    result("mincore to nowhere", mincore(p, 8192, (void *)8));
    result("mlock of a hole", mlock(p + 8192, 4096));
    result("mlock", mlock(p, 4096)), result("munlock", munlock(p, 4096));
    result("mprotect of a hole", mprotect(p + 8192, 4096, PROT_READ));
    touch("hole", p + 8192 + 5, 0);
    munmap(p, 5 * 4096);
}

static void flags(void) {
    mapped("neither shared nor private", mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0));
    mapped("validated, unknown flag", mmap(0, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | (1 << 29), -1, 0));
    mapped("bad descriptor", mmap(0, 4096, PROT_READ, MAP_SHARED, 999, 0));
    mapped("unaligned offset", mmap(0, 4096, PROT_READ, MAP_PRIVATE, 0, 5));
    mapped("unaligned place", mmap((void *)0x10001, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    mapped("length 0", mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mapped("enormous", mmap(0, -8192ul, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mapped("beyond user space", mmap((void *)(1ul << 60), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    mapped("populated", p);
    mapped("no replace, partly", mmap(p + 4096, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    mapped("mremap length 0 of private", mremap(p, 0, 4096, MREMAP_MAYMOVE));
    mapped("mremap to length 0", mremap(p, 4096, 0, MREMAP_MAYMOVE));
    mapped("mremap fixed alone", mremap(p, 4096, 4096, MREMAP_FIXED, p + 4096));
    mapped("mremap onto itself", mremap(p, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, p + 4096));
    mapped("mremap bad flags", mremap(p, 4096, 4096, 64));
    strcpy(p, "kept");
    char *q = mremap(p, 4096, 4096, MREMAP_MAYMOVE | 4 /* DONTUNMAP */);
    mapped("dontunmap", q);
    if (q != MAP_FAILED) show_text("there", q), show("here", p[0]), munmap(q, 4096);
    munmap(p, 8192);
}

static void faults(void) {
    int file = memfd_create("short", MFD_ALLOW_SEALING);
    if (ftruncate(file, 100) != 0) perror("ftruncate");
    char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    touch("in the file", p + 5, 1), touch("rest of its page", p + 4095, 1), touch("beyond its end", p + 4096 + 7, 0), touch("written beyond", p + 4096 + 9, 1);
    result("read into it", pread(file, p + 4096, 10, 0));
    struct iovec there = {p + 4096, 10}, here = {p, 10};
    result("process_vm_readv", process_vm_readv(getpid(), &here, 1, &there, 1, 0));
    munmap(p, 8192);
    p = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
    touch("written, read-only", p + 3, 1);
    mprotect(p, 4096, PROT_NONE);
    touch("guard page", p + 3, 0);
    munmap(p, 4096);
    touch("gone", p + 3, 0);
    result("seal", fcntl(file, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK));
    mapped("writable, sealed", mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    result("shrink", ftruncate(file, 10));
    result("write", write(file, "a", 1));
    close(file);
}

static void attached(void) {
    int segment = shmget(IPC_PRIVATE, 8192, 0600);
    char *p = mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 7, 16384);
    mapped("attached over something", shmat(segment, p + 4096, 0));
    mapped("anywhere, replacing", shmat(segment, 0, SHM_REMAP));
    mapped("unaligned", shmat(segment, p + 4097, SHM_REMAP));
    char *s = shmat(segment, p + 4097, SHM_REMAP | SHM_RND);
    show("replaced", s == p + 4096);
    show("before", p[4095]), show("segment", p[4096]), show("behind", p[3 * 4096]);
    result("detached", shmdt(s));
    touch("detached", s, 0);
    result("detached again", shmdt(s));
    shmctl(segment, IPC_RMID, 0);
    munmap(p, 16384);
}

static void limits(void) {
    struct rlimit old, limit;
    getrlimit(RLIMIT_DATA, &old);
    limit = old, limit.rlim_cur = 1 << 20;
    result("data limit", setrlimit(RLIMIT_DATA, &limit));
    mapped("8 MB of data", mmap(0, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mapped("8 MB to read", mmap(0, 8 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    show("sbrk", sbrk(8 << 20) == (void *)-1);
    setrlimit(RLIMIT_DATA, &old);
    getrlimit(RLIMIT_AS, &old);
    limit = old, limit.rlim_cur = 64 << 20;
    result("address space limit", setrlimit(RLIMIT_AS, &limit));
    mapped("200 MB", mmap(0, 200 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char *p = mmap(0, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mapped("1 MB", p);
    mapped("grown to 200 MB", mremap(p, 1 << 20, 200 << 20, MREMAP_MAYMOVE));
    show("malloc", malloc(300 << 20) == 0);
    setrlimit(RLIMIT_AS, &old);
    mapped("200 MB", mmap(0, 200 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

int main(void) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, 0), sigaction(SIGBUS, &action, 0);
    holes(), flags(), faults(), attached(), limits();
}
