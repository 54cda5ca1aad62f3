// group: integer
// The C library's string functions on short and long strings.
#include "kernel.h"

static uint64_t run(long scale) {
    static char text[8192], other[8192];
    uint64_t sum = 0, state = 23;
    for (int i = 0; i < 8191; i++) text[i] = (char)('a' + next_random(&state) % 26);
    for (long i = 0; i < scale; i++) {
        size_t start = next_random(&state) % 4000, n = 1 + (i & 15 ? next_random(&state) % 60 : next_random(&state) % 3000);
        memcpy(other, text + start, n);
        other[n] = 0;
        sum += strlen(other);
        sum += (uint64_t)(strcmp(other, text + start) < 0);
        sum += (uint64_t)memcmp(other, text + start, n) + 7;
        char *at = strchr(other, 'q');
        sum += at ? (uint64_t)(at - other) : 1;
        at = memchr(text + start, 'z', n);
        sum += at ? (uint64_t)(at - text) : 2;
        memset(other, 'x', n);
        memmove(other + 3, other, n);
        at = strstr(text + start, "abc");
        sum += at ? (uint64_t)(at - text) : 3;
        sum = mix(sum, (uint8_t)other[n + 1]);
    }
    return sum;
}

KERNEL(200000)
