// What the stress programs share. Each takes the number of rounds as its only argument, prints "NAME ok" and ends with 0, or says on standard error what went wrong and ends with 1.
// They use no clock: how long they run depends on the rounds alone, and a lost wake-up is a hang, which the caller's time limit finds.
#pragma once

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

static _Noreturn UNUSED void fail(const char *what, long value) {
    char line[160];
    int length = snprintf(line, sizeof line, "%s: %ld (errno %d) in %d/%ld\n", what, value, errno, getpid(), syscall(SYS_gettid));
    write(2, line, (size_t)length);
    _exit(1);
}

// The condition must hold.
#define CHECK(condition, value) ((condition) ? (void)0 : fail(#condition, (long)(value)))

static UNUSED void expect_status(pid_t child, int expected) {
    int status = -1;
    pid_t waited;
    do waited = waitpid(child, &status, 0);
    while (waited == -1 && errno == EINTR);
    if (waited != child) fail("waitpid", waited);
    if (status != expected) fail("status of a child", status);
}

static UNUSED void start(pthread_t *thread, void *(*body)(void *), void *argument) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 128 * 1024);
    int error = pthread_create(thread, &attributes, body, argument);
    CHECK(error == 0, error);
    pthread_attr_destroy(&attributes);
}

static UNUSED void handle(int signal, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    CHECK(sigaction(signal, &action, 0) == 0, signal);
}

// Writes a function that returns `value` and tells the processor.
static UNUSED void write_function(void *at, uint32_t value) {
#if defined(__aarch64__)
    uint32_t code[3] = {0x52800000 | (value & 0xFFFF) << 5, 0x72A00000 | (value >> 16) << 5, 0xD65F03C0};
    memcpy(at, code, sizeof code);
#elif defined(__x86_64__)
    uint8_t code[6] = {0xB8, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24), 0xC3};
    memcpy(at, code, sizeof code);
#else
#error how does this machine return a constant?
#endif
    __builtin___clear_cache(at, (char *)at + 16);
}

static UNUSED uint32_t call_function(void *at) { return ((uint32_t (*)(void))at)(); }
