// flags: -march=armv8.2-a+crypto+sha3+sm4
// The cryptographic instructions on the examples of their standards: FIPS 197, 180-4 and 202, SP 800-38D, GB/T 32905 and 32907. Each line says whether the standard agrees.
#include "freestanding.h"
#include <arm_neon.h>

static void report(const char *name, const void *result, const u8 *expected, int bytes) {
    const u8 *got = result;
    int agree = 1;
    print(name), print(" ");
    for (int i = 0; i < bytes; i++) {
        char digits[3] = {"0123456789abcdef"[got[i] >> 4], "0123456789abcdef"[got[i] & 15], 0};
        print(digits), agree &= got[i] == expected[i];
    }
    print(agree ? " ok\n" : " WRONG\n");
}

// "001122.." as bytes.
static const u8 *bytes_of(const char *hex) {
    static u8 bytes[64];
    for (int i = 0; hex[2 * i]; i++) {
        int high = hex[2 * i], low = hex[2 * i + 1];
        bytes[i] = (u8)((high <= '9' ? high - '0' : high - 'a' + 10) << 4 | (low <= '9' ? low - '0' : low - 'a' + 10));
    }
    return bytes;
}

// Fraction of the square or cube root of a prime, 64 bits, found bit by bit; numbers are in limbs of 32 bits.
static void multiply(const u64 *a, int n, const u64 *b, u64 *product) {
    for (int i = 0; i < n + 3; i++) product[i] = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 3; j++) {
            u64 carry = a[i] * b[j];
            for (int k = i + j; carry; k++) carry += product[k], product[k] = (u32)carry, carry >>= 32;
        }
}
static u64 root_fraction(u64 prime, int cube) {
    u64 whole = 1, fraction = 0;
    while ((whole + 1) * (whole + 1) * (cube ? whole + 1 : 1) <= prime) whole++;
    for (int bit = 63; bit >= 0; bit--) {
        u64 candidate = fraction | 1ull << bit, x[3] = {(u32)candidate, candidate >> 32, whole}, square[6], third[9];
        multiply(x, 3, x, square);
        multiply(square, 6, x, third);
        if ((cube ? third[6] | third[7] << 32 : square[4] | square[5] << 32) < prime) fraction = candidate;
    }
    return fraction;
}
static word K[80], H[8];
static void make_constants(void) {
    u64 prime = 2;
    for (int i = 0; i < 80; prime++) {
        u64 d = 2;
        while (d * d <= prime && prime % d) d++;
        if (d * d <= prime) continue;
        if (i < 8) H[i] = root_fraction(prime, 0);
        K[i++] = root_fraction(prime, 1);
    }
}

// "abc", the one bit and the length in bits.
static const u8 *padded(int size) {
    static u8 block[128];
    memset(block, 0, 128);
    block[0] = 'a', block[1] = 'b', block[2] = 'c', block[3] = 0x80, block[size - 1] = 24;
    return block;
}

static uint8x16_t substitute_word(u32 word) { return vaeseq_u8(vreinterpretq_u8_u32(vdupq_n_u32(word)), vdupq_n_u8(0)); }

static void aes(void) {
    u32 w[44];
    u8 constant = 1, block[16];
    for (int i = 0; i < 4; i++) w[i] = 0x03020100 + (u32)i * 0x04040404;
    for (int i = 4; i < 44; i++) {
        u32 t = w[i - 1];
        if (i % 4 == 0) {
            t = vgetq_lane_u32(vreinterpretq_u32_u8(substitute_word(t >> 8 | t << 24)), 0) ^ constant;
            constant = (u8)(constant << 1 ^ (constant >> 7) * 0x1B);
        }
        w[i] = w[i - 4] ^ t;
    }
    uint8x16_t keys[11];
    for (int i = 0; i < 11; i++) keys[i] = vreinterpretq_u8_u32(vld1q_u32(w + 4 * i));
    uint8x16_t state = vld1q_u8(bytes_of("00112233445566778899aabbccddeeff"));
    for (int i = 0; i < 9; i++) state = vaesmcq_u8(vaeseq_u8(state, keys[i]));
    state = veorq_u8(vaeseq_u8(state, keys[9]), keys[10]);
    vst1q_u8(block, state);
    report("aes128 encrypt", block, bytes_of("69c4e0d86a7b0430d8cdb78070b4c55a"), 16);
    state = vaesdq_u8(state, keys[10]);
    for (int i = 9; i > 0; i--) state = vaesdq_u8(vaesimcq_u8(state), vaesimcq_u8(keys[i]));
    vst1q_u8(block, veorq_u8(state, keys[0]));
    report("aes128 decrypt", block, bytes_of("00112233445566778899aabbccddeeff"), 16);
    // The steps alone: mixed columns of a column, and back.
    vst1q_u8(block, vaesmcq_u8(vld1q_u8(bytes_of("db135345f20a225c01010101c6c6c6c6"))));
    report("aes mix columns", block, bytes_of("8e4da1bc9fdc589d01010101c6c6c6c6"), 16);
}

