// group: fp
// flags: -O3 -ffast-math
// Products of single-precision matrices in 4 x 4 tiles: vectors of floats and fused multiply-adds by element.
#include "kernel.h"

enum { N = 128 };
static float a[N][N], b[N][N], c[N][N];

static __attribute__((noinline)) void multiply(void) {
    for (int i = 0; i < N; i += 4)
        for (int j = 0; j < N; j += 4) {
            float tile[4][4] = {{0}};
            for (int k = 0; k < N; k++)
                for (int r = 0; r < 4; r++)
                    for (int s = 0; s < 4; s++) tile[r][s] += a[i + r][k] * b[k][j + s];
            for (int r = 0; r < 4; r++)
                for (int s = 0; s < 4; s++) c[i + r][j + s] = tile[r][s];
        }
}

static uint64_t run(long scale) {
    uint64_t state = 67, sum = 0;
    // Small integers: sums are exact in any order, fused or not.
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = (float)((int)(next_random(&state) % 32) - 16);
            b[i][j] = (float)((int)(next_random(&state) % 32) - 16);
        }
    raise_inexact();
    for (long round = 0; round < scale; round++) {
        multiply();
        int i = (int)round & (N - 1);
        sum = mix(sum, (uint64_t)(int64_t)c[i][(i * 7) & (N - 1)]);
        a[i][(i * 5) & (N - 1)] = (float)(round & 15);
    }
    return sum;
}

KERNEL(600)
