// oracle: native
// Sockets on loopback: pairs, TCP, UDP, names in the file system, descriptors and credentials as messages.
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static void tcp(void) {
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    result("SO_REUSEADDR", setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    result("bind", bind(server, (struct sockaddr *)&address, sizeof address));
    socklen_t length = sizeof address;
    result("getsockname", getsockname(server, (struct sockaddr *)&address, &length));
    show("port", address.sin_port != 0), show("length", length);
    result("listen", listen(server, 5));
    pid_t child = fork();
    if (child == 0) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) _exit(1);
        char text[100];
        long n, total = 0;
        send(fd, "request", 7, 0);
        shutdown(fd, SHUT_WR);
        while ((n = recv(fd, text, sizeof text, 0)) > 0) total += n;
        _exit(total == 100000 ? 0 : 2);
    }
    struct sockaddr_in peer;
    length = sizeof peer;
    int fd = accept4(server, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
    succeeded("accept4", fd);
    show_text("peer", inet_ntoa(peer.sin_addr));
    result("TCP_NODELAY", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    int value = 0;
    length = sizeof value;
    result("getsockopt", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length));
    show("type", value);
    char text[64] = {0};
    result("peek", recv(fd, text, 64, MSG_PEEK));
    result("recv all", recv(fd, text, 7, MSG_WAITALL));
    show_text("text", text);
    result("end", recv(fd, text, 64, 0));
    static char big[100000];
    long sent = 0;
    while (sent < (long)sizeof big) sent += send(fd, big + sent, sizeof big - (size_t)sent, MSG_NOSIGNAL);
    close(fd);
    int status;
    waitpid(child, &status, 0);
    show("client", WEXITSTATUS(status));
    close(server);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    result("nobody listens", connect(fd, (struct sockaddr *)&address, sizeof address));
    result("not connected", send(fd, "x", 1, MSG_NOSIGNAL));
    result("not connected", getpeername(fd, (struct sockaddr *)&peer, &length));
    close(fd);
}

static void udp(void) {
    int a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, from;
    bind(b, (struct sockaddr *)&address, sizeof address);
    socklen_t length = sizeof address;
    getsockname(b, (struct sockaddr *)&address, &length);
    char text[16] = {0};
    result("nothing", recvfrom(b, text, 16, 0, 0, 0));
    result("sendto", sendto(a, "a datagram of some length", 25, 0, (struct sockaddr *)&address, sizeof address));
    struct pollfd wait = {b, POLLIN, 0};
    poll(&wait, 1, 1000);
    struct iovec parts[2] = {{text, 4}, {text + 4, 6}};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = parts, .msg_iovlen = 2};
    result("recvmsg", recvmsg(b, &message, 0));
    show_text("text", text), show("truncated", (message.msg_flags & MSG_TRUNC) != 0), show("name", message.msg_namelen);
    result("connect", connect(a, (struct sockaddr *)&address, sizeof address));
    struct mmsghdr several[3] = {0};
    for (int i = 0; i < 3; i++) several[i].msg_hdr.msg_iov = parts, several[i].msg_hdr.msg_iovlen = 1 + (i & 1);
    result("sendmmsg", sendmmsg(a, several, 3, 0));
    result("recvmmsg", recvmmsg(b, several, 3, MSG_DONTWAIT, 0));
    show("lengths", several[0].msg_len * 100 + several[1].msg_len * 10 + several[2].msg_len);
    struct timeval brief = {0, 20000};
    setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, &brief, sizeof brief);
    result("time-out", recv(a, text, 16, 0));
    close(a), close(b);
}

static void local(void) {
    int pair[2];
    result("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    int p[2];
    pipe(p);
    write(p[1], "through a passed descriptor", 27);
    char control[CMSG_SPACE(sizeof(int))] = {0}, text[64] = {0};
    struct iovec part = {"d", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &p[0], sizeof(int));
    result("sendmsg", sendmsg(pair[0], &message, 0));
    close(p[0]);
    memset(control, 0, sizeof control);
    char byte;
    part = (struct iovec){&byte, 1};
    message.msg_controllen = sizeof control;
    result("recvmsg", recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC));
    header = CMSG_FIRSTHDR(&message);
    show("type", header ? header->cmsg_type : -1), show("length", header ? (long)header->cmsg_len : -1);
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    result("read", read(fd, text, 64));
    show_text("text", text);
    show("close on exec", fcntl(fd, F_GETFD));
    struct ucred peer;
    socklen_t length = sizeof peer;
    result("SO_PEERCRED", getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &length));
    show("self", peer.pid == getpid() && peer.uid == geteuid());
    close(pair[1]);
    result("end", read(pair[0], text, 1));
    result("no peer", send(pair[0], "x", 1, MSG_NOSIGNAL));

    enter_work_directory();
    int server = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    result("bind", bind(server, (struct sockaddr *)&address, sizeof address));
    result("bind again", bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address));
    listen(server, 1);
    int client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    result("connect", connect(client, (struct sockaddr *)&address, sizeof address));
    fd = accept(server, 0, 0);
    send(client, "packet one", 10, 0), send(client, "two", 3, 0);
    result("one packet", recv(fd, text, 64, 0)), result("another", recv(fd, text, 64, 0));
    unlink("socket");
    leave_work_directory();
}

int main(void) {
    tcp();
    udp();
    local();
    result("bad family", socket(99, SOCK_STREAM, 0));
    result("not a socket", listen(0, 1) == -1 && (errno == ENOTSOCK || errno == EBADF) ? 0 : 1);
    struct in6_addr six;
    char text[64];
    show("inet_pton", inet_pton(AF_INET6, "fe80::1:2", &six));
    show_text("inet_ntop", inet_ntop(AF_INET6, &six, text, sizeof text));
    return 0;
}
