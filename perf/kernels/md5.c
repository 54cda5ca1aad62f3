// group: integer
// MD5 (RFC 1321) in plain C: one long chain of dependent adds and rotates.
#include "kernel.h"

#include <math.h>

static uint32_t K[64];
static const uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static void compress(uint32_t *h, const uint32_t *m) {
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    for (int i = 0; i < 64; i++) {
        uint32_t f;
        int g;
        if (i < 16) f = (b & c) | (~b & d), g = i;
        else if (i < 32) f = (d & b) | (~d & c), g = (5 * i + 1) & 15;
        else if (i < 48) f = b ^ c ^ d, g = (3 * i + 5) & 15;
        else f = c ^ (b | ~d), g = (7 * i) & 15;
        uint32_t t = a + f + K[i] + m[g], s = shifts[i >> 4][i & 3];
        a = d, d = c, c = b, b += t << s | t >> (32 - s);
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

static uint64_t run(long scale) {
    for (int i = 0; i < 64; i++) K[i] = (uint32_t)floor(fabs(sin(i + 1)) * 4294967296.0);
    uint32_t h[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, m[16];
    for (long i = 0; i < scale; i++) {
        for (int k = 0; k < 16; k++) m[k] = (uint32_t)(i * 16 + k);
        compress(h, m);
    }
    return (uint64_t)h[0] << 32 | h[3];
}

KERNEL(600000)
