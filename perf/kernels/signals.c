// group: system
// raise: a handler entered and left.
#include "kernel.h"

#include <signal.h>

static volatile uint64_t count;
static void handler(int number) { count += (uint64_t)number; }

static uint64_t run(long scale) {
    signal(SIGUSR1, handler);
    for (long i = 0; i < scale; i++) raise(SIGUSR1);
    return count;
}

KERNEL(60000)
