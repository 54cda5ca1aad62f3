// oracle: native
// flags arm64: -march=armv8-a+crc
// CRC-32 and CRC-32C of every operand width: by instruction on Arm, bit by bit elsewhere.
#include "check.h"

#ifdef __aarch64__
#include <arm_acle.h>
#else
static uint32_t crc(uint32_t sum, uint64_t value, int bits, uint32_t polynomial) {
    for (int i = 0; i < bits; i++, value >>= 1) sum = (sum ^ value) & 1 ? sum >> 1 ^ polynomial : sum >> 1;
    return sum;
}
#define __crc32b(s, v) crc(s, v, 8, 0xedb88320)
#define __crc32h(s, v) crc(s, v, 16, 0xedb88320)
#define __crc32w(s, v) crc(s, v, 32, 0xedb88320)
#define __crc32d(s, v) crc(s, v, 64, 0xedb88320)
#define __crc32cb(s, v) crc(s, v, 8, 0x82f63b78)
#define __crc32ch(s, v) crc(s, v, 16, 0x82f63b78)
#define __crc32cw(s, v) crc(s, v, 32, 0x82f63b78)
#define __crc32cd(s, v) crc(s, v, 64, 0x82f63b78)
#endif

int main(void) {
    uint64_t state = 5;
    uint32_t a = ~0u, b = ~0u;
    for (int i = 0; i < 4000; i++) {
        uint64_t x = next_random(&state);
        a = __crc32b(a, (uint8_t)x), a = __crc32h(a, (uint16_t)(x >> 3)), a = __crc32w(a, (uint32_t)(x >> 5)), a = __crc32d(a, x);
        b = __crc32cb(b, (uint8_t)x), b = __crc32ch(b, (uint16_t)(x >> 3)), b = __crc32cw(b, (uint32_t)(x >> 5)), b = __crc32cd(b, x);
        if (i % 1000 == 0) show_hex("crc32", a), show_hex("crc32c", b);
    }
    uint32_t check = ~0u;
    for (const char *p = "123456789"; *p; p++) check = __crc32b(check, (uint8_t)*p);
    show_hex("check value", (uint32_t)~check);
    return 0;
}
