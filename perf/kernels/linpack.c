// group: fp
// Linpack's way of solving: factors by columns with partial pivoting, whose inner loop is y += a * x, then two triangular solves.
#include "kernel.h"

#include <math.h>

enum { N = 200 };
static double a[N][N], b[N];
static int pivots[N];

// Column by column, as a Fortran compiler lays a matrix out: a[j] is column j.
static __attribute__((noinline)) void add_multiple(int n, double factor, const double *x, double *y) {
    for (int i = 0; i < n; i++) y[i] += factor * x[i];
}

static void factor(void) {
    for (int k = 0; k < N - 1; k++) {
        int p = k;
        for (int i = k + 1; i < N; i++)
            if (fabs(a[k][i]) > fabs(a[k][p])) p = i;
        pivots[k] = p;
        double t = a[k][p];
        a[k][p] = a[k][k], a[k][k] = t;
        for (int i = k + 1; i < N; i++) a[k][i] *= -1 / t;
        for (int j = k + 1; j < N; j++) {
            double u = a[j][p];
            a[j][p] = a[j][k], a[j][k] = u;
            add_multiple(N - k - 1, u, &a[k][k + 1], &a[j][k + 1]);
        }
    }
}

static void solve(void) {
    for (int k = 0; k < N - 1; k++) {
        double t = b[pivots[k]];
        b[pivots[k]] = b[k], b[k] = t;
        add_multiple(N - k - 1, t, &a[k][k + 1], &b[k + 1]);
    }
    for (int k = N - 1; k >= 0; k--) {
        b[k] /= a[k][k];
        add_multiple(k, -b[k], a[k], b);
    }
}

static uint64_t run(long scale) {
    uint64_t sum = 0, state = 61;
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < N; i++) b[i] = 0;
        for (int j = 0; j < N; j++)
            for (int i = 0; i < N; i++) {
                a[j][i] = (double)(int32_t)next_random(&state) / 2147483648.0;
                b[i] += a[j][i] * (1 + j % 3);
            }
        factor();
        solve();
        // The solution is known to be 1, 2, 3, 1, 2, 3 ...; rounding, which fused multiply-adds change, stays below this.
        for (int i = 0; i < N; i++) sum = mix(sum, (uint64_t)(b[i] * 1024 + 0.5));
    }
    return sum;
}

KERNEL(120)
