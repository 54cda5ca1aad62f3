// group: fp
// flags: -O3
// Inner loops of a video encoder on 8-bit pixels: sums of absolute differences over a search window, the six-tap filter
// for half-pixel positions, averages, and smoothing of a block's edge. Arm has intrinsics, the host what gcc makes of C.
#include "kernel.h"

#ifdef __aarch64__
#include <arm_neon.h>
#else
#include <emmintrin.h>
#endif

enum { WIDTH = 256, HEIGHT = 128 };
static uint8_t picture[HEIGHT][WIDTH], reference[HEIGHT][WIDTH], half[HEIGHT][WIDTH];

static inline uint32_t difference(const uint8_t *a, const uint8_t *b) {
#ifdef __aarch64__
    uint16x8_t low = vdupq_n_u16(0), high = low;
    for (int y = 0; y < 16; y++, a += WIDTH, b += WIDTH) {
        uint8x16_t p = vld1q_u8(a), q = vld1q_u8(b);
        low = vabal_u8(low, vget_low_u8(p), vget_low_u8(q)), high = vabal_high_u8(high, p, q);
    }
    return vaddlvq_u16(vaddq_u16(low, high));
#else
    __m128i sum = _mm_setzero_si128();
    for (int y = 0; y < 16; y++, a += WIDTH, b += WIDTH)
        sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_loadu_si128((const __m128i *)a), _mm_loadu_si128((const __m128i *)b)));
    return (uint32_t)(_mm_cvtsi128_si32(sum) + _mm_extract_epi16(sum, 4));
#endif
}

static __attribute__((noinline)) uint32_t search(int x, int y) {
    uint32_t best = ~0u;
    for (int dy = -4; dy < 4; dy++)
        for (int dx = -4; dx < 4; dx++) {
            uint32_t cost = difference(&picture[y][x], &reference[y + dy][x + dx]) << 8 | (uint32_t)((dy + 4) * 8 + dx + 4);
            if (cost < best) best = cost;
        }
    return best;
}

// One row of pixels half-way between their upper and lower neighbours: (a - 5b + 20c + 20d - 5e + f + 16) / 32.
static __attribute__((noinline)) void interpolate(const uint8_t *from, uint8_t *to) {
#ifdef __aarch64__
    for (int x = 0; x < WIDTH; x += 16) {
        uint8x16_t a = vld1q_u8(from + x - 2 * WIDTH), b = vld1q_u8(from + x - WIDTH), c = vld1q_u8(from + x), d = vld1q_u8(from + x + WIDTH),
                   e = vld1q_u8(from + x + 2 * WIDTH), f = vld1q_u8(from + x + 3 * WIDTH);
        int16x8_t low = vreinterpretq_s16_u16(vaddl_u8(vget_low_u8(a), vget_low_u8(f))), high = vreinterpretq_s16_u16(vaddl_high_u8(a, f));
        low = vmlaq_n_s16(low, vreinterpretq_s16_u16(vaddl_u8(vget_low_u8(c), vget_low_u8(d))), 20);
        high = vmlaq_n_s16(high, vreinterpretq_s16_u16(vaddl_high_u8(c, d)), 20);
        low = vmlsq_n_s16(low, vreinterpretq_s16_u16(vaddl_u8(vget_low_u8(b), vget_low_u8(e))), 5);
        high = vmlsq_n_s16(high, vreinterpretq_s16_u16(vaddl_high_u8(b, e)), 5);
        uint8x16_t between = vqrshrun_high_n_s16(vqrshrun_n_s16(low, 5), high, 5);
        vst1q_u8(to + x, vrhaddq_u8(between, c));
    }
#else
    for (int x = 0; x < WIDTH; x++) {
        const uint8_t *p = from + x;
        int16_t sum = (int16_t)(p[-2 * WIDTH] + p[3 * WIDTH] - 5 * (p[-WIDTH] + p[2 * WIDTH]) + 20 * (p[0] + p[WIDTH]) + 16), between = sum >> 5;
        between = between < 0 ? 0 : between > 255 ? 255 : between;
        to[x] = (uint8_t)((between + p[0] + 1) >> 1);
    }
#endif
}

