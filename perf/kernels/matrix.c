// group: integer
// flags: -fno-tree-vectorize
// Integer matrix product: nested loops, address arithmetic, multiply-add.
#include "kernel.h"

enum { N = 160 };
static int32_t a[N][N], b[N][N], c[N][N];

static uint64_t run(long scale) {
    uint64_t sum = 0, state = 7;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) a[i][j] = (int32_t)next_random(&state), b[i][j] = (int32_t)next_random(&state);
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) {
                uint32_t x = 0;
                for (int k = 0; k < N; k++) x += (uint32_t)a[i][k] * (uint32_t)b[k][j];
                c[i][j] = (int32_t)x;
            }
        a[round % N][3] ^= c[5][round % N];
        sum = mix(sum, (uint32_t)c[round % N][round * 7 % N]);
    }
    return sum;
}

KERNEL(60)
