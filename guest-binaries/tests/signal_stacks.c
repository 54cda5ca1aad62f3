// oracle: native
// flags: -pthread
// Handlers: the stack and the mask they run with, nesting, what they change in the interrupted context, how they are left; the
// alternate stack and its flags; what threads, children and programs inherit.
#include "check.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

enum { Size = 65536 };
static char first[Size] __attribute__((aligned(16))), second[Size] __attribute__((aligned(16)));
static volatile int depth, on_first, on_second, flags_seen, result_inside, masks;

static int is_on(const char *stack, const void *at) { return (const char *)at >= stack && (const char *)at < stack + Size; }

static int mask_now(void) {
    sigset_t now;
    sigprocmask(SIG_BLOCK, 0, &now);
    return sigismember(&now, SIGUSR1) + 2 * sigismember(&now, SIGUSR2) + 4 * sigismember(&now, 40) + 8 * sigismember(&now, SIGTERM);
}

static void where(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    int here;
    stack_t now, other = {.ss_sp = second, .ss_size = Size};
    on_first = is_on(first, &here), on_second = is_on(second, &here);
    sigaltstack(0, &now);
    flags_seen = now.ss_flags;
    result_inside = sigaltstack(&other, 0) == 0 ? 0 : errno;
    masks = mask_now();
    if (((ucontext_t *)context)->uc_stack.ss_sp != first) flags_seen += 1000;
    if (depth++ == 0) raise(SIGUSR2);
}

static void install(int number, void (*handler)(int, siginfo_t *, void *), int flags, int masked) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    if (masked) sigaddset(&action.sa_mask, masked);
    sigaction(number, &action, 0);
}

static void report(const char *name) {
    printf("%s: first %d second %d flags 0x%x sigaltstack %d masks %d depth %d\n", name, on_first, on_second, (unsigned)flags_seen, result_inside, masks, depth);
    depth = 0;
}

static void alternate(void) {
    stack_t stack = {.ss_sp = 0}, old;
    result("nothing", sigaltstack(&stack, 0));
    stack = (stack_t){.ss_sp = first, .ss_size = Size};
    result("set", sigaltstack(&stack, 0));
    stack.ss_flags = 77;
    result("bad flags", sigaltstack(&stack, 0));
    install(SIGUSR1, where, SA_ONSTACK, 40), install(SIGUSR2, where, 0, SIGTERM);
    raise(SIGUSR1);
    report("nested on the same");
    install(SIGUSR2, where, SA_ONSTACK | SA_NODEFER, 0);
    raise(SIGUSR1);
    report("nested with SA_ONSTACK");
    install(SIGUSR1, where, 0, 0);
    raise(SIGUSR1);
    report("nested from the plain stack");
    sigaltstack(0, &old);
    show("replaced", old.ss_sp == second);
    stack.ss_flags = SS_AUTODISARM;
    result("autodisarm", sigaltstack(&stack, 0));
    install(SIGUSR1, where, SA_ONSTACK, 0);
    raise(SIGUSR1);
    report("autodisarm");
    sigaltstack(0, &old);
    printf("back: %d 0x%x %zu\n", old.ss_sp == first, (unsigned)old.ss_flags, old.ss_size);
    pid_t child = fork();
    if (child == 0) {
        sigaltstack(0, &old);
        printf("child: %d 0x%x %zu\n", old.ss_sp == first, (unsigned)old.ss_flags, old.ss_size);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, 0, 0);
    stack = (stack_t){.ss_flags = SS_DISABLE};
    result("disable", sigaltstack(&stack, 0));
    sigaltstack(0, &old);
    printf("disabled: %d 0x%x %zu\n", old.ss_sp == 0, (unsigned)old.ss_flags, old.ss_size);
}

static void *of_thread(void *unused) {
    (void)unused;
    stack_t old;
    sigaltstack(0, &old);
    printf("thread: 0x%x %zu masks %d\n", (unsigned)old.ss_flags, old.ss_size, mask_now());
    return 0;
}

// A stack that cannot take a frame: SIGSEGV, whose handler has its own stack.
static sigjmp_buf escape;
static volatile int segv_code;
static void overflowed(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    int here;
    on_first = is_on(first, &here), segv_code = info->si_code;
    siglongjmp(escape, 1);
}
static void never(int number, siginfo_t *info, void *context) { (void)number, (void)info, (void)context; }

