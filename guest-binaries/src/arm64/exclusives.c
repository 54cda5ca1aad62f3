// flags: -march=armv8.3-a
// Exclusive and acquire-release accesses, single-instruction atomics of Armv8.1 including pairs, and RCpc loads.
#include "freestanding.h"

static u64 cells[4] __attribute__((aligned(16)));

#define TRY(text)                                                                                              \
    for (u64 i = 0; i < 64; i++) {                                                                             \
        cells[0] = next_random(&state), cells[1] = next_random(&state);                                        \
        register u64 x0 __asm__("x0") = next_random(&state);                                                   \
        register u64 x1 __asm__("x1") = i & 1 ? cells[0] : next_random(&state);                                \
        register u64 x2 __asm__("x2") = next_random(&state);                                                   \
        register u64 x3 __asm__("x3") = next_random(&state);                                                   \
        register u64 x4 __asm__("x4") = i & 2 ? cells[0] : i & 4 ? cells[1] : x1;                              \
        register u64 x5 __asm__("x5") = i & 2 ? cells[1] : x2;                                                 \
        register u64 *x9 __asm__("x9") = cells;                                                                \
        __asm__ volatile(text : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5) : "r"(x9) : "memory", "cc", "x6", "x7"); \
        sum = mix(mix(mix(mix(sum, x0), x1), x2), x3), sum = mix(mix(mix(mix(sum, x4), x5), cells[0]), cells[1]); \
    }                                                                                                          \
    line_hex(text, sum), sum = MIX_START;

#define LSE(name) TRY(name " x1, x0, [x9]") TRY(name "a w1, w0, [x9]") TRY(name "lb w1, w0, [x9]") TRY(name "alh w1, w0, [x9]")

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u64 state = 0xa70, sum = MIX_START;
    TRY("ldxr x0, [x9]\n\tstxr w1, x2, [x9]") TRY("ldaxr w0, [x9]\n\tadd w0, w0, #1\n\tstlxr w1, w0, [x9]") TRY("ldxrb w0, [x9]\n\tstxrb w1, w2, [x9]") TRY("ldaxrh w0, [x9]\n\tstlxrh w1, w2, [x9]")
    TRY("ldxp x0, x1, [x9]\n\tstxp w2, x4, x5, [x9]") TRY("ldaxp w0, w1, [x9]\n\tstlxp w2, w4, w5, [x9]")
    TRY("clrex\n\tstxr w1, x2, [x9]") TRY("ldxr x0, [x9]\n\tclrex\n\tstxr w1, x2, [x9]") TRY("ldxr x0, [x9]\n\tstxr w1, x2, [x9]\n\tstxr w3, x4, [x9]")
    TRY("ldar x0, [x9]\n\tstlr x1, [x9]") TRY("ldarb w0, [x9]\n\tstlrh w1, [x9]") TRY("ldapr x0, [x9]\n\tldaprb w1, [x9]\n\tldaprh w2, [x9]\n\tstlr w3, [x9]")
    LSE("ldadd") LSE("ldclr") LSE("ldeor") LSE("ldset") LSE("ldsmax") LSE("ldsmin") LSE("ldumax") LSE("ldumin") LSE("swp")
    TRY("stadd x1, [x9]") TRY("stclrh w1, [x9]") TRY("stsmaxb w1, [x9]")
    TRY("cas x1, x2, [x9]") TRY("casa w1, w2, [x9]") TRY("caslb w1, w2, [x9]") TRY("casalh w1, w2, [x9]") TRY("casp x4, x5, x2, x3, [x9]") TRY("caspal w4, w5, w2, w3, [x9]")
    TRY("1: ldaxr x6, [x9]\n\tadd x6, x6, x1\n\tstlxr w7, x6, [x9]\n\tcbnz w7, 1b") TRY("dmb ish\n\tdsb sy\n\tisb\n\tldr x0, [x9]")
    return 0;
}
