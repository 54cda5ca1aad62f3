// oracle: native
// Directories: making, listing, walking, relative descriptors, the working directory.
#include "check.h"

#include <dirent.h>
#include <ftw.h>
#include <glob.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static void list(const char *path) {
    struct dirent **entries;
    int n = scandir(path, &entries, 0, alphasort);
    printf("%s:", path);
    for (int i = 0; i < n; i++) {
        printf(" %s%s", entries[i]->d_name, entries[i]->d_type == DT_DIR ? "/" : entries[i]->d_type == DT_LNK ? "@" : "");
        free(entries[i]);
    }
    printf("\n");
    if (n >= 0) free(entries);
}

static int visited;
static int visit(const char *path, const struct stat *s, int type, struct FTW *at) {
    (void)s, (void)path;
    visited += type == FTW_F ? 1 : type == FTW_D ? 100 : 10000;
    return at->level > 9;
}

int main(void) {
    enter_work_directory();
    result("mkdir", mkdir("a", 0755));
    result("mkdir again", mkdir("a", 0755));
    result("mkdir in nothing", mkdir("x/y", 0755));
    result("mkdirat", mkdirat(AT_FDCWD, "a/b", 0700));
    int a = open("a", O_RDONLY | O_DIRECTORY);
    int fd = openat(a, "file", O_CREAT | O_WRONLY, 0644);
    close(fd);
    result("symlinkat", symlinkat("file", a, "link"));
    result("linkat", linkat(a, "file", a, "hard", 0));
    list("a"), list(".");
    result("chdir", chdir("a/b"));
    char path[256];
    getcwd(path, sizeof path);
    show_text("cwd ends with", strrchr(path, '/') - 2);
    show("getcwd too short", getcwd(path, 3) == 0 && errno == ERANGE);
    result("fchdir", fchdir(a));
    result("chdir to a file", chdir("file"));
    result("chdir to nothing", chdir("nothing"));
    result("rmdir of a full directory", rmdir("../a"));
    result("rmdir", rmdir("b"));
    result("rmdir of nothing", rmdir("b"));
    result("unlink of a directory", unlink("../a") == -1 ? 0 : 1);
    result("rmdir of a file", rmdir("file"));
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "a-rather-long-name-so-that-several-reads-are-needed-%03d", i);
        close(creat(path, 0600));
    }
    DIR *stream = opendir(".");
    int count = 0, dots = 0;
    long middle = 0;
    struct dirent *entry;
    while ((entry = readdir(stream))) {
        count++, dots += entry->d_name[0] == '.';
        if (count == 100) middle = telldir(stream);
    }
    show("entries", count), show("dots", dots);
    rewinddir(stream);
    count = 0;
    while (readdir(stream)) count++;
    show("after rewinding", count);
    seekdir(stream, middle);
    count = 0;
    while (readdir(stream)) count++;
    show("from the middle", count);
    show("dirfd", dirfd(stream) >= 0);
    closedir(stream);
    fd = open(".", O_RDONLY | O_DIRECTORY);
    result("getdents64 into too little", syscall(SYS_getdents64, fd, path, 8));
    glob_t matches;
    result("glob", glob("a-rather*9", 0, 0, &matches));
    show("matches", (long)matches.gl_pathc);
    globfree(&matches);
    nftw("..", visit, 8, FTW_PHYS);
    show("visited", visited);
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "a-rather-long-name-so-that-several-reads-are-needed-%03d", i);
        unlinkat(fd, path, 0);
    }
    result("renameat", renameat(a, "hard", AT_FDCWD, "../moved"));
    chdir("..");
    list(".");
    unlink("moved"), unlink("a/file"), unlink("a/link");
    result("unlinkat a directory", unlinkat(AT_FDCWD, "a", AT_REMOVEDIR));
    result("stat through a removed directory", openat(a, "file", O_RDONLY));
    leave_work_directory();
    return 0;
}