static void no_room(void) {
    stack_t stack = {.ss_sp = first, .ss_size = Size};
    sigaltstack(&stack, 0);
    install(SIGSEGV, overflowed, SA_ONSTACK, 0);
    install(SIGUSR1, never, 0, 0);
    char *pages = mmap(0, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(pages, 3 * 4096, PROT_NONE);
    if (sigsetjmp(escape, 1) == 0) {
        // Less than a frame's room: a context on a tiny stack raises a signal.
        static ucontext_t here, there;
        getcontext(&there);
        there.uc_stack.ss_sp = pages + 3 * 4096, there.uc_stack.ss_size = 2048, there.uc_link = &here;
        makecontext(&there, (void (*)(void))raise, 1, SIGUSR1);
        swapcontext(&here, &there);
    }
    show("own stack", on_first), show("code", segv_code);
    sigset_t now;
    sigprocmask(SIG_BLOCK, 0, &now);
    show("unblocked", sigismember(&now, SIGUSR1) + sigismember(&now, SIGSEGV));
}

// Handlers that leave by a jump, and by a changed context: mask and stack are those of the context.
static volatile int rounds;
static void jumping(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
    siglongjmp(escape, 5);
}
static void editing(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGUSR2);
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGKILL);
    sigdelset(&((ucontext_t *)context)->uc_sigmask, SIGTERM);
}
static void nesting(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    if (++rounds < 200) raise(number);
    depth++;
}

static void leaving(void) {
    install(SIGUSR1, jumping, SA_ONSTACK, SIGTERM);
    int jumps = 0;
    for (volatile int i = 0; i < 1000; i++) {
        if (sigsetjmp(escape, 1) == 0) raise(SIGUSR1);
        else jumps++;
    }
    show("jumps", jumps), show("mask", mask_now());
    if (sigsetjmp(escape, 0) == 0) raise(SIGUSR1);
    show("mask not restored", mask_now());
    install(SIGUSR1, editing, 0, 0);
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGTERM);
    sigprocmask(SIG_SETMASK, &set, 0);
    raise(SIGUSR1);
    show("edited", mask_now());
    sigprocmask(SIG_BLOCK, 0, &set);
    show("unblockable", sigismember(&set, SIGKILL));
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, 0);
    depth = 0;
    install(SIGUSR1, nesting, SA_NODEFER, 0);
    raise(SIGUSR1);
    show("nested", depth);
    install(SIGUSR1, nesting, SA_RESETHAND | SA_NODEFER, 0);
    rounds = 1000, depth = 0;
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, 0, &now);
    show("reset", now.sa_handler == SIG_DFL), show("flags stay", ((unsigned)now.sa_flags & (SA_RESETHAND | SA_NODEFER)) == (SA_RESETHAND | SA_NODEFER));
}

// Over execve: ignored stays ignored, handled becomes default, the mask and what is pending stay.
static void inherited(void) {
    sigset_t mask, pending;
    sigprocmask(SIG_BLOCK, 0, &mask);
    sigpending(&pending);
    int blocked = 0, waiting = 0, ignored = 0, handled = 0;
    for (int n = 1; n <= 64; n++) {
        if (n == 32 || n == 33) continue;
        struct sigaction action;
        sigaction(n, 0, &action);
        blocked += n * sigismember(&mask, n), waiting += n * sigismember(&pending, n);
        ignored += action.sa_handler == SIG_IGN ? n : 0, handled += action.sa_handler != SIG_IGN && action.sa_handler != SIG_DFL;
    }
    stack_t stack;
    sigaltstack(0, &stack);
    printf("new program: blocked %d pending %d ignored %d handled %d stack 0x%x\n", blocked, waiting, ignored, handled, (unsigned)stack.ss_flags);
}

int main(int count, char **arguments) {
    setvbuf(stdout, 0, _IOLBF, 0);
    if (count > 1) {
        inherited();
        return 0;
    }
    alternate();
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR2), sigaddset(&set, 40);
    sigprocmask(SIG_SETMASK, &set, 0);
    pthread_t thread;
    pthread_create(&thread, 0, of_thread, 0);
    pthread_join(thread, 0);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, 0);
    no_room();
    leaving();
    sigemptyset(&set), sigaddset(&set, SIGUSR2), sigaddset(&set, 34), sigaddset(&set, 64), sigaddset(&set, SIGTRAP), sigaddset(&set, SIGILL), sigaddset(&set, SIGSEGV);
    sigprocmask(SIG_SETMASK, &set, 0);
    signal(SIGHUP, SIG_IGN), signal(34, SIG_IGN), signal(SIGTRAP, SIG_IGN), install(SIGTERM, never, 0, 0);
    kill(getpid(), SIGUSR2), kill(getpid(), 64), kill(getpid(), 34), kill(getpid(), SIGSEGV), kill(getpid(), SIGILL);
    execl(arguments[0], arguments[0], "again", (char *)0);
    return 1;
}
