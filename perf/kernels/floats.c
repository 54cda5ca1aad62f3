// group: fp
// flags: -ffp-contract=off
// Single-precision scalar work with conversions: small matrices and rotation of points to integer pixels.
#include "kernel.h"

#include <math.h>

static uint64_t run(long scale) {
    uint64_t sum = 0;
    float m[3][3] = {{0.8f, -0.36f, 0.48f}, {0.6f, 0.48f, -0.64f}, {0.0f, 0.8f, 0.6f}}, p[3] = {100, 200, 300};
    for (long i = 0; i < scale; i++) {
        float q[3];
        for (int r = 0; r < 3; r++) q[r] = m[r][0] * p[0] + m[r][1] * p[1] + m[r][2] * p[2];
        float length = sqrtf(q[0] * q[0] + q[1] * q[1] + q[2] * q[2]), k = 374.0f / length;
        for (int r = 0; r < 3; r++) p[r] = q[r] * k;
        int32_t x = (int32_t)(p[0] * 16), y = (int32_t)floorf(p[1]), z = (int32_t)lrintf(p[2]);
        sum += (uint64_t)(uint32_t)(x ^ y << 8 ^ z << 16);
    }
    return sum;
}

KERNEL(6000000)
