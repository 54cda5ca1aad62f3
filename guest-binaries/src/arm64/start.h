// AArch64: entry and system calls (number in x8, arguments in x0-x5, result or -errno in x0).
#pragma once

__asm__(".text\n.global _start\n.type _start, %function\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tb start\n");

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

enum {
    NR_dup3 = 24, NR_ftruncate = 46, NR_openat = 56, NR_close = 57, NR_pipe2 = 59, NR_read = 63, NR_write = 64, NR_exit = 93,
    NR_exit_group = 94, NR_nanosleep = 101, NR_kill = 129, NR_sigaltstack = 132, NR_rt_sigaction = 134,
    NR_rt_sigprocmask = 135, NR_rt_sigreturn = 139, NR_getpid = 172, NR_getppid = 173, NR_brk = 214, NR_munmap = 215,
    NR_clone = 220, NR_execve = 221, NR_mmap = 222, NR_mprotect = 226, NR_wait4 = 260, NR_memfd_create = 279,
};

static inline long sys_write(int fd, const void *bytes, word n) { return syscall6(NR_write, fd, (long)bytes, (long)n, 0, 0, 0); }
static inline long sys_fork(void) { return syscall6(NR_clone, 17 /* SIGCHLD */, 0, 0, 0, 0, 0); }
static inline long sys_mmap(word address, word size, int protection, int flags, int fd, word offset) {
    return syscall6(NR_mmap, (long)address, (long)size, protection, flags, fd, (long)offset);
}
static inline __attribute__((noreturn)) void sys_exit(int status) {
    for (;;) syscall6(NR_exit_group, status, 0, 0, 0, 0, 0);
}

// The part of arch/arm64/include/uapi/asm/sigcontext.h that the programs read and edit.
typedef struct {
    u64 fault_address, regs[31], sp, pc, pstate;
} machine_context;
typedef struct {
    u64 flags;
    void *link;
    struct { void *sp; int flags; word size; } stack;
    u64 mask;
    u8 unused[1024 / 8 - sizeof(u64)];
    machine_context machine __attribute__((aligned(16)));
} user_context;
typedef struct {
    int number, error, code, padding;
    u64 address;
} signal_info;
typedef struct {
    void (*handler)(int, signal_info *, user_context *);
    u64 flags;
    void *restorer;
    u64 mask;
} signal_action;

enum {
    SIG_ILL = 4, SIG_TRAP = 5, SIG_BUS = 7, SIG_USR1 = 10, SIG_SEGV = 11, SIG_TERM = 15,
    SA_siginfo = 4, SA_onstack = 0x08000000, SA_nodefer = 0x40000000,
    PROT_none = 0, PROT_read = 1, PROT_write = 2, PROT_exec = 4,
    MAP_shared = 1, MAP_private = 2, MAP_fixed = 0x10, MAP_anonymous = 0x20,
};

static inline void on_signal(int number, void (*handler)(int, signal_info *, user_context *), u64 flags) {
    signal_action action = {handler, flags | SA_siginfo, 0, 0};
    syscall6(NR_rt_sigaction, number, (long)&action, 0, 8, 0, 0);
}

// Makes written instructions visible to the fetch, as the Arm Architecture Reference Manual B2.4.4 prescribes.
static inline void flush_instructions(void *from, word size) {
    for (word p = (word)from & ~3ul; p < (word)from + size; p += 4) __asm__ volatile("dc cvau, %0" : : "r"(p) : "memory");
    __asm__ volatile("dsb ish" : : : "memory");
    for (word p = (word)from & ~3ul; p < (word)from + size; p += 4) __asm__ volatile("ic ivau, %0" : : "r"(p) : "memory");
    __asm__ volatile("dsb ish\n\tisb" : : : "memory");
}
