// oracle: native
// What a process under dbt cannot have, it is told so as by a kernel built without it. This machine's kernel has it: its side prints what is expected.
#include "check.h"

#include <sys/syscall.h>

#ifdef __aarch64__
#define REFUSED(name, ...) result(#name, syscall(SYS_##name, __VA_ARGS__))
#else
#define REFUSED(name, ...) show_text(#name, "ENOSYS")
#endif

int main(void) {
    char zero[256] = {0};
    (void)zero;
    REFUSED(ptrace, 0, 0, 0, 0);
    REFUSED(seccomp, 1, 0, zero);
    REFUSED(bpf, 0, zero, 64);
    REFUSED(userfaultfd, 0);
    REFUSED(perf_event_open, zero, 0, -1, -1, 0);
    REFUSED(io_uring_setup, 8, zero);
    REFUSED(io_uring_enter, 3, 1, 1, 0, 0, 0);
    REFUSED(io_uring_register, 3, 0, 0, 0);
    REFUSED(rseq, zero, 32, 0, 0xd428bc00);
    REFUSED(remap_file_pages, zero, 4096, 0, 0, 0);
    // AArch64 processors of Linux 6.1 have no protection keys.
    REFUSED(pkey_alloc, 0, 0);
    REFUSED(pkey_free, 1);
    REFUSED(pkey_mprotect, zero, 0, 0, -1);
    // Newer than 6.1, and numbers that nobody has.
#ifdef __aarch64__
    result("451", syscall(451, 0)), result("462", syscall(462, zero, 0, 0)), result("244", syscall(244)), result("10000", syscall(10000)), result("-1", syscall(-1));
#else
    for (int i = 0; i < 5; i++) show_text((const char *[]){"451", "462", "244", "10000", "-1"}[i], "ENOSYS");
#endif
}
