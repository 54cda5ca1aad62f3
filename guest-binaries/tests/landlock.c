// oracle: native
// A program that restricts itself to its own file still executes it, and is as restricted afterwards. A kernel without Landlock says so.
#include "check.h"

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void restrict_to(const char *program, uint64_t handled, uint64_t allowed) {
    struct landlock_ruleset_attr rules = {.handled_access_fs = handled};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    succeeded("rules", ruleset);
    struct landlock_path_beneath_attr own = {.allowed_access = allowed, .parent_fd = open(program, O_PATH)};
    result("own file", syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &own, 0));
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    result("restrict", syscall(SYS_landlock_restrict_self, ruleset, 0));
}

static void look(const char *program) {
    succeeded("another file", open("/etc/passwd", O_RDONLY)), succeeded("its own", open(program, O_RDONLY));
}

int main(int count, char **arguments) {
    static char program[512];
    readlink("/proc/self/exe", program, sizeof program - 1);
    if (count > 1) {
        puts("executed"), look(arguments[1]);
        return 0;
    }
    result("version before flags", syscall(SYS_landlock_create_ruleset, 0, 1, 1)), result("not a ruleset", syscall(SYS_landlock_restrict_self, 0, 0));
    const uint64_t handled[3] = {LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE, LANDLOCK_ACCESS_FS_EXECUTE, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE};
    for (int i = 0; i < 3; i++) {
        fflush(stdout);
        if (fork() == 0) {
            restrict_to(program, handled[i], handled[i] & (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE));
            look(program), fflush(stdout);
            execl(program, program, program, (char *)0);
            perror("execl"), _exit(1);
        }
        int status;
        wait(&status), show("status", status);
    }
}
