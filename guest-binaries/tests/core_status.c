// oracle: native
// The status of a process that dies by a signal tells whether it dumped core: not with a limit of 0, nor by signals that do not.
#include "check.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void remove_cores(void) {
    DIR *directory = opendir(".");
    for (struct dirent *entry; (entry = readdir(directory));)
        if (strncmp(entry->d_name, "core", 4) == 0) unlink(entry->d_name);
    closedir(directory);
}

static void die(int number, int limited, int by_fork) {
    pid_t child = by_fork ? fork() : vfork();
    if (child == 0) {
        close(2);
        struct rlimit limit;
        getrlimit(RLIMIT_CORE, &limit);
        limit.rlim_cur = limited ? 0 : limit.rlim_max;
        setrlimit(RLIMIT_CORE, &limit);
        if (number == SIGSEGV) *(volatile int *)(uintptr_t)getppid() = 1;
        kill(getpid(), number);
        _exit(0);
    }
    int status;
    siginfo_t info = {0};
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    waitpid(child, &status, 0);
    printf("signal %d limited %d: %d core %d code %d status %d\n", number, limited, WTERMSIG(status), !!WCOREDUMP(status), info.si_code, info.si_status);
    fflush(stdout);
    remove_cores();
}

int main(void) {
    enter_work_directory();
    static const int numbers[] = {SIGSEGV, SIGABRT, SIGQUIT, SIGTRAP, SIGSYS, SIGTERM, SIGKILL, 40};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (int limited = 0; limited < 2; limited++) die(numbers[i], limited, 1);
    // The limits of a vfork child are its own.
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    rlim_t before = limit.rlim_cur;
    die(SIGABRT, 0, 0), die(SIGABRT, 1, 0);
    getrlimit(RLIMIT_CORE, &limit);
    show("unchanged", limit.rlim_cur == before);
    die(SIGABRT, 0, 1);
    leave_work_directory();
    return 0;
}
