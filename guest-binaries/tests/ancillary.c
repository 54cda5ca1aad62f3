// oracle: native
// Ancillary data of all kinds: descriptors, credentials, times, packet information, truncation; several messages in one call; options that are structures.
#include "check.h"

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

static char control[512], text[256];

// Receives one message and tells its ancillary data.
static void receive(const char *what, int s, int flags, size_t control_size, size_t text_size) {
    struct iovec part = {text, text_size};
    struct sockaddr_storage from;
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = control_size};
    memset(text, 0, sizeof text);
    long got = recvmsg(s, &message, flags);
    printf("%s: %ld %s, name %d, flags %x\n", what, got, got < 0 ? strerrorname_np(errno) : text, (int)message.msg_namelen, message.msg_flags);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); got >= 0 && c; c = CMSG_NXTHDR(&message, c)) {
        printf("  level %d type %d length %ld", c->cmsg_level, c->cmsg_type, (long)c->cmsg_len);
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
            struct ucred *who = (void *)CMSG_DATA(c);
            printf(" of this process: %d", who->pid == getpid() && who->uid == getuid());
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec *then = (void *)CMSG_DATA(c);
            printf(" lately: %d", labs(time(0) - then->tv_sec) < 100);
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            int fd;
            memcpy(&fd, CMSG_DATA(c), sizeof fd);
            printf(" works: %d", (int)write(fd, "", 0));
            close(fd);
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo *info = (void *)CMSG_DATA(c);
            printf(" to %s", inet_ntoa(info->ipi_addr));
        } else if (c->cmsg_level == IPPROTO_IP && (c->cmsg_type == IP_TTL || c->cmsg_type == IP_TOS)) {
            printf(" %d", *(unsigned char *)CMSG_DATA(c));
        } else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) {
            struct sock_extended_err *e = (void *)CMSG_DATA(c);
            printf(" %s origin %d", strerrorname_np((int)e->ee_errno), e->ee_origin);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            char name[64];
            printf(" to %s", inet_ntop(AF_INET6, &((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_addr, name, sizeof name));
        }
        puts("");
    }
    fflush(stdout);
}

static void local(void) {
    int pair[2], one = 1;
    socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
    result("credentials", setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    send(pair[0], "with", 4, 0), receive("passed", pair[1], 0, sizeof control, sizeof text);
    union {
        char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr head;
    } own = {0};
    struct iovec part = {"both", 4};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &own, .msg_controllen = sizeof own};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(struct ucred)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS};
    struct ucred who = {getpid(), getuid(), getgid()};
    memcpy(CMSG_DATA(c), &who, sizeof who);
    c = CMSG_NXTHDR(&message, c);
    *c = (struct cmsghdr){.cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    int fds[2] = {pair[0], 1};
    memcpy(CMSG_DATA(c), fds, sizeof fds);
    result("sendmsg", sendmsg(pair[0], &message, 0)), receive("both", pair[1], MSG_CMSG_CLOEXEC, sizeof control, sizeof text);
    result("sendmsg", sendmsg(pair[0], &message, 0)), receive("little room", pair[1], 0, CMSG_LEN(sizeof(struct ucred)), 2);
    result("sendmsg", sendmsg(pair[0], &message, 0)), receive("peek", pair[1], MSG_PEEK | MSG_TRUNC, 0, 2), receive("no room", pair[1], MSG_TRUNC, 0, 2);
    struct ucred peer;
    socklen_t size = sizeof peer;
    result("peer", getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size)), show("this process", peer.pid == getpid());
    who.pid = 1;
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &who, sizeof who);
    c->cmsg_len = 3;
    result("bad length", sendmsg(pair[0], &message, 0));
    receive("nothing", pair[1], MSG_DONTWAIT, sizeof control, sizeof text);
    close(pair[0]), close(pair[1]);
}

