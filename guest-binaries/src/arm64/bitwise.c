// flags: -march=armv8-a+crc
// Bit fields, extracts, shifts, reversals, counts, multiplications, divisions, moves: integer instructions without flags.
#include "freestanding.h"

static u64 operands[512];

#define TRY(text)                                                                                              \
    for (int i = 0; i < 510; i++) {                                                                            \
        register u64 x0 __asm__("x0") = operands[510 - i];                                                     \
        register u64 x1 __asm__("x1") = operands[i];                                                           \
        register u64 x2 __asm__("x2") = operands[i + 1];                                                       \
        register u64 x3 __asm__("x3") = operands[i + 2];                                                       \
        __asm__ volatile(text : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3));                                         \
        sum = mix(sum, x0);                                                                                    \
    }                                                                                                          \
    line_hex(text, sum), sum = MIX_START;

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u64 state = 0xb17, sum = MIX_START;
    for (int i = 0; i < 512; i++) operands[i] = next_random(&state);
    TRY("ubfx x0, x1, #7, #20") TRY("ubfx w0, w1, #31, #1") TRY("sbfx x0, x1, #40, #24") TRY("sbfx w0, w1, #0, #5") TRY("ubfiz x0, x1, #30, #9") TRY("sbfiz w0, w1, #5, #27")
    TRY("bfi x0, x1, #12, #33") TRY("bfi w0, w1, #0, #32") TRY("bfxil x0, x1, #17, #8") TRY("bfxil w0, w1, #9, #20") TRY("bfi x0, xzr, #3, #50")
    TRY("sxtb x0, w1") TRY("sxth w0, w1") TRY("sxtw x0, w1") TRY("uxtb w0, w1") TRY("uxth w0, w1")
    TRY("lsl x0, x1, #63") TRY("lsr w0, w1, #31") TRY("asr x0, x1, #1") TRY("ror w0, w1, #13") TRY("extr x0, x1, x2, #19") TRY("extr w0, w1, w2, #0") TRY("extr x0, x1, x2, #63")
    TRY("lslv x0, x1, x2") TRY("lsrv w0, w1, w2") TRY("asrv x0, x1, x2") TRY("rorv w0, w1, w2") TRY("asrv w0, w1, w2") TRY("rorv x0, x1, x2")
    TRY("rbit x0, x1") TRY("rbit w0, w1") TRY("rev x0, x1") TRY("rev w0, w1") TRY("rev16 x0, x1") TRY("rev16 w0, w1") TRY("rev32 x0, x1")
    TRY("clz x0, x1") TRY("clz w0, w1") TRY("cls x0, x1") TRY("cls w0, w1")
    TRY("madd x0, x1, x2, x3") TRY("msub w0, w1, w2, w3") TRY("smaddl x0, w1, w2, x3") TRY("umsubl x0, w1, w2, x3") TRY("smulh x0, x1, x2") TRY("umulh x0, x1, x2") TRY("mneg x0, x1, x2")
    TRY("udiv x0, x1, x2") TRY("sdiv x0, x1, x2") TRY("udiv w0, w1, w2") TRY("sdiv w0, w1, w2") TRY("udiv x0, x1, xzr") TRY("sdiv w0, w1, wzr")
    TRY("mov x1, #0x8000000000000000\n\tmov x2, #-1\n\tsdiv x0, x1, x2") TRY("mov w1, #0x80000000\n\tmov w2, #-1\n\tsdiv w0, w1, w2")
    TRY("movz x0, #0x1234, lsl #48") TRY("movn x0, #0x55, lsl #16") TRY("movk x0, #0xabcd, lsl #32") TRY("movn w0, #0") TRY("movk w0, #1, lsl #16") TRY("mov x0, #0x00ff00ff00ff00ff")
    TRY("orr x0, x1, #0xffff0000ffff") TRY("eor w0, w1, #0x80000001") TRY("and x0, x1, #-2") TRY("orn x0, x1, x2") TRY("eon w0, w1, w2") TRY("bic x0, x1, x2, lsl #8")
    TRY("add x0, x1, x2, lsl #4") TRY("sub x0, x1, w2, sxtb #2") TRY("add w0, w1, w2, uxth #1") TRY("neg x0, x1, asr #5") TRY("mvn w0, w1, ror #7")
    TRY("crc32b w0, w1, w2") TRY("crc32h w0, w1, w2") TRY("crc32w w0, w1, w2") TRY("crc32x w0, w1, x2") TRY("crc32cb w0, w1, w2") TRY("crc32ch w0, w1, w2") TRY("crc32cw w0, w1, w2") TRY("crc32cx w0, w1, x2")
    return 0;
}
