// oracle: native
// Sockets with a name in the file system: the name that was bound is the name that is told and reached.
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
    struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0dbt-test-abstract" };
    int hidden = socket(AF_UNIX, SOCK_DGRAM, 0);
    printf("abstract %d\n", bind(hidden, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 18));
    return 0;
}
