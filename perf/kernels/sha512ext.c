// group: crypto
// SHA-512 (FIPS 180-4): the guest has instructions for it, this machine's compiler the plain C.
#include "kernel.h"

#ifdef __aarch64__
#pragma GCC target("arch=armv8.2-a+sha3")
#include <arm_neon.h>
#endif

static uint64_t K[80];

// Fractions of cube roots of the first primes: digit by digit, with products as wide as they must be.
static uint64_t root_fraction(uint64_t prime) {
    uint64_t whole = 1;
    while ((whole + 1) * (whole + 1) * (whole + 1) <= prime) whole++;
    uint64_t fraction = 0;
    for (int bit = 63; bit >= 0; bit--) {
        uint64_t candidate = fraction | 1ull << bit;
        // x = whole + candidate / 2^64; x^3 against the prime, in limbs of 32 bits.
        uint64_t x[3] = {(uint32_t)candidate, candidate >> 32, whole}, square[6] = {0}, cube[9] = {0};
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                uint64_t product = x[i] * x[j];
                for (int k = i + j; product; k++) product += square[k], square[k] = (uint32_t)product, product >>= 32;
            }
        for (int i = 0; i < 6; i++)
            for (int j = 0; j < 3; j++) {
                uint64_t product = square[i] * x[j];
                for (int k = i + j; product && k < 9; k++) product += cube[k], cube[k] = (uint32_t)product, product >>= 32;
            }
        uint64_t integer = cube[6] | cube[7] << 32;
        if (integer < prime) fraction = candidate;
    }
    return fraction;
}

#ifdef __aarch64__
static void compress(uint64_t *h, const uint8_t *p, long blocks) {
    uint64x2_t ab = vld1q_u64(h), cd = vld1q_u64(h + 2), ef = vld1q_u64(h + 4), gh = vld1q_u64(h + 6);
    for (; blocks; blocks--, p += 128) {
        uint64x2_t w[8], ab0 = ab, cd0 = cd, ef0 = ef, gh0 = gh;
        for (int i = 0; i < 8; i++) w[i] = vreinterpretq_u64_u8(vrev64q_u8(vld1q_u8(p + 16 * i)));
#pragma GCC unroll 40
        for (int i = 0; i < 40; i++) {
            uint64x2_t words = vaddq_u64(w[i & 7], vld1q_u64(K + 2 * i));
            uint64x2_t sum = vsha512hq_u64(vaddq_u64(vextq_u64(words, words, 1), gh), vextq_u64(ef, gh, 1), vextq_u64(cd, ef, 1));
            uint64x2_t next = vsha512h2q_u64(sum, cd, ab);
            if (i < 32) w[i & 7] = vsha512su1q_u64(vsha512su0q_u64(w[i & 7], w[(i + 1) & 7]), w[(i + 7) & 7], vextq_u64(w[(i + 4) & 7], w[(i + 5) & 7], 1));
            gh = ef, ef = vaddq_u64(cd, sum), cd = ab, ab = next;
        }
        ab = vaddq_u64(ab, ab0), cd = vaddq_u64(cd, cd0), ef = vaddq_u64(ef, ef0), gh = vaddq_u64(gh, gh0);
    }
    vst1q_u64(h, ab), vst1q_u64(h + 2, cd), vst1q_u64(h + 4, ef), vst1q_u64(h + 6, gh);
}
#else
#define R(x, n) ((x) >> (n) | (x) << (64 - (n)))
static void compress(uint64_t *s, const uint8_t *p, long blocks) {
    for (; blocks; blocks--) {
        uint64_t w[80];
        for (int i = 0; i < 16; i++, p += 8) {
            memcpy(w + i, p, 8);
            w[i] = __builtin_bswap64(w[i]);
        }
        for (int i = 16; i < 80; i++)
            w[i] = w[i - 16] + w[i - 7] + (R(w[i - 15], 1) ^ R(w[i - 15], 8) ^ w[i - 15] >> 7) + (R(w[i - 2], 19) ^ R(w[i - 2], 61) ^ w[i - 2] >> 6);
        uint64_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
#pragma GCC unroll 8
        for (int i = 0; i < 80; i++) {
            uint64_t t = h + (R(e, 14) ^ R(e, 18) ^ R(e, 41)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
            uint64_t u = (R(a, 28) ^ R(a, 34) ^ R(a, 39)) + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
        }
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
    }
}
#endif

static uint64_t run(long scale) {
    uint32_t prime = 2;
    for (int i = 0; i < 80; prime++) {
        uint32_t d = 2;
        while (d * d <= prime && prime % d) d++;
        if (d * d > prime) K[i++] = root_fraction(prime);
    }
    static uint8_t message[128 * 128];
    uint64_t state = 1, h[8];
    for (size_t i = 0; i < sizeof message; i++) message[i] = (uint8_t)next_random(&state);
    for (int i = 0; i < 8; i++) h[i] = next_random(&state);
    for (long n = 0; n < scale; n++) compress(h, message, 128);
    return mix(h[0] ^ h[1], h[4] ^ h[7]);
}

KERNEL(1500)
