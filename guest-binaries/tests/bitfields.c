// oracle: native
// Bit fields of structures, packed and unaligned data, extraction and insertion by shifts and masks.
#include "check.h"

struct fields {
    uint64_t a : 3, b : 17, c : 31, d : 13;
    int32_t e : 5, f : 11, g : 16;
    uint8_t h : 1, i : 7;
};

#pragma pack(push, 1)
struct packed {
    uint8_t a;
    uint32_t b;
    int16_t c;
    uint64_t d;
    int8_t e;
    int32_t f : 20, g : 12;
};
#pragma pack(pop)

static __attribute__((noinline)) uint64_t use(struct fields *s, uint64_t x) {
    s->a = x, s->b = x >> 5, s->c ^= x >> 7, s->d += x;
    s->e = (int32_t)x, s->f = (int32_t)(x >> 3), s->g -= (int32_t)x;
    s->h = !s->h, s->i += 3;
    return s->a + s->b * 3 + s->c * 5 + s->d * 7 + (uint64_t)(int64_t)(s->e * 11 + s->f * 13 + s->g * 17) + s->h + s->i;
}

static __attribute__((noinline)) uint64_t use_packed(struct packed *s, uint64_t x) {
    s->a ^= (uint8_t)x, s->b += (uint32_t)x, s->c = (int16_t)(s->c - (int16_t)x), s->d = s->d << 1 ^ x, s->e = (int8_t)(x >> 9), s->f = (int32_t)x, s->g = (int32_t)(x >> 20);
    return s->a + s->b + (uint64_t)(int64_t)s->c + s->d + (uint64_t)(int64_t)(s->e + s->f + s->g);
}

static __attribute__((noinline)) uint64_t masks(uint64_t x, uint64_t y) {
    uint64_t sum = 0;
    sum = mix(sum, x >> 12 & 0x3ff), sum = mix(sum, (uint64_t)((int64_t)(x << 20) >> 50));
    sum = mix(sum, (x & ~0xff0000ull) | (y & 0xff) << 16), sum = mix(sum, (x & ~0xffffull) | (y >> 48));
    sum = mix(sum, (uint64_t)(int64_t)(int8_t)(x >> 8)), sum = mix(sum, (uint64_t)(uint32_t)x << 7), sum = mix(sum, (uint64_t)((int64_t)(int32_t)y * 8));
    sum = mix(sum, (uint32_t)x >> 5 & 0x1ffff), sum = mix(sum, (uint32_t)((int32_t)(x << 3) >> 19));
    sum = mix(sum, x & 0x5555555555555555), sum = mix(sum, y | 0xff00ff00ff00ff00), sum = mix(sum, x ^ 0x3ffffffc), sum = mix(sum, (uint32_t)y & 0x80000001);
    sum = mix(sum, x << 32 | y >> 32), sum = mix(sum, x >> 9 | y << 55);
    return mix(sum, (x & 1ull << 37 ? 3 : 5) + (y & 1 ? 7 : 11));
}

int main(void) {
    static struct fields f[16];
    static struct packed p[16];
    uint64_t state = 77, a = 0, b = 0, c = 0;
    for (int i = 0; i < 50000; i++) {
        uint64_t x = next_random(&state), y = next_random(&state);
        a = mix(a, use(&f[x & 15], y)), b = mix(b, use_packed(&p[y & 15], x)), c = mix(c, masks(x, y));
    }
    show_hex("fields", a), show_hex("packed", b), show_hex("masks", c);
    show("size", sizeof(struct packed));
    return 0;
}
