// oracle: native
// What a program may ask about the processor says the same everywhere: /proc/cpuinfo, the auxiliary vector, identification registers.
#include "check.h"

#include <elf.h>
#include <linux/openat2.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

static char text[1 << 20], first[1 << 20];

// The whole file as a string; descriptors of files in /proc give it in parts.
static int read_all(int fd) {
    size_t length = 0;
    ssize_t part;
    while ((part = read(fd, text + length, sizeof text - 1 - length)) > 0) length += (size_t)part;
    text[length] = 0;
    close(fd);
    return part == 0 && length > 0;
}

static int count(const char *name) {
    int lines = 0;
    for (char *at = text; (at = strstr(at, name)); at++) lines += at == text || at[-1] == '\n';
    return lines;
}

// Natively, clock rates differ from one look to the next.
static void check_opening(const char *way, int fd) {
    if (fd < 0 || !read_all(fd)) {
        show_text(way, strerrorname_np(errno));
        return;
    }
    if (!first[0]) strcpy(first, text);
#ifdef __aarch64__
    show(way, strcmp(first, text) == 0);
#else
    show(way, count("processor\t") > 0);
#endif
}

#ifdef __aarch64__
static uint64_t isar0(void) { uint64_t v; __asm__("mrs %0, ID_AA64ISAR0_EL1" : "=r"(v)); return v; }
static uint64_t isar1(void) { uint64_t v; __asm__("mrs %0, ID_AA64ISAR1_EL1" : "=r"(v)); return v; }
static uint64_t pfr0(void) { uint64_t v; __asm__("mrs %0, ID_AA64PFR0_EL1" : "=r"(v)); return v; }

// Name in cpuinfo, bit of AT_HWCAP or (from 64) AT_HWCAP2, and the register's field with its least value.
static const struct { const char *name; int bit; uint64_t (*id)(void); int lsb, least; } features[] = {
    {"aes", 3, isar0, 4, 1}, {"pmull", 4, isar0, 4, 2}, {"sha1", 5, isar0, 8, 1}, {"sha2", 6, isar0, 12, 1}, {"sha512", 21, isar0, 12, 2}, {"crc32", 7, isar0, 16, 1},
    {"atomics", 8, isar0, 20, 2}, {"asimdrdm", 12, isar0, 28, 1}, {"sha3", 17, isar0, 32, 1}, {"sm3", 18, isar0, 36, 1}, {"sm4", 19, isar0, 40, 1}, {"asimddp", 20, isar0, 44, 1},
    {"asimdfhm", 23, isar0, 48, 1}, {"flagm", 27, isar0, 52, 1}, {"flagm2", 64 + 7, isar0, 52, 2}, {"dcpop", 16, isar1, 0, 1}, {"dcpodp", 64 + 0, isar1, 0, 2},
    {"jscvt", 13, isar1, 12, 1}, {"fcma", 14, isar1, 16, 1}, {"lrcpc", 15, isar1, 20, 1}, {"ilrcpc", 26, isar1, 20, 2}, {"frint", 64 + 8, isar1, 32, 1}, {"sb", 29, isar1, 36, 1},
    {"bf16", 64 + 14, isar1, 44, 1}, {"i8mm", 64 + 13, isar1, 52, 1}, {"fphp", 9, pfr0, 16, 1}, {"asimdhp", 10, pfr0, 20, 1},
};

static int has_word(const char *line, const char *word) {
    size_t length = strlen(word);
    for (const char *at = line; (at = strstr(at, word)); at += length)
        if (at[-1] == ' ' && (at[length] == ' ' || at[length] == '\n')) return 1;
    return 0;
}

static int features_agree(void) {
    static char line[4096];
    char *start = strstr(first, "Features\t:");
    if (!start) return 0;
    size_t length = strcspn(start, "\n") + 1;
    memcpy(line, start, length);
    int good = 1;
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        int bit = features[i].bit;
        int told = (int)((bit < 64 ? getauxval(AT_HWCAP) >> bit : getauxval(AT_HWCAP2) >> (bit - 64)) & 1);
        int field = (int)(features[i].id() >> features[i].lsb & 15);
        // The fields of floating point are signed: 15 is "none at all".
        int identified = field != 15 && field >= features[i].least, named = has_word(line, features[i].name);
        if (told == identified && told == named) continue;
        printf("%s: hwcap %d, identification %d, cpuinfo %d\n", features[i].name, told, identified, named);
        good = 0;
    }
    int names = 0;
    for (char *at = line; (at = strchr(at + 1, ' '));) names++;
    return good && names == __builtin_popcountl(getauxval(AT_HWCAP)) + __builtin_popcountl(getauxval(AT_HWCAP2));
}

static int is_complete(void) {
    static const char *const lines[] = {"BogoMIPS\t: ", "CPU implementer\t: 0x", "CPU architecture: 8\n", "CPU variant\t: 0x", "CPU part\t: 0x", "CPU revision\t: "};
    int good = 1;
    for (int i = 0; i < 6; i++) good &= count(lines[i]) == count("processor\t: ");
    return good;
}
#else
static int features_agree(void) { return 1; }
static int is_complete(void) { return 1; }
#endif

int main(void) {
    check_opening("absolute", open("/proc/cpuinfo", O_RDONLY));
    check_opening("roundabout", open("/proc/self/../cpuinfo", O_RDONLY));
    int directory = open("/proc", O_RDONLY | O_DIRECTORY);
    check_opening("in a directory", openat(directory, "cpuinfo", O_RDONLY | O_CLOEXEC));
    struct open_how how = {.flags = O_RDONLY};
    check_opening("openat2", (int)syscall(SYS_openat2, directory, "cpuinfo", &how, sizeof how));
    if (fchdir(directory) == 0) check_opening("relative", open("cpuinfo", O_RDONLY));
    show("processors", count("processor\t") == sysconf(_SC_NPROCESSORS_ONLN));
    show("complete", is_complete());
    show("features", features_agree());

    static unsigned long vector[128];
    int fd = open("/proc/self/auxv", O_RDONLY);
    ssize_t length = read(fd, vector, sizeof vector);
    int same = length > 0;
    for (int i = 0; i < length / 16 && vector[2 * i] != AT_NULL; i++) {
        unsigned long type = vector[2 * i];
        // The C library edits some of the others, and on x86-64 these too.
        int kept = type == AT_PAGESZ;
#ifdef __aarch64__
        kept |= type == AT_HWCAP || type == AT_HWCAP2 || type == AT_PLATFORM;
#endif
        if (kept) same &= vector[2 * i + 1] == getauxval(type);
    }
    show("auxiliary vector", same);
#ifdef __aarch64__
    show("platform", strcmp((const char *)getauxval(AT_PLATFORM), "aarch64") == 0);
#else
    show("platform", 1);
#endif
}
