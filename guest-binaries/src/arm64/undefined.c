// oracle: hand (the kernel says ILL_ILLOPC, qemu-user ILL_ILLOPN)
// Undefined instructions and breakpoints: SIGILL and SIGTRAP at the right pc, also in the middle of a block that has
// already changed registers, and a jump to an unaligned or unmapped place.
#include "freestanding.h"

// Not static: gcc would reason that nothing between two reads changes them.
u64 seen_pc, seen_address, seen_x2;
int seen_number, seen_code;
u64 continue_at;

static void handler(int number, signal_info *info, user_context *context) {
    seen_number = number, seen_code = info->code, seen_address = info->address;
    seen_pc = context->machine.pc, seen_x2 = context->machine.regs[2];
    context->machine.pc = continue_at ? continue_at : context->machine.pc + 4;
    continue_at = 0;
}

extern char udf_at[], reserved_at[], brk_at[], after_jump[];

static void report(const char *what, u64 expected) {
    print(what), print(":\n");
    line("  signal", seen_number);
    line("  code", seen_code);
    line("  pc as expected", seen_pc == expected);
    line("  address as expected", seen_address == expected);
    line("  x2", (s64)seen_x2);
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    on_signal(SIG_ILL, handler, 0);
    on_signal(SIG_TRAP, handler, 0);
    on_signal(SIG_SEGV, handler, 0);
    on_signal(SIG_BUS, handler, 0);

    register u64 x2 __asm__("x2");
    __asm__ volatile("mov x2, #5\n\tadd x2, x2, #6\n.global udf_at\nudf_at:\tudf #0\n\tadd x2, x2, #1" : "=r"(x2) : : "memory");
    u64 after = x2;
    report("udf", (u64)udf_at);
    line("  continued with", (s64)after);

    __asm__ volatile("mov x2, #21\n.global reserved_at\nreserved_at:\t.inst 0x06000000\n\tadd x2, x2, #1" : "=r"(x2) : : "memory");
    after = x2;
    report("unallocated encoding", (u64)reserved_at);
    line("  continued with", (s64)after);

    __asm__ volatile("mov x2, #31\n.global brk_at\nbrk_at:\tbrk #1000\n\tadd x2, x2, #1" : "=r"(x2) : : "memory");
    after = x2;
    report("brk", (u64)brk_at);
    line("  continued with", (s64)after);

    register u64 x1 __asm__("x1") = 0x1000;
    continue_at = (u64)after_jump;
    __asm__ volatile("mov x2, #41\n\tblr x1\n.global after_jump\nafter_jump:" : "=r"(x2) : "r"(x1) : "x30", "memory");
    report("jump to an unmapped page", 0x1000);

    u8 *page = (u8 *)sys_mmap(0, 4096, PROT_read | PROT_write, MAP_private | MAP_anonymous, -1, 0);
    *(u32 *)page = 0xd65f03c0; // ret
    x1 = (u64)page;
    extern char after_call[];
    continue_at = (u64)after_call;
    __asm__ volatile("mov x2, #51\n\tblr x1\n.global after_call\nafter_call:" : "=r"(x2) : "r"(x1) : "x30", "memory");
    report("jump to a page without execute", (u64)page);
    return 0;
}
