// group: fp
// flags: -O3
// Dot products of signed bytes, as a quantised neural network's layer has them: SMULL, SMLAL2 and SADALP on Arm.
#include "kernel.h"

#ifdef __aarch64__
#include <arm_neon.h>
#endif

enum { INPUTS = 1024, OUTPUTS = 64 };
static int8_t weights[OUTPUTS][INPUTS], activations[INPUTS];

static __attribute__((noinline)) int32_t dot(const int8_t *restrict a, const int8_t *restrict b) {
#ifdef __aarch64__
    int32x4_t low = vdupq_n_s32(0), high = low;
    for (int i = 0; i < INPUTS; i += 32) {
        int8x16_t a0 = vld1q_s8(a + i), a1 = vld1q_s8(a + i + 16), b0 = vld1q_s8(b + i), b1 = vld1q_s8(b + i + 16);
        // Values from -127 to 127: two products fit into 16 bits.
        int16x8_t first = vmull_s8(vget_low_s8(a0), vget_low_s8(b0)), second = vmull_s8(vget_low_s8(a1), vget_low_s8(b1));
        first = vmlal_high_s8(first, a0, b0), second = vmlal_high_s8(second, a1, b1);
        low = vpadalq_s16(low, first), high = vpadalq_s16(high, second);
    }
    return vaddvq_s32(vaddq_s32(low, high));
#else
    int32_t sum = 0;
    for (int i = 0; i < INPUTS; i++) sum += a[i] * b[i];
    return sum;
#endif
}

static uint64_t run(long scale) {
    uint64_t state = 83, sum = 0;
    for (int i = 0; i < OUTPUTS; i++)
        for (int k = 0; k < INPUTS; k++) weights[i][k] = (int8_t)(next_random(&state) % 255 - 127);
    for (int k = 0; k < INPUTS; k++) activations[k] = (int8_t)(next_random(&state) % 255 - 127);
    for (long round = 0; round < scale; round++)
        for (int i = 0; i < OUTPUTS; i++) {
            int32_t y = dot(weights[i], activations);
            sum = mix(sum, (uint32_t)y);
            activations[(round * OUTPUTS + i) & (INPUTS - 1)] = (int8_t)(y % 127);
        }
    return sum;
}

KERNEL(20000)
