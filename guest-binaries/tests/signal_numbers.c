// oracle: native
// All 64 signals: each can be sent, caught, blocked, found pending, waited for and ignored; what a handler is told of each way
// to send it. 32 and 33 are the C library's, so the kernel is called directly.
#include "check.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct kernel_action {
    void *handler;
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

static volatile int times, number, code, value, own_process;

static void handler(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    times++, number = signal_number, code = info->si_code, own_process = info->si_pid == getpid();
    if (info->si_signo != signal_number) number = -1;
    if (code == SI_QUEUE) value = info->si_value.sival_int;
}

// The restorer that the C library uses for its own handlers.
static struct kernel_action action_of(int model) {
    struct kernel_action action;
    syscall(SYS_rt_sigaction, model, 0, &action, 8);
    return action;
}

static struct kernel_action caught;

static long set_action(int signal_number, const struct kernel_action *action) { return syscall(SYS_rt_sigaction, signal_number, action, 0, 8); }
static long set_mask(int how, uint64_t mask) { return syscall(SYS_rt_sigprocmask, how, &mask, 0, 8); }
static uint64_t bit(int signal_number) { return 1ull << (signal_number - 1); }

static void report(const char *what, int signal_number) {
    if (times != 1 || number != signal_number) printf("%s %d: %d times, number %d\n", what, signal_number, times, number);
    times = 0;
}

static int is_special(int n) { return n == SIGKILL || n == SIGSTOP; }

int main(void) {
    struct sigaction model = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &model, 0);
    caught = action_of(SIGUSR1);

    int codes[4] = {0};
    for (int n = 1; n <= 64; n++) {
        if (is_special(n)) continue;
        set_action(n, &caught);
        struct kernel_action read;
        syscall(SYS_rt_sigaction, n, 0, &read, 8);
        if (read.handler != handler || read.flags != caught.flags || read.mask != 0) printf("action of %d differs\n", n);
        set_mask(SIG_UNBLOCK, bit(n));

        kill(getpid(), n);
        report("kill", n), codes[0] += code + own_process;
        syscall(SYS_tkill, syscall(SYS_gettid), n);
        report("tkill", n), codes[1] += code + own_process;
        syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), n);
        report("tgkill", n), codes[1] += code + own_process;
        sigqueue(getpid(), n, (union sigval){.sival_int = n * 1000});
        report("sigqueue", n), codes[2] += code, codes[3] += value / 1000;

        // Blocked: pending until it is waited for, or unblocked.
        set_mask(SIG_BLOCK, bit(n));
        uint64_t mask = 0, pending = 0;
        syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, 8);
        if (!(mask & bit(n))) printf("%d is not in the mask\n", n);
        kill(getpid(), n);
        syscall(SYS_rt_sigpending, &pending, 8);
        if (pending != bit(n)) printf("pending 0x%llx, not %d\n", (unsigned long long)pending, n);
        siginfo_t info = {0};
        uint64_t wanted = bit(n);
        long taken = syscall(SYS_rt_sigtimedwait, &wanted, &info, &(struct timespec){1, 0}, 8);
        if (taken != n || info.si_signo != n || info.si_code != SI_USER || info.si_pid != getpid()) printf("waited for %d: %ld code %d\n", n, taken, info.si_code);
        pending = 1;
        syscall(SYS_rt_sigpending, &pending, 8);
        if (pending != 0) printf("0x%llx still pending\n", (unsigned long long)pending);
        if (times != 0) printf("%d was not blocked\n", n);
        // Two of a standard signal are one; two of a real-time signal are two.
        sigqueue(getpid(), n, (union sigval){.sival_int = 7000}), sigqueue(getpid(), n, (union sigval){.sival_int = 8000});
        set_mask(SIG_UNBLOCK, bit(n));
        if (times != (n < 32 ? 1 : 2) || value != (n < 32 ? 7000 : 8000)) printf("two of %d: %d times, value %d\n", n, times, value);
        times = 0;

        struct kernel_action ignored = {.handler = (void *)SIG_IGN, .flags = caught.flags, .restorer = caught.restorer};
        set_action(n, &ignored);
        kill(getpid(), n);
        set_action(n, &caught);
        if (times != 0) printf("%d was not ignored\n", n);
    }
    show("kill", codes[0]), show("tkill", codes[1]), show("sigqueue", codes[2]), show("values", codes[3]);

    // The whole mask, read back.
    set_mask(SIG_SETMASK, ~0ull);
    uint64_t mask = 0;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, 0, &mask, 8);
    show_hex("everything blocked", mask);
    set_mask(SIG_SETMASK, 0);

    // What does not exist.
    result("0", set_action(0, &caught)), result("65", set_action(65, &caught)), result("-1", set_action(-1, &caught));
    result("SIGKILL", set_action(SIGKILL, &caught)), result("SIGSTOP", set_action(SIGSTOP, &caught));
    result("kill 65", kill(getpid(), 65)), result("kill -1", kill(getpid(), -1)), result("kill 64 of nobody", kill(0x3fffffff, 64));
    result("wrong size", syscall(SYS_rt_sigaction, SIGUSR1, &caught, 0, 4));

    // Killed by each, or not.
    signal(SIGCHLD, SIG_DFL);
    int ends[2];
    pipe(ends);
    int killed = 0, survived = 0, stopped = 0;
    for (int n = 1; n <= 64; n++) {
        pid_t child = fork();
        if (child == 0) {
            close(2); // a translator may have something to say
            struct kernel_action plain = {.handler = (void *)SIG_DFL};
            if (!is_special(n)) set_action(n, &plain);
            kill(getpid(), n);
            // Not before its parent has seen it go on.
            char byte;
            if (n == SIGSTOP || n == SIGTSTP || n == SIGTTIN || n == SIGTTOU) read(ends[0], &byte, 1);
            _exit(0);
        }
        int status;
        waitpid(child, &status, WUNTRACED);
        if (WIFSTOPPED(status) && WSTOPSIG(status) == n) {
            stopped++;
            kill(child, SIGCONT);
            waitpid(child, &status, WCONTINUED);
            if (!WIFCONTINUED(status)) printf("%d: not continued\n", n);
            write(ends[1], "g", 1);
            waitpid(child, &status, 0);
            if (status != 0) printf("%d: status 0x%x\n", n, status);
        } else if (WIFSIGNALED(status) && WTERMSIG(status) == n) {
            killed++;
        } else if (status == 0) {
            survived++;
        } else {
            printf("%d: status 0x%x\n", n, status);
        }
    }
    show("killed", killed), show("survived", survived), show("stopped", stopped);
    return 0;
}
