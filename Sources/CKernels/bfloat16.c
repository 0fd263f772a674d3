#include "rows.h"

PK_CLONES void pk_f32_to_bf16(size_t n, const float *x, uint16_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = pk_narrow(x[i]);
}

PK_CLONES void pk_bf16_to_f32(size_t n, const uint16_t *x, float *out) {
    for (size_t i = 0; i < n; i++) out[i] = pk_widen(x[i]);
}

PK_CLONES void pk_round_to_bf16(size_t n, const float *x, float *out) {
    PK_IN_PLACE
    for (size_t i = 0; i < n; i++) out[i] = pk_widen(pk_narrow(x[i]));
}

PK_CLONES void pk_widen_rows(pk_dropout d, size_t first_row, size_t rows, size_t cols, const uint16_t *x,
                             const float *addend, float *out) {
    for (size_t r = 0; r < rows; r++) {
        const uint16_t *in = x + r * cols;
        float *o = out + r * cols;
        if (d.threshold) {
            pk_row_key k = pk_key_of_row(d.key, first_row + r);
            for (size_t c = 0; c < cols; c++) o[c] = pk_widen(in[c]) * pk_mask(d, k, (uint32_t)c);
        } else {
            for (size_t c = 0; c < cols; c++) o[c] = pk_widen(in[c]);
        }
        if (!addend) continue;
        const float *a = addend + r * cols;
        for (size_t c = 0; c < cols; c++) o[c] += a[c];
    }
}

PK_CLONES void pk_pack_rows(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t width,
                            uint16_t *out) {
    for (size_t r = 0; r < rows; r++) {
        uint16_t *o = out + r * width;
        if (x) {
            const float *in = x + r * ld;
            for (size_t c = 0; c < cols; c++) o[c] = pk_narrow(in[c]);
        } else {
            memcpy(o, half + r * ld, cols * sizeof(uint16_t));
        }
        for (size_t c = cols; c < width; c++) o[c] = 0;
    }
}

// Two halves in one word, the first one below.
PK_INLINE uint32_t pair_of(float low, float high) { return pk_narrow(low) | (uint32_t)pk_narrow(high) << 16; }

// Columns first, first + 1, ... of rows k and k + 1 as pairs; a row behind the last one is 0.
PK_INLINE void interleave(size_t rows, size_t k, size_t first, size_t count, const float *x, const uint16_t *half,
                          size_t ld, uint32_t *out) {
    if (k + 1 < rows && x) {
        const float *a = x + k * ld + first, *b = a + ld;
        for (size_t n = 0; n < count; n++) out[n] = pair_of(a[n], b[n]);
    } else if (k + 1 < rows) {
        const uint16_t *a = half + k * ld + first, *b = a + ld;
        for (size_t n = 0; n < count; n++) out[n] = a[n] | (uint32_t)b[n] << 16;
    } else if (k < rows && x) {
        for (size_t n = 0; n < count; n++) out[n] = pk_narrow(x[k * ld + first + n]);
    } else if (k < rows) {
        for (size_t n = 0; n < count; n++) out[n] = half[k * ld + first + n];
    } else {
        for (size_t n = 0; n < count; n++) out[n] = 0;
    }
}

// Columns k, k + 1, ... of a row as 16 pairs; a column behind the last one is 0.
PK_INLINE void pairs_of_row(size_t cols, size_t k, const float *x, const uint16_t *half, uint32_t out[16]) {
    if (k + 32 <= cols && x) {
        for (size_t n = 0; n < 16; n++) out[n] = pair_of(x[k + 2 * n], x[k + 2 * n + 1]);
    } else if (k + 32 <= cols) {
        memcpy(out, half + k, 64);
    } else {
        uint16_t narrow[32] = {0};
        for (size_t n = 0; n < 32 && k + n < cols; n++) narrow[n] = x ? pk_narrow(x[k + n]) : half[k + n];
        memcpy(out, narrow, 64);
    }
}

PK_CLONES void pk_pack_columns(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t width,
                               uint16_t *out) {
    for (size_t r = 0; r < width; r += 32) {
        for (size_t c = 0; c < cols; c += 16) {
            size_t count = cols - c < 16 ? cols - c : 16;
            uint32_t tile[16][16] = {{0}}, turned[16][16];
            for (size_t n = 0; n < 16; n++) {
                if (count == 16) interleave(rows, r + 2 * n, c, 16, x, half, ld, tile[n]);
                else interleave(rows, r + 2 * n, c, count, x, half, ld, tile[n]);
            }
            pk_transpose(tile, turned);
            for (size_t n = 0; n < count; n++) memcpy(out + (c + n) * width + r, turned[n], 64);
        }
    }
}

PK_CLONES void pk_pack_pairs(size_t inner, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t depth,
                             uint16_t *out) {
    for (size_t first = 0; first < cols; first += PK_PAIRS) {
        size_t count = cols - first < PK_PAIRS ? cols - first : PK_PAIRS;
        for (size_t k = 0; k < depth; k += 2) {
            uint32_t pairs[PK_PAIRS];
            if (count == PK_PAIRS) interleave(inner, k, first, PK_PAIRS, x, half, ld, pairs);
            else interleave(inner, k, first, count, x, half, ld, pairs);
            memcpy(out + first * depth + k * PK_PAIRS, pairs, count * 4);
        }
    }
}

PK_CLONES void pk_pack_pairs_transposed(size_t inner, size_t cols, const float *x, const uint16_t *half, size_t ld,
                                        size_t depth, uint16_t *out) {
    for (size_t n = 0; n < cols; n += 16) {
        size_t count = cols - n < 16 ? cols - n : 16;
        uint16_t *block = out + n / PK_PAIRS * PK_PAIRS * depth + n % PK_PAIRS * 2;
        for (size_t k = 0; k < depth; k += 32) {
            uint32_t tile[16][16] = {{0}}, turned[16][16];
            for (size_t i = 0; i < count; i++)
                pairs_of_row(inner, k, x ? x + (n + i) * ld : 0, half ? half + (n + i) * ld : 0, tile[i]);
            pk_transpose(tile, turned);
            for (size_t i = 0; i < 16; i++) memcpy(block + (k + 2 * i) * PK_PAIRS, turned[i], count * 4);
        }
    }
}
