// oracle: native
// Files: open modes, positions, vectors, truncation, holes, metadata, links, locks, copies between descriptors.
#include "check.h"

#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>

static void contents(const char *name) {
    char text[256];
    int fd = open(name, O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n < 0) n = 0;
    text[n] = 0;
    for (ssize_t i = 0; i < n; i++)
        if (text[i] == 0) text[i] = '.';
    printf("%s holds %zd bytes: %s\n", name, n, text);
    fflush(stdout);
    close(fd);
}

static void basics(void) {
    umask(022);
    result("open of a missing file", open("missing", O_RDONLY));
    int fd = open("one", O_RDWR | O_CREAT | O_EXCL, 0666);
    succeeded("create", fd);
    result("create again exclusively", open("one", O_RDWR | O_CREAT | O_EXCL, 0666));
    result("write", write(fd, "0123456789", 10));
    result("lseek", lseek(fd, 3, SEEK_SET));
    char text[32] = {0};
    result("read", read(fd, text, 4));
    show_text("text", text);
    result("position", lseek(fd, 0, SEEK_CUR));
    result("lseek from the end", lseek(fd, -2, SEEK_END));
    result("lseek before the start", lseek(fd, -20, SEEK_CUR));
    result("lseek bad whence", lseek(fd, 0, 77));
    result("read short", read(fd, text, 30));
    result("read at end", read(fd, text, 30));
    result("pwrite", pwrite(fd, "AB", 2, 4));
    result("pread", pread(fd, text, 3, 4));
    show_text("text", text);
    result("pread negative", pread(fd, text, 3, -1));
    struct iovec out[3] = {{"xx", 2}, {"", 0}, {"yyy", 3}};
    result("writev", writev(fd, out, 3));
    char a[4] = {0}, b[8] = {0};
    struct iovec in[2] = {{a, 3}, {b, 5}};
    result("preadv", preadv(fd, in, 2, 1));
    show_text("first", a), show_text("second", b);
    result("readv of too many", readv(fd, in, 5000));
    result("pwritev", pwritev(fd, out, 3, 20));
    contents("one");
    result("ftruncate down", ftruncate(fd, 5));
    contents("one");
    result("truncate up", truncate("one", 8));
    contents("one");
    lseek(fd, 0, SEEK_SET);
    result("read into nowhere", read(fd, (void *)8, 4));
    result("write from nowhere", write(fd, (void *)8, 4));
    result("fallocate", fallocate(fd, 0, 0, 100));
    struct stat s;
    fstat(fd, &s);
    show("size", s.st_size);
    result("fsync", fsync(fd));
    result("fdatasync", fdatasync(fd));
    result("close", close(fd));
    result("close again", close(fd));
    result("write to a closed descriptor", write(fd, "x", 1));
    fd = open("one", O_WRONLY | O_APPEND);
    lseek(fd, 0, SEEK_SET);
    result("append", write(fd, "end", 3));
    result("position after append", lseek(fd, 0, SEEK_CUR));
    result("read from a write-only descriptor", read(fd, text, 1));
    close(fd);
    fd = open("one", O_RDONLY | O_TRUNC);
    close(fd);
    contents("one");
    result("open a file as a directory", open("one/two", O_RDONLY));
    result("O_DIRECTORY on a file", open("one", O_RDONLY | O_DIRECTORY));
    result("open a directory for writing", open(".", O_WRONLY));
    result("read of a directory", read(open(".", O_RDONLY), text, 1));
    result("path from nowhere", open((char *)8, O_RDONLY));
    unlink("one");
}

