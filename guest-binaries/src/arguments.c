// What the loader put on the initial stack: arguments, environment, auxiliary vector. Values that differ from run to
// run are reduced to a fact about them.
#include "freestanding.h"

static u64 auxiliary(word *auxv, word key, int *present) {
    for (; auxv[0]; auxv += 2)
        if (auxv[0] == key) return *present = 1, auxv[1];
    return *present = 0;
}

extern char _start[], __ehdr_start[];

int main(int argc, char **argv, char **environment, word *auxv) {
    int present;
    line("argc", argc);
    for (int i = 0; i < argc; i++)
        if (i > 0) print("argv "), print(argv[i]), print("\n");
    line("argv ends", argv[argc] == 0);
    for (char **e = environment; *e; e++)
        if ((*e)[0] == 'T' && (*e)[1] == 'E' && (*e)[2] == 'S' && (*e)[3] == 'T') print("environment "), print(*e), print("\n");
    line("stack aligned", ((word)argv - sizeof(word)) % 16 == 0);

    u64 headers = auxiliary(auxv, 3, &present);
    line("AT_PHDR", present && headers > (word)__ehdr_start && headers < (word)__ehdr_start + 4096);
    line("AT_PHENT", (s64)auxiliary(auxv, 4, &present));
    line("AT_PHNUM plausible", auxiliary(auxv, 5, &present) >= 1);
    line("AT_PAGESZ", (s64)auxiliary(auxv, 6, &present));
    line("AT_BASE", (s64)auxiliary(auxv, 7, &present));
    line("AT_FLAGS", (s64)auxiliary(auxv, 8, &present));
    line("AT_ENTRY", auxiliary(auxv, 9, &present) == (word)_start);
    line("AT_UID is AT_EUID", auxiliary(auxv, 11, &present) == auxiliary(auxv, 12, &present));
    line("AT_GID is AT_EGID", auxiliary(auxv, 13, &present) == auxiliary(auxv, 14, &present));
    auxiliary(auxv, 16, &present);
    line("AT_HWCAP present", present);
    line("AT_CLKTCK", (s64)auxiliary(auxv, 17, &present));
    line("AT_SECURE", (s64)auxiliary(auxv, 23, &present));
    u64 random = auxiliary(auxv, 25, &present);
    line("AT_RANDOM points to 16 bytes", present && (((u64 *)random)[0] | ((u64 *)random)[1]) != 0);
    const char *name = (const char *)(word)auxiliary(auxv, 31, &present);
    line("AT_EXECFN ends as argv[0] does", present && equal(name + length(name) - 4, argv[0] + length(argv[0]) - 4));
    return 0;
}
