// Row kernels: loops over rows of floats, each compiled once per instruction set of the machine.
//
// Matrices are row-major. `n` counts elements, `rows` and `cols` a dense matrix, `ld` the distance between
// rows in elements. No kernel allocates, starts a thread or keeps state; a caller splits rows over threads.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Tells the processor that this thread waits for another one.
static inline void pk_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Dropout: an element at (row, col) is kept or not by a hash of the key, the row and the column, so the
// mask is never stored and does not depend on the order of work. `threshold` is rate * 2^32; 0 keeps all.
typedef struct {
    uint64_t key;
    uint32_t threshold;
    float scale; // 1 / (1 - rate)
} pk_dropout;

// The activations of a feed-forward layer.
typedef enum { pk_identity, pk_gelu, pk_gelu_tanh, pk_relu, pk_tanh, pk_silu, pk_sigmoid } pk_activation;

// activation.c
// out = f(pre) element by element; pre and out may be the same.
void pk_activate(pk_activation f, size_t n, const float *pre, float *out);
// d = dy * f'(pre); dy and d may be the same.
void pk_activate_backward(pk_activation f, size_t n, const float *pre, const float *dy, float *d);
// The same with pre and out, or pre and d, in bfloat16. So may dy be: then it is `half`, and dy is NULL.
void pk_activate_bf16(pk_activation f, size_t n, const uint16_t *pre, uint16_t *out);
void pk_activate_backward_bf16(pk_activation f, size_t n, const uint16_t *pre, const float *dy, const uint16_t *half,
                               uint16_t *d);
// out = f(gate) * x element by element; out may be either.
void pk_gate(pk_activation f, size_t n, const float *gate, const float *x, float *out);
// dgate = dy * x * f'(gate), dx = dy * f(gate); one of them may be dy.
void pk_gate_backward(pk_activation f, size_t n, const float *gate, const float *x, const float *dy, float *dgate,
                      float *dx);
// The same of gate and x in bfloat16.
void pk_gate_bf16(pk_activation f, size_t n, const uint16_t *gate, const uint16_t *x, uint16_t *out);
void pk_gate_backward_bf16(pk_activation f, size_t n, const uint16_t *gate, const uint16_t *x, const float *dy,
                           float *dgate, float *dx);

// elementwise.c
void pk_accumulate(size_t n, const float *x, float *sum); // sum += x
void pk_scale(size_t n, float factor, float *x);          // x *= factor
void pk_add_bias(size_t rows, size_t cols, const float *bias, float *x);
void pk_multiply(size_t n, const float *x, float *product); // product *= x
// x[r][c] *= factors[c], and x[r][c] *= factors[r]
void pk_scale_columns(size_t rows, size_t cols, const float *factors, float *x);
void pk_scale_rows(size_t rows, size_t cols, const float *factors, float *x);
// Row r of the matrix has row number first_row + r in the mask.
void pk_dropout_rows(pk_dropout d, size_t first_row, size_t rows, size_t cols, const float *x, size_t ldx, float *out,
                     size_t ldout);
// out[c] += sum over rows of a[r][c] (times b[r][c] where b is given), rows in order.
void pk_column_sums(size_t rows, size_t cols, size_t ld, const float *a, const float *b, float *out);
double pk_sum_of_squares(size_t n, const float *x);
void pk_f16_to_f32(size_t n, const uint16_t *x, float *out);

// One AdamW step (Loshchilov & Hutter, 2019): decay, moments, update. correction1 = 1 - beta1^step, and so on.
typedef struct {
    float learning_rate, beta1, beta2, epsilon, weight_decay, correction1, correction2, gradient_scale;
} pk_adamw_step;
void pk_adamw(pk_adamw_step s, size_t n, const float *gradient, float *parameter, float *mean, float *variance);

