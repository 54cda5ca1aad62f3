// The body of the two atomics tests: first each operation's result, then processes that share one counter.
#include "check.h"

#include <sys/mman.h>
#include <sys/wait.h>

#define OPERATIONS(name, T)                                                                              \
    static __attribute__((noinline)) uint64_t name(T *p, T x, uint64_t sum) {                            \
        sum = mix(sum, (uint64_t)__atomic_fetch_add(p, x, __ATOMIC_SEQ_CST));                            \
        sum = mix(sum, (uint64_t)__atomic_fetch_sub(p, (T)(x >> 1), __ATOMIC_RELAXED));                  \
        sum = mix(sum, (uint64_t)__atomic_fetch_and(p, (T)(x | 0x55), __ATOMIC_ACQUIRE));                \
        sum = mix(sum, (uint64_t)__atomic_fetch_or(p, (T)(x & 0x33), __ATOMIC_RELEASE));                 \
        sum = mix(sum, (uint64_t)__atomic_fetch_xor(p, x, __ATOMIC_ACQ_REL));                            \
        sum = mix(sum, (uint64_t)__atomic_fetch_nand(p, (T)(x * 3), __ATOMIC_SEQ_CST));                  \
        sum = mix(sum, (uint64_t)__atomic_add_fetch(p, (T)7, __ATOMIC_RELAXED));                         \
        sum = mix(sum, (uint64_t)__atomic_exchange_n(p, (T)(x + 1), __ATOMIC_SEQ_CST));                  \
        T expected = (T)(x + 1), wrong = (T)(x + 2);                                                     \
        sum = mix(sum, (uint64_t)__atomic_compare_exchange_n(p, &wrong, x, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)); \
        sum = mix(sum, (uint64_t)wrong);                                                                 \
        sum = mix(sum, (uint64_t)__atomic_compare_exchange_n(p, &expected, (T)(x * 5), 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)); \
        sum = mix(sum, (uint64_t)__atomic_load_n(p, __ATOMIC_ACQUIRE));                                  \
        __atomic_store_n(p, (T)(x ^ 9), __ATOMIC_RELEASE);                                               \
        __atomic_thread_fence(__ATOMIC_SEQ_CST);                                                         \
        return mix(sum, (uint64_t)__atomic_load_n(p, __ATOMIC_RELAXED));                                 \
    }

OPERATIONS(bytes, uint8_t)
OPERATIONS(halves, uint16_t)
OPERATIONS(words, uint32_t)
OPERATIONS(longs, uint64_t)
OPERATIONS(signed_words, int32_t)
OPERATIONS(signed_bytes, int8_t)

int main(void) {
    static uint64_t cells[4] __attribute__((aligned(16)));
    uint64_t state = 3, sum[6] = {0};
    for (int i = 0; i < 5000; i++) {
        uint64_t x = next_random(&state);
        int at = (int)(x >> 60) & 3;
        sum[0] = bytes((uint8_t *)cells + (x >> 50 & 31), (uint8_t)x, sum[0]);
        sum[1] = halves((uint16_t *)cells + (x >> 50 & 15), (uint16_t)x, sum[1]);
        sum[2] = words((uint32_t *)cells + (x >> 50 & 7), (uint32_t)x, sum[2]);
        sum[3] = longs(cells + at, x, sum[3]);
        sum[4] = signed_words((int32_t *)cells + at, (int32_t)x >> 3, sum[4]);
        sum[5] = signed_bytes((int8_t *)cells + at, (int8_t)x, sum[5]);
    }
    for (int i = 0; i < 6; i++) show_hex("operations", sum[i]);
    for (int i = 0; i < 4; i++) show_hex("cell", cells[i]);

    // Four processes, real contention: nothing may be lost.
    struct { uint64_t added; uint32_t exchanged; uint8_t byte; uint64_t pushed; uint32_t lock, guarded; } *shared =
        mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int process = 0; process < 4; process++)
        if (fork() == 0) {
            for (int i = 0; i < 10000; i++) {
                __atomic_fetch_add(&shared->added, (uint64_t)i, __ATOMIC_RELAXED);
                uint32_t seen = __atomic_load_n(&shared->exchanged, __ATOMIC_RELAXED);
                while (!__atomic_compare_exchange_n(&shared->exchanged, &seen, seen * 1 + 3, 1, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {}
                __atomic_fetch_add(&shared->byte, 1, __ATOMIC_SEQ_CST);
                while (__atomic_exchange_n(&shared->lock, 1, __ATOMIC_ACQUIRE)) usleep(0);
                shared->guarded++;
                __atomic_store_n(&shared->lock, 0, __ATOMIC_RELEASE);
            }
            _exit(0);
        }
    while (wait(0) > 0) {}
    show("added", (long)shared->added), show("exchanged", shared->exchanged), show("byte", shared->byte), show("guarded", shared->guarded);
    return 0;
}