static void sha1(void) {
    static const u32 constants[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6}, initial[4] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
    const u8 *block = padded(64);
    uint32x4_t w[4], state = vld1q_u32(initial);
    u32 e = 0xC3D2E1F0;
    u8 digest[20];
    for (int i = 0; i < 4; i++) w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block + 16 * i)));
    for (int i = 0; i < 20; i++) {
        uint32x4_t words = vaddq_u32(w[i & 3], vdupq_n_u32(constants[i / 5]));
        u32 next = vsha1h_u32(vgetq_lane_u32(state, 0));
        state = i < 5 ? vsha1cq_u32(state, e, words) : i >= 10 && i < 15 ? vsha1mq_u32(state, e, words) : vsha1pq_u32(state, e, words);
        e = next;
        w[i & 3] = vsha1su1q_u32(vsha1su0q_u32(w[i & 3], w[(i + 1) & 3], w[(i + 2) & 3]), w[(i + 3) & 3]);
    }
    vst1q_u8(digest, vrev32q_u8(vreinterpretq_u8_u32(vaddq_u32(state, vld1q_u32(initial)))));
    e += 0xC3D2E1F0;
    for (int i = 0; i < 4; i++) digest[16 + i] = (u8)(e >> (24 - 8 * i));
    report("sha1", digest, bytes_of("a9993e364706816aba3e25717850c26c9cd0d89d"), 20);
}

