// group: crypto
// AES-128 (FIPS 197) with the processor's instructions: a buffer in CBC mode, where every block waits for the one before, and in counter mode, four blocks at a time.
#include "kernel.h"

#ifdef __x86_64__
#pragma GCC target("aes,sse4.1")
#include <wmmintrin.h>
#else
#pragma GCC target("+crypto")
#include <arm_neon.h>
#endif

typedef uint64_t block __attribute__((vector_size(16)));

static inline block encrypt(block s, const block *keys) {
#ifdef __x86_64__
    s ^= keys[0];
#pragma GCC unroll 10
    for (int i = 1; i < 10; i++) s = (block)_mm_aesenc_si128((__m128i)s, (__m128i)keys[i]);
    return (block)_mm_aesenclast_si128((__m128i)s, (__m128i)keys[10]);
#else
    uint8x16_t t = (uint8x16_t)s;
#pragma GCC unroll 10
    for (int i = 0; i < 9; i++) t = vaesmcq_u8(vaeseq_u8(t, (uint8x16_t)keys[i]));
    return (block)(vaeseq_u8(t, (uint8x16_t)keys[9])) ^ keys[10];
#endif
}

static uint8_t multiply(uint8_t a, uint8_t b) {
    uint8_t product = 0;
    for (; b; b >>= 1, a = (uint8_t)(a << 1 ^ (a >> 7) * 0x1B)) product ^= (uint8_t)(b & 1) * a;
    return product;
}

static uint8_t substitute(uint8_t x) {
    uint8_t y = 1;
    for (int i = 0; i < 254; i++) y = multiply(y, x);
    int twice = y * 0x101;
    return (uint8_t)(0x63 ^ y ^ twice >> 4 ^ twice >> 5 ^ twice >> 6 ^ twice >> 7);
}

static void expand(const uint8_t *key, block *keys) {
    uint8_t *w = (uint8_t *)keys, constant = 1;
    memcpy(w, key, 16);
    for (int i = 16; i < 176; i += 4) {
        uint8_t t[4];
        memcpy(t, w + i - 4, 4);
        if (i % 16 == 0) {
            uint8_t first = t[0];
            for (int k = 0; k < 3; k++) t[k] = substitute(t[k + 1]);
            t[3] = substitute(first), t[0] ^= constant, constant = multiply(constant, 2);
        }
        for (int k = 0; k < 4; k++) w[i + k] = w[i + k - 16] ^ t[k];
    }
}

static uint64_t run(long scale) {
    static block buffer[1024], keys[11];
    uint8_t key[16];
    for (int i = 0; i < 16; i++) key[i] = (uint8_t)i;
    expand(key, keys);
    block chain = {0, 0};
    uint64_t count = 0;
    for (long n = 0; n < scale; n++) {
        for (int i = 0; i < 1024; i++) buffer[i] = chain = encrypt(buffer[i] ^ chain, keys);
        for (int twice = 0; twice < 4; twice++)
            for (int i = 0; i < 1024; i += 4, count += 4) {
                block a = {1, count}, b = {1, count + 1}, c = {1, count + 2}, d = {1, count + 3};
                buffer[i] ^= encrypt(a, keys), buffer[i + 1] ^= encrypt(b, keys), buffer[i + 2] ^= encrypt(c, keys), buffer[i + 3] ^= encrypt(d, keys);
            }
    }
    return mix(chain[0], buffer[77][1]);
}

KERNEL(1500)
