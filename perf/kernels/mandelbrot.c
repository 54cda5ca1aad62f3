// group: fp
// flags: -ffp-contract=off
// Double-precision scalar arithmetic and comparison in a tight loop.
#include "kernel.h"

static uint64_t run(long scale) {
    uint64_t sum = 0;
    for (long y = 0; y < scale; y++)
        for (long x = 0; x < scale; x++) {
            double cr = 3.0 * (double)x / (double)scale - 2.0, ci = 2.0 * (double)y / (double)scale - 1.0, zr = 0, zi = 0;
            int n = 0;
            for (; n < 100 && zr * zr + zi * zi < 4; n++) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci, zr = t;
            }
            sum = mix(sum, (uint64_t)n);
        }
    return sum;
}

KERNEL(1200)
