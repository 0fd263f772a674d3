#include "rows.h"

#include <math.h>

// Scores of one row with a bias that falls by `slope` for each column before `last`; returns the scale still to be applied.
PK_INLINE float with_slope(float slope, size_t last, size_t cols, float scale, float *s) {
    if (slope == 0) return scale;
    for (size_t c = 0; c < cols; c++) {
        int32_t distance = (int32_t)c - (int32_t)last;
        s[c] = s[c] * scale + slope * (float)distance;
    }
    return 1.0f;
}

PK_CLONES void pk_softmax(pk_dropout d, size_t first_row, size_t rows, size_t cols, size_t ld, float scale,
                          float slope, const int32_t *limits, size_t first_limit, float *scores, float *lse) {
#pragma clang fp reassociate(on)
    size_t width = cols;
    for (size_t r = 0; r < rows; r++) {
        float *s = scores + r * ld;
        cols = limits ? first_limit + (size_t)limits[r] : width;
        for (size_t c = cols; c < width; c++) s[c] = 0;
        float factor = with_slope(slope, cols - 1, cols, scale, s);
        float largest = s[0];
        for (size_t c = 1; c < cols; c++) largest = s[c] > largest ? s[c] : largest;
        float shift = largest * factor;
        float sum = 0;
        for (size_t c = 0; c < cols; c++) {
            float e = pk_exp(s[c] * factor - shift);
            s[c] = e;
            sum += e;
        }
        float inverse = 1.0f / sum;
        lse[r] = shift + logf(sum);
        if (d.threshold) {
            pk_row_key k = pk_key_of_row(d.key, first_row + r);
            for (size_t c = 0; c < cols; c++) s[c] *= inverse * pk_mask(d, k, (uint32_t)c);
        } else {
            for (size_t c = 0; c < cols; c++) s[c] *= inverse;
        }
    }
}

// m * p of one row, -p where it is dropped and 0 behind cols; returns the sum of m * p * dp.
PK_INLINE float again(pk_dropout d, uint64_t row, size_t cols, float factor, float lse, const float *dp, float *s) {
#pragma clang fp reassociate(on)
    float sum = 0;
    if (d.threshold) {
        pk_row_key k = pk_key_of_row(d.key, row);
        for (size_t c = 0; c < cols; c++) {
            float p = pk_exp(s[c] * factor - lse);
            float kept = p * pk_mask(d, k, (uint32_t)c);
            s[c] = kept > 0 ? kept : -p;
            sum += kept * dp[c];
        }
    } else {
        for (size_t c = 0; c < cols; c++) {
            float p = pk_exp(s[c] * factor - lse);
            s[c] = p;
            sum += p * dp[c];
        }
    }
    return sum;
}

PK_CLONES void pk_softmax_backward(pk_dropout d, size_t first_row, size_t rows, size_t cols, size_t ld, float scale,
                                   float slope, const int32_t *limits, size_t first_limit, const float *lse,
                                   const float *delta, float *scores, float *dp) {
    float share = d.threshold ? 1.0f / d.scale : 1.0f;
    for (size_t r = 0; r < rows; r++) {
        float *restrict s = scores + r * ld, *restrict g = dp + r * ld;
        size_t all = limits ? first_limit + (size_t)limits[r] : cols;
        size_t seen = all < cols ? all : cols;
        float factor = with_slope(slope, all - 1, seen, scale, s);
        float sum = again(d, first_row + r, seen, factor, lse[r], g, s);
        float less = scale * (delta ? delta[r] : sum);
        for (size_t c = 0; c < seen; c++) {
            float kept = s[c] < 0 ? 0 : s[c];
            float p = s[c] < 0 ? -s[c] : s[c] * share;
            g[c] = (s[c] < 0 ? 0 : scale * kept * g[c]) - less * p;
            s[c] = kept;
        }
        for (size_t c = seen; c < cols; c++) s[c] = g[c] = 0;
    }
}

PK_CLONES void pk_add_distances(size_t rows, size_t cols, size_t ld, const int32_t *places, const float *bias,
                                float *scores) {
    for (size_t r = 0; r < rows; r++) {
        const float *b = bias - places[r];
        float *s = scores + r * ld;
        for (size_t c = 0; c < cols; c++) s[c] += b[c];
    }
}

PK_CLONES void pk_sum_distances(size_t rows, size_t cols, size_t ld, const int32_t *places, const float *ds,
                                float *dbias) {
    for (size_t r = 0; r < rows; r++) {
        float *b = dbias - places[r];
        const float *d = ds + r * ld;
        for (size_t c = 0; c < cols; c++) b[c] += d[c];
    }
}

PK_CLONES void pk_row_dots(size_t rows, size_t cols, const float *a, size_t lda, const float *b,
                           const uint16_t *half, size_t ldb, float *out) {
#pragma clang fp reassociate(on)
    for (size_t r = 0; r < rows; r++) {
        const float *left = a + r * lda;
        float sum = 0;
        if (half) {
            const uint16_t *right = half + r * ldb;
            for (size_t c = 0; c < cols; c++) sum += left[c] * pk_widen(right[c]);
        } else {
            const float *right = b + r * ldb;
            for (size_t c = 0; c < cols; c++) sum += left[c] * right[c];
        }
        out[r] = sum;
    }
}

PK_INLINE float log_sum_exp(size_t n, size_t stride, const float *x) {
#pragma clang fp reassociate(on)
    float largest = x[0];
    for (size_t i = 1; i < n; i++) largest = x[i * stride] > largest ? x[i * stride] : largest;
    float sum = 0;
    for (size_t i = 0; i < n; i++) sum += pk_exp(x[i * stride] - largest);
    return largest + logf(sum);
}

PK_CLONES float pk_log_sum_exp(size_t n, size_t stride, const float *x) {
    return stride == 1 ? log_sum_exp(n, 1, x) : log_sum_exp(n, stride, x);
}

PK_INLINE void cross_entropy_backward(size_t n, size_t stride, const float *x, float lse, size_t target, float factor,
                                      float *d) {
    PK_IN_PLACE
    for (size_t i = 0; i < n; i++) d[i * stride] = factor * pk_exp(x[i * stride] - lse);
    d[target * stride] -= factor;
}

PK_CLONES void pk_cross_entropy_backward(size_t n, size_t stride, const float *x, float lse, size_t target,
                                         float factor, float *d) {
    if (stride == 1) cross_entropy_backward(n, 1, x, lse, target, factor, d);
    else cross_entropy_backward(n, stride, x, lse, target, factor, d);
}

PK_CLONES void pk_cross_entropy_backward_bf16(size_t n, const float *x, float lse, size_t target, float factor,
                                              uint16_t *d) {
    for (size_t i = 0; i < n; i++) d[i] = pk_narrow(factor * pk_exp(x[i] - lse));
    d[target] = pk_narrow(factor * (pk_exp(x[target] - lse) - 1.0f));
}
