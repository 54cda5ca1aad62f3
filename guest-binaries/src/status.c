// Ends as its argument says: "7" exits with 7, "signal 11" dies by signal 11, "read" faults at address 16.
#include "freestanding.h"

static int number(const char *s) {
    int n = 0;
    while (*s >= '0' && *s <= '9') n = n * 10 + *s++ - '0';
    return n;
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)environment, (void)auxv;
    if (argc == 3 && equal(argv[1], "signal")) syscall6(NR_kill, syscall6(NR_getpid, 0, 0, 0, 0, 0, 0), number(argv[2]), 0, 0, 0, 0);
    int *volatile nowhere = (int *)16;
    if (argc == 2 && equal(argv[1], "read")) return *nowhere;
    return argc == 2 ? number(argv[1]) : 3;
}
