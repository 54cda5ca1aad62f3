// Scalar floating point down to the bits: NaN propagation, conversions out of range, comparisons, selects, fused forms,
// minimum and maximum, rounding to integral, immediates, moves; results and all cumulative flags, in every mode of FPCR.
#include "freestanding.h"

static const u64 values[] = {
    0, 1ull << 63, 0x3ff0000000000000, 0xbff0000000000000, 0x3fe0000000000000, 0x4004000000000000, 0xc004000000000000, 0x400c000000000000, 0x7ff0000000000000, 0xfff0000000000000,
    0x7ff8000000000000, 0xfff8000000000123, 0x7ff0000000000001, 0xfff4000000000456, 1, 0x800fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0xffefffffffffffff, 0x41dfffffffc00000,
    0x41e0000000000000, 0xc1e0000000200000, 0x43dfffffffffffff, 0x43e0000000000000, 0x43f0000000000000, 0x41efffffffe00000, 0x3fd5555555555555, 0x47efffffe0000000, 0x36a0000000000000, 0x4330000000000001,
    0x7fc000007f800001, 0x3f8000004b000001, 0xff800000cf000000, 0x7f8000014f800000, 0x00000001df000000, 0x4effffff5f7fffff,
};
enum { N = sizeof values / sizeof *values };

#define TRY(text)                                                                                              \
    do {                                                                                                       \
        u64 sum = MIX_START, flags = 0;                                                                        \
        for (int i = 0; i < N; i++)                                                                            \
            for (int j = 0; j < N; j++) {                                                                      \
                register u64 x0 __asm__("x0") = values[j];                                                     \
                u64 high, status, nzcv, a = values[i], b = values[j], c = values[(i * 5 + j) % N];             \
                __asm__ volatile("msr fpsr, xzr\n\tfmov d0, %4\n\tfmov d1, %5\n\tfmov d2, %6\n\tfmov d3, %5\n\tcmp %4, %5\n\t" text \
                                 "\n\tmrs %3, nzcv\n\tmrs %2, fpsr\n\tfmov %1, v0.d[1]\n\tfmov x6, d0\n\teor x0, x0, x6, ror #1" \
                                 : "+r"(x0), "=&r"(high), "=&r"(status), "=&r"(nzcv) : "r"(a), "r"(b), "r"(c) : "v0", "v1", "v2", "v3", "cc", "x6"); \
                sum = mix(mix(mix(sum, x0), high), nzcv), flags = mix(flags, status);                                   \
            }                                                                                                  \
        line_hex(text, sum), line_hex("  fpsr", flags);                                                        \
    } while (0);

#define BOTH(name, d, s) TRY(name " " d) TRY(name " " s)

static void all(void) {
    BOTH("fadd", "d0, d0, d1", "s0, s0, s1") BOTH("fsub", "d0, d0, d1", "s0, s0, s1") BOTH("fmul", "d0, d0, d1", "s0, s0, s1") BOTH("fdiv", "d0, d0, d1", "s0, s0, s1") BOTH("fnmul", "d0, d0, d1", "s0, s0, s1")
    BOTH("fsqrt", "d0, d0", "s0, s0") BOTH("fabs", "d0, d0", "s0, s0") BOTH("fneg", "d0, d0", "s0, s0") BOTH("fmov", "d0, d1", "s0, s1")
    BOTH("fmadd", "d0, d0, d1, d2", "s0, s0, s1, s2") BOTH("fmsub", "d0, d0, d1, d2", "s0, s0, s1, s2") BOTH("fnmadd", "d0, d0, d1, d2", "s0, s0, s1, s2") BOTH("fnmsub", "d0, d0, d1, d2", "s0, s0, s1, s2")
    BOTH("fmax", "d0, d0, d1", "s0, s0, s1") BOTH("fmin", "d0, d0, d1", "s0, s0, s1") BOTH("fmaxnm", "d0, d0, d1", "s0, s0, s1") BOTH("fminnm", "d0, d0, d1", "s0, s0, s1")
    BOTH("fcmp", "d0, d1", "s0, s1") BOTH("fcmpe", "d0, d1", "s0, s1") BOTH("fcmp", "d0, #0.0", "s0, #0.0") BOTH("fcmpe", "d0, #0.0", "s0, #0.0")
    BOTH("fccmp", "d0, d1, #5, lt", "s0, s1, #10, hi") BOTH("fccmpe", "d0, d1, #3, eq", "s0, s1, #12, vc") BOTH("fcsel", "d0, d1, d2, ge", "s0, s1, s2, ne")
    BOTH("frintn", "d0, d0", "s0, s0") BOTH("frintp", "d0, d0", "s0, s0") BOTH("frintm", "d0, d0", "s0, s0") BOTH("frintz", "d0, d0", "s0, s0") BOTH("frinta", "d0, d0", "s0, s0") BOTH("frintx", "d0, d0", "s0, s0") BOTH("frinti", "d0, d0", "s0, s0")
    TRY("fcvt s0, d0") TRY("fcvt d0, s0") TRY("fcvt h0, d0") TRY("fcvt h0, s0") TRY("fcvt d0, h0") TRY("fcvt s0, h0")
    BOTH("fcvtzs", "x0, d0", "w0, d0") BOTH("fcvtzs", "x0, s0", "w0, s0") BOTH("fcvtzu", "x0, d0", "w0, d0") BOTH("fcvtzu", "x0, s0", "w0, s0")
    BOTH("fcvtns", "x0, d0", "w0, s0") BOTH("fcvtps", "x0, d0", "w0, s0") BOTH("fcvtms", "w0, d0", "x0, s0") BOTH("fcvtas", "x0, d0", "w0, s0") BOTH("fcvtau", "x0, d0", "w0, d0") BOTH("fcvtnu", "w0, d0", "x0, s0") BOTH("fcvtpu", "x0, d0", "w0, s0") BOTH("fcvtmu", "x0, d0", "w0, s0")
    BOTH("fcvtzs", "x0, d0, #20", "w0, s0, #3") BOTH("fcvtzu", "x0, d0, #64", "w0, d0, #16")
    BOTH("scvtf", "d0, x0", "d0, w0") BOTH("scvtf", "s0, x0", "s0, w0") BOTH("ucvtf", "d0, x0", "d0, w0") BOTH("ucvtf", "s0, x0", "s0, w0") BOTH("scvtf", "d0, x0, #13", "s0, w0, #31") BOTH("ucvtf", "d0, x0, #64", "s0, x0, #1")
    TRY("fmov x0, d0") TRY("fmov w0, s0") TRY("fmov d0, x0") TRY("fmov s0, w0") TRY("fmov x0, v0.d[1]") TRY("fmov v0.d[1], x0") TRY("fmov d0, #-1.9375") TRY("fmov s0, #31.0")
    TRY("fadd d0, d0, d1\n\tfmul d0, d0, d2\n\tfsub d0, d0, d3") TRY("fcmp d0, d1\n\tb.mi 1f\n\tfneg d0, d1\n1:")
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    static const u64 modes[] = {0, 0x400000, 0x800000, 0xc00000, 0x1000000, 0x2000000};
    for (int i = 0; i < 6; i++) {
        __asm__ volatile("msr fpcr, %0" : : "r"(modes[i]));
        line_hex("fpcr", modes[i]);
        all();
    }
    return 0;
}
