// group: system
// launches: 20
// The start of a trivial static program that another process has run before.
#include "kernel.h"

static uint64_t run(long scale) { return (uint64_t)scale; }

KERNEL(1)
