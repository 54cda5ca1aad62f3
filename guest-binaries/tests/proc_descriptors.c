// oracle: native
// Files of /proc that were opened for reading cannot be written to, and say so: who hands such a descriptor to another process checks it.
#include "check.h"

int main(void) {
    static const char *const names[] = {"cmdline", "environ", "auxv", "maps", "smaps", "status", "stat", "statm", "limits"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], byte;
        snprintf(path, sizeof path, "/proc/%d/%s", getpid(), names[i]);
        int fd = open(path, O_RDONLY | (i % 2 ? O_CLOEXEC : 0)), copy = dup(fd);
        show_text("file", names[i]);
        show("for reading alone", (fcntl(copy, F_GETFL) & O_ACCMODE) == O_RDONLY);
        show("closed on exec", fcntl(fd, F_GETFD));
        show("reads", read(fd, &byte, 1));
        result("write", write(fd, "", 1));
        close(fd), close(copy);
    }
    return 0;
}
