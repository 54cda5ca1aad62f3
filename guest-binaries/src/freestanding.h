// What a freestanding guest program has instead of a libc: raw system calls, output, a checksum. Only inline and
// static code, so that each program stays one small translation unit; the architecture's part is in <arch>/start.h.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;
typedef unsigned long word;

#include "start.h"

#define UNUSED __attribute__((unused))
#define NOINLINE __attribute__((noinline))

static UNUSED word length(const char *s) {
    word n = 0;
    while (s[n]) n++;
    return n;
}

static UNUSED int equal(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

// gcc may call these even in freestanding code.
UNUSED __attribute__((used)) void *memcpy(void *to, const void *from, word n) {
    u8 *d = to;
    const u8 *s = from;
    while (n--) *d++ = *s++;
    return to;
}

UNUSED __attribute__((used)) void *memset(void *to, int value, word n) {
    u8 *d = to;
    while (n--) *d++ = (u8)value;
    return to;
}

static UNUSED void print(const char *s) { sys_write(1, s, length(s)); }

static UNUSED void print_decimal(s64 value) {
    char text[24], *p = text + sizeof text;
    u64 rest = value < 0 ? -(u64)value : (u64)value;
    do *--p = (char)('0' + rest % 10), rest /= 10; while (rest);
    if (value < 0) *--p = '-';
    sys_write(1, p, (word)(text + sizeof text - p));
}

static UNUSED void print_hex(u64 value) {
    char text[18];
    text[0] = '0', text[1] = 'x';
    for (int i = 0; i < 16; i++) text[2 + i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    sys_write(1, text, sizeof text);
}

static UNUSED void line(const char *name, s64 value) {
    print(name), print(" "), print_decimal(value), print("\n");
}

static UNUSED void line_hex(const char *name, u64 value) {
    print(name), print(" "), print_hex(value), print("\n");
}

// FNV-1a over whole words: cheap, and every bit of the input moves the result.
static UNUSED u64 mix(u64 sum, u64 value) { return (sum ^ value) * 0x100000001b3ull; }
#define MIX_START 0xcbf29ce484222325ull

// Deterministic operands: xorshift64, with every eighth value one at which flags and shifts turn.
static UNUSED u64 next_random(u64 *state) {
    static const u64 edges[] = {0, 1, ~0ull, 0x7fffffff, 0x80000000, 0xffffffff, 1ull << 63, ~0ull >> 1};
    u64 x = *state;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    *state = x;
    return (x >> 60 & 7) == 0 ? edges[x & 7] : x * 0x2545f4914f6cdd1dull;
}

int main(int argc, char **argv, char **environment, word *auxv);

// The architecture's _start passes the stack pointer it was entered with: argc, argv..., 0, environment..., 0, auxv.
__attribute__((used, noreturn)) void start(word *stack) {
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    char **environment = argv + argc + 1;
    word *p = (word *)environment;
    while (*p) p++;
    sys_exit(main(argc, argv, environment, p + 1));
}
