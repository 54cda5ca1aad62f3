// group: integer
// SHA-256 (FIPS 180-4) in plain C: rotates, adds and logic on 32-bit words.
#include "kernel.h"

static uint32_t K[64], H[8];

// The constants are the fractions of roots of the first primes; computed so that no table has to be trusted.
static uint32_t root_fraction(uint32_t prime, int cubic) {
    unsigned __int128 low = 0, high = (unsigned __int128)1 << 36;
    while (high - low > 1) {
        unsigned __int128 x = (low + high) / 2;
        int above = cubic ? x * x * x > (unsigned __int128)prime << 96 : x * x > (unsigned __int128)prime << 64;
        if (above) high = x;
        else low = x;
    }
    return (uint32_t)low;
}

#define R(x, n) ((x) >> (n) | (x) << (32 - (n)))

static void compress(uint32_t *h, const uint8_t *p) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++, p += 4) w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (int i = 16; i < 64; i++)
        w[i] = w[i - 16] + w[i - 7] + (R(w[i - 15], 7) ^ R(w[i - 15], 18) ^ w[i - 15] >> 3) + (R(w[i - 2], 17) ^ R(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
        uint32_t t = s[7] + (R(s[4], 6) ^ R(s[4], 11) ^ R(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
        uint32_t u = (R(s[0], 2) ^ R(s[0], 13) ^ R(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 28);
        s[4] += t, s[0] = t + u;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
}

static uint64_t run(long scale) {
    uint32_t prime = 2;
    for (int i = 0; i < 64; prime++) {
        uint32_t d = 2;
        while (d * d <= prime && prime % d) d++;
        if (d * d <= prime) continue;
        if (i < 8) H[i] = root_fraction(prime, 0);
        K[i++] = root_fraction(prime, 1);
    }
    uint8_t block[64];
    uint32_t h[8];
    memcpy(h, H, sizeof h);
    for (long i = 0; i < scale; i++) {
        memset(block, (int)i, sizeof block);
        compress(h, block);
    }
    return (uint64_t)h[0] << 32 | h[7];
}

KERNEL(350000)
