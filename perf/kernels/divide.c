// group: integer
// 64-bit multiplication (low and high halves) and division: modular powers and greatest common divisors.
#include "kernel.h"

static uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t m) {
    uint64_t high = (uint64_t)((unsigned __int128)a * b >> 64);
    return (a * b ^ high) % m;
}

static uint64_t gcd(uint64_t a, uint64_t b) {
    while (b) {
        uint64_t t = a % b;
        a = b, b = t;
    }
    return a;
}

static uint64_t run(long scale) {
    uint64_t sum = 0, state = 37;
    for (long i = 0; i < scale; i++) {
        uint64_t m = next_random(&state) >> 3 | 1, base = next_random(&state), power = 1;
        for (uint32_t e = (uint32_t)next_random(&state) & 0xffff; e; e >>= 1) {
            if (e & 1) power = multiply_modulo(power, base, m);
            base = multiply_modulo(base, base, m);
        }
        sum = mix(sum, power) + gcd(base, m);
        sum += (uint64_t)((int64_t)power / (int32_t)(base | 1)) + (uint32_t)power % ((uint32_t)base | 1);
    }
    return sum;
}

KERNEL(500000)