// bfloat16.c: the upper half of a float, rounded to nearest, ties to even.
void pk_f32_to_bf16(size_t n, const float *x, uint16_t *out);
void pk_bf16_to_f32(size_t n, const uint16_t *x, float *out);
void pk_round_to_bf16(size_t n, const float *x, float *out); // rounded, and back to single precision
// out = dropout(x) + addend (NULL: none), row r with row number first_row + r in the mask.
void pk_widen_rows(pk_dropout d, size_t first_row, size_t rows, size_t cols, const uint16_t *x, const float *addend,
                   float *out);
// Operands of a product in bfloat16, from floats `x`, or from `half` where x is NULL. What lies behind the operand's own elements up to
// `width` or `depth` becomes 0.
// out[r][c] = x[r][c] for cols columns of width; and out[c][r] = x[r][c] for rows columns of width.
void pk_pack_rows(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t width,
                  uint16_t *out);
void pk_pack_columns(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t width,
                     uint16_t *out);
// Blocks of PK_PAIRS columns one after the other, in each the columns' elements by pairs of rows:
//   out[(c / PK_PAIRS * depth + k - k % 2) * PK_PAIRS + 2 * (c % PK_PAIRS) + k % 2] = x[k][c]
// for inner rows; and the same of x[c][k].
#define PK_PAIRS 64
void pk_pack_pairs(size_t inner, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t depth,
                   uint16_t *out);
void pk_pack_pairs_transposed(size_t inner, size_t cols, const float *x, const uint16_t *half, size_t ld,
                              size_t depth, uint16_t *out);

// norm.c
// z = dropout(x) + residual (NULL: none); normalized = (z - mean) * rstd; y = normalized * weight + bias.
// normalized and rstd are written unless NULL.
// x and normalized may be in bfloat16: then x is `half`, normalized is `normalized_half`, and the other of each two is NULL.
void pk_layer_norm(pk_dropout d, size_t first_row, size_t rows, size_t cols, const float *x, const uint16_t *half,
                   const float *residual, const float *weight, const float *bias, float epsilon, float *y,
                   float *normalized, uint16_t *normalized_half, float *rstd);
// dz for every row; dz may be dy, and normalized in bfloat16.
void pk_layer_norm_backward(size_t rows, size_t cols, const float *dy, const float *normalized,
                            const uint16_t *normalized_half, const float *rstd, const float *weight, float *dz);
// y = x * rstd * weight with rstd = 1 / sqrt(mean(x * x) + epsilon); rstd is written unless NULL.
void pk_rms_norm(size_t rows, size_t cols, const float *x, const float *weight, float epsilon, float *y, float *rstd);
// dx for every row; dx may be dy.
void pk_rms_norm_backward(size_t rows, size_t cols, const float *dy, const float *x, const float *rstd,
                          const float *weight, float *dx);

// rotary.c
// Turns each pair (x[c], x[c + half]) of every head by an angle of the row's place; `direction` 1, or -1 to turn back.
// cosines and sines are [places][half]; x is [rows][heads][2 * half]; out may be x.
void pk_rotate(size_t rows, size_t heads, size_t half, const int32_t *places, const float *cosines,
               const float *sines, float direction, const float *x, float *out);

// product.c
// y = x wᵀ (y += where `adds`) for few rows, w read once and in order; what a row gets depends on no other row.
// x is [rows][inputs], w [outputs][inputs], y [rows][outputs].
void pk_few_rows_transposed(size_t rows, size_t outputs, size_t inputs, const float *x, size_t ldx, const float *w,
                            size_t ldw, int adds, float *y, size_t ldy);
// y = x w (y += where `adds`) in the same way; w is [inputs][outputs] and must not overlap y.
void pk_few_rows(size_t rows, size_t outputs, size_t inputs, const float *x, size_t ldx, const float *w, size_t ldw,
                 int adds, float *y, size_t ldy);
