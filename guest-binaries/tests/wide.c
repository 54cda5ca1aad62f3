// oracle: native
// 128-bit integers and chains of carries.
#include "check.h"

typedef unsigned __int128 u128;
typedef __int128 s128;

static uint64_t mix128(uint64_t sum, u128 x) { return mix(mix(sum, (uint64_t)x), (uint64_t)(x >> 64)); }

static __attribute__((noinline)) uint64_t arithmetic(u128 a, u128 b, uint64_t sum) {
    unsigned n = (unsigned)b & 127;
    sum = mix128(sum, a + b), sum = mix128(sum, a - b), sum = mix128(sum, a * b), sum = mix128(sum, -a);
    sum = mix128(sum, a << n), sum = mix128(sum, a >> n), sum = mix128(sum, (u128)((s128)a >> n));
    sum = mix(sum, (uint64_t)((a < b) | ((s128)a < (s128)b) << 1 | (a == b) << 2 | ((s128)a <= (s128)b) << 3));
    if (b) sum = mix128(sum, a / b), sum = mix128(sum, a % b);
    if ((s128)b > 0) sum = mix128(sum, (u128)((s128)a / (s128)b)), sum = mix128(sum, (u128)((s128)a % (s128)b));
    return sum;
}

static __attribute__((noinline)) uint64_t high_product(uint64_t a, uint64_t b) {
    return (uint64_t)((u128)a * b >> 64) ^ (uint64_t)((s128)(int64_t)a * (int64_t)b >> 64);
}

static __attribute__((noinline)) void add(uint64_t *to, const uint64_t *a, int n) {
    unsigned carry = 0;
    for (int i = 0; i < n; i++) {
        u128 x = (u128)to[i] + a[i] + carry;
        to[i] = (uint64_t)x, carry = (unsigned)(x >> 64);
    }
}

static __attribute__((noinline)) void subtract(uint64_t *to, const uint64_t *a, int n) {
    uint64_t borrow = 0;
    for (int i = 0; i < n; i++) {
        uint64_t x, y;
        uint64_t b1 = __builtin_sub_overflow(to[i], a[i], &x), b2 = __builtin_sub_overflow(x, borrow, &y);
        to[i] = y, borrow = b1 | b2;
    }
}

int main(void) {
    uint64_t state = 99, sum = 0, high = 0, x[8] = {1}, y[8] = {~0ull, 5};
    for (int i = 0; i < 10000; i++) {
        uint64_t r = next_random(&state);
        u128 a = (u128)next_random(&state) << 64 | next_random(&state), b = (u128)(r & 1 ? next_random(&state) : 0) << 64 | next_random(&state) >> (r >> 1 & 63);
        sum = arithmetic(a, b, sum), high = mix(high, high_product((uint64_t)a, (uint64_t)(a >> 64)));
        add(x, y, 8), y[r & 7] ^= r, subtract(y, x, 8);
    }
    show_hex("arithmetic", sum), show_hex("high products", high);
    for (int i = 0; i < 8; i++) show_hex("word", x[i] ^ y[i]);
    return 0;
}
