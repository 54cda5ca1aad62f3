// oracle: native
// Pipes and FIFOs: capacity, non-blocking ends, the end of writers and readers, splicing.
#include "check.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static volatile int broken;
static void on_pipe(int number) { (void)number, broken++; }

int main(void) {
    int p[2], q[2];
    char text[64] = {0};
    result("pipe", pipe(p));
    result("write", write(p[1], "hello", 5));
    int waiting;
    result("FIONREAD", ioctl(p[0], FIONREAD, &waiting));
    show("waiting", waiting);
    result("read", read(p[0], text, 64));
    show_text("text", text);
    result("lseek", lseek(p[0], 0, SEEK_SET));
    result("write to the reading end", write(p[0], "x", 1));
    result("pipe2", pipe2(q, O_NONBLOCK | O_CLOEXEC));
    result("nothing yet", read(q[0], text, 64));
    static char big[200000];
    long total = 0, n;
    while ((n = write(q[1], big, sizeof big)) > 0) total += n;
    result("full", n);
    show("capacity", total);
    result("F_GETPIPE_SZ", fcntl(q[1], F_GETPIPE_SZ));
    result("F_SETPIPE_SZ", fcntl(q[1], F_SETPIPE_SZ, 1 << 17));
    total = 0;
    while ((n = read(q[0], big, sizeof big)) > 0) total += n;
    show("read back", total);
    result("splice", (write(p[1], "spliced data", 12), splice(p[0], 0, q[1], 0, 7, 0)));
    result("tee", tee(p[0], q[1], 5, 0));
    memset(text, 0, sizeof text);
    result("read", read(q[0], text, 64));
    show_text("text", text);
    memset(text, 0, sizeof text);
    result("read", read(p[0], text, 64));
    show_text("text", text);

    pid_t child = fork();
    if (child == 0) {
        close(p[0]);
        for (int i = 0; i < 1000; i++) {
            int length = snprintf(text, sizeof text, "line %d\n", i);
            if (write(p[1], text, (size_t)length) != length) _exit(1);
        }
        _exit(0);
    }
    close(p[1]);
    FILE *lines = fdopen(p[0], "r");
    int count = 0;
    while (fgets(text, sizeof text, lines)) count++;
    show("lines", count);
    show_text("last", text);
    fclose(lines);
    waitpid(child, 0, 0);

    signal(SIGPIPE, on_pipe);
    close(q[0]);
    result("no reader", write(q[1], "x", 1));
    show("SIGPIPE", broken);
    signal(SIGPIPE, SIG_IGN);
    result("no reader", write(q[1], "x", 1));

    enter_work_directory();
    result("mkfifo", mkfifo("fifo", 0600));
    result("no reader yet", open("fifo", O_WRONLY | O_NONBLOCK));
    if ((child = fork()) == 0) {
        int fd = open("fifo", O_WRONLY);
        _exit(write(fd, "through a fifo", 14) == 14 ? 0 : 1);
    }
    int fd = open("fifo", O_RDONLY);
    memset(text, 0, sizeof text);
    result("read", read(fd, text, 64));
    show_text("text", text);
    waitpid(child, 0, 0);
    result("end", read(fd, text, 64));
    unlink("fifo");
    leave_work_directory();

    FILE *shell = popen("cat", "w");
    if (shell) fprintf(shell, "to a command\n"), show("pclose", pclose(shell));
    shell = popen("echo from a command; exit 3", "r");
    if (shell && fgets(text, sizeof text, shell)) printf("%s", text);
    show("pclose", WEXITSTATUS(pclose(shell)));
    return 0;
}
