// group: integer
// CRC-32 a byte at a time through a table.
#include "kernel.h"

static uint32_t table[256];
static uint8_t data[1 << 16];

static uint64_t run(long scale) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    uint64_t state = 3;
    for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)next_random(&state);
    uint32_t crc = ~0u;
    for (long round = 0; round < scale; round++)
        for (size_t i = 0; i < sizeof data; i++) crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
    return crc;
}

KERNEL(1400)
