// FPCR and FPSR in every mode of rounding and flushing, as they travel: signal frame, the handler's own flags, what the
// handler writes into the frame, fork, and a child that shares memory.
#include "freestanding.h"

#define READ(name) ({ u64 value_; __asm__ volatile("mrs %0, " name : "=r"(value_)); value_; })
#define WRITE(name, value) __asm__ volatile("msr " name ", %0" : : "r"((u64)(value)))

enum { CLONE_VM = 0x100, CLONE_VFORK = 0x4000, SIGCHLD = 17 };

// struct fpsimd_context of arch/arm64/include/uapi/asm/sigcontext.h, the first record behind pstate.
typedef struct {
    u32 magic, size, fpsr, fpcr;
    u64 v[64];
} vector_context;

static u64 seen_status, seen_control, framed_status, framed_control, own_status, replacement;

static NOINLINE void operate(char flag) {
    switch (flag) {
        case 'i': __asm__ volatile("fmov d0, #1.0\n\tfmov d1, #3.0\n\tfdiv d0, d0, d1" : : : "v0", "v1"); break; // inexact
        case 'd': __asm__ volatile("mov x9, #5\n\tfmov d0, x9\n\tfadd d0, d0, d0" : : : "v0", "x9"); break; // a subnormal operand
        case 'u': __asm__ volatile("mov x9, #0x0010000000000000\n\tfmov d0, x9\n\tfmov d1, #0.5\n\tfmul d0, d0, d1" : : : "v0", "v1", "x9"); break; // a subnormal result
        case 'z': __asm__ volatile("fmov d0, #1.0\n\tmovi d1, #0\n\tfdiv d0, d0, d1" : : : "v0", "v1"); break; // division by zero
        default: __asm__ volatile("movi d1, #0\n\tfdiv d0, d1, d1" : : : "v0", "v1"); break; // invalid
    }
}

static void handler(int number, signal_info *info, user_context *context) {
    (void)number, (void)info;
    vector_context *vectors = (vector_context *)(((word)(&context->machine.pstate + 1) + 15) & ~15ul);
    seen_status = READ("fpsr"), seen_control = READ("fpcr");
    framed_status = vectors->fpsr, framed_control = vectors->fpcr;
    WRITE("fpsr", 0);
    operate('u'), operate('z');
    own_status = READ("fpsr");
    if (replacement != ~0ull) vectors->fpsr = (u32)replacement;
}

static void report(const char *flags) {
    print(flags), print(":\n");
    line_hex("  fpsr in the handler", seen_status), line_hex("  fpcr in the handler", seen_control);
    line_hex("  fpsr in the frame", framed_status), line_hex("  fpcr in the frame", framed_control);
    line_hex("  the handler's own", own_status);
}

static void wait_for(long child) {
    int status = -1;
    syscall6(NR_wait4, child, (long)&status, 0, 0, 0, 0);
    line("  child's status", status);
}

static void try(const char *flags) {
    for (int replaced = 0; replaced < 2; replaced++) {
        replacement = replaced ? 0x80 : ~0ull;
        WRITE("fpsr", 0);
        for (const char *f = flags; *f; f++) operate(*f);
        syscall6(NR_kill, syscall6(NR_getpid, 0, 0, 0, 0, 0, 0), SIG_USR1, 0, 0, 0, 0);
        u64 after = READ("fpsr"), control = READ("fpcr");
        report(flags);
        line_hex("  fpsr after it", after), line_hex("  fpcr after it", control);
        // What trapped before must be watched for again, and nothing that is set forgotten.
        operate('d'), operate('u');
        line_hex("  and more", READ("fpsr"));
    }
    WRITE("fpsr", 0);
    for (const char *f = flags; *f; f++) operate(*f);
    long child = sys_fork();
    u64 status = READ("fpsr"), control = READ("fpcr");
    if (child == 0) {
        operate('u');
        line_hex("  fpsr of a fork", status), line_hex("  its fpcr", control), line_hex("  its own", READ("fpsr"));
        sys_exit(3);
    }
    wait_for(child);
    line_hex("  fpsr of its parent", READ("fpsr"));
    child = syscall6(NR_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0, 0);
    if (child == 0) {
        status = READ("fpsr"), control = READ("fpcr");
        operate('u'), operate('d');
        line_hex("  fpsr of a vfork", status), line_hex("  its fpcr", control), line_hex("  its own", READ("fpsr"));
        syscall6(NR_exit, 4, 0, 0, 0, 0, 0);
    }
    status = READ("fpsr"), control = READ("fpcr");
    wait_for(child);
    line_hex("  fpsr of its parent", status), line_hex("  fpcr of its parent", control);
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    on_signal(SIG_USR1, handler, 0);
    static const u64 modes[] = {0, 0x1000000, 0x1400000, 0x1800000, 0x1c00000, 0x3000000};
    for (int i = 0; i < 6; i++) {
        WRITE("fpcr", modes[i]);
        line_hex("fpcr", modes[i]);
        try(""), try("i"), try("d"), try("u"), try("idu"), try("zv"), try("ud");
    }
    WRITE("fpcr", 0);
    return 0;
}
