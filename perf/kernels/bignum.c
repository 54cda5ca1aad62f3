// group: integer
// Big-integer addition and schoolbook multiplication with carries: digits of a large Fibonacci number and of factorials.
#include "kernel.h"

enum { WORDS = 128 };
typedef struct { uint64_t w[WORDS]; } big;

static __attribute__((noinline)) unsigned add(big *to, const big *a, const big *b) {
    unsigned __int128 carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (unsigned __int128)a->w[i] + b->w[i];
        to->w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return (unsigned)carry;
}

static __attribute__((noinline)) uint64_t multiply(big *a, uint64_t factor) {
    unsigned __int128 carry = 0;
    for (int i = 0; i < WORDS; i++) {
        carry += (unsigned __int128)a->w[i] * factor;
        a->w[i] = (uint64_t)carry;
        carry >>= 64;
    }
    return (uint64_t)carry;
}

static uint64_t run(long scale) {
    static big a, b, c, factorial;
    uint64_t sum = 0;
    a.w[0] = b.w[0] = factorial.w[0] = 1;
    for (long i = 1; i <= scale; i++) {
        sum += add(&c, &a, &b);
        sum += add(&a, &b, &c);
        sum += add(&b, &c, &a);
        sum = mix(sum, multiply(&factorial, (uint64_t)(i % 100 + 1) | 1));
    }
    for (int i = 0; i < WORDS; i++) sum = mix(sum, a.w[i] ^ factorial.w[i]);
    return sum;
}

KERNEL(500000)
