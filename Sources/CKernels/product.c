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
