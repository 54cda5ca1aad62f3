// group: fp
// flags: -O3
// The 8 x 8 discrete cosine transform of image blocks in 16-bit fixed point, quantisation, and its inverse: vectors of
// 16-bit integers with widening multiplies, narrowing shifts and transposes.
#include "kernel.h"

enum { BLOCKS = 256 };
static int16_t blocks[BLOCKS][64], coefficients[BLOCKS][64], cosine[8][8], inverse[8][8];
static int16_t quantum[64];

// to = basis * from, transposed; applied twice this is the transform of rows and columns.
static inline void pass(const int16_t basis[8][8], const int16_t *from, int16_t *to, int shift) {
    int32_t sums[8][8];
    for (int u = 0; u < 8; u++) {
        for (int x = 0; x < 8; x++) sums[u][x] = 1 << shift >> 1;
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++) sums[u][x] += basis[u][y] * from[y * 8 + x];
    }
    for (int u = 0; u < 8; u++)
        for (int x = 0; x < 8; x++) to[x * 8 + u] = (int16_t)(sums[u][x] >> shift);
}

static __attribute__((noinline)) void transform(void) {
    int16_t t[64];
    for (int i = 0; i < BLOCKS; i++) {
        pass(cosine, blocks[i], t, 12);
        pass(cosine, t, coefficients[i], 13);
    }
}

static __attribute__((noinline)) void quantise(void) {
    for (int i = 0; i < BLOCKS; i++)
        for (int k = 0; k < 64; k++) coefficients[i][k] = (int16_t)(((coefficients[i][k] * quantum[k] + 0x4000) >> 15) << 4);
}

static __attribute__((noinline)) void restore(void) {
    int16_t t[64];
    for (int i = 0; i < BLOCKS; i++) {
        pass(inverse, coefficients[i], t, 11);
        pass(inverse, t, blocks[i], 12);
    }
}

static uint64_t run(long scale) {
    // round(8192 * cos(k pi / 16) / 2), and 1 / sqrt(2) for the constant term.
    static const int16_t wave[] = {2896, 4017, 3784, 3406, 2896, 2276, 1567, 799, 0};
    for (int u = 0; u < 8; u++)
        for (int x = 0; x < 8; x++) {
            int k = (2 * x + 1) * u % 32, folded = k > 16 ? 32 - k : k;
            cosine[u][x] = u == 0 ? wave[0] : (int16_t)(folded > 8 ? -wave[16 - folded] : wave[folded]);
            inverse[x][u] = cosine[u][x];
        }
    uint64_t state = 71, sum = 0;
    for (int k = 0; k < 64; k++) quantum[k] = (int16_t)(2048 / (1 + (k / 8 + k % 8) / 4));
    for (int i = 0; i < BLOCKS; i++)
        for (int k = 0; k < 64; k++) blocks[i][k] = (int16_t)((int)(next_random(&state) % 64) + k * 2 - 96);
    for (long round = 0; round < scale; round++) {
        transform();
        quantise();
        restore();
        for (int i = 0; i < BLOCKS; i++) sum = mix(sum, (uint16_t)blocks[i][(round + i) & 63]);
        for (int k = 0; k < 64; k++) blocks[round & (BLOCKS - 1)][k] = (int16_t)(next_random(&state) % 256 - 128);
    }
    return sum;
}

KERNEL(2500)
