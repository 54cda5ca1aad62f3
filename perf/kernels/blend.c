// group: fp
// flags: -O3
// Blending of 8-bit pixels: byte vectors with widening multiplies and narrowing shifts, saturating sums, maxima.
#include "kernel.h"

static uint8_t a[65536], b[65536], mask[65536], to[65536];

static __attribute__((noinline)) void blend(void) {
    for (int i = 0; i < 65536; i++) to[i] = (uint8_t)((a[i] * mask[i] + b[i] * (255 - mask[i]) + 128) >> 8);
}

static __attribute__((noinline)) void brighten(int by) {
    for (int i = 0; i < 65536; i++) {
        int x = to[i] + by;
        a[i] = (uint8_t)(x > 255 ? 255 : x);
        b[i] = b[i] > to[i] ? b[i] : to[i];
    }
}

static __attribute__((noinline)) uint32_t total(void) {
    uint32_t sum = 0;
    for (int i = 0; i < 65536; i++) sum += to[i];
    return sum;
}

static uint64_t run(long scale) {
    uint64_t state = 53, sum = 0;
    for (int i = 0; i < 65536; i++) a[i] = (uint8_t)next_random(&state), b[i] = (uint8_t)next_random(&state), mask[i] = (uint8_t)next_random(&state);
    for (long round = 0; round < scale; round++) {
        blend();
        brighten((int)round & 3);
        sum = mix(sum, total());
        b[round * 77 & 65535] = (uint8_t)round;
    }
    return sum;
}

KERNEL(6000)
