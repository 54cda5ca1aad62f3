// A SIGSEGV handler that sees the exact state at the fault, edits its context, and continues: by skipping the
// instruction, by making the page accessible and trying again, and by moving a base register.
#include "freestanding.h"

static volatile int faults;
// Not static: gcc would reason that nothing between two reads changes them.
u64 seen_address, seen_pc, seen_code, regs[31];
enum { skip, unprotect, rebase } way;
u8 *page;
u8 good[64];

static void handler(int number, signal_info *info, user_context *context) {
    (void)number;
    faults++;
    seen_address = info->address, seen_pc = context->machine.pc, seen_code = (u64)info->code;
    for (int i = 0; i < 31; i++) regs[i] = context->machine.regs[i];
    if (way == skip) context->machine.regs[0] = 0x5eed, context->machine.pc += 4;
    if (way == unprotect) syscall6(NR_mprotect, (long)page, 4096, PROT_read | PROT_write, 0, 0, 0);
    if (way == rebase) context->machine.regs[1] = (u64)good;
}

extern char load_at[], store_at[], pair_at[];

// Values computed in registers right before the access must be in the handler's context: nothing may lag behind.
static NOINLINE u64 load(u8 *p) {
    register u64 x0 __asm__("x0");
    register u64 x1 __asm__("x1") = (u64)p;
    __asm__ volatile(
        "mov x2, #7\n\tadd x3, x2, #1\n\tlsl x4, x3, #4\n\tsub x5, x4, x2\n\tmul x6, x5, x5\n"
        ".global load_at\nload_at:\tldr x0, [x1, #8]\n\tadd x2, x2, #100"
        : "=r"(x0), "+r"(x1) : : "x2", "x3", "x4", "x5", "x6", "memory");
    return x0;
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    page = (u8 *)sys_mmap(0, 8192, PROT_none, MAP_private | MAP_anonymous, -1, 0);
    on_signal(SIG_SEGV, handler, 0);

    way = skip;
    line_hex("skipped load gives", load(page));
    line("faults", faults);
    line("address", (s64)(seen_address - (u64)page));
    line("pc is the load", seen_pc == (u64)load_at);
    line("code (SEGV_ACCERR is 2)", (s64)seen_code);
    for (int i = 2; i <= 6; i++) line("register", (s64)regs[i]);

    line_hex("skipped load of nothing gives", load((u8 *)8));
    line("code (SEGV_MAPERR is 1)", (s64)seen_code);
    line("address", (s64)seen_address);

    way = unprotect;
    {
        register u64 x0 __asm__("x0") = 0x123456789abcdefull;
        register u64 x1 __asm__("x1") = (u64)page;
        __asm__ volatile("mov x7, #11\n.global store_at\nstore_at:\tstr x0, [x1], #16\n\tadd x7, x7, #1"
                         : "+r"(x0), "+r"(x1) : : "x7", "memory");
        line("base moved once", (s64)(x1 - (u64)page));
    }
    line_hex("stored", *(u64 *)page);
    line("pc is the store", seen_pc == (u64)store_at);
    line("base at the fault", (s64)(regs[1] - (u64)page));
    line("x7 at the fault", (s64)regs[7]);

    way = rebase;
    memcpy(good, "sixteen letters!", 16);
    {
        register u64 x2 __asm__("x2") = 1;
        register u64 x3 __asm__("x3") = 2;
        register u64 x1 __asm__("x1") = (u64)page + 4096;
        __asm__ volatile(".global pair_at\npair_at:\tldp x2, x3, [x1]" : "+r"(x2), "+r"(x3), "+r"(x1) : : "memory");
        u64 low = x2, high = x3; // before a call takes the registers
        line_hex("pair low", low);
        line_hex("pair high", high);
    }
    line("pc is the pair", seen_pc == (u64)pair_at);
    line("pair untouched at the fault", regs[2] == 1 && regs[3] == 2);
    line("faults", faults);

    // A hundred faults in a loop: each is taken, none is lost.
    way = skip;
    u64 sum = 0;
    for (int i = 0; i < 100; i++) sum += load(page + 4096 + i * 8);
    line_hex("sum", sum);
    line("faults", faults);
    return 0;
}
