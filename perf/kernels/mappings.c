// group: system
// mmap, first touches, mprotect and munmap.
#define _GNU_SOURCE
#include "kernel.h"

#include <sys/mman.h>

static uint64_t run(long scale) {
    uint64_t sum = 0;
    for (long i = 0; i < scale; i++) {
        uint8_t *p = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) return 1;
        for (int k = 0; k < 65536; k += 4096) p[k] = (uint8_t)(i + k);
        mprotect(p, 4096, PROT_READ);
        sum += p[0] + p[4096 * (i & 15)];
        munmap(p, 65536);
    }
    return sum;
}

KERNEL(3000)
