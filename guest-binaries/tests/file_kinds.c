// oracle: native
// Files beyond reading and writing: leases, locks of open files, splicing, ranges, extended attributes, handles, watches, directories, signals of descriptors.
#include "check.h"

#include <dirent.h>
#include <limits.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

static volatile int last_signal, last_band, last_descriptor, last_code;
static void on_signal(int number, siginfo_t *info, void *context) {
    (void)context;
    last_signal = number, last_descriptor = info->si_fd, last_band = (int)info->si_band, last_code = info->si_code;
}

static void locks(void) {
    int a = open("locked", O_RDWR | O_CREAT, 0600), b = open("locked", O_RDWR);
    write(a, "0123456789", 10);
    struct flock range = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 3};
    result("lock of the open file", fcntl(a, F_OFD_SETLK, &range)), result("by another", fcntl(b, F_OFD_SETLK, &range));
    struct flock ask = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    result("who", fcntl(b, F_OFD_GETLK, &ask));
    printf("type %d start %ld length %ld pid %d\n", ask.l_type, ask.l_start, ask.l_len, ask.l_pid);
    range.l_pid = 5, result("with a process", fcntl(a, F_OFD_SETLK, &range)), range.l_pid = 0;
    close(a), result("after its end", fcntl(b, F_OFD_SETLKW, &range));
    if (fork() == 0) {
        struct flock own = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        result("in a child", fcntl(b, F_SETLK, &own)), result("flock", flock(open("locked", O_RDONLY), LOCK_EX | LOCK_NB));
        _exit(0);
    }
    wait(0);
    close(b);
    // A lease: told by a signal when somebody else opens the file.
    int leased = open("locked", O_RDONLY);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGRTMIN + 3, &action, 0), sigaction(SIGIO, &action, 0);
    result("signal", fcntl(leased, F_SETSIG, SIGRTMIN + 3)), show("is", fcntl(leased, F_GETSIG) - SIGRTMIN), result("lease", fcntl(leased, F_SETLEASE, F_RDLCK)), result("has", fcntl(leased, F_GETLEASE));
    result("open for writing", open("locked", O_WRONLY | O_NONBLOCK));
    show("signal", last_signal - SIGRTMIN), show("its descriptor", last_descriptor == leased);
    result("give up", fcntl(leased, F_SETLEASE, F_UNLCK)), close(leased);
    // Input announced by a signal.
    int ends[2];
    pipe(ends);
    last_signal = 0;
    struct f_owner_ex owner = {F_OWNER_TID, gettid()}, told;
    fcntl(ends[0], F_SETOWN_EX, &owner), fcntl(ends[0], F_SETSIG, SIGRTMIN + 3), fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_ASYNC);
    result("owner", fcntl(ends[0], F_GETOWN_EX, &told)), show("type", told.type);
    write(ends[1], "x", 1);
    show("announced", last_signal - SIGRTMIN), show("readable", (last_band & POLLIN) != 0), show("code", last_code == POLL_IN);
    fcntl(ends[0], F_SETSIG, 0), last_signal = 0, write(ends[1], "x", 1), show("by default", last_signal == SIGIO);
    result("size", fcntl(ends[0], F_SETPIPE_SZ, 8192)), show("is", fcntl(ends[0], F_GETPIPE_SZ));
    close(ends[0]), close(ends[1]), unlink("locked");
}

