// group: integer
// setjmp and longjmp through a few frames, as scripting languages raise errors.
#include "kernel.h"

#include <setjmp.h>

static jmp_buf where;
static volatile int bottom;

static __attribute__((noinline)) void deep(int n, int value) {
    volatile int keep = n;
    if (n == bottom) longjmp(where, value);
    if (keep > bottom) deep(n - 1, value);
    keep++;
}

static uint64_t run(long scale) {
    volatile uint64_t sum = 0;
    for (volatile long i = 0; i < scale; i++) {
        int value = _setjmp(where);
        if (value == 0) deep((int)(i & 7), (int)(i & 1023) + 1);
        sum = mix(sum, (uint64_t)value);
    }
    return sum;
}

KERNEL(5000000)
