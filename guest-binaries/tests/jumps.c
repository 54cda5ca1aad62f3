// oracle: native
// setjmp and longjmp, from nested calls and signal handlers, with saved masks; contexts; backtraces of recursion.
#include "check.h"

#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

static jmp_buf where;
static sigjmp_buf with_mask, without_mask;

static __attribute__((noinline)) void descend(int n) {
    volatile double keep = n * 1.5;
    if (n == 0) longjmp(where, 7);
    descend(n - 1);
    keep = keep + 1;
}

static void on_signal(int number) { (void)number, siglongjmp(with_mask, 1); }
static void on_other(int number) { (void)number, siglongjmp(without_mask, 1); }

static int blocked(int number) {
    sigset_t set;
    sigprocmask(SIG_BLOCK, 0, &set);
    return sigismember(&set, number);
}

static ucontext_t main_context, generator_context;
static int generated;
static void generate(int from, int step) {
    for (int i = from;; i += step) {
        generated = i;
        swapcontext(&generator_context, &main_context);
    }
}

int main(void) {
    volatile double kept = 0.25;
    volatile int rounds = 0;
    for (rounds = 0; rounds < 1000; rounds++) {
        int value = setjmp(where);
        if (value == 0) descend(rounds % 20);
        kept += value;
    }
    printf("%d rounds, %.2f\n", rounds, kept);
    if (setjmp(where) == 0) longjmp(where, 0);
    else show_text("longjmp 0", "arrives as 1");

    signal(SIGUSR1, on_signal), signal(SIGUSR2, on_other);
    volatile int times = 0;
    for (times = 0; times < 3; times++)
        if (sigsetjmp(with_mask, 1) == 0) raise(SIGUSR1);
    show("left the handler", times), show("blocked", blocked(SIGUSR1));
    if (sigsetjmp(without_mask, 0) == 0) raise(SIGUSR2);
    show("blocked", blocked(SIGUSR2));

    static char stack[65536];
    getcontext(&generator_context);
    generator_context.uc_stack.ss_sp = stack, generator_context.uc_stack.ss_size = sizeof stack, generator_context.uc_link = 0;
    makecontext(&generator_context, (void (*)(void))generate, 2, 10, 3);
    long sum = 0;
    for (int i = 0; i < 1000; i++) {
        swapcontext(&main_context, &generator_context);
        sum += generated;
    }
    show("generated", sum);
    return 0;
}
