// group: crypto
// A universal hash over GF(2^128) as in GCM, by carry-less multiplication: four products per block and a reduction modulo x^128 + x^7 + x^2 + x + 1.
#include "kernel.h"

#ifdef __x86_64__
#pragma GCC target("pclmul,sse4.1")
#include <wmmintrin.h>
#define PRODUCT(a, i, b, j) ((block)_mm_clmulepi64_si128((__m128i)(a), (__m128i)(b), (i) | (j) << 4))
#else
#pragma GCC target("+crypto")
#include <arm_neon.h>
#define HALF(a, i) vgetq_lane_p64((poly64x2_t)(i ? (block)vextq_u64((uint64x2_t)(a), (uint64x2_t)(a), 1) : (a)), 0)
#define PRODUCT(a, i, b, j) ((block)((i) && (j) ? vmull_high_p64((poly64x2_t)(a), (poly64x2_t)(b)) : vmull_p64(HALF(a, i), HALF(b, j))))
#endif

typedef uint64_t block __attribute__((vector_size(16)));

static inline block up(block x) { return (block){0, x[0]}; }
static inline block down(block x) { return (block){x[1], 0}; }

static inline block multiply(block a, block b) {
    const block polynomial = {0x87, 0x87};
    block low = PRODUCT(a, 0, b, 0), high = PRODUCT(a, 1, b, 1), middle = PRODUCT(a, 0, b, 1) ^ PRODUCT(a, 1, b, 0);
    low ^= up(middle), high ^= down(middle);
    // The high half is worth 0x87 times as much 128 bits further down; what sticks out of the upper product goes round once more.
    block upper = PRODUCT(high, 1, polynomial, 0), lower = PRODUCT(high, 0, polynomial, 0);
    return low ^ lower ^ up(upper) ^ PRODUCT(upper, 1, polynomial, 0);
}

static uint64_t run(long scale) {
    static block buffer[1024];
    uint64_t state = 1;
    for (int i = 0; i < 1024; i++) buffer[i] = (block){next_random(&state), next_random(&state)};
    block key = {next_random(&state), next_random(&state)}, square = multiply(key, key), sum = {0, 0};
    // Two blocks at a time, by the key and by its square.
    for (long n = 0; n < scale; n++)
        for (int i = 0; i < 1024; i += 2) sum = multiply(sum ^ buffer[i], square) ^ multiply(buffer[i + 1], key);
    return mix(sum[0], sum[1]);
}

KERNEL(10000)
