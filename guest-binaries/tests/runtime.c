// oracle: native
// What a C program finds set up for it: constructors, thread-local data, environment, auxiliary values, /proc/self,
// standard streams, the C library's sorting and searching, locale and time independent parts.
#include "check.h"

#include <dirent.h>
#include <search.h>
#include <sys/auxv.h>
#include <sys/stat.h>

static int order[4], orders;
__attribute__((constructor(200))) static void second(void) { order[orders++] = 2; }
__attribute__((constructor(101))) static void first(void) { order[orders++] = 1; }
__attribute__((destructor)) static void last(void) { printf("destructor\n"); }

static __thread int thread_value = 5, thread_zero;
static __thread char thread_text[100] = "thread-local";
extern int absent(void) __attribute__((weak));
static int pick_first(void) { return 11; }
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int (*resolve(void))(void) { return pick_first; }
int chosen(void) __attribute__((ifunc("resolve")));

int main(int argc, char **argv) {
    show("constructors", order[0] * 10 + order[1]);
    thread_value++, thread_zero += 3;
    show("thread-local", thread_value * 10 + thread_zero), show_text("text", thread_text);
    show("weak", absent == 0), show("ifunc", chosen());
    show("argc", argc), show("argv ends", argv[argc] == 0);
    setenv("OWN", "value", 1);
    show_text("getenv", getenv("OWN"));
    unsetenv("OWN");
    show("unset", getenv("OWN") == 0);
    show("page size", (long)getauxval(AT_PAGESZ)), show("secure", (long)getauxval(AT_SECURE)), show("random", getauxval(AT_RANDOM) != 0), show("entry", getauxval(AT_ENTRY) != 0);
    show("no such", (long)getauxval(9999)), show("errno", errno == ENOENT);

    char text[4096] = {0};
    int fd = open("/proc/self/cmdline", O_RDONLY);
    ssize_t n = read(fd, text, sizeof text - 1);
    show("cmdline is argv[0]", n > 0 && strcmp(text, argv[0]) == 0);
    close(fd);
    n = readlink("/proc/self/exe", text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    show("exe is this program", strcmp(strrchr(text, '/') + 1, strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0]));
    FILE *maps = fopen("/proc/self/maps", "r");
    int stack = 0, code = 0, heap = 0;
    malloc(10);
    while (maps && fgets(text, sizeof text, maps)) {
        unsigned long from, to;
        char mode[8] = "";
        sscanf(text, "%lx-%lx %7s", &from, &to, mode);
        if ((unsigned long)&fd >= from && (unsigned long)&fd < to) stack += mode[0] == 'r' && mode[1] == 'w';
        if ((unsigned long)main >= from && (unsigned long)main < to) code += mode[0] == 'r' && mode[2] == 'x';
        heap += (unsigned long)sbrk(0) - 1 >= from && (unsigned long)sbrk(0) - 1 < to;
    }
    if (maps) fclose(maps);
    show("stack in maps", stack), show("code in maps", code), show("heap in maps", heap);
    struct stat s;
    show("own directory", stat("/proc/self/fd", &s) == 0 && S_ISDIR(s.st_mode));
    snprintf(text, sizeof text, "/proc/%d/exe", getpid());
    show("by number", access(text, F_OK));

    int numbers[100];
    for (int i = 0; i < 100; i++) numbers[i] = i * 37 % 101;
    qsort(numbers, 100, sizeof *numbers, compare);
    int key = 50, *found = bsearch(&key, numbers, 100, sizeof *numbers, compare);
    show("bsearch", found ? found - numbers : -1);
    void *tree = 0;
    for (int i = 0; i < 100; i += 3) tsearch(&numbers[i], &tree, compare);
    show("tfind", tfind(&numbers[30], &tree, compare) != 0), show("tfind", tfind(&numbers[31], &tree, compare) != 0);
    srand(42);
    show("rand", rand()), show("random", (srandom(7), random()));
    char *big[50];
    for (int i = 0; i < 50; i++) big[i] = memset(malloc((size_t)1 << (i % 20)), i, (size_t)1 << (i % 20));
    int good = 0;
    for (int i = 0; i < 50; i++) {
        big[i] = realloc(big[i], ((size_t)1 << (i % 20)) * 3);
        good += big[i][((size_t)1 << (i % 20)) - 1] == i;
        free(big[i]);
    }
    show("malloc", good);
    void *aligned;
    show("aligned", posix_memalign(&aligned, 4096, 100) == 0 && (uintptr_t)aligned % 4096 == 0);
    FILE *stream = fmemopen(text, sizeof text, "w+");
    fprintf(stream, "%s %d", "memory stream", 12);
    rewind(stream);
    fscanf(stream, "%*s %*s %d", &key);
    show("stream", key);
    fclose(stream);
    setvbuf(stdout, 0, _IOFBF, 1 << 16);
    fprintf(stderr, "to standard error\n");
    printf("to standard output, not flushed before exit\n");
    return 0;
}
