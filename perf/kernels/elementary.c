// group: fp
// The elementary functions over a million arguments each, from tiny to huge, with every bit of every result in the
// checksum. Natively glibc chooses its builds with fused multiply-add, whose results are those of the guest's.
#include "kernel.h"

#include <math.h>

static inline uint64_t bits(double value) {
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static inline double from_bits(uint64_t word) {
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static uint64_t run(long scale) {
    uint64_t state = 79, sum = 0;
    for (long i = 0; i < scale; i++) {
        uint64_t random = next_random(&state), fraction = random >> 12;
        // Exponents from -31 to 32 for those that take any size, small ones for what would overflow.
        double any = from_bits(((random & 63) + 992) << 52 | fraction), one = from_bits(1022ull << 52 | fraction), small = (one - 0.75) * 40;
        sum = mix(sum, bits(sin(any)));
        sum = mix(sum, bits(exp(small)));
        sum = mix(sum, bits(log(any)));
        sum = mix(sum, bits(pow(any, small)));
    }
    return sum;
}

KERNEL(3000000)
