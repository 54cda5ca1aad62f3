// oracle: native
// A program of ordinary size: text is made, compressed by back references and a Huffman code, expanded and compared.
#include "check.h"

static uint8_t text[200000], packed[400000], expanded[200000];
static uint16_t tokens[200000];

static size_t make_text(void) {
    static const char *const words[] = {"the", "translator", "runs", "guest", "blocks", "of", "code", "and", "links", "them", "quickly", "in", "a", "cache"};
    uint64_t state = 2024;
    size_t n = 0;
    while (n < sizeof text - 40) {
        const char *word = words[next_random(&state) % 14];
        n += (size_t)sprintf((char *)text + n, "%s%s", word, next_random(&state) % 9 ? " " : ".\n");
    }
    return n;
}

// Tokens: a literal byte, or 256 + length followed by a distance.
static size_t find_matches(size_t n) {
    static int32_t heads[1 << 14], previous[200000];
    memset(heads, -1, sizeof heads);
    size_t out = 0;
    for (size_t i = 0; i < n;) {
        int best = 0, distance = 0;
        if (i + 4 <= n) {
            uint32_t h = (text[i] * 65599u + text[i + 1]) * 65599u + text[i + 2];
            h = (h ^ h >> 15) & 0x3fff;
            int tries = 16;
            for (int32_t at = heads[h]; at >= 0 && tries-- && i - (size_t)at < 60000; at = previous[at]) {
                int length = 0;
                while (length < 200 && i + (size_t)length < n && text[(size_t)at + (size_t)length] == text[i + (size_t)length]) length++;
                if (length > best) best = length, distance = (int)(i - (size_t)at);
            }
            previous[i] = heads[h], heads[h] = (int32_t)i;
        }
        if (best >= 4) tokens[out++] = (uint16_t)(256 + best), tokens[out++] = (uint16_t)distance, i += (size_t)best;
        else tokens[out++] = text[i++];
    }
    return out;
}

static struct node { uint32_t weight; int16_t left, right; } nodes[1024];
static uint32_t codes[512];
static uint8_t lengths[512];

static void assign(int node, uint32_t code, int length) {
    if (nodes[node].left < 0) codes[node] = code, lengths[node] = (uint8_t)(length ? length : 1);
    else assign(nodes[node].left, code << 1, length + 1), assign(nodes[node].right, code << 1 | 1, length + 1);
}

static int build(const uint32_t *counts) {
    int heap[1024], n = 0, used = 512;
    for (int i = 0; i < 512; i++) {
        nodes[i] = (struct node){counts[i], -1, -1};
        if (counts[i]) heap[n++] = i;
    }
    while (n > 1) {
        int smallest[2];
        for (int k = 0; k < 2; k++) {
            int at = 0;
            for (int i = 1; i < n; i++)
                if (nodes[heap[i]].weight < nodes[heap[at]].weight) at = i;
            smallest[k] = heap[at], heap[at] = heap[--n];
        }
        nodes[used] = (struct node){nodes[smallest[0]].weight + nodes[smallest[1]].weight, (int16_t)smallest[0], (int16_t)smallest[1]};
        heap[n++] = used++;
    }
    assign(heap[0], 0, 0);
    return heap[0];
}

int main(void) {
    size_t n = make_text(), count = find_matches(n), bit = 0;
    uint32_t counts[512] = {0};
    for (size_t i = 0; i < count; i++) {
        counts[tokens[i]]++;
        if (tokens[i] >= 256) i++;
    }
    int root = build(counts);
#define PUT(value, width) for (int b = (width) - 1; b >= 0; b--, bit++) packed[bit >> 3] |= (uint8_t)(((value) >> b & 1) << (bit & 7))
    for (size_t i = 0; i < count; i++) {
        PUT(codes[tokens[i]], lengths[tokens[i]]);
        if (tokens[i] >= 256) {
            i++;
            PUT(tokens[i], 16);
        }
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < (bit + 7) / 8; i++) sum = mix(sum, packed[i]);
    show("bytes", (long)n), show("tokens", (long)count), show("bits", (long)bit), show_hex("sum", sum);

    size_t at = 0, out = 0;
    while (at < bit) {
        int node = root;
        while (nodes[node].left >= 0) node = packed[at >> 3] >> (at & 7) & 1 ? nodes[node].right : nodes[node].left, at++;
        if (node < 256) expanded[out++] = (uint8_t)node;
        else {
            uint32_t distance = 0;
            for (int b = 0; b < 16; b++, at++) distance = distance << 1 | (packed[at >> 3] >> (at & 7) & 1);
            for (int length = node - 256; length--; out++) expanded[out] = expanded[out - distance];
        }
    }
    show("expanded", (long)out), show("same", memcmp(text, expanded, n));
    return 0;
}
