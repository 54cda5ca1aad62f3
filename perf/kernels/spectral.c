// group: fp
// flags: -ffp-contract=off
// The spectral norm of an infinite matrix's corner: integer to double conversions and divisions.
#include "kernel.h"

#include <math.h>

static double element(long i, long j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

static void multiply(long n, const double *v, double *to, int transposed) {
    for (long i = 0; i < n; i++) {
        double sum = 0;
        for (long j = 0; j < n; j++) sum += (transposed ? element(j, i) : element(i, j)) * v[j];
        to[i] = sum;
    }
}

static uint64_t run(long scale) {
    double *u = malloc((size_t)scale * 8), *v = malloc((size_t)scale * 8), *t = malloc((size_t)scale * 8), uv = 0, vv = 0;
    for (long i = 0; i < scale; i++) u[i] = 1;
    for (int round = 0; round < 10; round++) {
        multiply(scale, u, t, 0), multiply(scale, t, v, 1);
        multiply(scale, v, t, 0), multiply(scale, t, u, 1);
    }
    for (long i = 0; i < scale; i++) uv += u[i] * v[i], vv += v[i] * v[i];
    return mix_double(0, sqrt(uv / vv));
}

KERNEL(1500)
