// group: integer
// A scanner of numbers and words as a state machine over text, a linked list that is sorted by merging, and a CRC of the
// results: the mix of work that small-controller benchmarks use.
#include "kernel.h"

typedef struct node {
    struct node *next;
    int16_t key, index;
} node;

enum state { between, sign, integer, fraction, exponent, exponent_digits, name, invalid, STATES };

static const char *const words[] = {"5012", "-874", "+122", "35.54400", ".1234500", "-110.700", "5.500e+3", "-.123e-2", "T0.3e-1F", "-T.T++Tq", "x1", "name_7"};

static enum state step(enum state s, char c) {
    int digit = c >= '0' && c <= '9';
    switch (s) {
        case between: return digit ? integer : c == '+' || c == '-' ? sign : c == '.' ? fraction : c >= 'a' && c <= 'z' ? name : invalid;
        case sign: return digit ? integer : c == '.' ? fraction : invalid;
        case integer: return digit ? integer : c == '.' ? fraction : c == 'e' ? exponent : invalid;
        case fraction: return digit ? fraction : c == 'e' ? exponent : invalid;
        case exponent: return digit || c == '+' || c == '-' ? exponent_digits : invalid;
        case exponent_digits: return digit ? exponent_digits : invalid;
        case name: return digit || c == '_' || (c >= 'a' && c <= 'z') ? name : invalid;
        default: return invalid;
    }
}

static node *merge_sort(node *list, int (*compare)(const node *, const node *)) {
    if (!list || !list->next) return list;
    node *slow = list, *fast = list->next;
    while (fast && fast->next) slow = slow->next, fast = fast->next->next;
    node *right = merge_sort(slow->next, compare), *head, **tail = &head;
    slow->next = 0;
    node *left = merge_sort(list, compare);
    while (left && right) {
        node **smaller = compare(left, right) <= 0 ? &left : &right;
        *tail = *smaller;
        tail = &(*smaller)->next;
        *smaller = *tail;
    }
    *tail = left ? left : right;
    return head;
}

static int by_key(const node *a, const node *b) { return a->key - b->key; }
static int by_index(const node *a, const node *b) { return a->index - b->index; }

static uint16_t crc16(uint32_t value, uint16_t crc) {
    for (int i = 0; i < 32; i++, value >>= 1) crc = (uint16_t)((crc ^ value) & 1 ? crc >> 1 ^ 0xa001 : crc >> 1);
    return crc;
}

static uint64_t run(long scale) {
    static node nodes[200];
    static char text[2000];
    uint64_t state = 11;
    size_t n = 0;
    while (n < sizeof text - 20) {
        const char *w = words[next_random(&state) % 12];
        n += (size_t)sprintf(text + n, "%s,", w);
    }
    uint16_t crc = 0xffff;
    for (long round = 0; round < scale; round++) {
        uint32_t finals[STATES] = {0}, moves = 0;
        enum state s = between;
        for (char *p = text; *p; p++) {
            if (*p == ',') {
                finals[s]++, s = between;
                continue;
            }
            enum state next = step(s, *p);
            moves += next != s;
            s = next;
        }
        for (int i = 0; i < STATES; i++) crc = crc16(finals[i], crc);
        crc = crc16(moves, crc);
        text[round % 1900] = text[round % 1900] == ',' ? ',' : (char)('0' + round % 10);

        for (int i = 0; i < 200; i++) nodes[i] = (node){i < 199 ? nodes + i + 1 : 0, (int16_t)(next_random(&state) % 1000), (int16_t)i};
        node *list = merge_sort(nodes, by_key);
        for (node *p = list; p; p = p->next) crc = (uint16_t)(crc * 31 + p->key);
        list = merge_sort(list, by_index);
        crc = crc16((uint32_t)list->key, crc);
    }
    return crc;
}

KERNEL(5000)
