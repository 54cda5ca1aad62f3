// oracle: hand
// fork, pipe, wait, execve of itself, death by signal as the parent sees it.
#include "freestanding.h"

static long wait_for(long child, int *status) { return syscall6(NR_wait4, child, (long)status, 0, 0, 0, 0); }

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)auxv;
    if (argc == 3 && equal(argv[1], "again")) {
        print("executed "), print(argv[2]), print("\n");
        for (char **e = environment; *e; e++) print(*e), print("\n");
        return 9;
    }

    int ends[2], status = 0;
    char text[64] = {0};
    line("pipe2", syscall6(NR_pipe2, (long)ends, 0, 0, 0, 0, 0));
    long child = sys_fork();
    if (child == 0) {
        sys_write(ends[1], "from the child", 14);
        sys_exit(42);
    }
    syscall6(NR_close, ends[1], 0, 0, 0, 0, 0);
    long n = 0, got;
    while ((got = syscall6(NR_read, ends[0], (long)text + n, 63 - n, 0, 0, 0)) > 0) n += got;
    print(text), print("\n");
    line("waited for the child", wait_for(child, &status) == child);
    line("exited with", status >> 8);

    child = sys_fork();
    if (child == 0) {
        char *arguments[] = {argv[0], "again", "with an argument", 0}, *variables[] = {"ONLY=this", 0};
        long error = syscall6(NR_execve, (long)"/proc/self/exe", (long)arguments, (long)variables, 0, 0, 0);
        line("execve failed", error);
        sys_exit(1);
    }
    wait_for(child, &status);
    line("exited with", status >> 8);

    child = sys_fork();
    if (child == 0) {
        syscall6(NR_kill, syscall6(NR_getpid, 0, 0, 0, 0, 0, 0), SIG_TERM, 0, 0, 0, 0);
        sys_exit(1);
    }
    wait_for(child, &status);
    line("killed by", status & 127);

    child = sys_fork();
    if (child == 0) {
        int *volatile nowhere = (int *)8;
        *nowhere = 1;
        sys_exit(1);
    }
    wait_for(child, &status);
    line("killed by", status & 127);

    // A chain of forks, each with its own copy of a counter.
    volatile int depth = 0;
    while (depth < 5 && (child = sys_fork()) == 0) depth++;
    if (depth < 5) wait_for(child, &status);
    else status = 0;
    if (depth > 0) sys_exit((status >> 8) + depth);
    line("sum over nested children", status >> 8);
    line("no more children", wait_for(-1, &status));
    line("execve of nothing", syscall6(NR_execve, (long)"/nonexistent", (long)argv, (long)environment, 0, 0, 0));
    return 0;
}
