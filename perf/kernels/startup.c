// group: system
// launches: 20
// dbt: --cache-dir=
// The start of a trivial static program that no process has translated before: all the time is spent before main and after it.
#include "kernel.h"

static uint64_t run(long scale) { return (uint64_t)scale; }

KERNEL(1)
