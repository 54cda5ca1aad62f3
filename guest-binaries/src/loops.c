// Loops of every shape: counted, nested, with early exits, switch inside, data-dependent trip counts, long straight code.
#include "freestanding.h"

static u8 sieve[20001];
static u32 table[256];

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u32 primes = 0;
    for (u32 i = 2; i <= 20000; i++) {
        if (sieve[i]) continue;
        primes++;
        for (u32 j = i * i; i <= 141 && j <= 20000; j += i) sieve[j] = 1;
    }
    line("primes up to 20000", primes);

    u64 longest = 0, where = 0;
    for (u64 n = 1; n < 3000; n++) {
        u64 steps = 0;
        for (u64 x = n; x != 1; steps++) x = x & 1 ? 3 * x + 1 : x >> 1;
        if (steps > longest) longest = steps, where = n;
    }
    line("longest collatz", (s64)longest);
    line("starts at", (s64)where);

    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    u32 crc = ~0u;
    for (u32 i = 0; i < 50000; i++) crc = table[(crc ^ i * 7) & 255] ^ crc >> 8;
    line_hex("crc", (u32)~crc);

    u64 sum = MIX_START, state = 1;
    for (int i = 0; i < 20000; i++) {
        u64 x = next_random(&state);
        switch (x % 11) {
            case 0: sum += x; break;
            case 1: sum ^= x >> 3; break;
            case 2: sum = sum << 5 | sum >> 59; break;
            case 3: sum -= x * 3; break;
            case 4: if (sum & 1) break; sum = mix(sum, x); continue;
            case 5: sum = ~sum; break;
            case 6: sum *= 0x9e3779b97f4a7c15ull; break;
            case 7: sum += sum >> 7; break;
            default: sum = mix(sum, x);
        }
        if (sum == 0) break;
    }
    line_hex("switch", sum);

    u64 grid = 0;
    for (int i = 0; i < 60; i++)
        for (int j = 0; j < 60; j++) {
            if (j > i) goto next;
            for (int k = j; k < i; k += 3) grid += (u64)(i * j ^ k);
        next:;
        }
    line("nested", (s64)grid);
    return 0;
}
