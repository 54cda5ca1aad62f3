// oracle: native
// Programs executed in every way: by descriptor, from memory, from threads, through scripts; what stays and what goes; and spawning with errors that reach the parent.
#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;

static void status_of(const char *name, pid_t child) {
    int status = 0;
    if (waitpid(child, &status, 0) == -1) show_text(name, strerrorname_np(errno));
    else if (WIFEXITED(status)) printf("%s exited with %d\n", name, WEXITSTATUS(status));
    else printf("%s died by signal %d\n", name, WTERMSIG(status));
    fflush(stdout);
}

static int executed(int argc, char **argv) {
    printf("%s with %d arguments, X=%s\n", argv[1], argc, getenv("X") ? getenv("X") : "");
    printf("threads: %d, leader: %d\n", (int)(access("/proc/self/task", F_OK) == 0), getpid() == (pid_t)syscall(SYS_gettid));
    sigset_t mask, pending;
    sigprocmask(SIG_BLOCK, 0, &mask), sigpending(&pending);
    struct sigaction ignored, caught;
    sigaction(SIGUSR1, 0, &ignored), sigaction(SIGUSR2, 0, &caught);
    printf("blocked: %d, pending: %d, ignored: %d, default: %d\n", sigismember(&mask, SIGTERM), sigismember(&pending, SIGTERM), ignored.sa_handler == SIG_IGN, caught.sa_handler == SIG_DFL);
    stack_t stack;
    sigaltstack(0, &stack);
    printf("signal stack: %d\n", stack.ss_flags == SS_DISABLE);
    // No descriptor but the three and what was left open on purpose.
    int open_descriptors = 0;
    for (int i = 3; i < 64; i++) open_descriptors += fcntl(i, F_GETFD) != -1;
    printf("descriptors: %d\n", open_descriptors);
    fflush(stdout);
    return 7;
}

static char self[256];
static char *words[] = {"executions", "executed", "one", "two", 0}, *variables[] = {"X=y", 0};

static void *execute_from_thread(void *argument) {
    execve(argument, words, variables);
    return 0;
}

static void *sleeps(void *argument) {
    for (;;) pause();
    return argument;
}
static void *spins(void *argument) {
    for (volatile int i = 0;; i++) {}
    return argument;
}

static void prepare(void) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, 0);
    signal(SIGUSR1, SIG_IGN), signal(SIGUSR2, (void (*)(int))exit);
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&stack, 0);
    raise(SIGTERM);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "executed") == 0) return executed(argc, argv);
    for (int i = 3; i < 64; i++) close(i);
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length < 0 ? 0 : length] = 0;
    pid_t child;
    int file = open(self, O_RDONLY | O_CLOEXEC), path_only = open(self, O_PATH | O_CLOEXEC), directory = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    prepare();
    if ((child = fork()) == 0) fexecve(file, words, variables), _exit(99);
    status_of("fexecve", child);
    if ((child = fork()) == 0) syscall(SYS_execveat, path_only, "", words, variables, AT_EMPTY_PATH), _exit(99);
    status_of("by a path descriptor", child);
    if ((child = fork()) == 0) syscall(SYS_execveat, directory, self + 1, words, variables, 0), _exit(99);
    status_of("relative to a directory", child);
    if ((child = fork()) == 0) syscall(SYS_execveat, -1, self, words, variables, AT_SYMLINK_NOFOLLOW), _exit(99);
    status_of("absolute", child);
    if ((child = fork()) == 0) syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", words, variables, 0), _exit(99);
    status_of("itself", child);
    result("empty path", syscall(SYS_execveat, file, "", words, variables, 0));
    result("a directory", syscall(SYS_execveat, directory, "", words, variables, AT_EMPTY_PATH));
    result("a link", syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", words, variables, AT_SYMLINK_NOFOLLOW));
    result("bad flags", syscall(SYS_execveat, file, "", words, variables, 0x4000));
    result("no descriptor", syscall(SYS_execveat, 60, "", words, variables, AT_EMPTY_PATH));
    result("no memory", syscall(SYS_execve, self, 16l, variables)), result("no name", syscall(SYS_execve, 16l, words, variables));

    int memory = memfd_create("program", MFD_CLOEXEC), source = open(self, O_RDONLY);
    char buffer[65536];
    ssize_t n;
    while ((n = read(source, buffer, sizeof buffer)) > 0) write(memory, buffer, (size_t)n);
    close(source);
    if ((child = fork()) == 0) fexecve(memory, words, variables), _exit(99);
    status_of("from memory", child);
    close(memory);
    memory = memfd_create("script", 0);
    dprintf(memory, "#!/bin/sh\nexit 23\n");
    if ((child = fork()) == 0) fexecve(memory, words, variables), _exit(99);
    status_of("script in memory", child);
    fcntl(memory, F_SETFD, FD_CLOEXEC);
    result("script that will be closed", fexecve(memory, words, variables));
    close(memory);

    // From a process with threads: the others are gone, and whoever executes is the leader.
    pthread_t thread;
    if ((child = fork()) == 0) {
        for (int i = 0; i < 6; i++) pthread_create(&thread, 0, i % 2 ? sleeps : spins, 0);
        execve(self, words, variables);
        _exit(99);
    }
    status_of("from the first thread", child);
    if ((child = fork()) == 0) {
        for (int i = 0; i < 6; i++) pthread_create(&thread, 0, i % 2 ? sleeps : spins, 0);
        pthread_create(&thread, 0, execute_from_thread, self);
        pthread_exit(0);
    }
    status_of("from another thread", child);
    if ((child = fork()) == 0) {
        pthread_create(&thread, 0, execute_from_thread, "/no/such/program");
        pthread_join(thread, 0);
        _exit(5);
    }
    status_of("that fails", child);

    // posix_spawn tells the child's error.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    char *sh[] = {"sh", "-c", "exit 3", 0};
    int error = posix_spawn(&child, "/bin/sh", 0, 0, sh, variables);
    show("spawn", error), status_of("spawned", child);
    for (int i = 0; i < 50; i++) error |= posix_spawn(&child, "/no/such/program", 0, 0, sh, variables) != ENOENT;
    show("no such program, fifty times", error);
    show_text("a directory", strerrorname_np(posix_spawn(&child, "/tmp", 0, 0, sh, variables)));
    posix_spawn_file_actions_addopen(&actions, 0, "/no/such/file", O_RDONLY, 0);
    show_text("a file action", strerrorname_np(posix_spawn(&child, "/bin/sh", &actions, 0, sh, variables)));
    posix_spawn_file_actions_destroy(&actions), posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, 60, 1);
    show_text("a bad descriptor", strerrorname_np(posix_spawn(&child, "/bin/sh", &actions, 0, sh, variables)));
    posix_spawn_file_actions_destroy(&actions), posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, "/usr"), posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none), sigfillset(&all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none), posix_spawnattr_setsigdefault(&attributes, &all), posix_spawnattr_setpgroup(&attributes, 0);
    error = posix_spawn(&child, self, &actions, &attributes, words, variables);
    status_of("with attributes", child), show("spawn", error);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP), posix_spawnattr_setpgroup(&attributes, 1);
    show_text("into another's group", strerrorname_np(posix_spawn(&child, "/bin/sh", 0, &attributes, sh, variables)));
    result("nobody left", waitpid(-1, 0, 0));
    // Descriptors are as before.
    int open_descriptors = 0;
    for (int i = 3; i < 64; i++) open_descriptors += fcntl(i, F_GETFD) != -1;
    show("descriptors", open_descriptors);
}
