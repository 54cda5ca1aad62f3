// group: fp
// flags: -ffp-contract=off
// The math library: sines, exponentials, logarithms, powers.
#include "kernel.h"

#include <math.h>

static uint64_t run(long scale) {
    double sum = 0;
    for (long i = 1; i <= scale; i++) {
        double x = (double)i * 0.001;
        sum += sin(x) * cos(x) + exp(-x / 100) + log(x) + pow(x, 0.3) + atan2(x, 3) + sqrt(x);
    }
    // Rounded: builds of libm with and without fused multiply-add differ in last bits.
    return (uint64_t)(sum * 1000 + 0.5);
}

KERNEL(2000000)
