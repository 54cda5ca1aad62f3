// group: integer
// The C library's qsort with a comparison callback.
#include "kernel.h"

static int32_t values[20000];

static int compare(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static uint64_t run(long scale) {
    uint64_t sum = 0, state = 9;
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < 20000; i++) values[i] = (int32_t)next_random(&state);
        qsort(values, 20000, sizeof *values, compare);
        for (int i = 0; i < 20000; i += 97) sum = mix(sum, (uint32_t)values[i]);
    }
    return sum;
}

KERNEL(100)
