#include "rows.h"

#include <math.h>

PK_CLONES void pk_layer_norm(pk_dropout d, size_t first_row, size_t rows, size_t cols, const float *x,
                             const uint16_t *half, const float *residual, const float *weight, const float *bias,
                             float epsilon, float *y, float *normalized, uint16_t *normalized_half, float *rstd) {
#pragma clang fp reassociate(on)
    float inverse = 1.0f / (float)cols;
    for (size_t r = 0; r < rows; r++) {
        float *out = y + r * cols; // z stands here until it is normalised
        float sum = 0;
        if (half) {
            const uint16_t *in = half + r * cols;
            for (size_t c = 0; c < cols; c++) out[c] = pk_widen(in[c]);
        } else {
            memcpy(out, x + r * cols, cols * sizeof(float));
        }
        if (d.threshold) {
            pk_row_key k = pk_key_of_row(d.key, first_row + r);
            for (size_t c = 0; c < cols; c++) out[c] *= pk_mask(d, k, (uint32_t)c);
        }
        if (residual) {
            const float *skip = residual + r * cols;
            for (size_t c = 0; c < cols; c++) out[c] += skip[c];
        }
        for (size_t c = 0; c < cols; c++) sum += out[c];
        float mean = sum * inverse;
        float squares = 0;
        for (size_t c = 0; c < cols; c++) {
            float centred = out[c] - mean;
            squares += centred * centred;
        }
        float scale = 1.0f / sqrtf(squares * inverse + epsilon);
        if (rstd) rstd[r] = scale;
        if (normalized) {
            float *n = normalized + r * cols;
            for (size_t c = 0; c < cols; c++) {
                float value = (out[c] - mean) * scale;
                n[c] = value;
                out[c] = value * weight[c] + bias[c];
            }
        } else if (normalized_half) {
            uint16_t *n = normalized_half + r * cols;
            for (size_t c = 0; c < cols; c++) {
                float value = (out[c] - mean) * scale;
                n[c] = pk_narrow(value);
                out[c] = value * weight[c] + bias[c];
            }
        } else {
            for (size_t c = 0; c < cols; c++) out[c] = (out[c] - mean) * scale * weight[c] + bias[c];
        }
    }
}

// Two passes over a row whose normalised elements are read by `N(c)`.
#define NORM_BACKWARD(N)                                                                                               \
    for (size_t c = 0; c < cols; c++) {                                                                                \
        float value = g[c] * weight[c];                                                                                \
        sum += value;                                                                                                  \
        dot += value * N(c);                                                                                           \
    }                                                                                                                  \
    sum *= inverse;                                                                                                    \
    dot *= inverse;                                                                                                    \
    PK_IN_PLACE                                                                                                        \
    for (size_t c = 0; c < cols; c++) out[c] = rstd[r] * (g[c] * weight[c] - sum - N(c) * dot)
#define FLOAT_AT(c) n[c]
#define HALF_AT(c) pk_widen(n[c])

PK_CLONES void pk_layer_norm_backward(size_t rows, size_t cols, const float *dy, const float *normalized,
                                      const uint16_t *normalized_half, const float *rstd, const float *weight,
                                      float *dz) {
#pragma clang fp reassociate(on)
    float inverse = 1.0f / (float)cols;
    for (size_t r = 0; r < rows; r++) {
        const float *g = dy + r * cols;
        float *out = dz + r * cols;
        float sum = 0, dot = 0;
        if (normalized_half) {
            const uint16_t *n = normalized_half + r * cols;
            NORM_BACKWARD(HALF_AT);
        } else {
            const float *n = normalized + r * cols;
            NORM_BACKWARD(FLOAT_AT);
        }
    }
}

PK_CLONES void pk_rms_norm(size_t rows, size_t cols, const float *x, const float *weight, float epsilon, float *y,
                           float *rstd) {
#pragma clang fp reassociate(on)
    float inverse = 1.0f / (float)cols;
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * cols;
        float *out = y + r * cols;
        float squares = 0;
        for (size_t c = 0; c < cols; c++) squares += in[c] * in[c];
        float scale = 1.0f / sqrtf(squares * inverse + epsilon);
        if (rstd) rstd[r] = scale;
        for (size_t c = 0; c < cols; c++) out[c] = in[c] * scale * weight[c];
    }
}

PK_CLONES void pk_rms_norm_backward(size_t rows, size_t cols, const float *dy, const float *x, const float *rstd,
                                    const float *weight, float *dx) {
#pragma clang fp reassociate(on)
    float inverse = 1.0f / (float)cols;
    for (size_t r = 0; r < rows; r++) {
        const float *g = dy + r * cols, *in = x + r * cols;
        float *out = dx + r * cols;
        float scale = rstd[r], dot = 0;
        for (size_t c = 0; c < cols; c++) dot += g[c] * weight[c] * in[c];
        dot *= inverse * scale * scale;
        PK_IN_PLACE
        for (size_t c = 0; c < cols; c++) out[c] = scale * (g[c] * weight[c] - in[c] * dot);
    }
}
