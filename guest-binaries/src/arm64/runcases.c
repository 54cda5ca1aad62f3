// oracle: hand
// Runs the differential test's cases: `runcases CASES RESULTS FIRST` loads each case's registers and memory, executes its
// instructions, and stores what they left behind. The test's generator has the same structures.
#include "freestanding.h"

typedef struct {
    u64 x[31], sp, nzcv;
    u32 fpcr, fpsr;
    u64 v[64];
    u8 memory[256];
} machine;
typedef struct {
    machine machine;
    u64 code, unused;
} input;
typedef struct {
    machine machine;
    u32 signal, code;
    u64 address, pc, done;
} result;
// The first page of the file, and of the results: how many cases there are; which one runs.
typedef struct {
    u64 count, code_size, input_offset, current, finish;
} header;

#define code_at 0x500000000ull
#define inputs_at 0x510000000ull
#define results_at 0x520000000ull
#define data_at 0x540000000ull
#define window_at (data_at + 0x400)
#define page 4096ul

// Where the case being run stores its registers, and the stack to come back to.
machine *store_to;
word own_stack;
extern char resume[], finish[];
void run(const machine *from, u64 code);

// TPIDR_EL0 carries X30 into and out of the case: its first instruction is MRS X30, TPIDR_EL0, and it ends with
// MSR TPIDR_EL0, X30 and a jump to `finish`, whose address it finds in the results' first page.
__asm__(
    ".text\n"
    "run:\n\tstp x19, x20, [sp, #-160]!\n\tstp x21, x22, [sp, #16]\n\tstp x23, x24, [sp, #32]\n\tstp x25, x26, [sp, #48]\n"
    "\tstp x27, x28, [sp, #64]\n\tstp x29, x30, [sp, #80]\n\tstp d8, d9, [sp, #96]\n\tstp d10, d11, [sp, #112]\n"
    "\tstp d12, d13, [sp, #128]\n\tstp d14, d15, [sp, #144]\n"
    "\tadrp x2, own_stack\n\tmov x3, sp\n\tstr x3, [x2, #:lo12:own_stack]\n\tmov x30, x1\n"
    "\tldr x2, [x0, #256]\n\tmsr nzcv, x2\n\tldr w2, [x0, #264]\n\tldr w3, [x0, #268]\n\tmsr fpcr, x2\n\tmsr fpsr, x3\n"
    "\tldp x2, x3, [x0, #240]\n\tmsr tpidr_el0, x2\n\tmov sp, x3\n\tclrex\n"
    "\t.irp n, 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30\n\tldr q\\n, [x0, #272 + \\n * 16]\n\t.endr\n"
    "\t.irp n, 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31\n\tldr q\\n, [x0, #272 + \\n * 16]\n\t.endr\n"
    "\tldp x2, x3, [x0, #16]\n\tldp x4, x5, [x0, #32]\n\tldp x6, x7, [x0, #48]\n\tldp x8, x9, [x0, #64]\n"
    "\tldp x10, x11, [x0, #80]\n\tldp x12, x13, [x0, #96]\n\tldp x14, x15, [x0, #112]\n\tldp x16, x17, [x0, #128]\n"
    "\tldp x18, x19, [x0, #144]\n\tldp x20, x21, [x0, #160]\n\tldp x22, x23, [x0, #176]\n\tldp x24, x25, [x0, #192]\n"
    "\tldp x26, x27, [x0, #208]\n\tldp x28, x29, [x0, #224]\n\tldp x0, x1, [x0]\n\tbr x30\n"
    ".global finish\nfinish:\n"
    "\tadrp x30, store_to\n\tldr x30, [x30, #:lo12:store_to]\n"
    "\tstp x0, x1, [x30]\n\tstp x2, x3, [x30, #16]\n\tstp x4, x5, [x30, #32]\n\tstp x6, x7, [x30, #48]\n\tstp x8, x9, [x30, #64]\n"
    "\tstp x10, x11, [x30, #80]\n\tstp x12, x13, [x30, #96]\n\tstp x14, x15, [x30, #112]\n\tstp x16, x17, [x30, #128]\n"
    "\tstp x18, x19, [x30, #144]\n\tstp x20, x21, [x30, #160]\n\tstp x22, x23, [x30, #176]\n\tstp x24, x25, [x30, #192]\n"
    "\tstp x26, x27, [x30, #208]\n\tstp x28, x29, [x30, #224]\n"
    "\tmrs x0, tpidr_el0\n\tmov x1, sp\n\tstp x0, x1, [x30, #240]\n\tmrs x0, nzcv\n\tstr x0, [x30, #256]\n"
    "\tmrs x0, fpcr\n\tmrs x1, fpsr\n\tstr w0, [x30, #264]\n\tstr w1, [x30, #268]\n"
    "\t.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\tstr q\\n, [x30, #272 + \\n * 16]\n\t.endr\n"
    ".global resume\nresume:\n\tmsr fpcr, xzr\n\tadrp x2, own_stack\n\tldr x3, [x2, #:lo12:own_stack]\n\tmov sp, x3\n"
    "\tldp x21, x22, [sp, #16]\n\tldp x23, x24, [sp, #32]\n\tldp x25, x26, [sp, #48]\n\tldp x27, x28, [sp, #64]\n"
    "\tldp x29, x30, [sp, #80]\n\tldp d8, d9, [sp, #96]\n\tldp d10, d11, [sp, #112]\n\tldp d12, d13, [sp, #128]\n"
    "\tldp d14, d15, [sp, #144]\n\tldp x19, x20, [sp], #160\n\tret\n");

