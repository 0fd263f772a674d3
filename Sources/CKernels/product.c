#include "rows.h"

// Outputs that are computed at a time, each with a sum of its own; a row of x is read once for all of them.
enum { group = 4 };

PK_CLONES void pk_few_rows_transposed(size_t rows, size_t outputs, size_t inputs, const float *x, size_t ldx,
                                      const float *w, size_t ldw, int adds, float *y, size_t ldy) {
#pragma clang fp reassociate(on) contract(fast)
    size_t o = 0;
    for (; o + group <= outputs; o += group) {
        const float *w0 = w + o * ldw, *w1 = w0 + ldw, *w2 = w1 + ldw, *w3 = w2 + ldw;
        for (size_t r = 0; r < rows; r++) {
            const float *row = x + r * ldx;
            float *out = y + r * ldy + o;
            float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            for (size_t i = 0; i < inputs; i++) {
                float value = row[i];
                s0 += value * w0[i];
                s1 += value * w1[i];
                s2 += value * w2[i];
                s3 += value * w3[i];
            }
            if (adds) {
                s0 += out[0];
                s1 += out[1];
                s2 += out[2];
                s3 += out[3];
            }
            out[0] = s0;
            out[1] = s1;
            out[2] = s2;
            out[3] = s3;
        }
    }
    for (; o < outputs; o++) {
        for (size_t r = 0; r < rows; r++) {
            float sum = 0;
            for (size_t i = 0; i < inputs; i++) sum += x[r * ldx + i] * w[o * ldw + i];
            y[r * ldy + o] = adds ? y[r * ldy + o] + sum : sum;
        }
    }
}

PK_CLONES void pk_few_rows(size_t rows, size_t outputs, size_t inputs, const float *x, size_t ldx, const float *w,
                           size_t ldw, int adds, float *y, size_t ldy) {
#pragma clang fp contract(fast)
    if (!adds) {
        for (size_t r = 0; r < rows; r++) memset(y + r * ldy, 0, outputs * sizeof(float));
    }
    size_t i = 0;
    for (; i + group <= inputs; i += group) {
        const float *w0 = w + i * ldw, *w1 = w0 + ldw, *w2 = w1 + ldw, *w3 = w2 + ldw;
        for (size_t r = 0; r < rows; r++) {
            const float *row = x + r * ldx + i;
            float x0 = row[0], x1 = row[1], x2 = row[2], x3 = row[3];
            float *restrict out = y + r * ldy;
            for (size_t o = 0; o < outputs; o++) out[o] += (x0 * w0[o] + x1 * w1[o]) + (x2 * w2[o] + x3 * w3[o]);
        }
    }
    for (; i < inputs; i++) {
        for (size_t r = 0; r < rows; r++) {
            float value = x[r * ldx + i];
            float *restrict out = y + r * ldy;
            for (size_t o = 0; o < outputs; o++) out[o] += value * w[i * ldw + o];
        }
    }
}

enum { lanes = PK_LANES, tile_rows = 6 };
typedef pk_vector vector;

// Some rows, a number that the compiler knows, of one panel of columns; their sums stay in registers.
PK_INLINE void tile(size_t rows, size_t inner, const float *a, size_t row, size_t step, const float *b, size_t ldb,
                    int adds, float *c, size_t ldc) {
#pragma clang fp contract(fast)
    vector sums[tile_rows];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        if (adds) memcpy(&sums[r], c + r * ldc, sizeof(vector));
        else sums[r] = (vector){0};
    }
    for (size_t k = 0; k < inner; k++) {
        vector right;
        memcpy(&right, b + k * ldb, sizeof right);
#pragma clang loop unroll(full)
        for (size_t r = 0; r < rows; r++) sums[r] += a[r * row + k * step] * right;
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) memcpy(c + r * ldc, &sums[r], sizeof(vector));
}

PK_CLONES void pk_small_product(size_t rows, size_t columns, size_t inner, const float *a, size_t row, size_t step,
                                const float *b, size_t ldb, size_t panel, int adds, float *c, size_t ldc) {
    for (size_t n = 0; n < columns; n += lanes, b += panel) {
        const float *x = a;
        float *y = c + n;
        size_t r = 0;
        for (; r + tile_rows <= rows; r += tile_rows, x += tile_rows * row, y += tile_rows * ldc)
            tile(tile_rows, inner, x, row, step, b, ldb, adds, y, ldc);
        switch (rows - r) {
        case 1: tile(1, inner, x, row, step, b, ldb, adds, y, ldc); break;
        case 2: tile(2, inner, x, row, step, b, ldb, adds, y, ldc); break;
        case 3: tile(3, inner, x, row, step, b, ldb, adds, y, ldc); break;
        case 4: tile(4, inner, x, row, step, b, ldb, adds, y, ldc); break;
        case 5: tile(5, inner, x, row, step, b, ldb, adds, y, ldc); break;
        default: break;
        }
    }
}

