// A stack overflow caught on an alternate stack, twice, then a nested signal on that stack.
#include "freestanding.h"

static u8 alternate[64 * 1024] __attribute__((aligned(16)));
static volatile int caught, nested, on_alternate;
u64 resume_pc, resume_sp;

static int inside(void *p) { return (u8 *)p >= alternate && (u8 *)p < alternate + sizeof alternate; }

static void inner(int number, signal_info *info, user_context *context) {
    (void)number, (void)info, (void)context;
    int here;
    nested++;
    on_alternate += inside(&here);
}

static void overflow(int number, signal_info *info, user_context *context) {
    (void)number, (void)info;
    int here;
    caught++;
    on_alternate += inside(&here);
    syscall6(NR_kill, syscall6(NR_getpid, 0, 0, 0, 0, 0, 0), SIG_USR1, 0, 0, 0, 0);
    context->machine.pc = resume_pc;
    context->machine.sp = resume_sp;
}

static volatile u64 limit = ~0ull;

static NOINLINE u64 recurse(u64 depth) {
    volatile u8 frame[1024];
    frame[depth & 1023] = (u8)depth;
    if (depth == limit) return 0;
    return recurse(depth + 1) + frame[(depth * 7) & 1023];
}

static NOINLINE void run(void) {
    extern char resume_here[];
    resume_pc = (u64)resume_here;
    __asm__ volatile(
        "mov x9, sp\n\tstr x9, %[sp]\n\tmov x0, #0\n\tbl %[recurse]\n"
        ".global resume_here\nresume_here:"
        : [sp] "=m"(resume_sp) : [recurse] "S"(recurse)
        : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
          "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30", "memory");
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    struct { void *sp; int flags; word size; } stack = {alternate, 0, sizeof alternate}, old;
    line("sigaltstack", syscall6(NR_sigaltstack, (long)&stack, 0, 0, 0, 0, 0));
    line("read back", syscall6(NR_sigaltstack, 0, (long)&old, 0, 0, 0, 0));
    line("same", old.sp == stack.sp && old.size == stack.size);
    on_signal(SIG_SEGV, overflow, SA_onstack);
    on_signal(SIG_USR1, inner, SA_onstack);
    for (int i = 0; i < 2; i++) {
        // x29 is the frame of the compiler; keep it where the jump back finds it.
        register u64 frame __asm__("x20") = (u64)__builtin_frame_address(0);
        run();
        (void)frame;
        line("caught", caught);
    }
    line("nested", nested);
    line("handlers on the alternate stack", on_alternate);
    stack.flags = 2; // SS_DISABLE
    line("disabled", syscall6(NR_sigaltstack, (long)&stack, 0, 0, 0, 0, 0));
    return 0;
}
