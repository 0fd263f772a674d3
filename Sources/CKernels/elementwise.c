#include "rows.h"

#include <math.h>

PK_CLONES void pk_accumulate(size_t n, const float *x, float *sum) {
    for (size_t i = 0; i < n; i++) sum[i] += x[i];
}

PK_CLONES void pk_scale(size_t n, float factor, float *x) {
    for (size_t i = 0; i < n; i++) x[i] *= factor;
}

PK_CLONES void pk_multiply(size_t n, const float *x, float *product) {
    for (size_t i = 0; i < n; i++) product[i] *= x[i];
}

PK_CLONES void pk_scale_columns(size_t rows, size_t cols, const float *factors, float *x) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * cols;
        for (size_t c = 0; c < cols; c++) row[c] *= factors[c];
    }
}

PK_CLONES void pk_scale_rows(size_t rows, size_t cols, const float *factors, float *x) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * cols;
        for (size_t c = 0; c < cols; c++) row[c] *= factors[r];
    }
}

PK_CLONES void pk_add_bias(size_t rows, size_t cols, const float *bias, float *x) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * cols;
        for (size_t c = 0; c < cols; c++) row[c] += bias[c];
    }
}

PK_CLONES void pk_dropout_rows(pk_dropout d, size_t first_row, size_t rows, size_t cols, const float *x, size_t ldx,
                               float *out, size_t ldout) {
    for (size_t r = 0; r < rows; r++) {
        pk_row_key k = pk_key_of_row(d.key, first_row + r);
        const float *from = x + r * ldx;
        float *to = out + r * ldout;
        PK_IN_PLACE
        for (size_t c = 0; c < cols; c++) to[c] = from[c] * pk_mask(d, k, (uint32_t)c);
    }
}

PK_CLONES void pk_column_sums(size_t rows, size_t cols, size_t ld, const float *a, const float *b, float *out) {
    for (size_t r = 0; r < rows; r++) {
        const float *x = a + r * ld;
        if (b) {
            const float *y = b + r * ld;
            for (size_t c = 0; c < cols; c++) out[c] += x[c] * y[c];
        } else {
            for (size_t c = 0; c < cols; c++) out[c] += x[c];
        }
    }
}

PK_CLONES double pk_sum_of_squares(size_t n, const float *x) {
#pragma clang fp reassociate(on)
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}

// Half to single by integer steps; subnormals are scaled by a multiplication, so no branch is needed.
PK_CLONES void pk_f16_to_f32(size_t n, const uint16_t *x, float *out) {
    for (size_t i = 0; i < n; i++) {
        uint32_t sign = (uint32_t)(x[i] & 0x8000u) << 16;
        uint32_t magnitude = (uint32_t)(x[i] & 0x7FFFu) << 13;
        float value;
        memcpy(&value, &magnitude, 4);
        value *= 0x1p112f;
        uint32_t bits;
        memcpy(&bits, &value, 4);
        bits |= (x[i] & 0x7C00u) == 0x7C00u ? 0x7F800000u : 0u;
        bits |= sign;
        memcpy(out + i, &bits, 4);
    }
}

PK_CLONES void pk_adamw(pk_adamw_step s, size_t n, const float *gradient, float *parameter, float *mean,
                        float *variance) {
    float rate = s.learning_rate / s.correction1;
    float root = 1.0f / sqrtf(s.correction2);
    float decay = 1.0f - s.learning_rate * s.weight_decay;
    for (size_t i = 0; i < n; i++) {
        float g = gradient[i] * s.gradient_scale;
        float m = s.beta1 * mean[i] + (1.0f - s.beta1) * g;
        float v = s.beta2 * variance[i] + (1.0f - s.beta2) * g * g;
        mean[i] = m;
        variance[i] = v;
        parameter[i] = parameter[i] * decay - rate * m / (__builtin_sqrtf(v) * root + s.epsilon);
    }
}
