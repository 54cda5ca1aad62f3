// group: integer
// malloc, realloc and free of mixed sizes with many live blocks.
#include "kernel.h"

static uint64_t run(long scale) {
    static struct { uint8_t *p; size_t n; } live[4096];
    uint64_t sum = 0, state = 29;
    for (long i = 0; i < scale; i++) {
        uint64_t r = next_random(&state);
        size_t slot = r & 4095, n = 8 + (r >> 12) % ((r >> 40 & 31) ? 200 : 5000);
        if (live[slot].p && (r >> 50 & 7) == 0) {
            live[slot].p = realloc(live[slot].p, n);
        } else {
            if (live[slot].p) sum += live[slot].p[0] + live[slot].p[live[slot].n - 1];
            free(live[slot].p);
            live[slot].p = malloc(n);
        }
        live[slot].n = n;
        live[slot].p[0] = (uint8_t)i, live[slot].p[n - 1] = (uint8_t)(i >> 8);
    }
    return sum;
}

KERNEL(2500000)
