// Loads and stores of every width, unaligned and across pages; copies, fills and string scans of our own.
#include "freestanding.h"

static u8 buffer[3 * 4096] __attribute__((aligned(4096)));
static u8 other[3 * 4096];

static NOINLINE u64 unaligned(word at) {
    u64 sum = MIX_START;
    *(volatile u64 *)(buffer + at) = 0x1122334455667788ull + at;
    sum = mix(sum, *(volatile u32 *)(buffer + at + 1));
    *(volatile u16 *)(buffer + at + 3) = 0xabcd;
    sum = mix(sum, *(volatile u64 *)(buffer + at));
    *(volatile u8 *)(buffer + at + 7) ^= 0x55;
    sum = mix(sum, (u64)(s64)*(volatile s8 *)(buffer + at + 7));
    sum = mix(sum, (u64)(s64)*(volatile s16 *)(buffer + at + 2));
    return mix(sum, (u64)(s64)*(volatile s32 *)(buffer + at + 4));
}

static NOINLINE u64 sum_of(const u8 *bytes, word n) {
    u64 sum = MIX_START;
    for (word i = 0; i < n; i++) sum = mix(sum, bytes[i]);
    return sum;
}

static NOINLINE word find(const u8 *bytes, u8 what, word n) {
    word i = 0;
    while (i < n && bytes[i] != what) i++;
    return i;
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u64 sum = 0, state = 42;
    for (word at = 4096 - 16; at < 4096 + 16; at++) sum = mix(sum, unaligned(at));
    line_hex("unaligned", sum);

    for (word i = 0; i < sizeof buffer; i++) buffer[i] = (u8)next_random(&state);
    for (word n = 0; n < 300; n += 7) memcpy(other + n * 11 % 4000, buffer + n * 13 % 5000, n);
    line_hex("copies", sum_of(other, sizeof other));
    for (word n = 1; n < 200; n += 9) memset(other + n * 17 % 9000, (int)n, n);
    line_hex("fills", sum_of(other, sizeof other));
    line("find", (s64)find(buffer, 0, sizeof buffer));

    // Reversal in words, with both ends moving.
    u64 *low = (u64 *)buffer, *high = (u64 *)(buffer + sizeof buffer) - 1;
    while (low < high) {
        u64 t = *low;
        *low++ = __builtin_bswap64(*high);
        *high-- = __builtin_bswap64(t);
    }
    line_hex("reversed", sum_of(buffer, sizeof buffer));

    // Insertion sort of signed halves.
    s16 *halves = (s16 *)other;
    for (int i = 1; i < 1000; i++) {
        s16 x = halves[i];
        int j = i;
        for (; j > 0 && halves[j - 1] > x; j--) halves[j] = halves[j - 1];
        halves[j] = x;
    }
    line_hex("sorted", sum_of(other, 2000));

    // brk: grows, keeps its contents, shrinks.
    word end = (word)syscall6(NR_brk, 0, 0, 0, 0, 0, 0);
    word grown = (word)syscall6(NR_brk, (long)(end + 100000), 0, 0, 0, 0, 0);
    line("brk grew", (s64)(grown - end));
    memset((void *)end, 7, 100000);
    line_hex("brk memory", sum_of((u8 *)end, 100000));
    line("brk shrank", (word)syscall6(NR_brk, (long)end, 0, 0, 0, 0, 0) == end);
    return 0;
}