static void sha256(void) {
    const u8 *block = padded(64);
    u32 initial[8], k[64];
    u8 digest[32];
    for (int i = 0; i < 8; i++) initial[i] = (u32)(H[i] >> 32);
    for (int i = 0; i < 64; i++) k[i] = (u32)(K[i] >> 32);
    uint32x4_t w[4], abcd = vld1q_u32(initial), efgh = vld1q_u32(initial + 4);
    for (int i = 0; i < 4; i++) w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block + 16 * i)));
    for (int i = 0; i < 16; i++) {
        uint32x4_t words = vaddq_u32(w[i & 3], vld1q_u32(k + 4 * i)), old = abcd;
        abcd = vsha256hq_u32(abcd, efgh, words);
        efgh = vsha256h2q_u32(efgh, old, words);
        w[i & 3] = vsha256su1q_u32(vsha256su0q_u32(w[i & 3], w[(i + 1) & 3]), w[(i + 2) & 3], w[(i + 3) & 3]);
    }
    vst1q_u8(digest, vrev32q_u8(vreinterpretq_u8_u32(vaddq_u32(abcd, vld1q_u32(initial)))));
    vst1q_u8(digest + 16, vrev32q_u8(vreinterpretq_u8_u32(vaddq_u32(efgh, vld1q_u32(initial + 4)))));
    report("sha256", digest, bytes_of("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), 32);
}

static void sha512(void) {
    const u8 *block = padded(128);
    u8 digest[64];
    uint64x2_t w[8], s[4];
    for (int i = 0; i < 8; i++) w[i] = vreinterpretq_u64_u8(vrev64q_u8(vld1q_u8(block + 16 * i)));
    for (int i = 0; i < 4; i++) s[i] = vld1q_u64(H + 2 * i);
    for (int i = 0; i < 40; i++) {
        uint64x2_t words = vaddq_u64(w[i & 7], vld1q_u64(K + 2 * i));
        uint64x2_t sum = vsha512hq_u64(vaddq_u64(vextq_u64(words, words, 1), s[3]), vextq_u64(s[2], s[3], 1), vextq_u64(s[1], s[2], 1));
        uint64x2_t next = vsha512h2q_u64(sum, s[1], s[0]);
        s[3] = s[2], s[2] = vaddq_u64(s[1], sum), s[1] = s[0], s[0] = next;
        w[i & 7] = vsha512su1q_u64(vsha512su0q_u64(w[i & 7], w[(i + 1) & 7]), w[(i + 7) & 7], vextq_u64(w[(i + 4) & 7], w[(i + 5) & 7], 1));
    }
    for (int i = 0; i < 4; i++) vst1q_u8(digest + 16 * i, vrev64q_u8(vreinterpretq_u8_u64(vaddq_u64(s[i], vld1q_u64(H + 2 * i)))));
    report("sha512", digest, bytes_of("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"), 64);
}

#define MOVE(to, from, rotation) next = a[to], a[to] = vxarq_u64(moved, d[from % 5], 64 - rotation), moved = next;

static void sha3(void) {
    uint64x2_t a[25], c[5], d[5], moved, next;
    for (int i = 0; i < 25; i++) a[i] = vdupq_n_u64(0);
    a[0] = vdupq_n_u64(0x06636261), a[16] = vdupq_n_u64(1ull << 63);
    u8 register_bits = 1;
    for (int round = 0; round < 24; round++) {
        for (int x = 0; x < 5; x++) c[x] = veor3q_u64(veor3q_u64(a[x], a[x + 5], a[x + 10]), a[x + 15], a[x + 20]);
        for (int x = 0; x < 5; x++) d[x] = vrax1q_u64(c[(x + 4) % 5], c[(x + 1) % 5]);
        a[0] = veorq_u64(a[0], d[0]), moved = a[1];
        MOVE(10, 1, 1) MOVE(7, 10, 3) MOVE(11, 7, 6) MOVE(17, 11, 10) MOVE(18, 17, 15) MOVE(3, 18, 21) MOVE(5, 3, 28) MOVE(16, 5, 36)
        MOVE(8, 16, 45) MOVE(21, 8, 55) MOVE(24, 21, 2) MOVE(4, 24, 14) MOVE(15, 4, 27) MOVE(23, 15, 41) MOVE(19, 23, 56) MOVE(13, 19, 8)
        MOVE(12, 13, 25) MOVE(2, 12, 43) MOVE(20, 2, 62) MOVE(14, 20, 18) MOVE(22, 14, 39) MOVE(9, 22, 61) MOVE(6, 9, 20) MOVE(1, 6, 44)
        for (int y = 0; y < 25; y += 5) {
            for (int x = 0; x < 5; x++) c[x] = a[y + x];
            for (int x = 0; x < 5; x++) a[y + x] = vbcaxq_u64(c[x], c[(x + 2) % 5], c[(x + 1) % 5]);
        }
        u64 constant = 0;
        for (int bit = 1; bit <= 64; bit *= 2) {
            if (register_bits & 1) constant |= 1ull << (bit - 1);
            register_bits = (u8)(register_bits << 1 ^ (register_bits >> 7) * 0x71);
        }
        a[0] = veorq_u64(a[0], vdupq_n_u64(constant));
    }
    u64 digest[4];
    for (int i = 0; i < 4; i++) digest[i] = vgetq_lane_u64(a[i], 0);
    report("sha3-256", digest, bytes_of("3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"), 32);
}

#define FOUR_ROUNDS(kind) ROUND(kind, 0) ROUND(kind, 1) ROUND(kind, 2) ROUND(kind, 3)
#define ROUND(kind, n)                                                                       \
    sum = vsm3ss1q_u32(abcd, vdupq_n_u32(constant), efgh), constant = constant << 1 | constant >> 31; \
    abcd = vsm3tt1##kind##q_u32(abcd, sum, mixed, n), efgh = vsm3tt2##kind##q_u32(efgh, sum, w[0], n);

static void sm3(void) {
    // The first word of the standard's state is the last of the register.
    static const u32 initial[8] = {0xda8a0600, 0x172442d7, 0x4914b2b9, 0x7380166f, 0xb0fb0e4e, 0xe38dee4d, 0x163138aa, 0xa96f30bc};
    const u8 *block = padded(64);
    uint32x4_t w[5], abcd = vld1q_u32(initial), efgh = vld1q_u32(initial + 4), sum;
    u32 constant = 0x79cc4519;
    for (int i = 0; i < 4; i++) w[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(block + 16 * i)));
    for (int i = 0; i < 16; i++) {
        if (i == 4) constant = 0x9d8a7a87;
        uint32x4_t mixed = veorq_u32(w[0], w[1]);
        w[4] = vsm3partw2q_u32(vsm3partw1q_u32(w[0], vextq_u32(w[1], w[2], 3), w[3]), vextq_u32(w[2], w[3], 2), vextq_u32(w[0], w[1], 3));
        if (i < 4) { FOUR_ROUNDS(a) }
        else { FOUR_ROUNDS(b) }
        for (int k = 0; k < 4; k++) w[k] = w[k + 1];
    }
    abcd = veorq_u32(abcd, vld1q_u32(initial)), efgh = veorq_u32(efgh, vld1q_u32(initial + 4));
    u32 words[8];
    u8 digest[32];
    vst1q_u32(words, abcd), vst1q_u32(words + 4, efgh);
    for (int i = 0; i < 32; i++) digest[i] = (u8)(words[(i / 16) * 4 + 3 - i / 4 % 4] >> (24 - 8 * (i & 3)));
    report("sm3", digest, bytes_of("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"), 32);
}

