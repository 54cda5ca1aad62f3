// group: fp
// flags: -ffp-contract=off
// Gaussian elimination with partial pivoting, and back substitution: rows of double multiply-adds.
#include "kernel.h"

#include <math.h>

enum { N = 150 };
static double a[N][N + 1];

static uint64_t run(long scale) {
    uint64_t sum = 0, state = 43;
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < N; i++)
            for (int j = 0; j <= N; j++) a[i][j] = (double)(int32_t)next_random(&state) / 2147483648.0 + (i == j ? 8 : 0);
        for (int k = 0; k < N; k++) {
            int pivot = k;
            for (int i = k + 1; i < N; i++)
                if (fabs(a[i][k]) > fabs(a[pivot][k])) pivot = i;
            for (int j = k; j <= N; j++) {
                double t = a[k][j];
                a[k][j] = a[pivot][j], a[pivot][j] = t;
            }
            for (int i = k + 1; i < N; i++) {
                double factor = a[i][k] / a[k][k];
                for (int j = k; j <= N; j++) a[i][j] -= factor * a[k][j];
            }
        }
        double norm = 0;
        for (int i = N - 1; i >= 0; i--) {
            for (int j = i + 1; j < N; j++) a[i][N] -= a[i][j] * a[j][N];
            a[i][N] /= a[i][i];
            norm += a[i][N] * a[i][N];
        }
        sum = mix_double(sum, norm);
    }
    return sum;
}

KERNEL(150)
