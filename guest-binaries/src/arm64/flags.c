// Every instruction that writes or reads NZCV, and the operand forms (shifted, extended, immediate), on random operands.
#include "freestanding.h"

static u64 operands[512];

// One instruction under test: x1, x2 and the flags go in, x0 and the flags come out.
#define TRY(text)                                                                                              \
    for (int i = 0; i < 511; i++) {                                                                            \
        register u64 x0 __asm__("x0") = operands[510 - i];                                                     \
        register u64 x1 __asm__("x1") = operands[i];                                                           \
        register u64 x2 __asm__("x2") = operands[i + 1];                                                       \
        register u64 x3 __asm__("x3") = operands[i] << 28 & 0xf0000000;                                        \
        register u64 x4 __asm__("x4");                                                                         \
        __asm__ volatile("msr nzcv, x3\n\t" text "\n\tmrs x4, nzcv" : "+r"(x0), "=r"(x4) : "r"(x1), "r"(x2), "r"(x3) : "cc"); \
        sum = mix(mix(sum, x0), x4);                                                                           \
    }                                                                                                          \
    line_hex(text, sum), sum = MIX_START;

#define BOTH(instruction, operands_x, operands_w) TRY(instruction " " operands_x) TRY(instruction " " operands_w)

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u64 state = 0x5eed, sum = MIX_START;
    for (int i = 0; i < 512; i++) operands[i] = next_random(&state);
    BOTH("adds", "x0, x1, x2", "w0, w1, w2")
    BOTH("subs", "x0, x1, x2", "w0, w1, w2")
    BOTH("adcs", "x0, x1, x2", "w0, w1, w2")
    BOTH("sbcs", "x0, x1, x2", "w0, w1, w2")
    BOTH("adc", "x0, x1, x2", "w0, w1, w2")
    BOTH("sbc", "x0, x1, x2", "w0, w1, w2")
    BOTH("ands", "x0, x1, x2", "w0, w1, w2")
    BOTH("bics", "x0, x1, x2", "w0, w1, w2")
    BOTH("negs", "x0, x2", "w0, w2")
    BOTH("ngcs", "x0, x2", "w0, w2")
    BOTH("cmp", "x1, x2", "w1, w2")
    BOTH("cmn", "x1, x2", "w1, w2")
    BOTH("tst", "x1, x2", "w1, w2")
    BOTH("adds", "x0, x1, x2, lsl #13", "w0, w1, w2, lsl #31")
    BOTH("subs", "x0, x1, x2, lsr #7", "w0, w1, w2, lsr #1")
    BOTH("adds", "x0, x1, x2, asr #63", "w0, w1, w2, asr #17")
    BOTH("ands", "x0, x1, x2, ror #21", "w0, w1, w2, ror #9")
    BOTH("bics", "x0, x1, x2, asr #3", "w0, w1, w2, ror #31")
    BOTH("eon", "x0, x1, x2, ror #63", "w0, w1, w2, lsr #5")
    BOTH("orn", "x0, x1, x2, lsl #1", "w0, w1, w2, asr #30")
    TRY("adds x0, x1, w2, uxtb") TRY("adds x0, x1, w2, sxth #3") TRY("subs x0, x1, w2, uxtw #2") TRY("subs x0, x1, x2, sxtx #4")
    TRY("adds w0, w1, w2, sxtb #1") TRY("subs w0, w1, w2, uxth") TRY("cmp x1, w2, sxtw")
    BOTH("adds", "x0, x1, #0xfff", "w0, w1, #0x7ff, lsl #12")
    BOTH("subs", "x0, x1, #0", "w0, w1, #1")
    BOTH("ands", "x0, x1, #0x8000000000000000", "w0, w1, #0x3ffc00")
    BOTH("ands", "x0, x1, #0x5555555555555555", "w0, w1, #0x7fffffff")
    TRY("ccmp x1, x2, #5, eq") TRY("ccmp w1, w2, #10, lt") TRY("ccmn x1, x2, #15, hi") TRY("ccmn w1, w2, #0, vs")
    TRY("ccmp x1, #31, #3, ge") TRY("ccmn w1, #7, #12, cc") TRY("ccmp x1, x2, #9, al")
    TRY("csel x0, x1, x2, ne") TRY("csinc x0, x1, x2, mi") TRY("csinv w0, w1, w2, ls") TRY("csneg x0, x1, x2, gt") TRY("cset w0, pl") TRY("csetm x0, le")
    TRY("cinc x0, x1, hs") TRY("cneg w0, w1, vc")
    TRY("csel x0, x1, x2, al")
    TRY("mov x0, #0\n\tb.eq 1f\n\tmov x0, #1\n1:") TRY("mov x0, #0\n\tb.hi 1f\n\tmov x0, #1\n1:") TRY("mov x0, #0\n\tb.ge 1f\n\tmov x0, #1\n1:")
    TRY("mov x0, #0\n\tb.le 1f\n\tmov x0, #1\n1:") TRY("mov x0, #0\n\tb.vs 1f\n\tmov x0, #1\n1:") TRY("mov x0, #0\n\tb.ls 1f\n\tmov x0, #1\n1:")
    TRY("subs x0, x1, x2\n\tcset x0, lo\n\tadc x0, x0, x1") TRY("cmp w1, w2\n\tb.lt 1f\n\tsbc x0, x1, x2\n1:")
    TRY("adds x0, x1, x2\n\tadcs x0, x0, x1\n\tsbcs x0, x0, x2\n\tngc x0, x0") TRY("mov x0, #0\n\tcbz w1, 1f\n\tcbnz x2, 1f\n\tmov x0, #9\n1:")
    TRY("mov x0, #0\n\ttbz x1, #63, 1f\n\ttbnz w2, #7, 1f\n\tmov x0, #9\n1:")
    return 0;
}