// Elements from `at` on, a number of them that the compiler knows.
PK_INLINE void read_part(size_t n, const float *x, const uint16_t *half, size_t at, float *restrict out) {
    if (x) memcpy(out, x + at, n * sizeof(float));
    else
        for (size_t i = 0; i < n; i++) out[i] = pk_widen(half[at + i]);
}

PK_CLONES void pk_read_rows(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t width,
                            float *out) {
    for (size_t r = 0; r < rows; r++) {
        float *o = out + r * width;
        size_t c = 0;
        for (; c + lanes <= cols; c += lanes) read_part(lanes, x, half, r * ld + c, o + c);
        for (; c < cols; c++) read_part(1, x, half, r * ld + c, o + c);
        for (; c < width; c++) o[c] = 0;
    }
}

PK_INLINE void write_part(size_t n, const float *x, float *restrict out, uint16_t *restrict half, size_t at) {
    if (half)
        for (size_t i = 0; i < n; i++) half[at + i] = pk_narrow(x[i]);
    else memcpy(out + at, x, n * sizeof(float));
}

PK_CLONES void pk_write_rows(size_t rows, size_t cols, const float *x, size_t ldx, float *out, uint16_t *half,
                             size_t ld) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * ldx;
        size_t c = 0;
        for (; c + lanes <= cols; c += lanes) write_part(lanes, in + c, out, half, r * ld + c);
        for (; c < cols; c++) write_part(1, in + c, out, half, r * ld + c);
    }
}

// 16 rows of 16 words, those behind `rows` and `words` 0, with rows and columns exchanged.
PK_INLINE void turn(size_t rows, size_t words, const void *x, size_t row_bytes, uint32_t turned[16][16]) {
    uint32_t square[16][16];
    if (rows < 16 || words < 16) memset(square, 0, sizeof square);
    for (size_t n = 0; n < rows; n++) {
        const char *row = (const char *)x + n * row_bytes;
        if (words == 16) memcpy(square[n], row, 64);
        else memcpy(square[n], row, words * 4);
    }
    pk_transpose(square, turned);
}

PK_INLINE void turn_floats(size_t rows, size_t cols, const float *x, size_t ld, float *out) {
    for (size_t c = 0; c < cols; c += 16) {
        uint32_t turned[16][16];
        size_t wide = cols - c < 16 ? cols - c : 16;
        turn(rows, wide, x + c, ld * sizeof(float), turned);
        for (size_t n = 0; n < wide; n++) memcpy(out + (c + n) * 16, turned[n], 64);
    }
}

// Two halves are exchanged as one word, the first one below.
PK_INLINE void turn_halves(size_t rows, size_t cols, const uint16_t *half, size_t ld, float *out) {
    size_t c = 0;
    for (; c + 2 <= cols; c += 32) {
        uint32_t turned[16][16];
        size_t pairs = cols - c < 32 ? (cols - c) / 2 : 16;
        turn(rows, pairs, half + c, ld * sizeof(uint16_t), turned);
        for (size_t n = 0; n < pairs; n++) {
            pk_words both;
            memcpy(&both, turned[n], 64);
            pk_words low = both << 16, high = both & 0xFFFF0000u;
            memcpy(out + (c + 2 * n) * 16, &low, 64);
            memcpy(out + (c + 2 * n + 1) * 16, &high, 64);
        }
    }
    if (cols % 2 == 0) return;
    float *last = out + (cols - 1) * 16;
    for (size_t i = 0; i < 16; i++) last[i] = i < rows ? pk_widen(half[i * ld + cols - 1]) : 0;
}

PK_CLONES void pk_turn_rows(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, float *out) {
    for (size_t r = 0; r < rows; r += 16) {
        size_t high = rows - r < 16 ? rows - r : 16;
        if (x) turn_floats(high, cols, x + r * ld, ld, out + r * cols);
        else turn_halves(high, cols, half + r * ld, ld, out + r * cols);
    }
}
