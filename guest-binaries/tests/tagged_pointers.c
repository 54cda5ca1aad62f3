// oracle: qemu
// only: arm64
// flags arm64: -march=armv8.1-a
// Pointers with a tag in bits 63..56: the processor ignores it for data; system calls do so only when asked (prctl), except those that manage addresses.
#include "check.h"

#include <arm_neon.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static void *tagged(const void *p, unsigned tag) { return (void *)(((uintptr_t)p & ~(0xffull << 56)) | (uintptr_t)tag << 56); }

static sigjmp_buf escape;
static siginfo_t last;
static void on_fault(int number, siginfo_t *info, void *context) {
    (void)context;
    last = *info;
    siglongjmp(escape, number);
}

static void loads_and_stores(char *p) {
    volatile uint64_t *word = tagged(p, 0x80);
    *word = 0x1122334455667788;
    show_hex("word", *word);
    show_hex("untagged", *(uint64_t *)p);
    show_hex("byte", *(volatile unsigned char *)tagged(p + 1, 1));
    show_hex("signed half", *(volatile short *)tagged(p + 6, 0x7f));
    uint64_t a = 5, b = 6;
    __asm__ volatile("stp %0, %1, [%2, #16]\n ldp %1, %0, [%2, #16]" : "+r"(a), "+r"(b) : "r"(tagged(p, 0xfe)) : "memory");
    show("pair", a * 10 + b);
    char *q = tagged(p, 0x35);
    __asm__ volatile("str %1, [%0, #8]!\n ldr %1, [%0], #8" : "+r"(q), "+r"(a) : : "memory");
    show("written back with its tag", q == (char *)tagged(p + 16, 0x35));
    uint64_t index = 8, got;
    __asm__ volatile("ldr %0, [%1, %2]" : "=r"(got) : "r"(tagged(p, 0x11)), "r"(index));
    show("indexed", got);
}

static void atomics(char *p) {
    uint64_t *word = tagged(p + 64, 0x42), old, status;
    *(uint64_t *)(p + 64) = 10;
    __asm__ volatile("1: ldaxr %0, [%2]\n add %0, %0, #1\n stlxr %w1, %0, [%2]\n cbnz %w1, 1b" : "=&r"(old), "=&r"(status) : "r"(word) : "memory");
    show("exclusive", *(uint64_t *)(p + 64));
    uint64_t low = 1, high = 2;
    __asm__ volatile("1: ldxp %0, %1, [%3]\n add %0, %0, #1\n stxp %w2, %0, %1, [%3]\n cbnz %w2, 1b" : "+&r"(low), "+&r"(high), "=&r"(status) : "r"(word) : "memory");
    show("exclusive pair", *(uint64_t *)(p + 64));
    __asm__ volatile("ldadd %1, %0, [%2]" : "=r"(old) : "r"(100ull), "r"(word) : "memory");
    show("ldadd", old), show("after", *(uint64_t *)(p + 64));
    old = 112;
    __asm__ volatile("cas %0, %1, [%2]" : "+r"(old) : "r"(7ull), "r"(word) : "memory");
    show("cas", old), show("after", *(uint64_t *)(p + 64));
    __asm__ volatile("swp %1, %0, [%2]" : "=r"(old) : "r"(9ull), "r"(word) : "memory");
    show("swp", old);
    __asm__ volatile("stlr %0, [%1]" : : "r"(3ull), "r"(word) : "memory");
    __asm__ volatile("ldar %0, [%1]" : "=r"(old) : "r"(word) : "memory");
    show("ldar", old);
}

static void vectors(char *p) {
    for (int i = 0; i < 64; i++) p[128 + i] = i;
    uint8_t *bytes = tagged(p + 128, 0xa5);
    uint8x16x4_t four = vld4q_u8(bytes);
    show("ld4", vgetq_lane_u8(four.val[3], 15));
    four.val[0] = vaddq_u8(four.val[0], vdupq_n_u8(1));
    vst4q_u8(bytes, four);
    show("st4", p[128 + 60]);
    uint8x16x2_t two = vld1q_u8_x2(bytes + 16);
    show("ld1", vgetq_lane_u8(two.val[1], 0));
    show("ld1r", vgetq_lane_u8(vld1q_dup_u8(bytes + 5), 7));
    show("lane", vgetq_lane_u32(vld1q_lane_u32((uint32_t *)(bytes + 8), vdupq_n_u32(0), 2), 2));
    memset(p + 256, 1, 256);
    __asm__ volatile("dc zva, %0" : : "r"(tagged(p + 256 + 5, 0x99)) : "memory");
    show("dc zva", p[256]), show("end", p[256 + 63]);
    __asm__ volatile("prfm pldl1keep, [%0]\n dc cvau, %0\n ic ivau, %0\n isb" : : "r"(tagged(p, 0x77)) : "memory");
}

static int answer(int x) { return x + 40; }

static void branches(void) {
    int (*volatile function)(int) = tagged((void *)answer, 0x5a);
    show("call through a tagged pointer", function(2));
}

static void faults(char *gone) {
    if (!sigsetjmp(escape, 1)) (void)*(volatile char *)tagged(gone + 12, 0x21);
    printf("read: signal %d, code %d, offset %ld\n", last.si_signo, last.si_code, (long)((char *)last.si_addr - gone));
    if (!sigsetjmp(escape, 1)) *(volatile char *)tagged(gone + 13, 0x22) = 1;
    printf("write: signal %d, code %d, offset %ld\n", last.si_signo, last.si_code, (long)((char *)last.si_addr - gone));
    if (!sigsetjmp(escape, 1)) (void)*(volatile char *)0x0100000000000123;
    show_hex("only a tag", (uintptr_t)last.si_addr);
}

static void system_calls(char *p, int file) {
    char *q = tagged(p, 0x33);
    result("off", prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0));
    result("write", write(file, q, 4));
    result("madvise", madvise(q, 4096, MADV_NORMAL));
    result("on", prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0));
    result("is on", prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0));
    result("mprotect", mprotect(q, 4096, PROT_READ | PROT_WRITE));
    strcpy(p, "name");
    result("write", write(file, q, 4));
    result("access", access(q, F_OK));
    result("pread", pread(file, tagged(p + 8, 0x44), 4, 0));
    show_text("read", p + 8);
    result("bad bits", prctl(PR_SET_TAGGED_ADDR_CTRL, 1ul << 40, 0, 0, 0));
    result("bad argument", prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 1, 0, 0));
    result("off", prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 0, 0, 0));
    result("write", write(file, q, 4));
}

int main(void) {
    enter_work_directory();
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, 0), sigaction(SIGBUS, &action, 0);
    char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int round = 0; round < 2; round++) loads_and_stores(p), atomics(p), vectors(p), branches();
    munmap(p + 4096, 4096);
    faults(p + 4096);
    int file = open("file", O_RDWR | O_CREAT, 0600);
    system_calls(p, file);
    unlink("file"), leave_work_directory();
}
