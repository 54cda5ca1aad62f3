// oracle: native
// Resource limits and usage, what a process may ask about its system.
#include "check.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>

int main(void) {
    struct rlimit limit, old;
    result("getrlimit", getrlimit(RLIMIT_NOFILE, &old));
    limit = (struct rlimit){20, old.rlim_max};
    result("setrlimit", setrlimit(RLIMIT_NOFILE, &limit));
    int opened = 0, fd;
    while ((fd = dup(0)) >= 0) opened = fd;
    result("dup", fd), show("last", opened);
    for (int i = 3; i <= opened; i++) close(i);
    limit = (struct rlimit){30, 10};
    result("soft above hard", setrlimit(RLIMIT_NOFILE, &limit));
    result("bad resource", getrlimit(99, &limit));
    result("prlimit", prlimit(0, RLIMIT_NOFILE, &old, &limit));
    show("was", (long)limit.rlim_cur);
    limit = (struct rlimit){0, 0};
    result("no cores", setrlimit(RLIMIT_CORE, &limit));
    getrlimit(RLIMIT_CORE, &limit);
    show("core", (long)limit.rlim_cur);
    getrlimit(RLIMIT_STACK, &limit);
    show("some stack", limit.rlim_cur >= 1 << 20);

    if (fork() == 0) {
        limit = (struct rlimit){1000, 1000};
        setrlimit(RLIMIT_FSIZE, &limit);
        fd = memfd_create("limited", 0);
        char text[2000] = {0};
        result("write up to the limit", write(fd, text, 2000));
        close(2);
        write(fd, text, 1);
        _exit(0);
    }
    int status;
    wait(&status);
    show("killed by", WTERMSIG(status));

    struct rusage usage;
    result("getrusage", getrusage(RUSAGE_SELF, &usage));
    show("memory", usage.ru_maxrss > 0), show("cpu", usage.ru_utime.tv_sec >= 0);
    result("getrusage of children", getrusage(RUSAGE_CHILDREN, &usage));
    result("getrusage bad", getrusage(77, &usage));
    struct utsname name;
    result("uname", uname(&name));
    show_text("system", name.sysname), show("release", strlen(name.release) > 2);
    struct sysinfo info;
    result("sysinfo", sysinfo(&info));
    show("memory", info.totalram > 0 && info.mem_unit > 0), show("up", info.uptime > 0);
    show("page size", sysconf(_SC_PAGESIZE)), show("processors", sysconf(_SC_NPROCESSORS_ONLN) > 0), show("ticks", sysconf(_SC_CLK_TCK));
    show("host name", gethostname(name.nodename, sizeof name.nodename));

    unsigned char a[64] = {0}, b[64] = {0};
    result("getrandom", getrandom(a, 64, 0)), result("getrandom", getrandom(b, 64, GRND_NONBLOCK));
    show("differ", memcmp(a, b, 64) != 0);
    result("getrandom bad flags", getrandom(a, 64, 0xff00));
    show("getentropy", getentropy(a, 64));

    cpu_set_t cpus;
    show("affinity", sched_getaffinity(0, sizeof cpus, &cpus) >= 0 && CPU_COUNT(&cpus) > 0);
    show("on a processor", sched_getcpu() >= 0);
    result("sched_yield", sched_yield());
    result("sched_getscheduler", sched_getscheduler(0));
    result("getpriority", getpriority(PRIO_PROCESS, 0));
    result("nice", nice(3));
    result("getpriority", getpriority(PRIO_PROCESS, 0));
    result("unknown system call", syscall(5000));
    show("thread id", syscall(SYS_gettid) == getpid());
    return 0;
}
