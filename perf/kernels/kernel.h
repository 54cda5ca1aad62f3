// What every kernel of `bench` shares. A kernel is one file that defines `run(scale)` and ends with KERNEL(default scale);
// it prints one line, its checksum, which must be the same natively, under qemu-user and under dbt. Default scales take
// 0.1 to 0.3 s natively. The comment lines at a kernel's head are read by the driver:
//   // group: integer | fp | crypto | system   which geometric mean it counts in
//   // flags: ...                       compiler flags besides -O2 -static
//   // dbt: OPTIONS                     options of `dbt run`
//   // launches: N                      processes per measurement (for kernels that measure the start)
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t run(long scale);

#define KERNEL(default_scale)                                              \
    int main(int argc, char **argv) {                                      \
        long scale = argc > 1 ? atol(argv[1]) : (default_scale);           \
        printf("%016llx\n", (unsigned long long)run(scale));               \
        return 0;                                                          \
    }

static inline uint64_t mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 0x100000001b3ull; }

// A float result is compared to ten digits: the last bits of libm may differ between its builds.
static inline uint64_t mix_double(uint64_t sum, double value) {
    char text[40];
    snprintf(text, sizeof text, "%.9e", value);
    for (char *p = text; *p; p++) sum = mix(sum, (uint8_t)*p);
    return sum;
}

// Nearly every program has rounded something before its hot loop; a kernel whose sums are all exact says so with this. An
// emulator that computes the flags itself (qemu) is several times slower until the inexact flag is up.
static inline void raise_inexact(void) {
    volatile float three = 3;
    three = 1 / three;
}

static inline uint64_t next_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return *state = x;
}
