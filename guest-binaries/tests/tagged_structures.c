// oracle: native
// Tagged pointers inside of structures, after the thread has asked for them: vectors, message headers, futex waiters, arguments of ioctl and fcntl. Elsewhere pointers have no tags.
#include "check.h"

#include <linux/futex.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#ifdef __aarch64__
static void *tagged(const void *p, unsigned tag) { return (void *)((uintptr_t)p | (uintptr_t)tag << 56); }
#else
static void *tagged(const void *p, unsigned tag) { return tag ? (void *)(uintptr_t)p : 0; }
#endif

static char memory[4096];

static void vectors(void) {
    int file = memfd_create("file", 0);
    strcpy(memory, "hello"), strcpy(memory + 100, ", world");
    struct iovec parts[2] = {{tagged(memory, 0x80), 5}, {tagged(memory + 100, 1), 7}};
    result("writev", writev(file, tagged(parts, 3), 2)), result("pwritev", pwritev(file, parts, 2, 12)), result("pwritev2", pwritev2(file, parts, 1, -1, 0));
    struct iovec read_parts[2] = {{tagged(memory + 200, 0x7f), 3}, {tagged(memory + 300, 0xff), 20}};
    result("preadv", preadv(file, tagged(read_parts, 9), 2, 0));
    printf("%.3s %.20s\n", memory + 200, memory + 300);
    lseek(file, 2, SEEK_SET), memset(memory + 200, 0, 200);
    result("readv", readv(file, read_parts, 2)), show_text("read", memory + 300), result("preadv2", preadv2(file, read_parts, 1, 1, 0));
    result("too many", readv(file, read_parts, 1025)), result("none", readv(file, read_parts, 0)), result("nowhere", readv(file, tagged((void *)8, 5), 1));
    read_parts[0].iov_base = tagged((void *)8, 5);
    result("to nowhere", readv(file, read_parts, 1));
    int ends[2];
    if (pipe(ends) != 0) perror("pipe");
    result("vmsplice", vmsplice(ends[1], parts, 2, 0)), result("waiting", ioctl(ends[0], FIONREAD, tagged(memory + 400, 0x11))), show("bytes", *(int *)(memory + 400));
    struct iovec own = {tagged(memory + 500, 4), 5}, other = {tagged(memory, 0x55), 5};
    result("process_vm_readv", process_vm_readv(getpid(), &own, 1, tagged(&other, 1), 1, 0)), show_text("read", memory + 500);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    result("lock", fcntl(file, F_SETLK, tagged(&lock, 6)));
    struct statfs about;
    result("statfs", syscall(SYS_fstatfs, file, tagged(&about, 7))), show("names", about.f_namelen);
    close(file), close(ends[0]), close(ends[1]);
}

static void messages(void) {
    int pair[2];
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    strcpy(memory, "first"), strcpy(memory + 50, "second");
    struct iovec parts[2] = {{tagged(memory, 0x31), 5}, {tagged(memory + 50, 0x32), 6}};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr head;
    } control;
    struct msghdr message = {.msg_iov = tagged(parts, 0x33), .msg_iovlen = 2, .msg_control = tagged(&control, 0x34), .msg_controllen = sizeof control};
    control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    int null = open("/dev/null", O_RDWR);
    memcpy(CMSG_DATA(&control.head), &null, sizeof null);
    result("sendmsg", sendmsg(pair[0], tagged(&message, 0x35), 0));
    memset(&control, 0, sizeof control);
    struct sockaddr_un name;
    struct iovec into = {tagged(memory + 1000, 0x36), 64};
    struct msghdr answer = {.msg_name = tagged(&name, 0x37), .msg_namelen = sizeof name, .msg_iov = tagged(&into, 0x38), .msg_iovlen = 1, .msg_control = tagged(&control, 0x39), .msg_controllen = sizeof control};
    result("recvmsg", recvmsg(pair[1], tagged(&answer, 0x3a), 0));
    show_text("received", memory + 1000), show("name", answer.msg_namelen), show("flags", answer.msg_flags), show("control", answer.msg_controllen), show("type", control.head.cmsg_type);
    int passed;
    memcpy(&passed, CMSG_DATA(&control.head), sizeof passed);
    result("the descriptor", write(passed, "x", 1));
    struct iovec one = {tagged(memory, 0x40), 5}, two = {tagged(memory + 50, 0x41), 6};
    struct mmsghdr several[2] = {{.msg_hdr = {.msg_iov = tagged(&one, 0x42), .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = &two, .msg_iovlen = 1}}};
    result("sendmmsg", sendmmsg(pair[0], tagged(several, 0x43), 2, 0)), show("length", several[1].msg_len);
    struct iovec first = {tagged(memory + 1000, 0x44), 64}, second = {tagged(memory + 1100, 0x45), 64};
    struct mmsghdr received[3] = {{.msg_hdr = {.msg_iov = &first, .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = tagged(&second, 0x46), .msg_iovlen = 1}}, {.msg_hdr = {.msg_iov = &second, .msg_iovlen = 1}}};
    memset(memory + 1000, 0, 200);
    result("recvmmsg", recvmmsg(pair[1], tagged(received, 0x47), 3, MSG_WAITFORONE, 0)), show_text("first", memory + 1000), show_text("second", memory + 1100), show("length", received[0].msg_len);
    struct timespec time = {0, 0};
    result("more", recvmmsg(pair[1], received, 1, MSG_DONTWAIT, &time)), time.tv_nsec = -1, result("bad time", recvmmsg(pair[1], received, 1, 0, &time));
    message.msg_iov = tagged((void *)8, 1), result("vector nowhere", sendmsg(pair[0], &message, 0)), result("header nowhere", recvmsg(pair[1], tagged((void *)8, 1), 0));
    struct timeval limit = {5, 0};
    result("option", setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, tagged(&limit, 0x48), sizeof limit));
    socklen_t size = sizeof limit;
    result("get it", getsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, tagged(memory, 0x49), tagged(&size, 0x4a))), show("seconds", *(long *)memory);
    close(pair[0]), close(pair[1]), close(null), close(passed);
}

static void futexes(void) {
    uint32_t word = 5;
    struct {
        uint64_t value, address;
        uint32_t flags, reserved;
    } waiter = {5, (uintptr_t)tagged(&word, 0x51), 2 | 128, 0};
    struct timespec past = {0, 1};
    result("wait of the wrong value", syscall(SYS_futex, tagged(&word, 0x52), FUTEX_WAIT_PRIVATE, 6, 0, 0, 0));
    result("waitv that is over", syscall(SYS_futex_waitv, tagged(&waiter, 0x53), 1, 0, &past, 1));
    waiter.value = 6;
    result("waitv of the wrong value", syscall(SYS_futex_waitv, &waiter, 1, 0, &past, 1));
}

int main(void) {
#ifdef __aarch64__
    prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0);
#endif
    vectors(), messages(), futexes();
}