static void moves(void) {
    int in = memfd_create("in", MFD_ALLOW_SEALING), out = memfd_create("out", 0), ends[2], more[2];
    pipe(ends), pipe(more);
    write(in, "The quick brown fox jumps", 25);
    loff_t from = 4, to = 2;
    result("copy_file_range", copy_file_range(in, &from, out, &to, 5, 0));
    printf("from %ld to %ld\n", (long)from, (long)to);
    result("bad flags", copy_file_range(in, 0, out, 0, 5, 1)), result("splice", splice(in, &from, ends[1], 0, 6, SPLICE_F_MOVE)), result("tee", tee(ends[0], more[1], 100, 0));
    char text[64] = "";
    result("read", read(more[0], text, sizeof text)), show_text("text", text);
    result("splice out", splice(ends[0], 0, out, &to, 100, 0)), result("splice of files", splice(in, 0, out, 0, 5, 0)), result("same pipe", tee(ends[0], ends[1], 1, 0));
    off_t at = 0;
    result("sendfile", sendfile(out, in, &at, 3)), show("at", at);
    memset(text, 0, sizeof text), pread(out, text, 60, 0);
    for (int i = 0; i < 16; i++) printf("%c", text[i] ? text[i] : '.');
    puts("");
    struct iovec part = {text, 4};
    result("high priority", preadv2(in, &part, 1, 0, RWF_HIPRI)), result("nothing waits", preadv2(in, &part, 1, 0, RWF_NOWAIT) >= -1), result("append", pwritev2(in, &part, 1, 0, RWF_APPEND)), result("no such flag", preadv2(in, &part, 1, 0, 0x4000));
    show("size", lseek(in, 0, SEEK_END)), result("in sync", pwritev2(in, &part, 1, 3, RWF_DSYNC | RWF_SYNC)), result("at the position", pwritev2(in, &part, 1, -1, 0));
    result("hole", fallocate(out, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4)), result("bad hole", fallocate(out, FALLOC_FL_PUNCH_HOLE, 0, 4)), result("grow", fallocate(out, 0, 0, 20000)), show("size", lseek(out, 0, SEEK_END));
    show("data from", lseek(out, 0, SEEK_DATA)), result("beyond", lseek(out, 30000, SEEK_HOLE));
    result("seal", fcntl(in, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK)), result("seals", fcntl(in, F_GET_SEALS)), result("write", pwrite(in, "x", 1, 100)), result("shrink", ftruncate(in, 1));
    close(in), close(out), close(ends[0]), close(ends[1]), close(more[0]), close(more[1]);
}

