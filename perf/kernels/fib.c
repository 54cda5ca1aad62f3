// group: integer
// Naive recursion: nothing but calls and returns.
#include "kernel.h"

static __attribute__((noinline, optimize("no-optimize-sibling-calls", "no-inline"))) uint64_t fib(uint64_t n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint64_t run(long scale) { return fib((uint64_t)scale); }

KERNEL(37)
