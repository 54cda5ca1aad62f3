// group: fp
// flags: -ffp-contract=off
// The Mandelbrot set in vectors of four floats: comparisons that make masks, a test of all lanes in every iteration.
#include "kernel.h"

#ifdef __aarch64__
#include <arm_neon.h>
typedef float32x4_t Floats;
typedef uint32x4_t Mask;
static inline Mask inside(Floats x) { return vcltq_f32(x, vdupq_n_f32(4)); }
static inline int any(Mask m) { return vmaxvq_u32(m) != 0; }
#else
#include <immintrin.h>
typedef __m128 Floats;
typedef uint32_t Mask __attribute__((vector_size(16)));
static inline Mask inside(Floats x) { return (Mask)_mm_cmplt_ps(x, _mm_set1_ps(4)); }
static inline int any(Mask m) { return _mm_movemask_ps((__m128)m) != 0; }
#endif

static uint64_t run(long scale) {
    uint64_t sum = 0;
    const float step = 1 / (float)scale;
    for (long y = 0; y < scale; y++)
        for (long x = 0; x < scale; x += 4) {
            Floats lane = {0, 1, 2, 3}, cr = (lane + (float)x) * (3 * step) - 2.0f, ci = (Floats){0} + ((float)(2 * y) * step - 1.0f), zr = {0}, zi = {0};
            Mask count = {0};
            for (int n = 0; n < 100; n++) {
                Floats rr = zr * zr, ii = zi * zi;
                Mask in = inside(rr + ii);
                if (!any(in)) break;
                count -= in;
                zi = (zr + zr) * zi + ci, zr = rr - ii + cr;
            }
            for (int i = 0; i < 4; i++) sum = mix(sum, count[i]);
        }
    return sum;
}

KERNEL(2500)
