# make -j2 and gcc: ten files, compiled, archived and linked. CC, AR and RUN are the cross compiler's on the other side; objects must be the same to the byte.
# packages: bash make gcc libc6-dev coreutils
set -u
CC=${CC:-gcc} AR=${AR:-ar} RUN=${RUN:-} NM=${NM:-nm}
for i in $(seq 1 9); do cat >part$i.c <<C
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <stdint.h>
#include "parts.h"
struct item$i { char name[$((i * 3))]; double value; uint32_t bits : $((i + 3)); };
static int compare(const void *a, const void *b) { double x = ((const struct item$i *)a)->value, y = ((const struct item$i *)b)->value; return (x > y) - (x < y); }
static uint64_t mix(uint64_t x) { x ^= x >> $((i + 7)); x *= 0x9E3779B97F4A7C15u + $i; return x ^ x >> 29; }
double part$i(const float *v, int n) {
    struct item$i *items = calloc(n, sizeof *items);
    float sum = 0;
    for (int k = 0; k < n; k++) { sum += v[k] * v[(k * $i) % n]; items[k].value = sin(v[k] * $i) * $i.5; items[k].bits = mix(k); snprintf(items[k].name, sizeof items[k].name, "%d", k); }
    qsort(items, n, sizeof *items, compare);
    double result = sum;
    for (int k = 0; k < n; k++) switch (items[k].bits % 7) { case 0: result += items[k].value; break; case 1: result -= k; break; case 3: result *= 1.0001; break; case 5: result += strlen(items[k].name); break; default: result += items[k].bits & $i; }
    free(items);
    return result;
}
C
done
{ for i in $(seq 1 9); do echo "double part$i(const float *v, int n);"; done; } >parts.h
{ echo '#include <stdio.h>'; echo '#include "parts.h"'; echo 'int main(void) { float v[500]; for (int i = 0; i < 500; i++) v[i] = (i * 37 % 101) / 8.0f;'; for i in $(seq 1 9); do echo "printf(\"%d %.12g\\n\", $i, part$i(v, 500));"; done; echo 'return 0; }'; } >main.c
cat >Makefile <<'M'
OBJECTS = main.o $(patsubst %,part%.o,1 2 3 4 5 6 7 8 9)
program: libparts.a main.o
	$(CC) -o $@ main.o libparts.a -lm
libparts.a: $(filter-out main.o,$(OBJECTS))
	$(AR) rcD $@ $^
%.o: %.c parts.h
	$(CC) $(CFLAGS) -fno-ident -fPIE -c -o $@ $<
.PHONY: clean
clean:
	rm -f *.o *.a program
M
for flags in -O0 '-O2 -ffast-math' '-O3 -march=armv8.2-a+fp16'; do
    make -s -j2 CC="$CC" AR="$AR" CFLAGS="$flags" || { echo "make failed"; exit 1; }
    sha256sum *.o; "$NM" -g part3.o; $RUN ./program; make -s clean
done
echo 'int main(void) { return undeclared; }' >broken.c; "$CC" -c broken.c 2>&1 | grep -c 'error:'; rm broken.c; make -s -j2 CC="$CC" AR="$AR" CFLAGS=-O1 program && make CC="$CC" program | sed 's/\[[0-9]*\]//'
echo '#define N(x) x ## 1
N(a) __aarch64__ __LP64__ __GNUC__' | "$CC" -E -P -; "$CC" -S -O1 -o - part1.c -fno-ident | sha256sum; "$CC" -O2 -flto -fno-ident -o whole *.c -lm && $RUN ./whole | tail -n 1