// struct fpsimd_context of arch/arm64/include/uapi/asm/sigcontext.h, the first record behind pstate.
typedef struct {
    u32 magic, size, fpsr, fpcr;
    u64 v[64];
} vector_context;

static void handler(int number, signal_info *info, user_context *context) {
    machine *to = store_to;
    result *r = (result *)to;
    const vector_context *vectors = (const vector_context *)(((word)(&context->machine.pstate + 1) + 15) & ~15ul);
    for (int i = 0; i < 31; i++) to->x[i] = context->machine.regs[i];
    to->sp = context->machine.sp;
    to->nzcv = context->machine.pstate & 0xf0000000;
    if (vectors->magic == 0x46508001) {
        to->fpcr = vectors->fpcr, to->fpsr = vectors->fpsr;
        for (int i = 0; i < 64; i++) to->v[i] = vectors->v[i];
    }
    r->signal = (u32)number, r->code = (u32)info->code, r->address = info->address, r->pc = context->machine.pc;
    context->machine.pc = (u64)resume;
    context->machine.sp = own_stack;
}

static u8 alternate[64 * 1024] __attribute__((aligned(16)));

static void failed(const char *what, long error) {
    print("runcases: "), print(what), print(" "), print_decimal(error), print("\n");
    sys_exit(2);
}
static void map(u64 at, word size, int protection, int flags, int fd, word offset) {
    long address = sys_mmap(at, size, protection, flags | MAP_fixed, fd, offset);
    if (address != (long)at) failed("cannot map", address);
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)environment, (void)auxv;
    if (argc < 4) return 0;
    long cases = syscall6(NR_openat, -100, (long)argv[1], 0, 0, 0, 0), results = syscall6(NR_openat, -100, (long)argv[2], 2, 0, 0, 0);
    if (cases < 0 || results < 0) failed("cannot open", cases < 0 ? cases : results);
    const header *head = (const header *)sys_mmap(0, page, PROT_read, MAP_private, (int)cases, 0);
    u64 count = head->count, first = 0;
    for (const char *p = argv[3]; *p; p++) first = first * 10 + (u64)(*p - '0');
    map(code_at, head->code_size, PROT_read | PROT_exec, MAP_private, (int)cases, page);
    map(inputs_at, count * sizeof(input), PROT_read, MAP_private, (int)cases, head->input_offset);
    map(results_at, page + count * sizeof(result), PROT_read | PROT_write, MAP_shared, (int)results, 0);
    map(data_at - page, 3 * page, PROT_none, MAP_private | MAP_anonymous, -1, 0);
    map(data_at, page, PROT_read | PROT_write, MAP_private | MAP_anonymous, -1, 0);

    struct { void *sp; int flags; word size; } stack = {alternate, 0, sizeof alternate};
    syscall6(NR_sigaltstack, (long)&stack, 0, 0, 0, 0, 0);
    const int numbers[] = {SIG_ILL, SIG_TRAP, SIG_BUS, 8 /* SIGFPE */, SIG_SEGV};
    for (int i = 0; i < 5; i++) on_signal(numbers[i], handler, SA_onstack);

    header *progress = (header *)results_at;
    progress->finish = (u64)finish;
    for (u64 i = first; i < count; i++) {
        const input *in = (const input *)(inputs_at) + i;
        result *out = (result *)(results_at + page) + i;
        progress->current = i;
        for (int k = 0; k < 256; k++) ((volatile u8 *)window_at)[k] = in->machine.memory[k];
        // Accesses across the end of the page may have left a part behind.
        for (u64 *p = (u64 *)(data_at + page - 32); p < (u64 *)(data_at + page); p++) *(volatile u64 *)p = in->machine.x[0];
        store_to = &out->machine;
        run(&in->machine, in->code);
        for (int k = 0; k < 256; k++) out->machine.memory[k] = ((volatile u8 *)window_at)[k];
        out->done = 1;
    }
    progress->current = count;
    return 0;
}
