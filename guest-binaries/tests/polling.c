// oracle: native
// Waiting for descriptors: poll, ppoll, select, pselect, epoll, eventfd, timerfd, signalfd.
#include "check.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>

static volatile int alarms;
static void on_alarm(int number) { (void)number, alarms++; }

int main(void) {
    int p[2];
    pipe(p);
    struct pollfd set[3] = {{p[0], POLLIN, 0}, {p[1], POLLOUT, 0}, {-1, POLLIN, 0}};
    result("poll", poll(set, 3, 1000));
    show_hex("reader", set[0].revents), show_hex("writer", set[1].revents);
    write(p[1], "x", 1);
    result("poll", poll(set, 3, -1));
    show_hex("reader", set[0].revents);
    set[2].fd = 999;
    result("poll", poll(set, 3, 0));
    show_hex("closed", set[2].revents);
    set[2].fd = -1;
    char c;
    read(p[0], &c, 1);
    result("poll times out", poll(set, 1, 20));
    struct timespec brief = {0, 20000000};
    result("ppoll times out", ppoll(set, 1, &brief, 0));
    result("poll of nowhere", poll((void *)8, 1, 0));

    fd_set readers, writers;
    FD_ZERO(&readers);
    FD_ZERO(&writers);
    FD_SET(p[0], &readers);
    FD_SET(p[1], &writers);
    struct timeval soon = {0, 20000};
    result("select", select(p[1] + 1, &readers, &writers, 0, &soon));
    show("reader", FD_ISSET(p[0], &readers)), show("writer", FD_ISSET(p[1], &writers));
    FD_ZERO(&readers);
    FD_SET(p[0], &readers);
    result("pselect times out", pselect(p[0] + 1, &readers, 0, 0, &brief, 0));
    show("reader", FD_ISSET(p[0], &readers));
    soon = (struct timeval){0, 10000};
    result("select as a sleep", select(0, 0, 0, 0, &soon));
    FD_ZERO(&readers);
    FD_SET(200, &readers);
    result("select of a closed descriptor", select(201, &readers, 0, 0, 0));

    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, 0);
    sigset_t alarm_set, before, none;
    sigemptyset(&alarm_set), sigaddset(&alarm_set, SIGALRM), sigemptyset(&none);
    sigprocmask(SIG_BLOCK, &alarm_set, &before);
    raise(SIGALRM);
    show("alarms while blocked", alarms);
    result("ppoll lets it in", ppoll(set, 1, 0, &none));
    show("alarms", alarms);
    raise(SIGALRM);
    result("pselect lets it in", pselect(0, 0, 0, 0, 0, &none));
    show("alarms", alarms);
    sigprocmask(SIG_SETMASK, &before, 0);

    int e = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {EPOLLIN, {.u64 = 0x1122334455667788}}, got[4];
    result("epoll_ctl", epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event));
    result("epoll_ctl again", epoll_ctl(e, EPOLL_CTL_ADD, p[0], &event));
    event.events = EPOLLOUT | EPOLLONESHOT, event.data.u64 = 77;
    result("epoll_ctl", epoll_ctl(e, EPOLL_CTL_ADD, p[1], &event));
    result("epoll_wait", epoll_wait(e, got, 4, 100));
    show_hex("events", got[0].events), show("data", (long)got[0].data.u64);
    result("one shot", epoll_wait(e, got, 4, 10));
    write(p[1], "y", 1);
    result("epoll_pwait", epoll_pwait(e, got, 4, 100, &none));
    show_hex("events", got[0].events), show_hex("data", got[0].data.u64);
    event.events = EPOLLIN | EPOLLET;
    result("modify", epoll_ctl(e, EPOLL_CTL_MOD, p[0], &event));
    result("edge", epoll_wait(e, got, 4, 10));
    result("no edge", epoll_wait(e, got, 4, 10));
    result("delete", epoll_ctl(e, EPOLL_CTL_DEL, p[0], 0));
    result("delete again", epoll_ctl(e, EPOLL_CTL_DEL, p[0], 0));
    result("bad descriptor", epoll_ctl(e, EPOLL_CTL_ADD, 999, &event));
    result("no room", epoll_wait(e, got, 0, 0));

    // More ready descriptors than fit into any array on a kernel's stack: all are told at once, in their order.
    enum { many = 600 };
    static struct epoll_event ready[many + 100];
    int descriptors[many];
    for (int i = 0; i < many; i++) {
        descriptors[i] = eventfd(1, 0);
        event.events = EPOLLIN, event.data.u64 = 0x100000000 + i;
        epoll_ctl(e, EPOLL_CTL_ADD, descriptors[i], &event);
    }
    result("many", epoll_wait(e, ready, many + 100, 100));
    int wrong = 0;
    for (int i = 0; i < many; i++) wrong += ready[i].events != EPOLLIN || ready[i].data.u64 != 0x100000000 + (uint64_t)i;
    show("wrong", wrong);
    for (int i = 0; i < many; i++) close(descriptors[i]);

    int counter = eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE);
    uint64_t value = 0;
    result("eventfd", read(counter, &value, 8));
    show("value", (long)value);
    value = 5;
    write(counter, &value, 8);
    int reads = 0;
    while (read(counter, &value, 8) == 8) reads++;
    show("reads", reads);
    result("short", read(counter, &value, 4));

    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct itimerspec each = {{0, 5000000}, {0, 5000000}}, left;
    result("timerfd_settime", timerfd_settime(timer, 0, &each, 0));
    result("timerfd read", read(timer, &value, 8));
    show("expired", value >= 1);
    result("timerfd_gettime", timerfd_gettime(timer, &left));
    show("interval", left.it_interval.tv_nsec);

    sigemptyset(&alarm_set), sigaddset(&alarm_set, SIGUSR1), sigaddset(&alarm_set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &alarm_set, 0);
    int signals = signalfd(-1, &alarm_set, SFD_NONBLOCK);
    struct signalfd_siginfo info[3];
    result("none", read(signals, info, sizeof info));
    raise(SIGUSR1);
    sigqueue(getpid(), SIGUSR2, (union sigval){.sival_int = 42});
    long n = read(signals, info, sizeof info);
    show("two", n / (long)sizeof *info);
    show("first", info[0].ssi_signo), show("second", info[1].ssi_signo), show("value", info[1].ssi_int), show("code", info[1].ssi_code);
    return 0;
}