static void sm4(void) {
    static const u32 mask[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};
    uint32x4_t text = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes_of("0123456789abcdeffedcba9876543210")))), key = veorq_u32(text, vld1q_u32(mask));
    for (int i = 0; i < 8; i++) {
        u32 constants[4];
        for (int k = 0; k < 4; k++) {
            constants[k] = 0;
            for (int n = 0; n < 4; n++) constants[k] = constants[k] << 8 | (u8)((16 * i + 4 * k + n) * 7);
        }
        key = vsm4ekeyq_u32(key, vld1q_u32(constants));
        text = vsm4eq_u32(text, key);
    }
    u8 result[16], reversed[16];
    vst1q_u8(result, vreinterpretq_u8_u32(text));
    for (int i = 0; i < 16; i++) reversed[i] = result[15 - i];
    report("sm4", reversed, bytes_of("681edf34d206965e86b3e94f536e4246"), 16);
}

// The hash of GCM's second test case, on bit-reversed bytes so that the polynomials read as usual.
static uint64x2_t reflected(const char *hex) { return vreinterpretq_u64_u8(vrbitq_u8(vld1q_u8(bytes_of(hex)))); }
static u64 low(uint64x2_t a) { return vgetq_lane_u64(a, 0); }
static u64 high(uint64x2_t a) { return vgetq_lane_u64(a, 1); }
static uint64x2_t product(u64 a, u64 b) { return vreinterpretq_u64_p128(vmull_p64(a, b)); }

static uint64x2_t field_product(uint64x2_t a, uint64x2_t b) {
    uint64x2_t bottom = product(low(a), low(b)), middle = veorq_u64(product(low(a), high(b)), product(high(a), low(b)));
    uint64x2_t top = vreinterpretq_u64_p128(vmull_high_p64(vreinterpretq_p64_u64(a), vreinterpretq_p64_u64(b))), zero = vdupq_n_u64(0);
    bottom = veorq_u64(bottom, vextq_u64(zero, middle, 1)), top = veorq_u64(top, vextq_u64(middle, zero, 1));
    uint64x2_t over = product(high(top), 0x87);
    bottom = veorq_u64(veorq_u64(bottom, product(low(top), 0x87)), vextq_u64(zero, over, 1));
    return veorq_u64(bottom, product(high(over), 0x87));
}

static void polynomials(void) {
    uint64x2_t key = reflected("66e94bd4ef8a2c3b884cfa59ca342b2e");
    uint64x2_t hash = field_product(reflected("0388dace60b6a392f328c2b971b2fe78"), key);
    hash = field_product(veorq_u64(hash, reflected("00000000000000000000000000000080")), key);
    u8 result[16];
    vst1q_u8(result, vrbitq_u8(vreinterpretq_u8_u64(hash)));
    report("ghash", result, bytes_of("f38cbb1ad69223dcc3457ae5b6b0f885"), 16);

    poly8x16_t a = vreinterpretq_p8_u8(vld1q_u8(bytes_of("0102038083ff57a1130055aac6e7fe10"))), b = vreinterpretq_p8_u8(vdupq_n_u8(0x83));
    u8 expected[32], wide[32], narrow[16];
    for (int i = 0; i < 16; i++) {
        u32 sum = 0;
        for (int bit = 0; bit < 8; bit++) sum ^= (0x83 >> bit & 1) * ((u32)bytes_of("0102038083ff57a1130055aac6e7fe10")[i] << bit);
        expected[2 * i] = (u8)sum, expected[2 * i + 1] = (u8)(sum >> 8), narrow[i] = (u8)sum;
    }
    vst1q_u8(wide, vreinterpretq_u8_p16(vmull_p8(vget_low_p8(a), vget_low_p8(b))));
    vst1q_u8(wide + 16, vreinterpretq_u8_p16(vmull_high_p8(a, b)));
    report("pmull bytes", wide, expected, 32);
    vst1q_u8(wide, vreinterpretq_u8_p8(vmulq_p8(a, b)));
    report("pmul", wide, narrow, 16);
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    make_constants();
    aes(), sha1(), sha256(), sha512(), sha3(), sm3(), sm4(), polynomials();
    return 0;
}
