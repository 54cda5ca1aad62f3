// group: fp
// flags: -ffp-contract=off
// Gravitation between five bodies: double arithmetic with square roots and divisions.
#include "kernel.h"

#include <math.h>

typedef struct { double x[3], v[3], mass; } body;

static uint64_t run(long scale) {
    body bodies[5];
    uint64_t state = 41;
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 3; k++) {
            bodies[i].x[k] = (double)(int32_t)next_random(&state) / 1e8 + i * 40;
            bodies[i].v[k] = (double)(int32_t)next_random(&state) / 1e9;
        }
        bodies[i].mass = i == 0 ? 40 : 0.05 * i;
    }
    for (long step = 0; step < scale; step++) {
        for (int i = 0; i < 5; i++)
            for (int j = i + 1; j < 5; j++) {
                double d[3], square = 0.01;
                for (int k = 0; k < 3; k++) d[k] = bodies[i].x[k] - bodies[j].x[k], square += d[k] * d[k];
                double force = 0.001 / (square * sqrt(square));
                for (int k = 0; k < 3; k++) {
                    bodies[i].v[k] -= d[k] * bodies[j].mass * force;
                    bodies[j].v[k] += d[k] * bodies[i].mass * force;
                }
            }
        for (int i = 0; i < 5; i++)
            for (int k = 0; k < 3; k++) bodies[i].x[k] += 0.001 * bodies[i].v[k];
    }
    uint64_t sum = 0;
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++) sum = mix_double(sum, bodies[i].x[k]);
    return sum;
}

KERNEL(2000000)
