// group: integer
// Indirect calls through tables of functions, monomorphic and polymorphic sites mixed, as in object-oriented programs.
#include "kernel.h"

typedef struct shape shape;
typedef struct {
    int64_t (*area)(const shape *);
    void (*grow)(shape *, int);
} methods;
struct shape {
    const methods *methods;
    int64_t a, b;
};

static int64_t square_area(const shape *s) { return s->a * s->a; }
static int64_t box_area(const shape *s) { return s->a * s->b; }
static int64_t triangle_area(const shape *s) { return s->a * s->b / 2; }
static int64_t line_area(const shape *s) { return s->a & 0; }
static void grow_a(shape *s, int n) { s->a = (s->a + n) & 1023; }
static void grow_both(shape *s, int n) { s->a = (s->a + n) & 511, s->b = (s->b + 1) & 255; }
static const methods kinds[] = {{square_area, grow_a}, {box_area, grow_both}, {triangle_area, grow_both}, {line_area, grow_a}};

static uint64_t run(long scale) {
    static shape shapes[1000];
    uint64_t state = 5, sum = 0;
    for (int i = 0; i < 1000; i++) shapes[i] = (shape){&kinds[next_random(&state) % 4], i, i / 2};
    for (long round = 0; round < scale; round++) {
        for (int i = 0; i < 1000; i++) shapes[i].methods->grow(&shapes[i], (int)round & 7);
        for (int i = 0; i < 1000; i++) sum += (uint64_t)shapes[i].methods->area(&shapes[i]);
        // A stretch in which one site sees one target only.
        shape *s = &shapes[round % 1000];
        for (int i = 0; i < 500; i++) sum += (uint64_t)s->methods->area(s);
    }
    return sum;
}

KERNEL(16000)
