// group: integer
// Two non-cryptographic hashes over short keys, and an open-addressing table keyed by them.
#include "kernel.h"

static uint32_t fnv(const uint8_t *p, size_t n) {
    uint32_t h = 2166136261u;
    while (n--) h = (h ^ *p++) * 16777619u;
    return h;
}

static uint32_t rotate(uint32_t x, int n) { return x << n | x >> (32 - n); }

static uint32_t block_hash(const uint8_t *p, size_t n, uint32_t h) {
    uint32_t k;
    for (; n >= 4; n -= 4, p += 4) {
        memcpy(&k, p, 4);
        h = rotate(h ^ rotate(k * 0xcc9e2d51u, 15) * 0x1b873593u, 13) * 5 + 0xe6546b64u;
    }
    for (k = 0; n--;) k = k << 8 | p[n];
    h ^= rotate(k * 0xcc9e2d51u, 15) * 0x1b873593u;
    h ^= h >> 16, h *= 0x85ebca6bu, h ^= h >> 13, h *= 0xc2b2ae35u;
    return h ^ h >> 16;
}

static uint64_t run(long scale) {
    static uint64_t keys[1 << 14];
    static uint32_t counts[1 << 14];
    uint64_t sum = 0, state = 17;
    char text[40];
    uint8_t data[256];
    for (int i = 0; i < 256; i++) data[i] = (uint8_t)next_random(&state);
    for (long i = 0; i < scale; i++) {
        uint64_t key = next_random(&state) % 9000 + 1;
        int n = 8;
        memcpy(text, &key, 8);
        uint32_t slot = block_hash((uint8_t *)text, (size_t)n, 1) & ((1 << 14) - 1);
        while (keys[slot] && keys[slot] != key) slot = (slot + 1) & ((1 << 14) - 1);
        keys[slot] = key, counts[slot]++;
        sum += fnv(data + (i & 127), 40 + (i & 63)) ^ block_hash(data + (i & 63), 100 + (i & 63), (uint32_t)i);
    }
    for (int i = 0; i < 1 << 14; i++) sum = mix(sum, counts[i] + keys[i]);
    return sum;
}

KERNEL(900000)
