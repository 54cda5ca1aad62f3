// oracle: native
// Time: clocks, sleeps, interval timers, POSIX timers, conversions.
#include "check.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>

static volatile int ticks, value;
static void on_tick(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    ticks++;
    value = info->si_value.sival_int;
}

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(void) {
    double a = now(CLOCK_MONOTONIC), b = a;
    int backwards = 0;
    for (int i = 0; i < 10000; i++) {
        b = now(CLOCK_MONOTONIC);
        backwards += b < a;
        a = b;
    }
    show("backwards", backwards);
    show("realtime after 2020", now(CLOCK_REALTIME) > 1577836800);
    show("time agrees", (long)now(CLOCK_REALTIME) - time(0) <= 1);
    struct timeval day;
    result("gettimeofday", gettimeofday(&day, 0));
    show("agrees", now(CLOCK_REALTIME) - (double)day.tv_sec < 5);
    struct timespec t;
    result("clock_getres", clock_getres(CLOCK_MONOTONIC, &t));
    show("resolution", t.tv_nsec);
    result("bad clock", clock_gettime(999, &t));
    show("cpu time moves", now(CLOCK_PROCESS_CPUTIME_ID) > 0);
    show("thread cpu time", now(CLOCK_THREAD_CPUTIME_ID) > 0);

    a = now(CLOCK_MONOTONIC);
    t = (struct timespec){0, 30000000};
    result("nanosleep", nanosleep(&t, 0));
    show("slept", now(CLOCK_MONOTONIC) - a >= 0.03);
    t = (struct timespec){0, 2000000000};
    result("bad nanosleep", nanosleep(&t, 0));
    a = now(CLOCK_MONOTONIC) + 0.02;
    t = (struct timespec){(time_t)a, (long)((a - (double)(time_t)a) * 1e9)};
    result("clock_nanosleep until", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0));
    show("slept", now(CLOCK_MONOTONIC) >= a - 1e-6);
    usleep(1000);

    struct sigaction action = {.sa_sigaction = on_tick, .sa_flags = SA_SIGINFO};
    sigaction(SIGALRM, &action, 0);
    struct itimerval every = {{0, 5000}, {0, 5000}}, off = {0}, left;
    result("setitimer", setitimer(ITIMER_REAL, &every, 0));
    while (ticks < 3) pause();
    result("getitimer", getitimer(ITIMER_REAL, &left));
    show("interval", left.it_interval.tv_usec);
    setitimer(ITIMER_REAL, &off, 0);
    show("ticked", ticks >= 3);
    t = (struct timespec){5, 0};
    struct timespec rest;
    every = (struct itimerval){{0, 0}, {0, 20000}};
    setitimer(ITIMER_REAL, &every, 0);
    result("interrupted", nanosleep(&t, &rest));
    show("rest", rest.tv_sec == 4 && rest.tv_nsec > 0);
    alarm(100);
    show("alarm", alarm(0));
    // Virtual time ticks only while the program computes.
    action.sa_sigaction = on_tick;
    sigaction(SIGVTALRM, &action, 0);
    ticks = 0;
    every = (struct itimerval){{0, 0}, {0, 10000}};
    setitimer(ITIMER_VIRTUAL, &every, 0);
    volatile unsigned spin = 0;
    while (ticks == 0) spin++;
    show("virtual timer", ticks);

    struct sigevent how = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 4711};
    timer_t timer;
    sigaction(SIGRTMIN + 1, &action, 0);
    ticks = 0;
    result("timer_create", timer_create(CLOCK_MONOTONIC, &how, &timer));
    struct itimerspec once = {{0, 0}, {0, 10000000}};
    result("timer_settime", timer_settime(timer, 0, &once, 0));
    while (ticks == 0) pause();
    show("value", value);
    result("timer_delete", timer_delete(timer));

    setenv("TZ", "UTC", 1);
    time_t when = 1234567890;
    char text[64];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %j %a", gmtime(&when));
    show_text("strftime", text);
    struct tm parts = {.tm_year = 124, .tm_mon = 1, .tm_mday = 30};
    show("mktime", mktime(&parts));
    struct tms used;
    show("times", times(&used) != (clock_t)-1);
    return 0;
}
