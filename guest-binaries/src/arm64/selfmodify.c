// oracle: hand
// Code that changes: written, flushed with DC CVAU and IC IVAU, run, and rewritten; through one mapping and through an
// alias of the same file page; after munmap and mprotect.
#include "freestanding.h"

typedef u64 (*function)(void);

// movz x0, #value; ret
static void write_function(u32 *at, u32 value) {
    at[0] = 0xd2800000 | value << 5;
    at[1] = 0xd65f03c0;
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u32 *code = (u32 *)sys_mmap(0, 8192, PROT_read | PROT_write | PROT_exec, MAP_private | MAP_anonymous, -1, 0);
    u64 sum = 0;
    for (u32 i = 0; i < 500; i++) {
        write_function(code, i);
        flush_instructions(code, 8);
        sum = mix(sum, ((function)code)());
    }
    line_hex("rewritten 500 times", sum);

    // A loop around a call: the caller is linked to the callee and must let go of it.
    sum = 0;
    for (u32 i = 0; i < 64; i++) {
        u32 *here = code + (i & 7) * 4;
        write_function(here, i * 3);
        flush_instructions(here, 8);
        for (int k = 0; k < 20; k++) sum = mix(sum, ((function)here)());
    }
    line_hex("eight functions", sum);

    // Across a page border: the instruction before it changes, the one behind stays.
    u32 *border = code + 1023;
    write_function(border, 77);
    flush_instructions(border, 8);
    line("across pages", (s64)((function)border)());
    border[0] = 0xd2800000 | 78 << 5;
    flush_instructions(border, 4);
    line("across pages", (s64)((function)border)());

    // Separate views of one file: written through the first, run and flushed through the second.
    int fd = (int)syscall6(NR_memfd_create, (long)"code", 0, 0, 0, 0, 0);
    syscall6(NR_ftruncate, fd, 4096, 0, 0, 0, 0);
    u32 *writable = (u32 *)sys_mmap(0, 4096, PROT_read | PROT_write, MAP_shared, fd, 0);
    u32 *executable = (u32 *)sys_mmap(0, 4096, PROT_read | PROT_exec, MAP_shared, fd, 0);
    sum = 0;
    for (u32 i = 0; i < 100; i++) {
        write_function(writable, i);
        flush_instructions(i & 1 ? writable : executable, 8);
        sum += ((function)executable)();
    }
    line("through an alias", (s64)sum);

    // Another mapping at the same place is other code, without a flush.
    write_function(code, 1);
    flush_instructions(code, 8);
    line("before", (s64)((function)code)());
    u8 *at = (u8 *)code;
    syscall6(NR_munmap, (long)at, 8192, 0, 0, 0, 0);
    u32 *again = (u32 *)sys_mmap((word)at, 4096, PROT_read | PROT_write, MAP_private | MAP_anonymous | MAP_fixed, -1, 0);
    write_function(again, 2);
    syscall6(NR_mprotect, (long)again, 4096, PROT_read | PROT_exec, 0, 0, 0);
    flush_instructions(again, 8);
    line("after munmap and mmap", (s64)((function)again)());
    syscall6(NR_mprotect, (long)again, 4096, PROT_read | PROT_write, 0, 0, 0);
    write_function(again, 3);
    syscall6(NR_mprotect, (long)again, 4096, PROT_read | PROT_exec, 0, 0, 0);
    flush_instructions(again, 8);
    line("after mprotect", (s64)((function)again)());
    return 0;
}
