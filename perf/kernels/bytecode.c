// group: integer
// An interpreter with one switch: an indirect jump per bytecode. The program it runs counts the steps of 3n+1 sequences.
#include "kernel.h"

enum { PUSH, LOAD, STORE, ADD, MUL, SHR, AND, JZ, JMP, LESS, EQ, HALT };

static uint64_t interpret(const int16_t *code, int64_t *variables) {
    int64_t stack[32], *top = stack;
    uint64_t executed = 0;
    for (const int16_t *pc = code;;) {
        executed++;
        switch (*pc++) {
            case PUSH: *top++ = *pc++; break;
            case LOAD: *top++ = variables[*pc++]; break;
            case STORE: variables[*pc++] = *--top; break;
            case ADD: top--, top[-1] += top[0]; break;
            case MUL: top--, top[-1] *= top[0]; break;
            case SHR: top[-1] >>= 1; break;
            case AND: top--, top[-1] &= top[0]; break;
            case JZ: pc = *--top == 0 ? code + *pc : pc + 1; break;
            case JMP: pc = code + *pc; break;
            case LESS: top--, top[-1] = top[-1] < top[0]; break;
            case EQ: top--, top[-1] = top[-1] == top[0]; break;
            case HALT: return executed;
        }
    }
}

static uint64_t run(long scale) {
    // v0 = n, v1 = x, v2 = steps, v3 = limit
    static const int16_t code[] = {
        /*  0: while n < limit  */ LOAD, 0, LOAD, 3, LESS, JZ, 62,
        /*  7: x = n            */ LOAD, 0, STORE, 1,
        /* 11: while x != 1     */ LOAD, 1, PUSH, 1, EQ, JZ, 20, JMP, 53,
        /* 20: steps = steps + 1*/ LOAD, 2, PUSH, 1, ADD, STORE, 2,
        /* 27: if x & 1         */ LOAD, 1, PUSH, 1, AND, JZ, 46,
        /* 34: x = 3 * x + 1    */ LOAD, 1, PUSH, 3, MUL, PUSH, 1, ADD, STORE, 1, JMP, 11,
        /* 46: else x = x >> 1  */ LOAD, 1, SHR, STORE, 1, JMP, 11,
        /* 53: n = n + 1        */ LOAD, 0, PUSH, 1, ADD, STORE, 0, JMP, 0,
        /* 62:                  */ HALT,
    };
    int64_t variables[4] = {1, 0, 0, scale};
    uint64_t executed = interpret(code, variables);
    return mix(executed, (uint64_t)variables[2]);
}

KERNEL(24000)
