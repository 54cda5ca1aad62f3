// Load and store forms: offsets, unscaled, pre- and post-indexed, register offsets with extension, pairs, literals, sign
// extension, SIMD registers, and what happens to the base.
#include "freestanding.h"

static u8 area[1024] __attribute__((aligned(16)));

#define TRY(text)                                                                                              \
    do {                                                                                                       \
        for (int i = 0; i < 1024; i++) area[i] = (u8)(i * 37 + (i >> 3));                                       \
        register u64 x0 __asm__("x0") = 0x1122334455667788;                                                    \
        register u64 x1 __asm__("x1") = 0x99aabbccddeeff00;                                                    \
        register u64 x2 __asm__("x2") = (u64)-24;                                                              \
        register u8 *x9 __asm__("x9") = area + 512;                                                            \
        __asm__ volatile("movi v0.16b, #0x5a\n\tmovi v1.8h, #0xa5, lsl #8\n\t" text "\n\tumov x6, v0.d[0]\n\tumov x7, v1.d[1]\n\teor x0, x0, x6, ror #3\n\teor x1, x1, x7, ror #5" \
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x9) : : "memory", "x6", "x7", "v0", "v1");       \
        sum = mix(mix(mix(MIX_START, x0), x1), (u64)(x9 - area));                                              \
        for (int i = 0; i < 1024; i++) sum = mix(sum, area[i]);                                                 \
        line_hex(text, sum);                                                                                   \
    } while (0);

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u64 sum;
    TRY("ldr x0, [x9]") TRY("ldr w0, [x9, #20]") TRY("ldrb w0, [x9, #255]") TRY("ldrh w0, [x9, #6]") TRY("ldrsb x0, [x9, #1]") TRY("ldrsb w0, [x9, #3]") TRY("ldrsh x0, [x9, #2]") TRY("ldrsh w0, [x9, #10]") TRY("ldrsw x0, [x9, #4]")
    TRY("ldur x0, [x9, #-255]") TRY("ldur w0, [x9, #255]") TRY("ldursw x0, [x9, #-3]") TRY("ldurb w0, [x9, #-1]") TRY("sturh w0, [x9, #-7]") TRY("stur x0, [x9, #13]")
    TRY("ldr x0, [x9, #16]!") TRY("ldr x0, [x9], #-128") TRY("str w0, [x9, #-100]!") TRY("strb w0, [x9], #255") TRY("ldrsh x0, [x9], #2") TRY("ldrsw x0, [x9, #-4]!")
    TRY("ldr x0, [x9, x2]") TRY("ldr x0, [x9, x2, lsl #3]") TRY("ldr w0, [x9, w2, sxtw]") TRY("ldrh w0, [x9, w2, sxtw #1]") TRY("mov w2, #12\n\tldr x0, [x9, w2, uxtw #3]") TRY("strb w0, [x9, x2, sxtx]") TRY("str x1, [x9, w2, sxtw #3]") TRY("ldrsw x0, [x9, x2, lsl #2]")
    TRY("ldp x0, x1, [x9, #32]") TRY("ldp w0, w1, [x9, #-64]") TRY("stp x0, x1, [x9, #-16]!") TRY("ldp x0, x1, [x9], #48") TRY("stp w0, w1, [x9, #252]") TRY("ldpsw x0, x1, [x9, #8]") TRY("ldpsw x0, x1, [x9], #-8") TRY("ldnp x0, x1, [x9, #16]") TRY("stnp w0, w1, [x9]") TRY("stp xzr, xzr, [x9]")
    TRY("ldr x0, 1f\n\tb 2f\n\t.align 3\n1:\t.xword 0x0123456789abcdef\n2:") TRY("ldrsw x0, 1f\n\tb 2f\n1:\t.word 0x89abcdef\n2:") TRY("ldr q0, 1f\n\tb 2f\n\t.align 4\n1:\t.xword 1, 2\n2:")
    TRY("ldr q0, [x9, #16]") TRY("ldr d0, [x9, #8]") TRY("ldr s0, [x9, #4]") TRY("ldr h0, [x9, #2]") TRY("ldr b0, [x9, #1]") TRY("str q1, [x9, #-32]!") TRY("str d0, [x9], #8") TRY("str s1, [x9, x2]") TRY("str h0, [x9, #100]") TRY("stur b1, [x9, #-9]") TRY("ldur q1, [x9, #-7]") TRY("ldr q1, [x9, w2, sxtw #4]")
    TRY("ldp q0, q1, [x9, #-64]") TRY("stp q0, q1, [x9], #32") TRY("ldp d0, d1, [x9, #24]!") TRY("stp s0, s1, [x9, #12]") TRY("ldnp q0, q1, [x9]")
    TRY("ld1 {v0.16b}, [x9]") TRY("ld1 {v0.8b, v1.8b}, [x9], #16") TRY("st1 {v0.4s, v1.4s}, [x9], x2") TRY("ld1r {v0.4h}, [x9]") TRY("ld1 {v0.s}[2], [x9]") TRY("st1 {v1.b}[7], [x9], #1") TRY("ld2 {v0.8h, v1.8h}, [x9]") TRY("st2 {v0.2d, v1.2d}, [x9]")
    TRY("prfm pldl1keep, [x9]\n\tprfum pstl2strm, [x9, #-3]\n\tldr x0, [x9]") TRY("mov x2, sp\n\tstr x0, [sp, #-16]!\n\tldr x1, [sp], #16\n\tmov x0, sp\n\tsub x0, x0, x2")
    TRY("adr x0, .\n\tadrp x1, .\n\tlsr x0, x0, #32\n\tlsr x1, x1, #32")
    return 0;
}
