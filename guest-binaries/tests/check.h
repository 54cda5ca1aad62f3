// What the tests with a libc share: output lines that do not depend on the machine, and a directory to work in.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

// "name: value", flushed at once: a child's lines must not be printed twice, nor out of order.
static UNUSED void show(const char *name, long long value) {
    printf("%s: %lld\n", name, value);
    fflush(stdout);
}

static UNUSED void show_hex(const char *name, unsigned long long value) {
    printf("%s: 0x%llx\n", name, value);
    fflush(stdout);
}

static UNUSED void show_text(const char *name, const char *text) {
    printf("%s: %s\n", name, text);
    fflush(stdout);
}

// The result of a call: its value, or the name of its error.
static UNUSED long result(const char *name, long value) {
    if (value == -1) printf("%s: %s\n", name, strerrorname_np(errno));
    else printf("%s: %ld\n", name, value);
    fflush(stdout);
    return value;
}

// As result(), for calls whose value differs from run to run (descriptors of a busy table, addresses, process ids).
static UNUSED long succeeded(const char *name, long value) {
    printf("%s: %s\n", name, value == -1 ? strerrorname_np(errno) : "ok");
    fflush(stdout);
    return value;
}

static char work_directory[64] UNUSED;

static UNUSED void enter_work_directory(void) {
    const char *base = getenv("TMPDIR");
    snprintf(work_directory, sizeof work_directory, "%s/guest-test-XXXXXX", base && strlen(base) < 30 ? base : "/tmp");
    if (!mkdtemp(work_directory) || chdir(work_directory) != 0) {
        perror(work_directory);
        exit(99);
    }
}

static UNUSED void leave_work_directory(void) {
    if (chdir("/") == 0 && rmdir(work_directory) != 0) show_text("left behind", strerrorname_np(errno));
}

static UNUSED uint64_t next_random(uint64_t *state) {
    uint64_t x = *state;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return *state = x;
}

static UNUSED uint64_t mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 0x100000001b3ull; }
