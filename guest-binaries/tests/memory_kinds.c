// oracle: native
// Mappings that change by themselves, locks, and what a child finds: MAP_GROWSDOWN, mlockall, MADV_DONTFORK, MADV_WIPEONFORK, PROT_GROWSDOWN, holes.
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

enum { PAGE = 4096 };

static sigjmp_buf escape;
static void on_fault(int number) { siglongjmp(escape, number); }
static int fault(volatile char *p, int write) {
    int number = sigsetjmp(escape, 1);
    if (number == 0) {
        if (write) *p = 1;
        else (void)*p;
    }
    return number;
}

// The lines of /proc/self/maps that lie in a range, summed up.
static long mapped_bytes(char *start, char *end) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long from, to, sum = 0, low = (unsigned long)start, high = (unsigned long)end;
    while (fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx", &from, &to) != 2) continue;
        if (from < low) from = low;
        if (to > high) to = high;
        if (from < to) sum += to - from;
    }
    fclose(maps);
    return (long)sum;
}

static long locked_bytes(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long kilobytes = -1;
    while (fgets(line, sizeof line, status)) sscanf(line, "VmLck: %ld", &kilobytes);
    fclose(status);
    return kilobytes * 1024;
}

static void growth(void) {
    char *area = mmap(0, 4 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    munmap(area, 4 << 20);
    char *stack = mmap(area + (3 << 20), 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
    show("grows from", stack - area);
    for (int i = 0; i < 20; i++) stack[-i * PAGE] = (char)i;
    show("grown", mapped_bytes(area, area + (4 << 20)));
    show("written", stack[-19 * PAGE]);
    result("lower part only readable", mprotect(stack - 19 * PAGE, PAGE, PROT_READ));
    show("signal", fault(stack - 19 * PAGE, 1));
    result("unmap all of it", munmap(stack - 19 * PAGE, 21 * PAGE));
    show("left", mapped_bytes(area, area + (4 << 20)));
    show("signal", fault(stack - 3 * PAGE, 0));
    char *again = mmap(stack - 10 * PAGE, 5 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    show("free again", again == stack - 10 * PAGE);
    munmap(again, 5 * PAGE);
    // What glibc does to make the stack executable.
    char *page = (char *)((unsigned long)__builtin_frame_address(0) & -(unsigned long)PAGE);
    result("main stack from where it begins", mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_GROWSDOWN));
    char *plain = mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    result("of a mapping that does not grow", mprotect(plain, PAGE, PROT_READ | PROT_GROWSDOWN));
    munmap(plain, PAGE);
}

static void children(void) {
    char *p = mmap(0, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 7, 6 * PAGE);
    result("not for children", madvise(p + PAGE, 2 * PAGE, MADV_DONTFORK));
    result("wiped in children", madvise(p + 4 * PAGE, PAGE, MADV_WIPEONFORK));
    if (fork() == 0) {
        show("first", p[0]), show("last", p[5 * PAGE]), show("wiped", p[4 * PAGE]);
        show("signal", fault(p + PAGE, 0));
        show("child has", mapped_bytes(p, p + 6 * PAGE));
        result("advice on what is missing", madvise(p + PAGE, PAGE, MADV_NORMAL));
        show("taken again", mmap(p + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == p + PAGE);
        _exit(0);
    }
    wait(0);
    show("parent", p[PAGE]), show("parent's", p[4 * PAGE]);
    result("for children after all", madvise(p + PAGE, 2 * PAGE, MADV_DOFORK));
    if (fork() == 0) show("child has", mapped_bytes(p, p + 6 * PAGE)), _exit(0);
    wait(0);
    munmap(p, 6 * PAGE);
}

static void locks(void) {
    char *p = mmap(0, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(p + 3 * PAGE, PAGE);
    result("mlock over a hole", mlock(p, 6 * PAGE));
    show("locked before the hole", locked_bytes());
    result("munlock", munlock(p, 3 * PAGE));
    show("locked", locked_bytes());
    result("mlock of unaligned", mlock(p + 100, PAGE));
    show("locked", locked_bytes());
    result("munlockall", munlockall());
    show("locked", locked_bytes());
    result("mlock that wraps", mlock(p, (size_t)-PAGE)), result("of nothing", mlock(p + 3 * PAGE, 0));
    result("mlockall of nothing", mlockall(0)), result("bad", mlockall(64)), result("only on fault", mlockall(MCL_ONFAULT));
    struct rlimit limit = {64 << 20, 64 << 20};
    setrlimit(RLIMIT_MEMLOCK, &limit);
    result("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
    long before = locked_bytes();
    show("something is locked", before > 4 * PAGE);
    char *q = mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    show("new ones too", locked_bytes() - before);
    unsigned char there[16] = {0};
    mincore(q, 16 * PAGE, there);
    show("present", there[0] & there[15] & 1);
    if (fork() == 0) show("child has locked", locked_bytes()), _exit(0);
    wait(0);
    result("munlockall", munlockall());
    show("locked", locked_bytes());
    munmap(q, 16 * PAGE), munmap(p, 6 * PAGE);
}

static void others(void) {
    char *p = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    munmap(p + PAGE, PAGE);
    result("msync over a hole", msync(p, 4 * PAGE, MS_SYNC));
    result("that ends inside of a mapping", msync(p, 3 * PAGE, MS_SYNC));
    result("unaligned offset before all else", (long)syscall(SYS_mmap, -1L, -1L, -1L, -1L, -1L, 5L));
    struct iovec to = {p, 8}, from = {p + 2 * PAGE, 8};
    p[2 * PAGE] = 42;
    result("process_vm_readv", process_vm_readv(getpid(), &to, 1, &from, 1, 0));
    show("read", p[0]);
    from.iov_base = p + PAGE;
    result("from a hole", process_vm_readv(getpid(), &to, 1, &from, 1, 0));
    int status;
    void *pages[2] = {p, p + PAGE};
    int where[2] = {99, 99};
    status = (int)syscall(SYS_move_pages, 0, 2L, pages, 0L, where, 0L);
    show("move_pages", status), show("of a page", where[0] >= 0), show("of a hole", where[1]);
    char *fixed = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fixed[PAGE] = 5;
    result("keep the old mapping", mremap(fixed, 2 * PAGE, 2 * PAGE, MREMAP_DONTUNMAP | MREMAP_MAYMOVE, 0) != MAP_FAILED);
    show("its contents", fixed[PAGE]);
    munmap(fixed, 2 * PAGE), munmap(p, PAGE), munmap(p + 2 * PAGE, 2 * PAGE);
}

int main(void) {
    struct sigaction action = {.sa_handler = on_fault};
    sigaction(SIGSEGV, &action, 0), sigaction(SIGBUS, &action, 0);
    growth(), children(), locks(), others();
}
