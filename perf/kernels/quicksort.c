// group: integer
// Quicksort and heapsort of our own, inlined comparisons.
#include "kernel.h"

static int32_t values[50000];

static void sort(int32_t *low, int32_t *high) {
    while (high - low > 12) {
        int32_t pivot = low[(high - low) / 2], *i = low, *j = high;
        while (i <= j) {
            while (*i < pivot) i++;
            while (*j > pivot) j--;
            if (i <= j) {
                int32_t t = *i;
                *i++ = *j, *j-- = t;
            }
        }
        if (j - low < high - i) sort(low, j), low = i;
        else sort(i, high), high = j;
    }
    for (int32_t *i = low + 1; i <= high; i++) {
        int32_t x = *i, *j = i;
        for (; j > low && j[-1] > x; j--) *j = j[-1];
        *j = x;
    }
}

static void heap_sort(int32_t *a, long n) {
    for (long start = n / 2, end = n; end > 1;) {
        if (start > 0) start--;
        else {
            int32_t t = a[--end];
            a[end] = a[0], a[0] = t;
        }
        long root = start, child;
        while ((child = 2 * root + 1) < end) {
            child += child + 1 < end && a[child] < a[child + 1];
            if (a[root] >= a[child]) break;
            int32_t t = a[root];
            a[root] = a[child], a[child] = t, root = child;
        }
    }
}

static uint64_t run(long scale) {
    uint64_t sum = 0, state = 13;
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < 50000; i++) values[i] = (int32_t)next_random(&state);
        if (round & 1) heap_sort(values, 50000);
        else sort(values, values + 49999);
        for (int i = 0; i < 50000; i += 97) sum = mix(sum, (uint32_t)values[i]);
    }
    return sum;
}

KERNEL(40)
