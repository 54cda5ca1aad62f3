// group: integer
// Deep recursion: return prediction beyond the depth of small rings.
#include "kernel.h"

static __attribute__((noinline, optimize("no-optimize-sibling-calls"))) unsigned ackermann(unsigned m, unsigned n) {
    if (m == 0) return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static uint64_t run(long scale) {
    uint64_t sum = 0;
    for (long i = 0; i < scale; i++) sum += ackermann(2, 300 + (unsigned)(i & 3)) + ackermann(3, 7);
    return sum;
}

KERNEL(60)