static void attributes(void) {
    close(open("attributed", O_CREAT | O_RDWR, 0644));
    char value[64] = "", list[256];
    result("set", setxattr("attributed", "user.one", "value", 5, XATTR_CREATE)), result("again", setxattr("attributed", "user.one", "value", 5, XATTR_CREATE)), result("missing", setxattr("attributed", "user.two", "v", 1, XATTR_REPLACE));
    result("size", getxattr("attributed", "user.one", 0, 0)), result("get", getxattr("attributed", "user.one", value, sizeof value)), show_text("value", value), result("small", getxattr("attributed", "user.one", value, 2));
    result("list", listxattr("attributed", list, sizeof list)), show_text("first", list), result("bad name", getxattr("attributed", "nonsense", value, 5));
    result("remove", removexattr("attributed", "user.one")), result("gone", getxattr("attributed", "user.one", value, 5));
    struct statx about;
    result("statx", statx(AT_FDCWD, "attributed", AT_STATX_FORCE_SYNC, STATX_ALL, &about));
    printf("mode %o links %u size %llu, blocks asked %d\n", about.stx_mode, about.stx_nlink, (unsigned long long)about.stx_size, (about.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
    result("bad mask", statx(AT_FDCWD, "attributed", 0, STATX__RESERVED, &about)), result("bad flags", statx(AT_FDCWD, "attributed", 1 << 20, 0, &about));
    struct stat plain;
    stat("attributed", &plain);
    show("same inode", plain.st_ino == about.stx_ino), show("same device", makedev(about.stx_dev_major, about.stx_dev_minor) == plain.st_dev), show("same time", plain.st_mtim.tv_nsec == about.stx_mtime.tv_nsec);
    union {
        struct file_handle handle;
        char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    } handle = {{.handle_bytes = 0}};
    int mount;
    result("room for a handle", name_to_handle_at(AT_FDCWD, "attributed", &handle.handle, &mount, 0)), show("needs some", handle.handle.handle_bytes > 0);
    struct timespec times[2] = {{100, 5}, {0, UTIME_OMIT}};
    result("times", utimensat(AT_FDCWD, "attributed", times, 0)), stat("attributed", &plain), show("accessed", plain.st_atim.tv_sec), show("and", plain.st_atim.tv_nsec);
    int file = open("attributed", O_RDONLY), flags = 0, version = 0;
    succeeded("flags", ioctl(file, FS_IOC_GETFLAGS, &flags)), succeeded("version", ioctl(file, FS_IOC_GETVERSION, &version)), result("no terminal", ioctl(file, 0x5401, list)), result("bytes", ioctl(file, FIONREAD, &flags)), show("there are", flags);
    close(file), unlink("attributed");
}

static void watches(void) {
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), ready;
    mkdir("watched", 0755);
    int id = inotify_add_watch(watch, "watched", IN_ALL_EVENTS | IN_ONLYDIR);
    show("watch", id);
    int file = open("watched/file", O_CREAT | O_RDWR, 0600);
    write(file, "x", 1), close(file), rename("watched/file", "watched/other"), chmod("watched/other", 0400), unlink("watched/other"), rmdir("watched");
    ioctl(watch, FIONREAD, &ready), show("something", ready > 0);
    static char events[4096] __attribute__((aligned(8)));
    long length = read(watch, events, sizeof events);
    for (char *at = events; at < events + length; at += sizeof(struct inotify_event) + ((struct inotify_event *)at)->len) {
        struct inotify_event *event = (void *)at;
        printf("event %x %s\n", event->mask, event->len ? event->name : "-");
    }
    result("nothing more", read(watch, events, sizeof events)), result("gone already", inotify_rm_watch(watch, id)), result("no directory", inotify_add_watch(watch, "/dev/null", IN_ONLYDIR));
    close(watch);
    mkdir("many", 0755);
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "many/entry-%d", i), close(open(name, O_CREAT, 0600));
    }
    int directory = open("many", O_RDONLY | O_DIRECTORY), entries = 0, calls = 0;
    static char raw[1000];
    long got;
    while ((got = syscall(SYS_getdents64, directory, raw, sizeof raw)) > 0) {
        calls++;
        for (char *at = raw; at < raw + got; at += ((struct dirent64 *)at)->d_reclen) entries++;
    }
    show("entries", entries), show("several calls", calls > 5), result("little room", syscall(SYS_getdents64, (lseek(directory, 0, SEEK_SET), directory), raw, 10));
    close(directory);
    for (int i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "many/entry-%d", i), unlink(name);
    }
    rmdir("many");
}

static void clocks(void) {
    struct timespec now, resolution;
    for (int clock = 0; clock < 13; clock++) printf("clock %d: %d %d\n", clock, clock_gettime(clock, &now), clock_getres(clock, &resolution));
    clockid_t other;
    result("of this process", clock_getcpuclockid(getpid(), &other)), result("time", clock_gettime(other, &now)), result("nobody's", clock_gettime((clockid_t)(~(0x7ffffffu << 3)) & ~7 | 2, &now));
    now = (struct timespec){0, 1000000000}, result("too many nanoseconds", clock_nanosleep(CLOCK_MONOTONIC, 0, &now, 0)), now = (struct timespec){0, 1}, result("past", clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &now, 0)), result("of threads", clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &now, 0));
    int timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK);
    struct itimerspec soon = {{0, 0}, {0, 1000}}, left;
    result("timer", timerfd_settime(timer, 0, &soon, 0)), poll(&(struct pollfd){timer, POLLIN, 0}, 1, -1);
    uint64_t times = 0;
    result("read", read(timer, &times, 8)), show("times", (long)times), result("again", read(timer, &times, 8)), result("left", timerfd_gettime(timer, &left)), show("nothing", left.it_value.tv_nsec), result("cancelled by setting", timerfd_settime(timer, TFD_TIMER_CANCEL_ON_SET, &soon, 0)), result("no clock", timerfd_create(77, 0));
    close(timer);
    struct statvfs system;
    result("statvfs", statvfs(".", &system)), show("names", (long)system.f_namemax);
}

int main(void) {
    enter_work_directory();
    locks(), moves(), attributes(), watches(), clocks();
    leave_work_directory();
}
