// oracle: native
// Processes: fork, vfork, execve and its failures, wait in its forms, groups and sessions, exit handlers, spawn.
#include "check.h"

#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

static void at_exit_first(void) { show_text("handler", "first"); }
static void at_exit_second(void) { show_text("handler", "second"); }

static void status_of(const char *name, int status) {
    if (WIFEXITED(status)) printf("%s exited with %d\n", name, WEXITSTATUS(status));
    else if (WIFSIGNALED(status)) printf("%s died by signal %d\n", name, WTERMSIG(status));
    else if (WIFSTOPPED(status)) printf("%s stopped by signal %d\n", name, WSTOPSIG(status));
    else if (WIFCONTINUED(status)) printf("%s continued\n", name);
    fflush(stdout);
}

int main(int argc, char **argv) {
    int status;
    if (argc > 1 && strcmp(argv[1], "executed") == 0) {
        printf("executed as %s with %s, X=%s\n", strrchr(argv[0], '/') ? "a path" : argv[0], argv[2], getenv("X") ? getenv("X") : "(none)");
        fflush(stdout);
        // A descriptor that was to be closed is closed, the other is open.
        return (fcntl(50, F_GETFD) == -1) + 2 * (fcntl(51, F_GETFD) != -1) + 4 * (signal(SIGUSR1, SIG_DFL) == SIG_IGN) + 8 * (signal(SIGUSR2, SIG_DFL) == SIG_DFL);
    }
    pid_t child = fork();
    if (child == 0) _exit(7);
    show("waited for the child", waitpid(child, &status, 0) == child);
    status_of("child", status);
    result("waitpid without children", waitpid(-1, &status, 0));

    if ((child = fork()) == 0) {
        atexit(at_exit_first), atexit(at_exit_second);
        printf("buffered, ");
        exit(3);
    }
    waitpid(child, &status, 0);
    status_of("child", status);

    if ((child = fork()) == 0) {
        prctl(PR_SET_DUMPABLE, 0);
        abort();
    }
    waitpid(child, &status, 0);
    status_of("aborting child", status);

    if ((child = fork()) == 0)
        for (;;) pause();
    result("WNOHANG", waitpid(child, &status, WNOHANG));
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    status_of("child", status);
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    status_of("child", status);
    kill(child, SIGKILL);
    siginfo_t info = {0};
    result("waitid", waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
    show("code", info.si_code), show("status", info.si_status), show("signal", info.si_signo);
    struct rusage usage;
    show("wait4", wait4(child, &status, 0, &usage) == child);
    status_of("child", status);

    // Whether the child's stores are seen here is left open: POSIX allows both.
    child = vfork();
    if (child == 0) _exit(5);
    waitpid(child, &status, 0);
    status_of("vfork child", status);

    dup2(1, 50), dup2(1, 51);
    fcntl(50, F_SETFD, FD_CLOEXEC);
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, (void (*)(int))at_exit_first);
    if ((child = fork()) == 0) {
        char *arguments[] = {"renamed", "executed", "an argument", 0}, *variables[] = {"X=y", 0};
        execve("/proc/self/exe", arguments, variables);
        _exit(99);
    }
    waitpid(child, &status, 0);
    status_of("executed child", status);

    char self[256];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n < 0 ? 0 : n] = 0;
    if ((child = vfork()) == 0) {
        execl(self, self, "executed", "after vfork", (char *)0);
        _exit(99);
    }
    waitpid(child, &status, 0);
    status_of("executed child", status);

    enter_work_directory();
    FILE *script = fopen("script", "w");
    fprintf(script, "#!/bin/sh -e\necho script \"$1\" \"$#\"\nexit 6\n");
    fclose(script);
    result("execve without permission", execl("./script", "script", (char *)0));
    chmod("script", 0755);
    if ((child = fork()) == 0) {
        execl("./script", "script", "one", "two", (char *)0);
        _exit(99);
    }
    waitpid(child, &status, 0);
    status_of("script", status);
    script = fopen("text", "w");
    fprintf(script, "neither a script nor a program\n");
    fclose(script);
    chmod("text", 0755);
    result("execve of text", execl("./text", "text", (char *)0));
    result("execve of a directory", execl(".", "x", (char *)0));
    result("execve of nothing", execl("./nothing", "x", (char *)0));
    result("execve of empty path", execl("", "x", (char *)0));
    result("execlp of nothing", execlp("no-such-command", "x", (char *)0));
    unlink("script"), unlink("text");
    leave_work_directory();

    char *echo[] = {"sh", "-c", "echo spawned; exit 4", 0};
    int spawn = posix_spawnp(&child, "sh", 0, 0, echo, environ);
    // Only now: the child runs at the same time and prints to the same place.
    waitpid(child, &status, 0);
    result("posix_spawnp", spawn);
    status_of("spawned", status);
    show("posix_spawn of nothing is ENOENT", posix_spawn(&child, "/no/such/file", 0, 0, echo, environ) == ENOENT);
    show("system", WEXITSTATUS(system("exit 12")));

    show("own group", getpgrp() == getpgid(0));
    if ((child = fork()) == 0) {
        pid_t session = setsid();
        _exit(session == getpid() && getsid(0) == getpid() && getpgrp() == getpid() && setsid() == -1 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    status_of("session leader", status);
    result("setpgid", setpgid(0, 0) == 0 || errno == EPERM ? 0 : -1);
    char name[17] = "test-name";
    result("PR_SET_NAME", prctl(PR_SET_NAME, name));
    memset(name, 0, sizeof name);
    result("PR_GET_NAME", prctl(PR_GET_NAME, name));
    show_text("name", name);
    if ((child = fork()) == 0) _exit(getppid() > 1 ? 0 : 1);
    waitpid(child, &status, 0);
    status_of("child", status);

    // Many children at once, each with a result in shared memory.
    int *slots = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 20; i++)
        if (fork() == 0) {
            slots[i] = i * i;
            _exit(i);
        }
    int sum = 0, squares = 0;
    while (wait(&status) > 0) sum += WEXITSTATUS(status);
    for (int i = 0; i < 20; i++) squares += slots[i];
    show("statuses", sum), show("squares", squares);
    return 0;
}
