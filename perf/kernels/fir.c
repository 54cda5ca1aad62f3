// group: fp
// flags: -O3 -ffast-math -ffp-contract=off
// A single-precision FIR filter that gcc turns into vectors of four floats.
#include "kernel.h"

static uint64_t run(long scale) {
    static float input[4096 + 64], output[4096], taps[64];
    uint64_t state = 47, sum = 0;
    // Small integers: sums are exact in any order, so that vector width does not show in the result.
    for (int i = 0; i < 4096 + 64; i++) input[i] = (float)((int)(next_random(&state) % 64) - 32);
    for (int i = 0; i < 64; i++) taps[i] = (float)((int)(next_random(&state) % 32) - 16);
    raise_inexact();
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < 4096; i++) {
            float y = 0;
            for (int k = 0; k < 64; k++) y += input[i + k] * taps[k];
            output[i] = y;
        }
        sum = mix(sum, (uint64_t)(int64_t)output[round & 4095]);
        input[round & 4095] = (float)(round & 31);
    }
    return sum;
}

KERNEL(3000)
