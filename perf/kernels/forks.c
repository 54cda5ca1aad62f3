// group: system
// fork, an exit status, wait.
#include "kernel.h"

#include <sys/wait.h>
#include <unistd.h>

static uint64_t run(long scale) {
    uint64_t sum = 0;
    for (long i = 0; i < scale; i++) {
        pid_t child = fork();
        if (child == 0) _exit((int)(i & 127));
        int status;
        waitpid(child, &status, 0);
        sum += (uint64_t)WEXITSTATUS(status);
    }
    return sum;
}

KERNEL(300)
