// System registers and hints that a program may use: thread pointer, flags, FP control, cache geometry, counter, barriers.
#include "freestanding.h"

#define READ(name) ({ u64 value_; __asm__ volatile("mrs %0, " name : "=r"(value_)); value_; })
#define WRITE(name, value) __asm__ volatile("msr " name ", %0" : : "r"((u64)(value)) : "cc")

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    WRITE("tpidr_el0", 0x123456789abcdef0);
    line_hex("tpidr_el0", READ("tpidr_el0"));
    for (u64 flags = 0; flags < 16; flags++) {
        u64 got;
        __asm__ volatile("msr nzcv, %1\n\tmrs %0, nzcv" : "=r"(got) : "r"(flags << 28) : "cc");
        line_hex("nzcv", got);
    }
    line_hex("fpcr at the start", READ("fpcr")), line_hex("fpsr at the start", READ("fpsr"));
    static const u64 modes[] = {0x400000, 0x800000, 0xc00000, 0x1000000, 0x2000000, 0x3c00000, 0};
    for (int i = 0; i < 7; i++) {
        WRITE("fpcr", modes[i]);
        line_hex("fpcr", READ("fpcr"));
        double x, third;
        WRITE("fpsr", 0);
        __asm__ volatile("fmov %d0, #1.0\n\tfmov %d1, #3.0\n\tfdiv %d1, %d0, %d1\n\tfneg %d0, %d1\n\tfadd %d0, %d0, %d1" : "=&w"(x), "=&w"(third));
        u64 bits;
        __asm__("fmov %0, %d1" : "=r"(bits) : "w"(third));
        line_hex("1 / 3", bits);
        __asm__("fmov %0, %d1" : "=r"(bits) : "w"(x));
        line_hex("x - x", bits), line_hex("fpsr", READ("fpsr"));
    }
    WRITE("fpsr", 0x0800009f);
    line_hex("fpsr", READ("fpsr"));
    WRITE("fpsr", 0);
    u64 ctr = READ("ctr_el0"), zva = READ("dczid_el0");
    line("data line plausible", (ctr >> 16 & 15) >= 2 && (ctr >> 16 & 15) <= 9), line("dc zva allowed", (zva >> 4 & 1) == 0);
    u64 a = READ("cntvct_el0"), b = READ("cntvct_el0");
    line("counter moves on", b >= a), line("frequency", READ("cntfrq_el0") != 0);
    __asm__ volatile("nop\n\tyield\n\thint #6\n\thint #20\n\tsev\n\tsevl\n\twfe\n\tdmb sy\n\tdmb ishld\n\tdsb ish\n\tisb\n\thint #34\n\thint #25\n\thint #29");
    line("hints", 1);
    static u8 block[4096] __attribute__((aligned(2048)));
    memset(block, 0xff, sizeof block);
    __asm__ volatile("dc zva, %0" : : "r"(block + 2048 + 5) : "memory");
    int zeros = 0, other = 0;
    for (int i = 0; i < 4096; i++) zeros += block[i] == 0, other += block[i] != 0 && block[i] != 0xff;
    line("zeroed", zeros == 4 << (zva & 15)), line("other", other), line("aligned down", block[2048] == 0 && block[2047] == 0xff);
    __asm__ volatile("dc cvau, %0\n\tdc cvac, %0\n\tdc civac, %0\n\tdsb ish\n\tic ivau, %0\n\tisb" : : "r"(block) : "memory");
    line("caches", 1);
    return 0;
}
