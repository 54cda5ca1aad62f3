// group: crypto
// SHA-1 (FIPS 180-4) with the processor's instructions.
#include "kernel.h"

#ifdef __x86_64__
#pragma GCC target("sha,sse4.1")
#include <immintrin.h>
#else
#pragma GCC target("+crypto")
#include <arm_neon.h>
#endif

#ifdef __x86_64__
static void compress(uint32_t *h, const uint8_t *p, long blocks) {
    const __m128i reversed = _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f);
    __m128i state = _mm_shuffle_epi32(_mm_loadu_si128((__m128i *)h), 0x1B), e = _mm_set_epi32((int)h[4], 0, 0, 0);
    for (; blocks; blocks--, p += 64) {
        __m128i w[4], first = state, first_e = e;
        for (int i = 0; i < 4; i++) w[i] = _mm_shuffle_epi8(_mm_loadu_si128((__m128i *)p + i), reversed);
#pragma GCC unroll 20
        for (int i = 0; i < 20; i++) {
            __m128i words = i == 0 ? _mm_add_epi32(e, w[0]) : _mm_sha1nexte_epu32(e, w[i & 3]);
            e = state;
            state = i < 5 ? _mm_sha1rnds4_epu32(state, words, 0) : i < 10 ? _mm_sha1rnds4_epu32(state, words, 1)
                : i < 15 ? _mm_sha1rnds4_epu32(state, words, 2) : _mm_sha1rnds4_epu32(state, words, 3);
            if (i < 16) w[i & 3] = _mm_sha1msg2_epu32(_mm_xor_si128(_mm_sha1msg1_epu32(w[i & 3], w[(i + 1) & 3]), w[(i + 2) & 3]), w[(i + 3) & 3]);
        }
        state = _mm_add_epi32(state, first);
        e = _mm_sha1nexte_epu32(e, first_e);
    }
    _mm_storeu_si128((__m128i *)h, _mm_shuffle_epi32(state, 0x1B));
    h[4] = (uint32_t)_mm_extract_epi32(e, 3);
}
#else
static void compress(uint32_t *h, const uint8_t *p, long blocks) {
    static const uint32_t K[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    uint32x4_t state = vld1q_u32(h), k[4];
    uint32_t e = h[4];
    for (int i = 0; i < 4; i++) k[i] = vdupq_n_u32(K[i]);
    for (; blocks; blocks--, p += 64) {
        uint32x4_t w[4], first = state;
        uint32_t first_e = e;
        for (int i = 0; i < 4; i++) w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p + 16 * i)));
#pragma GCC unroll 20
        for (int i = 0; i < 20; i++) {
            uint32x4_t words = vaddq_u32(w[i & 3], k[i / 5]);
            uint32_t next = vsha1h_u32(vgetq_lane_u32(state, 0));
            state = i < 5 ? vsha1cq_u32(state, e, words) : i >= 10 && i < 15 ? vsha1mq_u32(state, e, words) : vsha1pq_u32(state, e, words);
            e = next;
            if (i < 16) w[i & 3] = vsha1su1q_u32(vsha1su0q_u32(w[i & 3], w[(i + 1) & 3], w[(i + 2) & 3]), w[(i + 3) & 3]);
        }
        state = vaddq_u32(state, first);
        e += first_e;
    }
    vst1q_u32(h, state);
    h[4] = e;
}
#endif

static uint64_t run(long scale) {
    static uint8_t message[64 * 256];
    uint64_t state = 1;
    for (size_t i = 0; i < sizeof message; i++) message[i] = (uint8_t)next_random(&state);
    uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    for (long n = 0; n < scale; n++) compress(h, message, 256);
    return mix((uint64_t)h[0] << 32 | h[1], (uint64_t)h[2] << 32 | h[4]);
}

KERNEL(8000)