static void internet(void) {
    int s = socket(AF_INET, SOCK_DGRAM, 0), t = socket(AF_INET, SOCK_DGRAM, 0), one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    bind(s, (void *)&at, sizeof at), getsockname(s, (void *)&at, &size);
    setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one), setsockopt(s, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
    setsockopt(s, IPPROTO_IP, IP_RECVTTL, &one, sizeof one), setsockopt(s, IPPROTO_IP, IP_RECVTOS, &one, sizeof one);
    int tos = 0x10, ttl = 7;
    setsockopt(t, IPPROTO_IP, IP_TOS, &tos, sizeof tos), setsockopt(t, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
    connect(t, (void *)&at, sizeof at);
    struct iovec parts[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
    struct mmsghdr several[3];
    for (int i = 0; i < 3; i++) several[i] = (struct mmsghdr){{.msg_iov = &parts[i], .msg_iovlen = 1}, 0};
    result("sendmmsg", sendmmsg(t, several, 3, 0)), show("length", several[2].msg_len);
    receive("first", s, 0, sizeof control, sizeof text);
    char texts[3][16] = {{0}};
    struct iovec into[3] = {{texts[0], 16}, {texts[1], 2}, {texts[2], 16}};
    struct sockaddr_in from[3];
    for (int i = 0; i < 3; i++) several[i] = (struct mmsghdr){{.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &into[i], .msg_iovlen = 1}, 0};
    struct timespec limit = {0, 20000000};
    result("recvmmsg", recvmmsg(s, several, 3, MSG_WAITFORONE, &limit));
    printf("%s %s %d %d %x\n", texts[0], texts[1], several[0].msg_hdr.msg_namelen, several[1].msg_len, several[1].msg_hdr.msg_flags);
    // Nobody is there: the error comes back with the packet.
    setsockopt(t, IPPROTO_IP, IP_RECVERR, &one, sizeof one);
    close(s);
    send(t, "lost", 4, 0);
    receive("error queue", t, MSG_ERRQUEUE, sizeof control, sizeof text);
    result("refused", send(t, "lost", 4, 0));
    close(t);
    int six = socket(AF_INET6, SOCK_DGRAM, 0);
    struct sockaddr_in6 loop = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    if (six >= 0 && bind(six, (void *)&loop, sizeof loop) == 0) {
        size = sizeof loop;
        getsockname(six, (void *)&loop, &size), setsockopt(six, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof one);
        sendto(six, "six", 3, 0, (void *)&loop, sizeof loop), receive("six", six, 0, sizeof control, sizeof text);
    }
    close(six);
}

static void streams(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    bind(listener, (void *)&at, sizeof at), listen(listener, 5), getsockname(listener, (void *)&at, &size);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    result("connect", connect(client, (void *)&at, sizeof at));
    int server = accept4(listener, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK);
    show("flags", fcntl(server, F_GETFL) == (O_RDWR | O_NONBLOCK)), show("close", fcntl(server, F_GETFD));
    struct tcp_info info;
    size = sizeof info;
    result("tcp_info", getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &size)), show("state", info.tcpi_state);
    struct linger linger = {1, 3};
    result("linger", setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    result("no delay", setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    size = sizeof linger, linger.l_linger = 0;
    result("linger", getsockopt(client, SOL_SOCKET, SO_LINGER, &linger, &size)), show("seconds", linger.l_linger);
    result("urgent", send(client, "u", 1, MSG_OOB));
    struct pollfd urgent = {server, POLLPRI, 0};
    result("arrives", poll(&urgent, 1, -1));
    int mark = 0;
    result("at mark", ioctl(server, SIOCATMARK, &mark)), receive("urgent", server, MSG_OOB, 0, 10);
    struct ifreq request = {.ifr_name = "lo"};
    result("interface", ioctl(client, SIOCGIFINDEX, &request)), show("index", request.ifr_ifindex);
    result("address", ioctl(client, SIOCGIFADDR, &request)), show_text("of lo", inet_ntoa(((struct sockaddr_in *)&request.ifr_addr)->sin_addr));
    result("flags", ioctl(client, SIOCGIFFLAGS, &request)), show("loopback", (request.ifr_flags & IFF_LOOPBACK) != 0);
    show("family", (size = sizeof mark, getsockopt(client, SOL_SOCKET, SO_DOMAIN, &mark, &size), mark)), show("option that is not", setsockopt(client, SOL_SOCKET, 9999, &one, sizeof one));
    close(client), close(server), close(listener);
}

static void netlink(void) {
    int s = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    struct {
        struct nlmsghdr head;
        struct ifinfomsg info;
    } ask = {{sizeof ask, RTM_GETLINK, NLM_F_REQUEST, 7, 0}, {.ifi_family = AF_UNSPEC, .ifi_index = 1}};
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    result("ask", sendto(s, &ask, sizeof ask, 0, (void *)&kernel, sizeof kernel));
    static char answer[16384];
    long length = recv(s, answer, sizeof answer, 0);
    struct nlmsghdr *head = (void *)answer;
    show("type", head->nlmsg_type), show("sequence", head->nlmsg_seq), show("whole", length >= head->nlmsg_len);
    struct ifinfomsg *info = NLMSG_DATA(head);
    int left = (int)IFLA_PAYLOAD(head);
    for (struct rtattr *a = IFLA_RTA(info); RTA_OK(a, left); a = RTA_NEXT(a, left))
        if (a->rta_type == IFLA_IFNAME) show_text("name", RTA_DATA(a));
    close(s);
}

int main(void) { local(), internet(), streams(), netlink(); }
