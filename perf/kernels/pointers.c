// group: integer
// Pointer chasing: a shuffled ring larger than the first caches, and a binary tree.
#include "kernel.h"

typedef struct tree {
    struct tree *less, *more;
    uint32_t key, count;
} tree;

static uint64_t run(long scale) {
    enum { N = 1 << 15 };
    static uint32_t order[N];
    static struct link { struct link *next; uint64_t value; } ring[N];
    static tree nodes[1 << 14];
    uint64_t sum = 0, state = 31;
    for (uint32_t i = 0; i < N; i++) order[i] = i;
    for (uint32_t i = N - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(next_random(&state) % (i + 1)), t = order[i];
        order[i] = order[j], order[j] = t;
    }
    for (uint32_t i = 0; i < N; i++) ring[order[i]] = (struct link){&ring[order[(i + 1) % N]], order[i]};
    struct link *p = ring;
    for (long i = 0; i < scale * 1000; i++) sum += p->value, p = p->next;

    tree *root = 0;
    uint32_t used = 0;
    for (long i = 0; i < scale * 30; i++) {
        uint32_t key = (uint32_t)(next_random(&state) & 0x3fff);
        tree **at = &root;
        while (*at && (*at)->key != key) at = key < (*at)->key ? &(*at)->less : &(*at)->more;
        if (!*at && used < 1 << 14) *at = &nodes[used++], (*at)->key = key;
        if (*at) sum += ++(*at)->count;
    }
    return sum;
}

KERNEL(20000)
