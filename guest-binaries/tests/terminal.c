// oracle: native
// A pseudo-terminal: attributes, window size, line discipline, the ioctls of terminals and of other files.
#include "check.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

static volatile int resized;
static void on_resize(int number) { (void)number, resized++; }

static void show_terminal_text(const char *name, int fd) {
    char text[256];
    ssize_t n = read(fd, text, sizeof text);
    printf("%s:", name);
    for (ssize_t i = 0; i < n; i++) printf(text[i] >= 32 && text[i] < 127 ? " %c" : " %02x", (unsigned char)text[i]);
    printf("\n");
    fflush(stdout);
}

// What is written to a master reaches the slave by a worker of the kernel, some time later.
static void wait_for(int terminal, int bytes) {
    for (int i = 0, n = 0; i < 10000 && ioctl(terminal, FIONREAD, &n) == 0 && n < bytes; i++) usleep(1000);
}

int main(void) {
    int fd = open("/dev/null", O_RDWR), master = posix_openpt(O_RDWR | O_NOCTTY);
    struct termios mode;
    struct winsize size = {24, 80, 0, 0}, got;
    result("isatty of a device", isatty(fd)), result("tcgetattr", tcgetattr(fd, &mode)), result("TIOCGWINSZ", ioctl(fd, TIOCGWINSZ, &got));
    succeeded("posix_openpt", master);
    result("grantpt", grantpt(master)), result("unlockpt", unlockpt(master));
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    succeeded("slave", slave);
    result("isatty", isatty(slave));
    result("TIOCSWINSZ", ioctl(master, TIOCSWINSZ, &size));
    result("TIOCGWINSZ", ioctl(slave, TIOCGWINSZ, &got));
    show("rows", got.ws_row), show("columns", got.ws_col);
    result("tcgetattr", tcgetattr(slave, &mode));
    show_hex("input", mode.c_iflag), show_hex("output", mode.c_oflag), show_hex("local", mode.c_lflag), show("interrupt", mode.c_cc[VINTR]), show("speed", cfgetospeed(&mode) == B38400);

    write(master, "abX\177c\n", 6);
    show_terminal_text("line", slave);
    show_terminal_text("echo", master);
    write(slave, "out\n", 4);
    show_terminal_text("output", master);
    cfmakeraw(&mode);
    mode.c_cc[VMIN] = 0, mode.c_cc[VTIME] = 1;
    result("tcsetattr", tcsetattr(slave, TCSANOW, &mode));
    write(master, "raw\3\n", 5);
    wait_for(slave, 5);
    show_terminal_text("raw", slave);
    show_terminal_text("nothing within a tenth of a second", slave);
    write(slave, "a\nb", 3);
    show_terminal_text("raw output", master);
    int n = 5;
    write(master, "12345", 5);
    wait_for(slave, 5);
    result("FIONREAD", ioctl(slave, FIONREAD, &n));
    show("waiting", n);
    result("tcflush", tcflush(slave, TCIFLUSH));
    ioctl(slave, FIONREAD, &n);
    show("waiting", n);
    result("FIONBIO", (n = 1, ioctl(slave, FIONBIO, &n)));
    mode.c_cc[VMIN] = 1, mode.c_cc[VTIME] = 0;
    tcsetattr(slave, TCSADRAIN, &mode);
    result("nothing", read(slave, &n, 1));
    result("unknown ioctl", ioctl(slave, 0x1234567, 0));

    pid_t child = fork();
    if (child == 0) {
        setsid();
        struct sigaction action = {.sa_handler = on_resize};
        sigaction(SIGWINCH, &action, 0);
        int tty = open(ptsname(master), O_RDWR);
        result("controlling terminal", ioctl(tty, TIOCSCTTY, 0) == 0 || errno == EPERM ? 0 : -1);
        show("foreground", tcgetpgrp(tty) == getpgrp());
        size.ws_row = 50;
        ioctl(tty, TIOCSWINSZ, &size);
        for (int i = 0; i < 10000 && !resized; i++) usleep(1000);
        show("SIGWINCH", resized);
        mode.c_lflag |= ISIG;
        mode.c_cc[VINTR] = 3;
        tcsetattr(tty, TCSANOW, &mode);
        write(master, "\3", 1);
        sleep(60);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    show("interrupted by", WTERMSIG(status));
    return 0;
}
