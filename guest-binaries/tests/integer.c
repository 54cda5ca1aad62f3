// oracle: native
// Integer arithmetic of every width and signedness, on random operands weighted towards edges: what compilers make of C's
// operators, overflow checks, divisions by constants and variables, rotations, bit counting.
#include "check.h"

static uint64_t operand(uint64_t *state) {
    static const uint64_t edges[] = {0, 1, 2, ~0ull, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000};
    uint64_t x = next_random(state);
    return (x >> 40 & 3) == 0 ? edges[(x >> 8) % 15] : x * 0x2545f4914f6cdd1dull;
}

// Each width's tests in one function, so that both 32-bit and 64-bit instruction forms are used.
#define WIDTH(name, S, U, bits)                                                                  \
    static __attribute__((noinline)) uint64_t name(U a, U b, uint64_t sum) {                     \
        S x = (S)a, y = (S)b;                                                                    \
        unsigned n = (unsigned)(b & (bits - 1));                                                 \
        sum = mix(sum, (U)(a + b)), sum = mix(sum, (U)(a - b));                                  \
        sum = mix(sum, (U)((uint64_t)a * b)), sum = mix(sum, (U)(0 - a));                        \
        sum = mix(sum, (U)(a & ~b)), sum = mix(sum, (U)(a | ~b)), sum = mix(sum, (U)(a ^ ~b));   \
        sum = mix(sum, (U)((uint64_t)a << n)), sum = mix(sum, (U)(a >> n));                      \
        sum = mix(sum, (U)(x >> n));                                                             \
        sum = mix(sum, (U)(a >> n | (U)((uint64_t)a << ((bits - n) & (bits - 1)))));             \
        if (b) sum = mix(sum, (U)(a / b)), sum = mix(sum, (U)(a % b));                           \
        if (y && !(y == -1 && a == (U)1 << (bits - 1))) sum = mix(sum, (U)(x / y)), sum = mix(sum, (U)(x % y)); \
        sum = mix(sum, (U)(a / 7)), sum = mix(sum, (U)(a % 10)), sum = mix(sum, (U)(x / 13)), sum = mix(sum, (U)(x % 1000)), sum = mix(sum, (U)(x / 8)); \
        sum = mix(sum, (uint64_t)((a < b) | (a <= b) << 1 | (x < y) << 2 | (x <= y) << 3 | (a == b) << 4 | (x > 0) << 5 | (x >= 0) << 6)); \
        sum = mix(sum, (U)(a < b ? a + 1 : b)), sum = mix(sum, (U)(x < y ? -x : ~y)), sum = mix(sum, (U)(x < 0 ? -(uint64_t)x : (uint64_t)x)); \
        sum = mix(sum, (uint64_t)(int64_t)x), sum = mix(sum, (uint64_t)a);                       \
        U r;                                                                                     \
        S s;                                                                                     \
        sum = mix(sum, (uint64_t)__builtin_add_overflow(a, b, &r)), sum = mix(sum, r);           \
        sum = mix(sum, (uint64_t)__builtin_sub_overflow(a, b, &r)), sum = mix(sum, r);           \
        sum = mix(sum, (uint64_t)__builtin_mul_overflow(a, b, &r)), sum = mix(sum, r);           \
        sum = mix(sum, (uint64_t)__builtin_add_overflow(x, y, &s)), sum = mix(sum, (U)s);        \
        sum = mix(sum, (uint64_t)__builtin_sub_overflow(x, y, &s)), sum = mix(sum, (U)s);        \
        sum = mix(sum, (uint64_t)__builtin_mul_overflow(x, y, &s)), sum = mix(sum, (U)s);        \
        return sum;                                                                              \
    }

WIDTH(width8, int8_t, uint8_t, 8)
WIDTH(width16, int16_t, uint16_t, 16)
WIDTH(width32, int32_t, uint32_t, 32)
WIDTH(width64, int64_t, uint64_t, 64)

static __attribute__((noinline)) uint64_t bits(uint64_t a, uint64_t sum) {
    uint32_t w = (uint32_t)a;
    sum = mix(sum, __builtin_bswap64(a)), sum = mix(sum, __builtin_bswap32(w)), sum = mix(sum, __builtin_bswap16((uint16_t)a));
    sum = mix(sum, (uint64_t)__builtin_popcountll(a)), sum = mix(sum, (uint64_t)__builtin_parityll(a));
    if (a) sum = mix(sum, (uint64_t)__builtin_clzll(a)), sum = mix(sum, (uint64_t)__builtin_ctzll(a));
    if (w) sum = mix(sum, (uint64_t)__builtin_clz(w)), sum = mix(sum, (uint64_t)__builtin_ctz(w));
    sum = mix(sum, (uint64_t)__builtin_clrsbll((int64_t)a)), sum = mix(sum, (uint64_t)__builtin_ffsll((int64_t)a));
    uint64_t reversed = 0;
    for (int i = 0; i < 64; i++) reversed = reversed << 1 | (a >> i & 1);
    return mix(sum, reversed);
}

// Conditions joined in the ways that become conditional compares and selects.
static __attribute__((noinline)) uint64_t conditions(int64_t a, int64_t b, uint64_t c, uint64_t d) {
    uint64_t sum = 0;
    if (a < b && c < d) sum |= 1;
    if (a == 5 || b > 7) sum |= 2;
    if ((a < 0) != (b < 0) && (c & d) != 0) sum |= 4;
    if (!(c & 0xff00) || (int32_t)d < 0) sum |= 8;
    if (a >= 0 && b >= 0 && c >= d) sum |= 16;
    if ((a ^ b) < 0 ? c > d : c < d) sum |= 32;
    sum += (uint64_t)(a > b) - (uint64_t)(a < b);
    sum = sum * 3 + (c > d ? c - d : d - c);
    return sum + (uint64_t)(a == b ? -1 : a != 0);
}

int main(void) {
    uint64_t state = 0x123456789, s8 = 0, s16 = 0, s32 = 0, s64 = 0, sb = 0, sc = 0;
    for (int i = 0; i < 20000; i++) {
        uint64_t a = operand(&state), b = operand(&state), c = operand(&state), d = operand(&state);
        s8 = width8((uint8_t)a, (uint8_t)b, s8);
        s16 = width16((uint16_t)a, (uint16_t)b, s16);
        s32 = width32((uint32_t)a, (uint32_t)b, s32);
        s64 = width64(a, b, s64);
        sb = bits(a, sb);
        sc = mix(sc, conditions((int64_t)a, (int64_t)b, c, d));
        if (i % 5000 == 4999) show_hex("8", s8), show_hex("16", s16), show_hex("32", s32), show_hex("64", s64), show_hex("bits", sb), show_hex("conditions", sc);
    }
    return 0;
}
