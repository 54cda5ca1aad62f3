// oracle: native
// The C library's string and memory functions against plain loops, for every alignment and many lengths, up to the last
// byte before an unreadable page: vector code may read ahead, but not across it.
#include "check.h"

#include <ctype.h>
#include <sys/mman.h>
#include <wchar.h>

static int failures;
static void check(int good, const char *what, int a, int n) {
    if (!good && failures++ < 20) printf("wrong: %s at %d length %d\n", what, a, n);
}

int main(void) {
    unsigned char *area = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *end = area + 2 * 4096;
    mprotect(end, 4096, PROT_NONE);
    unsigned char *other = mmap(0, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *other_end = other + 2 * 4096;
    mprotect(other_end, 4096, PROT_NONE);
    static unsigned char model[600];
    long tests = 0;
    for (int n = 0; n < 300; n += n < 70 ? 1 : 13)
        for (int gap = 0; gap < 34; gap += gap < 18 ? 1 : 5) {
            unsigned char *p = end - gap - n - 1, *q = other_end - n - 1 - (gap * 7 & 15);
            for (int i = 0; i < n; i++) p[i] = (unsigned char)('a' + (i * 7 + gap) % 25);
            p[n] = 0;
            check(strlen((char *)p) == (size_t)n, "strlen", gap, n), check(strnlen((char *)p, (size_t)n + 1) == (size_t)n, "strnlen", gap, n);
            check(memchr(p, 'z', (size_t)n) == 0, "memchr", gap, n), check(strchr((char *)p, 'z') == 0, "strchr", gap, n), check(strrchr((char *)p, 0) == (char *)p + n, "strrchr", gap, n);
            check((unsigned char *)rawmemchr(p, 0) == p + n, "rawmemchr", gap, n);
            memcpy(q, p, (size_t)n + 1);
            check(memcmp(p, q, (size_t)n + 1) == 0 && strcmp((char *)p, (char *)q) == 0 && strncmp((char *)p, (char *)q, (size_t)n) == 0, "compare", gap, n);
            check((char *)stpcpy((char *)q, (char *)p) == (char *)q + n, "stpcpy", gap, n);
            if (n > 0) {
                int at = gap * 5 % n;
                q[at] = 'z';
                check(memchr(q, 'z', (size_t)n) == q + at && strchr((char *)q, 'z') == (char *)q + at && memrchr(q, 'z', (size_t)n) == q + at, "find", gap, n);
                check(memcmp(p, q, (size_t)n) < 0 && strcmp((char *)q, (char *)p) > 0, "differ", gap, n);
                check(strcspn((char *)q, "z!") == (size_t)at && strspn((char *)p, "abcdefghijklmnopqrstuvwxy") == (size_t)n, "span", gap, n);
                check(strcasecmp((char *)p, (char *)q) < 0, "strcasecmp", gap, n);
                q[at] = 0xff;
                check(memcmp(p, q, (size_t)n) < 0, "unsigned", gap, n);
            }
            for (int i = 0; i < 600; i++) model[i] = area[2 * 4096 - 600 + i];
            int shift = gap % 9;
            if (n > shift) {
                unsigned char *m = model + 600 - gap - n - 1;
                for (int i = n - shift - 1; i >= 0; i--) m[i + shift] = m[i];
                memmove(p + shift, p, (size_t)(n - shift));
                check(memcmp(model, area + 2 * 4096 - 600, 600) == 0, "memmove", gap, n);
                memset(p, 0xa5, (size_t)n);
                int set = 1;
                for (int i = 0; i < n; i++) set &= p[i] == 0xa5;
                check(set && p[n] == 0, "memset", gap, n);
            }
            tests++;
        }
    show("tests", tests), show("failures", failures);

    char text[200];
    strcpy(text, "one,two;;three four");
    for (char *save, *word = strtok_r(text, ",; ", &save); word; word = strtok_r(0, ",; ", &save)) printf("[%s]", word);
    printf("\n");
    show_text("strstr", strstr("a needle in a haystack of needles", "needles")), show_text("memmem", (char *)memmem("aaaaab", 6, "ab", 3));
    snprintf(text, sizeof text, "%5d|%-8s|%08.3f|%+ld|%#x|%c|%5.2s|%lu|%zd", 42, "left", 3.14159, -7l, 255, 'c', "precise", ~0ul, (size_t)9);
    show_text("snprintf", text);
    int a, b;
    float f;
    show("sscanf", sscanf("12 0x1f 2.5 word", "%d %i %f %7s", &a, &b, &f, text)), show("a", a), show("b", b), show("f", (long)(f * 10)), show_text("word", text);
    show("strtol", strtol("-0x7fz", 0, 16)), show_hex("strtoull", strtoull("18446744073709551616", 0, 10)), show("errno", errno == ERANGE), show("atoi", atoi("  -99x"));
    wchar_t wide[20] = L"wide";
    wcscat(wide, L" text");
    show("wcslen", (long)wcslen(wide)), show("wcschr", wcschr(wide, L't') - wide), show("wmemcmp", wmemcmp(wide, L"wide", 4));
    int classes = 0;
    for (int c = 0; c < 128; c++) classes = classes * 31 + (!!isalpha(c) | !!isdigit(c) << 1 | !!isspace(c) << 2 | !!ispunct(c) << 3 | !!isxdigit(c) << 4) + toupper(c);
    show("ctype", classes);
    return 0;
}
