// group: system
// Small reads and writes through a pipe, and lseek and pread on a file.
#define _GNU_SOURCE
#include "kernel.h"

#include <sys/mman.h>
#include <unistd.h>

static uint64_t run(long scale) {
    int ends[2], file = memfd_create("pipes", 0);
    uint64_t sum = 0;
    char text[64] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde";
    if (pipe(ends) != 0 || file < 0) return 1;
    for (long i = 0; i < scale; i++) {
        if (write(ends[1], text, 1 + (i & 63)) < 0) return 2;
        sum += (uint64_t)read(ends[0], text, sizeof text);
        sum += (uint64_t)pwrite(file, text, 16, (i & 255) * 16);
        sum += (uint64_t)lseek(file, (i & 127) * 8, SEEK_SET);
    }
    return sum;
}

KERNEL(150000)
