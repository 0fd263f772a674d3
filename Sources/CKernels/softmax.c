#include "rows.h"

#include <math.h>

// Rows are short, so a remainder in single elements would take as long as the rest: they are worked on by whole vectors, of which the last one
// holds what stands behind the row too.
//
// Functions of vectors are all compiled into those that call them, so how a vector would be handed over does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
enum { lanes = PK_LANES };
typedef pk_vector vector;
typedef int32_t integers __attribute__((vector_size(4 * PK_LANES)));
typedef pk_words words;

static const integers first_lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

PK_INLINE vector load(const float *x) {
    vector v;
    memcpy(&v, x, sizeof v);
    return v;
}
PK_INLINE void store(vector v, float *x) { memcpy(x, &v, sizeof v); }

// a where the mask is set, else b.
PK_INLINE vector pick(integers mask, vector a, vector b) {
    return (vector)((mask & (integers)a) | (~mask & (integers)b));
}

// The lanes of the vector at column c that belong to a row of `cols`.
PK_INLINE integers inside(size_t c, size_t cols) { return first_lanes < (int32_t)(cols - c); }

// pk_exp of each lane.
PK_INLINE vector exponential(vector x) {
    x = pick(x < -87.0f, (vector){0} - 87.0f, x);
    x = pick(x > 88.0f, (vector){0} + 88.0f, x);
    vector n = x * 1.44269504088896341f + 12582912.0f;
    integers exponent = (integers)n;
    n -= 12582912.0f;
    vector r = x - n * 0.693359375f;
    r -= n * -2.12194440e-4f;
    vector p = PK_EXP_POLYNOMIAL(r);
    return (vector)((integers)p + (integers)((words)exponent << 23));
}

// pk_mask of the columns c, c + 1, ...
PK_INLINE vector mask_of(pk_dropout d, pk_row_key k, size_t c) {
    words x = ((words)first_lanes + (uint32_t)(c + 1)) * 0x9E3779B1u ^ k.first;
    PK_HASH(x, k);
    return (vector)((integers)(x >= d.threshold) & (integers)((vector){0} + d.scale));
}

// In four steps, each of which halves what is left.
#define FOLD(v, with)                                                                                                  \
    with(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));                      \
    with(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3));                            \
    with(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1));                            \
    with(v, __builtin_shufflevector(v, v, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0));
#define ADD(v, other) v += other
#define LARGER(v, other)                                                                                               \
    do {                                                                                                               \
        vector candidate = other;                                                                                      \
        v = pick(candidate > v, candidate, v);                                                                         \
    } while (0)

PK_INLINE float sum_of(vector v) {
    FOLD(v, ADD)
    return v[0];
}

PK_INLINE float largest_of(size_t cols, const float *s) {
    vector largest = (vector){0} + s[0];
    size_t c = 0;
    for (; c + lanes <= cols; c += lanes) LARGER(largest, load(s + c));
    if (c < cols) LARGER(largest, pick(inside(c, cols), load(s + c), largest));
    FOLD(largest, LARGER)
    return largest[0];
}

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
    size_t width = cols;
    for (size_t r = 0; r < rows; r++) {
        float *s = scores + r * ld;
        cols = limits ? first_limit + (size_t)limits[r] : width;
        float factor = with_slope(slope, cols - 1, cols, scale, s);
        float shift = largest_of(cols, s) * factor;
        vector sums = {0};
        size_t c = 0;
        for (; c + lanes <= cols; c += lanes) {
            vector e = exponential(load(s + c) * factor - shift);
            store(e, s + c);
            sums += e;
        }
        if (c < cols) {
            vector e = pick(inside(c, cols), exponential(load(s + c) * factor - shift), (vector){0});
            store(e, s + c);
            sums += e;
        }
        float sum = sum_of(sums), inverse = 1.0f / sum;
        lse[r] = shift + logf(sum);
        if (d.threshold) {
            pk_row_key k = pk_key_of_row(d.key, first_row + r);
            for (c = 0; c < cols; c += lanes) store(load(s + c) * inverse * mask_of(d, k, c), s + c);
        } else {
            for (c = 0; c < cols; c += lanes) store(load(s + c) * inverse, s + c);
        }
        for (c = cols; c < width; c++) s[c] = 0;
    }
}

// What one vector of scores and of their gradients becomes, m * p and m * p * dp; p gets the sign of a dropped one.
PK_INLINE vector again(pk_dropout d, pk_row_key k, size_t c, float factor, float lse, const float *dp, vector *s) {
    vector p = exponential(*s * factor - lse);
    if (!d.threshold) {
        *s = p;
        return p * load(dp + c);
    }
    vector kept = p * mask_of(d, k, c);
    *s = pick(kept > 0.0f, kept, -p);
    return kept * load(dp + c);
}

PK_CLONES void pk_softmax_backward(pk_dropout d, size_t first_row, size_t rows, size_t cols, size_t ld, float scale,
                                   float slope, const int32_t *limits, size_t first_limit, const float *lse,
                                   const float *delta, float *scores, float *dp) {
    float share = d.threshold ? 1.0f / d.scale : 1.0f;
    for (size_t r = 0; r < rows; r++) {
        float *s = scores + r * ld, *g = dp + r * ld;
        size_t all = limits ? first_limit + (size_t)limits[r] : cols;
        size_t seen = all < cols ? all : cols;
        float factor = with_slope(slope, all - 1, seen, scale, s);
        pk_row_key k = pk_key_of_row(d.key, first_row + r);
        vector sums = {0};
        size_t c = 0;
        for (; c + lanes <= seen; c += lanes) {
            vector v = load(s + c);
            sums += again(d, k, c, factor, lse[r], g, &v);
            store(v, s + c);
        }
        if (c < seen) {
            vector v = load(s + c);
            vector products = again(d, k, c, factor, lse[r], g, &v);
            sums += pick(inside(c, seen), products, (vector){0});
            store(v, s + c);
        }
        float less = scale * (delta ? delta[r] : sum_of(sums));
        for (c = 0; c < seen; c += lanes) {
            vector v = load(s + c);
            integers dropped = v < 0.0f;
            vector kept = pick(dropped, (vector){0}, v);
            vector p = pick(dropped, -v, v * share);
            store(pick(dropped, (vector){0}, kept * scale * load(g + c)) - p * less, g + c);
            store(kept, s + c);
        }
        for (c = seen; c < cols; c++) s[c] = g[c] = 0;
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
