// What the kernels share: the compile-per-machine mark, exp, the dropout hash and squares that change places.
#pragma once

#include "CKernels.h"

#include <string.h>

#if defined(__x86_64__) && defined(__linux__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define PK_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#endif
#endif
#ifndef PK_CLONES
#define PK_CLONES
#endif

// In front of a loop whose input and output may be the same memory, element by element: without it the compiler checks
// for overlap and takes the scalar loop.
#define PK_IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

#define PK_INLINE static inline __attribute__((always_inline))

// e^r for a float or a vector of them near 0.
#define PK_EXP_POLYNOMIAL(r)                                                                                           \
    ((((((1.9875691500e-4f * (r) + 1.3981999507e-3f) * (r) + 8.3334519073e-3f) * (r) + 4.1665795894e-2f) * (r) +       \
       1.6666665459e-1f) * (r) + 5.0000001201e-1f) * (r) * (r) + (r) + 1.0f)

// e^x to about one unit in the last place: x = n ln 2 + r, a degree-6 polynomial in r, n added to the exponent.
PK_INLINE float pk_exp(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float shift = 12582912.0f; // 1.5 * 2^23: adding it rounds to an integer
    float n = x * 1.44269504088896341f + shift;
    int32_t exponent;
    memcpy(&exponent, &n, 4);
    n -= shift;
    float r = x - n * 0.693359375f;
    r -= n * -2.12194440e-4f;
    float p = PK_EXP_POLYNOMIAL(r);
    int32_t bits;
    memcpy(&bits, &p, 4);
    bits += (int32_t)((uint32_t)exponent << 23);
    memcpy(&p, &bits, 4);
    return p;
}

// The upper half of a float, rounded to nearest, ties to even; what is not a number stays so.
PK_INLINE uint16_t pk_narrow(float x) {
    uint32_t bits;
    memcpy(&bits, &x, 4);
    uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    return (uint16_t)((bits & 0x7FFFFFFFu) > 0x7F800000u ? (bits >> 16) | 0x40u : rounded);
}
PK_INLINE float pk_widen(uint16_t x) {
    uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

// The two words that key one row's mask.
typedef struct {
    uint32_t first, second;
} pk_row_key;

// splitmix64 of the key and the row (Steele, Lea & Flood, 2014).
PK_INLINE pk_row_key pk_key_of_row(uint64_t key, uint64_t row) {
    uint64_t z = key + (row + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    pk_row_key k = {(uint32_t)z, (uint32_t)(z >> 32)};
    return k;
}

// Two rounds of an integer hash of a column, or of a vector of them, under the row's key.
#define PK_HASH(x, k)                                                                                                  \
    do {                                                                                                               \
        x ^= x >> 16;                                                                                                  \
        x *= 0x7FEB352Du;                                                                                              \
        x += (k).second;                                                                                               \
        x ^= x >> 15;                                                                                                  \
        x *= 0x846CA68Bu;                                                                                              \
        x ^= x >> 16;                                                                                                  \
    } while (0)

// 1/(1-rate) for a kept element, 0 for a dropped one.
PK_INLINE float pk_mask(pk_dropout d, pk_row_key k, uint32_t col) {
    uint32_t x = (col + 1) * 0x9E3779B1u ^ k.first;
    PK_HASH(x, k);
    return x >= d.threshold ? d.scale : 0.0f;
}

typedef uint32_t pk_words __attribute__((vector_size(64)));
typedef float pk_vector __attribute__((vector_size(4 * PK_LANES)));

// out[c][r] = in[r][c], 16 x 16: in four steps, each of which changes places of blocks twice as large.
#define PK_SWAP(step, ...)                                                                                             \
    for (int i = 0; i < 16; i++) {                                                                                     \
        if (i & step) continue;                                                                                        \
        pk_words a = v[i], b = v[i | step];                                                                            \
        v[i] = __builtin_shufflevector(a, b, __VA_ARGS__);                                                             \
        v[i | step] = __builtin_shufflevector(a, b, PK_LATER_##step);                                                  \
    }
#define PK_LATER_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define PK_LATER_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define PK_LATER_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define PK_LATER_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
PK_INLINE void pk_transpose(const uint32_t in[16][16], uint32_t out[16][16]) {
    pk_words v[16];
    memcpy(v, in, sizeof v);
    PK_SWAP(1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30)
    PK_SWAP(2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
    PK_SWAP(4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27)
    PK_SWAP(8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
    memcpy(out, v, sizeof v);
}
