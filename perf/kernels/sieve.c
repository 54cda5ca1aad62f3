// group: integer
// The sieve of Eratosthenes: byte stores with a stride, byte loads, short loops.
#include "kernel.h"

static uint8_t composite[1 << 20];

static uint64_t run(long scale) {
    uint64_t sum = 0;
    for (long round = 0; round < scale; round++) {
        memset(composite, 0, sizeof composite);
        for (uint32_t i = 2; i < sizeof composite; i++) {
            if (composite[i]) continue;
            sum = sum * 31 + i;
            for (uint64_t j = (uint64_t)i * i; j < sizeof composite; j += i) composite[j] = 1;
        }
    }
    return sum;
}

KERNEL(40)
