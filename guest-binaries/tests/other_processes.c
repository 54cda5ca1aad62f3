// oracle: native
// /proc of another process of the same program: its mappings, size, statistics, memory and limits are the program's.
#include "check.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { PLACE = 0x50000000, SIZE = 1 << 20 };

static char *text_of(int process, const char *file) {
    static char text[1 << 20];
    char name[64];
    if (process) snprintf(name, sizeof name, "/proc/%d/%s", process, file);
    else snprintf(name, sizeof name, "/proc/self/%s", file);
    int fd = open(name, O_RDONLY), length = 0, part;
    while (fd >= 0 && (part = (int)read(fd, text + length, sizeof text - 1 - length)) > 0) length += part;
    close(fd);
    text[fd < 0 ? 0 : length] = 0;
    return text;
}

static void look(int process) {
    char *text = text_of(process, "maps"), *line = strstr(text, "50000000-");
    printf("there: %.30s\n", line ? line : "no");
    show("has a stack", strstr(text, "[stack]") != 0), show("has a heap", strstr(text, "[heap]") != 0);
    int foreign = 0;
    for (char *at = text; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : 0) {
        char name[512] = "";
        sscanf(at, "%*s %*s %*s %*s %*s %511[^\n]", name);
        if (name[0] == '/' && !strstr(name, "other_processes")) foreign++;
    }
    show("files of others", foreign);
    text = text_of(process, "smaps");
    line = strstr(text, "50000000-");
    int kilobytes = -1;
    if (line && (line = strstr(line, "Size:"))) sscanf(line, "Size: %d", &kilobytes);
    show("smaps", kilobytes);
    long size = -1, data = -1;
    text = text_of(process, "status");
    if ((line = strstr(text, "VmSize:"))) sscanf(line, "VmSize: %ld", &size);
    if ((line = strstr(text, "VmData:"))) sscanf(line, "VmData: %ld", &data);
    show("small", size > 1024 && size < 40000), show("data of at least a MiB", data >= 1024 && data < size);
    char name[32] = "";
    sscanf(text, "Name: %31s", name);
    show_text("name", name);
    unsigned long pages = 0, bytes = 0, code = 0, code_end = 0, stack = 0;
    sscanf(text_of(process, "statm"), "%lu", &pages);
    show("statm", (long)(pages * 4) == size);
    text = strrchr(text_of(process, "stat"), ')');
    for (int field = 2; text && field < 28; field++, text = strchr(text + 1, ' ')) {
        if (field == 22) bytes = strtoul(strchr(text + 1, ' '), 0, 10);
        if (field == 25) code = strtoul(strchr(text + 1, ' '), 0, 10);
        if (field == 26) code_end = strtoul(strchr(text + 1, ' '), 0, 10);
        if (field == 27) stack = strtoul(strchr(text + 1, ' '), 0, 10);
    }
    show("stat", (long)(bytes >> 10) == size);
    show("main is code", (unsigned long)look > code && (unsigned long)look < code_end), show("stack", stack > (unsigned long)&stack);
    if (process) {
        char path[64], word[8] = "";
        snprintf(path, sizeof path, "/proc/%d/mem", process);
        int memory = open(path, O_RDONLY);
        show("mem", pread(memory, word, 5, PLACE)), show_text("contents", word);
        close(memory);
        snprintf(path, sizeof path, "/proc/%d/exe", process);
        char own[256] = "", its[256] = "";
        readlink("/proc/self/exe", own, sizeof own - 1), readlink(path, its, sizeof its - 1);
        show("same program", own[0] == '/' && strcmp(own, its) == 0);
        show("arguments", strstr(text_of(process, "cmdline"), "other_processes") != 0);
        show_text("comm", text_of(process, "comm"));
        char task[64];
        snprintf(task, sizeof task, "task/%d/statm", process);
        unsigned long same = 0;
        sscanf(text_of(process, task), "%lu", &same);
        show("of its task", same == pages);
    }
}

static void limit(const char *name) {
    char *line = strstr(text_of(0, "limits"), name), soft[32] = "", hard[32] = "";
    if (line) sscanf(line + strlen(name), "%31s %31s", soft, hard);
    printf("%s: %s %s\n", name, soft, hard);
}

int main(void) {
    char *p = mmap((void *)PLACE, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    strcpy(p, "hello");
    free(malloc(100));
    int ready[2];
    if (pipe(ready) != 0) perror("pipe");
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_NAME, "the child");
        mprotect(p, SIZE / 2, PROT_READ);
        write(ready[1], "x", 1);
        pause();
    }
    char token;
    read(ready[0], &token, 1);
    puts("itself"), look(0);
    puts("the child"), look(child);
    kill(child, SIGKILL), wait(0);
    show("of nobody", (long)strlen(text_of(child, "maps")));
    struct rlimit limits[] = {{0, 1 << 20}, {1ul << 32, 1ul << 33}, {1ul << 33, RLIM_INFINITY}};
    setrlimit(RLIMIT_CORE, &limits[0]), setrlimit(RLIMIT_DATA, &limits[1]), setrlimit(RLIMIT_AS, &limits[2]);
    limit("Max core file size"), limit("Max data size"), limit("Max address space");
}
