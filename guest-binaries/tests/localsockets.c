// oracle: native
// Sockets with a name in the file system: the name that was bound is the name that is told and reached.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void show(const char *what, const struct sockaddr_un *address, socklen_t length)
{
    printf("%s: family %d, %s%s\n", what, address->sun_family, length > offsetof(struct sockaddr_un, sun_path) ? "name " : "no name",
        length > offsetof(struct sockaddr_un, sun_path) ? address->sun_path : "");
}

// Names in message headers, one message and several.
static void messages(struct sockaddr_un *name)
{
    struct sockaddr_un own = { .sun_family = AF_UNIX, .sun_path = "/var/tmp/dbt-local-sender" }, told[2];
    unlink(own.sun_path);
    int receiver = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    printf("bind %d %d\n", bind(receiver, (struct sockaddr *)name, sizeof *name), bind(sender, (struct sockaddr *)&own, sizeof own));
    struct iovec part = { "message", 7 };
    struct mmsghdr both[2] = { { { .msg_name = name, .msg_namelen = sizeof *name, .msg_iov = &part, .msg_iovlen = 1 }, 0 } };
    both[1] = both[0];
    printf("sendmsg %zd\n", sendmsg(sender, &both[0].msg_hdr, 0));
    printf("sendmmsg %d\n", sendmmsg(sender, both, 2, 0));
    char text[2][16] = { "" };
    struct iovec into[2] = { { text[0], 16 }, { text[1], 16 } };
    struct mmsghdr got[2];
    for (int i = 0; i < 2; i++) got[i] = (struct mmsghdr){ { .msg_name = &told[i], .msg_namelen = sizeof told[i], .msg_iov = &into[i], .msg_iovlen = 1 }, 0 };
    printf("recvmsg %zd %s\n", recvmsg(receiver, &got[0].msg_hdr, 0), text[0]);
    show("from", &told[0], got[0].msg_hdr.msg_namelen);
    got[0].msg_hdr.msg_namelen = sizeof told[0];
    printf("recvmmsg %d %s\n", recvmmsg(receiver, got, 2, MSG_DONTWAIT, 0), text[1]);
    show("from", &told[1], got[1].msg_hdr.msg_namelen);
    unlink(name->sun_path), unlink(own.sun_path);
    long missing = sendmsg(sender, &both[0].msg_hdr, 0);
    printf("missing %ld %s\n", missing, strerror(errno));
    close(receiver), close(sender);
}

int main(void)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "/tmp/../var/tmp/dbt-local-socket" }, told = { 0 };
    struct stat status;
    unlink(name.sun_path);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    printf("bind %d\n", bind(listener, (struct sockaddr *)&name, sizeof name));
    printf("listen %d\n", listen(listener, 1));
    printf("a socket: %d\n", stat("/var/tmp/dbt-local-socket", &status) == 0 && S_ISSOCK(status.st_mode));
    printf("connect %d\n", connect(client, (struct sockaddr *)&name, sizeof name));
    socklen_t length = sizeof told;
    int peer = accept(listener, (struct sockaddr *)&told, &length);
    show("accepted", &told, length);
    memset(&told, 0, sizeof told);
    length = sizeof told;
    getpeername(client, (struct sockaddr *)&told, &length);
    printf("peer ends in %s\n", strrchr(told.sun_path, '/'));
    char text[16] = "";
    printf("sent %zd\n", send(client, "hello", 5, 0));
    printf("received %zd\n", recv(peer, text, sizeof text, 0));
    puts(text);
    unlink(name.sun_path);
    int datagram = socket(AF_UNIX, SOCK_DGRAM, 0), sender = socket(AF_UNIX, SOCK_DGRAM, 0);
    printf("bind %d\n", bind(datagram, (struct sockaddr *)&name, sizeof name));
    printf("sendto %zd\n", sendto(sender, "datagram", 8, 0, (struct sockaddr *)&name, sizeof name));
    printf("received %zd\n", recv(datagram, text, sizeof text, 0));
    unlink(name.sun_path);
    int missing = connect(sender, (struct sockaddr *)&name, sizeof name);
    printf("missing %d %s\n", missing, strerror(errno));
    messages(&name);
    struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0dbt-test-abstract" };
    int hidden = socket(AF_UNIX, SOCK_DGRAM, 0);
    printf("abstract %d\n", bind(hidden, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 18));
    return 0;
}