// c = a b (c += where `adds`) for small matrices. Element (r, k) of a is a[r * row + k * step]. b lies in panels of PK_LANES columns: the one of
// columns n, n + 1, ... begins at b[n / PK_LANES * panel], its rows ldb apart; so a matrix with ordinary rows has panels of PK_LANES.
// columns are a multiple of PK_LANES. What a row gets depends on no other row.
#define PK_LANES 16
void pk_small_product(size_t rows, size_t columns, size_t inner, const float *a, size_t row, size_t step,
                      const float *b, size_t ldb, size_t panel, int adds, float *c, size_t ldc);
// Operands of such products. out[r][c] = x[r][c], from floats or from `half` where x is NULL; the columns up to `width` become 0.
void pk_read_rows(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, size_t width, float *out);
// xᵀ in panels, from either: out[r / PK_LANES * PK_LANES * cols + c * PK_LANES + r % PK_LANES] = x[r][c]; 0 where there is no row r.
void pk_turn_rows(size_t rows, size_t cols, const float *x, const uint16_t *half, size_t ld, float *out);
// And their results: out[r][c] = x[r][c], or rounded to `half` where this is not NULL.
void pk_write_rows(size_t rows, size_t cols, const float *x, size_t ldx, float *out, uint16_t *half, size_t ld);

// softmax.c
// Rows of scores have room for whole vectors of PK_LANES: it is written, and what stood there is not looked at.
// scores := softmax(scale * scores + bias) row by row, then dropout; lse[r] = log sum exp of that row.
// Row r has `first_limit + limits[r]` columns, the others become 0; cols for every row where limits is NULL.
// The bias falls by `slope` for each column before the row's last one.
void pk_softmax(pk_dropout d, size_t first_row, size_t rows, size_t cols, size_t ld, float scale, float slope,
                const int32_t *limits, size_t first_limit, float *scores, float *lse);
// With p = exp(scale * scores + bias - lse), m the dropout mask, dp the gradient of dropout(p) and delta the sum of m * p * dp over the columns
// that a row has, or what `delta` says where it is not NULL:
//   scores := m * p          dp := scale * p * (m * dp - delta)
// Both are 0 in columns that a row does not have.
void pk_softmax_backward(pk_dropout d, size_t first_row, size_t rows, size_t cols, size_t ld, float scale, float slope,
                         const int32_t *limits, size_t first_limit, const float *lse, const float *delta,
                         float *scores, float *dp);
// scores[r][c] += bias[c - places[r]], where `bias` points to the bias of distance 0; and the sums, rows in order, that give the gradient of
// the bias.
void pk_add_distances(size_t rows, size_t cols, size_t ld, const int32_t *places, const float *bias, float *scores);
void pk_sum_distances(size_t rows, size_t cols, size_t ld, const int32_t *places, const float *ds, float *dbias);
// out[r] = sum over c of a[r][c] * b[r][c]; b may be in bfloat16: then it is `half`, and b is NULL.
void pk_row_dots(size_t rows, size_t cols, const float *a, size_t lda, const float *b, const uint16_t *half, size_t ldb,
                 float *out);
// Log-sum-exp of n values `stride` apart.
float pk_log_sum_exp(size_t n, size_t stride, const float *x);
// d := factor * (softmax(x) - onehot(target)), with lse = log sum exp of x; elements `stride` apart.
void pk_cross_entropy_backward(size_t n, size_t stride, const float *x, float lse, size_t target, float factor,
                               float *d);
// The same of values side by side, with d in bfloat16.
void pk_cross_entropy_backward_bf16(size_t n, const float *x, float lse, size_t target, float factor, uint16_t *d);

// lstm.c
// One step of n cells. gates holds n each of input, forget, cell and output gate: before their activations, and after them
// when the step is done. previous is the step before's cell (NULL in the first).
//   cell = forget * previous + input * gate        out = output * tanh(cell)
void pk_lstm_cell(size_t n, float *gates, const float *previous, float *cell, float *out);
// d := the gradient of the gates before their activations; dcell is that of cell through the steps after, then of previous.
void pk_lstm_cell_backward(size_t n, const float *gates, const float *previous, const float *cell, const float *dout,
                           float *dcell, float *d);

#ifdef __cplusplus
}
#endif
