// group: crypto
// CRC-32C by the processor's own instruction, eight bytes at a time in three interleaved streams, and the odd bytes singly.
#include "kernel.h"

#ifdef __aarch64__
#define CRC __attribute__((target("+crc")))
#define CRC8(crc, value) __builtin_aarch64_crc32cb(crc, value)
#define CRC64(crc, value) __builtin_aarch64_crc32cx(crc, value)
#else
#define CRC __attribute__((target("sse4.2")))
#define CRC8(crc, value) __builtin_ia32_crc32qi(crc, value)
#define CRC64(crc, value) (uint32_t) __builtin_ia32_crc32di(crc, value)
#endif

static uint8_t data[3 * 8192 + 5];

CRC static __attribute__((noinline)) uint64_t checksum(uint64_t seed) {
    uint32_t a = (uint32_t)seed, b = ~a, c = (uint32_t)(seed >> 32);
    for (size_t i = 0; i < 8192; i += 8) {
        uint64_t x, y, z;
        memcpy(&x, data + i, 8), memcpy(&y, data + 8192 + i, 8), memcpy(&z, data + 16384 + i, 8);
        a = CRC64(a, x), b = CRC64(b, y), c = CRC64(c, z);
    }
    for (size_t i = 3 * 8192; i < sizeof data; i++) a = CRC8(a, data[i]);
    return mix(mix(a, b), c);
}

static uint64_t run(long scale) {
    uint64_t state = 73, sum = 0;
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)next_random(&state);
    for (long round = 0; round < scale; round++) {
        sum = mix(sum, checksum(sum));
        data[(uint64_t)round % sizeof data] ^= (uint8_t)sum;
    }
    return sum;
}

KERNEL(150000)
