// oracle: native
// Users and groups of a process, as far as an unprivileged one may look and ask.
#include "check.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

int main(void) {
    uid_t r, e, s;
    result("getresuid", getresuid(&r, &e, &s));
    show("agree", r == getuid() && e == geteuid());
    gid_t gr, ge, gs;
    result("getresgid", getresgid(&gr, &ge, &gs));
    show("agree", gr == getgid() && ge == getegid());
    result("setresuid to the same", setresuid(r, e, s));
    result("setresgid to nothing", setresgid((gid_t)-1, (gid_t)-1, (gid_t)-1));
    result("setuid", setuid(getuid())), result("setgid", setgid(getgid()));
    result("setreuid", setreuid(r, e));
    gid_t groups[256];
    int n = getgroups(0, 0);
    show("groups", n >= 0), show("same number", getgroups(256, groups) == n);
    show("fs user", setfsuid((uid_t)-1) == (int)e);
    mode_t mask = umask(077);
    result("umask", umask(mask));
    pid_t child = fork();
    if (child == 0) {
        // Give up root, if this is root, and find it gone.
        if (geteuid() == 0 && (setgroups(0, 0) != 0 || setgid(65534) != 0 || setuid(65534) != 0)) _exit(1);
        _exit(setuid(0) == -1 && errno == EPERM ? 0 : 2);
    }
    int status;
    waitpid(child, &status, 0);
    show("gave up root", WEXITSTATUS(status));
    result("no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    result("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    result("prctl bad", prctl(99999, 0, 0, 0, 0));
    show("login session", getsid(0) == getsid(getpid()));
    return 0;
}
