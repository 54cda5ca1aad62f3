// Calls and returns: naive Fibonacci, mutual recursion, a call through a pointer.
#include "freestanding.h"

static NOINLINE u64 fib(u64 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static NOINLINE int odd(u64 n);
static NOINLINE int even(u64 n) { return n == 0 ? 1 : odd(n - 1); }
static NOINLINE int odd(u64 n) { return n == 0 ? 0 : even(n - 1); }
static NOINLINE u64 ackermann(u64 m, u64 n) {
    return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

int main(int argc, char **argv, char **environment, word *auxv) {
    (void)argc, (void)argv, (void)environment, (void)auxv;
    u64 (*volatile through)(u64) = fib;
    line("fib 24", (s64)fib(24));
    line("fib 20 through a pointer", (s64)through(20));
    line("even 100001", even(100001));
    line("ackermann 2 9", (s64)ackermann(2, 9));
    return 0;
}
