// group: fp
// A fast Fourier transform of complex doubles, radix 2 in place, forwards and back: butterflies with fused multiply-adds.
#include "kernel.h"

#include <math.h>

enum { LEVELS = 11, N = 1 << LEVELS };
typedef struct { double re, im; } Complex;
static Complex root[N / 2], data[N];
static uint16_t reversed[N];

// The roots of unity are products of exp(-i pi / 2^level), which halving the angle gives without sines.
static void make_roots(void) {
    double c = 0, s = 1;
    root[0] = (Complex){1, 0};
    for (int half = N / 4; half >= 1; half /= 2) {
        for (int k = 0; k < N / 2; k += 2 * half)
            root[k + half] = (Complex){root[k].re * c + root[k].im * s, root[k].im * c - root[k].re * s};
        double next = sqrt((1 + c) / 2);
        s /= 2 * next, c = next;
    }
    for (int i = 0; i < N; i++)
        for (int bit = 0; bit < LEVELS; bit++) reversed[i] |= (uint16_t)((i >> bit & 1) << (LEVELS - 1 - bit));
}

static __attribute__((noinline)) void transform(double sign) {
    for (int i = 0; i < N; i++)
        if (i < reversed[i]) {
            Complex t = data[i];
            data[i] = data[reversed[i]], data[reversed[i]] = t;
        }
    for (int half = 1, step = N / 2; half < N; half *= 2, step /= 2)
        for (int base = 0; base < N; base += 2 * half)
            for (int k = 0; k < half; k++) {
                Complex w = root[k * step], *a = &data[base + k], *b = a + half;
                double wi = w.im * sign, re = b->re * w.re - b->im * wi, im = b->re * wi + b->im * w.re;
                *b = (Complex){a->re - re, a->im - im};
                *a = (Complex){a->re + re, a->im + im};
            }
}

static uint64_t run(long scale) {
    uint64_t state = 59, sum = 0;
    make_roots();
    for (int i = 0; i < N; i++) data[i] = (Complex){(double)(next_random(&state) % 1000) / 500, (double)(next_random(&state) % 1000) / 500};
    for (long round = 0; round < scale; round++) {
        transform(1);
        Complex peak = data[0];
        transform(-1);
        for (int i = 0; i < N; i++) data[i] = (Complex){data[i].re / N, data[i].im / N};
        if (round % 64 == 0) sum = mix_double(sum, peak.re * peak.re + peak.im * peak.im);
        data[round & (N - 1)].re += 0.25;
    }
    return sum;
}

KERNEL(4000)