static void metadata(void) {
    struct stat s;
    int fd = creat("meta", 0640);
    write(fd, "hello", 5);
    result("fstat", fstat(fd, &s));
    show_hex("mode", s.st_mode), show("size", s.st_size), show("links", s.st_nlink), show("own", s.st_uid == geteuid());
    result("chmod", chmod("meta", 0751));
    stat("meta", &s);
    show_hex("mode", s.st_mode);
    result("fchmod", fchmod(fd, 04700));
    stat("meta", &s);
    show_hex("mode", s.st_mode);
    struct timespec times[2] = {{1000000000, 123456789}, {1234567890, 987654321}};
    result("utimensat", utimensat(AT_FDCWD, "meta", times, 0));
    stat("meta", &s);
    show("atime", s.st_atim.tv_sec), show("mtime", s.st_mtim.tv_sec), show("mtime ns", s.st_mtim.tv_nsec);
    times[0].tv_nsec = UTIME_OMIT, times[1].tv_sec = 5, times[1].tv_nsec = 0;
    result("futimens", futimens(fd, times));
    stat("meta", &s);
    show("atime", s.st_atim.tv_sec), show("mtime", s.st_mtim.tv_sec);
    struct statx x;
    result("statx", statx(AT_FDCWD, "meta", 0, STATX_BASIC_STATS, &x));
    show("statx size", x.stx_size), show_hex("statx mode", x.stx_mode), show("statx mtime", x.stx_mtime.tv_sec);
    result("fstatat of a descriptor", fstatat(fd, "", &s, AT_EMPTY_PATH));
    show("same size", s.st_size);
    result("symlink", symlink("meta", "soft"));
    result("lstat", lstat("soft", &s));
    show("is a link", S_ISLNK(s.st_mode)), show("size of a link", s.st_size);
    char text[32] = {0};
    result("readlink", readlink("soft", text, sizeof text));
    show_text("target", text);
    result("readlink of a file", readlink("meta", text, sizeof text));
    result("O_NOFOLLOW", open("soft", O_RDONLY | O_NOFOLLOW));
    symlink("loop", "loop");
    result("loop", open("loop", O_RDONLY));
    result("link", link("meta", "hard"));
    stat("hard", &s);
    show("links", s.st_nlink);
    result("rename", rename("hard", "renamed"));
    result("rename of nothing", rename("hard", "renamed"));
    result("renameat2 no replace", renameat2(AT_FDCWD, "renamed", AT_FDCWD, "soft", RENAME_NOREPLACE));
    result("access", access("meta", R_OK | W_OK));
    result("access of nothing", access("nothing", F_OK));
    result("faccessat bad flags", faccessat(AT_FDCWD, "meta", 99, 0));
    struct statfs f;
    result("statfs", statfs(".", &f));
    show("has a block size", f.f_bsize > 0);
    result("unlink", unlink("meta"));
    result("unlink", unlink("renamed"));
    result("unlink", unlink("soft"));
    result("unlink", unlink("loop"));
    result("unlink of nothing", unlink("loop"));
    fstat(fd, &s);
    show("links of the unlinked", s.st_nlink);
    close(fd);
}

static void descriptors(void) {
    int fd = open("two", O_RDWR | O_CREAT, 0600), other;
    write(fd, "shared position", 15);
    result("dup2 to 100", dup2(fd, 100));
    lseek(100, 7, SEEK_SET);
    result("position is shared", lseek(fd, 0, SEEK_CUR));
    result("dup2 on itself", dup2(100, 100));
    result("dup3 on itself", dup3(100, 100, 0));
    result("dup3", dup3(fd, 101, O_CLOEXEC));
    result("flags", fcntl(101, F_GETFD));
    result("flags", fcntl(100, F_GETFD));
    result("dup from 200 on", fcntl(fd, F_DUPFD_CLOEXEC, 200));
    result("flags", fcntl(200, F_GETFD));
    result("F_SETFD", fcntl(100, F_SETFD, FD_CLOEXEC));
    result("flags", fcntl(100, F_GETFD));
    show("O_APPEND is off", (fcntl(fd, F_GETFL) & O_APPEND) == 0);
    result("F_SETFL", fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
    show("O_APPEND is on", (fcntl(fd, F_GETFL) & O_APPEND) != 0);
    show("O_NONBLOCK is on", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    show("access mode", fcntl(fd, F_GETFL) & O_ACCMODE);
    fd = open("two", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    result("not a directory", fd);
    fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    other = openat(fd, "two", O_RDWR | O_NOFOLLOW | O_SYNC);
    succeeded("openat", other);
    show("O_SYNC is on", (fcntl(other, F_GETFL) & O_SYNC) == O_SYNC);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 5};
    result("F_SETLK", fcntl(other, F_SETLK, &lock));
    lock.l_type = F_RDLCK, lock.l_start = 0, lock.l_len = 0;
    result("F_GETLK", fcntl(other, F_GETLK, &lock));
    show("own locks do not conflict", lock.l_type == F_UNLCK);
    result("flock", flock(other, LOCK_EX | LOCK_NB));
    int third = open("two", O_RDWR);
    result("flock of another", flock(third, LOCK_EX | LOCK_NB));
    int to = open("three", O_RDWR | O_CREAT, 0600);
    off_t from = 3;
    result("sendfile", sendfile(to, third, &from, 6));
    show("offset", from);
    result("copy_file_range", copy_file_range(third, 0, to, 0, 4, 0));
    contents("three");
    result("fcntl bad command", fcntl(to, 9999));
    result("fcntl closed", fcntl(999, F_GETFD));
    result("close_range", close_range(100, 300, 0));
    result("closed", fcntl(100, F_GETFD));
    unlink("two"), unlink("three");
}

int main(void) {
    enter_work_directory();
    basics();
    metadata();
    descriptors();
    leave_work_directory();
    return 0;
}