// Smooths the two rows on each side of an edge where the step is small enough to be an artefact of coding.
static __attribute__((noinline)) void smooth(uint8_t *edge) {
#ifdef __aarch64__
    for (int x = 0; x < WIDTH; x += 16) {
        uint8x16_t p1 = vld1q_u8(edge + x - 2 * WIDTH), p0 = vld1q_u8(edge + x - WIDTH), q0 = vld1q_u8(edge + x), q1 = vld1q_u8(edge + x + WIDTH);
        uint8x16_t apply = vandq_u8(vcltq_u8(vabdq_u8(p0, q0), vdupq_n_u8(40)), vcltq_u8(vmaxq_u8(vabdq_u8(p1, p0), vabdq_u8(q1, q0)), vdupq_n_u8(24)));
        int16x8_t low = vreinterpretq_s16_u16(vsubl_u8(vget_low_u8(q0), vget_low_u8(p0))), high = vreinterpretq_s16_u16(vsubl_high_u8(q0, p0));
        low = vaddq_s16(vshlq_n_s16(low, 2), vreinterpretq_s16_u16(vsubl_u8(vget_low_u8(p1), vget_low_u8(q1))));
        high = vaddq_s16(vshlq_n_s16(high, 2), vreinterpretq_s16_u16(vsubl_high_u8(p1, q1)));
        int8x16_t delta = vqrshrn_high_n_s16(vqrshrn_n_s16(low, 3), high, 3);
        delta = vandq_s8(vmaxq_s8(vminq_s8(delta, vdupq_n_s8(9)), vdupq_n_s8(-9)), vreinterpretq_s8_u8(apply));
        uint8x16_t up = vreinterpretq_u8_s8(vmaxq_s8(delta, vdupq_n_s8(0))), down = vreinterpretq_u8_s8(vqnegq_s8(vminq_s8(delta, vdupq_n_s8(0))));
        vst1q_u8(edge + x - WIDTH, vqsubq_u8(vqaddq_u8(p0, up), down));
        vst1q_u8(edge + x, vqaddq_u8(vqsubq_u8(q0, up), down));
    }
#else
    for (int x = 0; x < WIDTH; x++) {
        int16_t p1 = edge[x - 2 * WIDTH], p0 = edge[x - WIDTH], q0 = edge[x], q1 = edge[x + WIDTH];
        int16_t step = (int16_t)(q0 - p0), before = (int16_t)(p1 - p0), after = (int16_t)(q1 - q0);
        int16_t delta = (int16_t)((step * 4 + p1 - q1 + 4) >> 3);
        delta = delta > 9 ? 9 : delta < -9 ? -9 : delta;
        int apply = ((step < 0 ? -step : step) < 40) & ((before < 0 ? -before : before) < 24) & ((after < 0 ? -after : after) < 24);
        delta = apply ? delta : 0;
        int16_t p = (int16_t)(p0 + delta), q = (int16_t)(q0 - delta);
        edge[x - WIDTH] = (uint8_t)(p < 0 ? 0 : p > 255 ? 255 : p);
        edge[x] = (uint8_t)(q < 0 ? 0 : q > 255 ? 255 : q);
    }
#endif
}

static uint64_t run(long scale) {
    uint64_t state = 89, sum = 0;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            reference[y][x] = (uint8_t)(x * 2 + y * 3 + next_random(&state) % 16);
            picture[y][x] = (uint8_t)(x * 2 + y * 3 + 7 + next_random(&state) % 16);
        }
    for (long round = 0; round < scale; round++) {
        for (int y = 16; y < HEIGHT - 16; y += 16)
            for (int x = 16; x < WIDTH - 16; x += 16) sum = mix(sum, search(x, y));
        for (int y = 2; y < HEIGHT - 3; y++) interpolate(reference[y], half[y]);
        for (int y = 8; y < HEIGHT; y += 8) smooth(half[y]);
        for (int x = 0; x < WIDTH; x++) sum = mix(sum, half[8 + round % (HEIGHT - 16)][x]);
        memcpy(reference[8 + round % (HEIGHT - 16)], half[8 + round % (HEIGHT - 16)], WIDTH);
    }
    return sum;
}

KERNEL(2500)
