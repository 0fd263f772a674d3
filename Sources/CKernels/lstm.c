#include "rows.h"

PK_CLONES void pk_lstm_cell(size_t n, float *gates, const float *previous, float *cell, float *out) {
    pk_activate(pk_sigmoid, 2 * n, gates, gates);
    pk_activate(pk_tanh, n, gates + 2 * n, gates + 2 * n);
    pk_activate(pk_sigmoid, n, gates + 3 * n, gates + 3 * n);
    const float *i = gates, *f = gates + n, *g = gates + 2 * n, *o = gates + 3 * n;
    for (size_t k = 0; k < n; k++) cell[k] = i[k] * g[k];
    if (previous) {
        for (size_t k = 0; k < n; k++) cell[k] += f[k] * previous[k];
    }
    pk_activate(pk_tanh, n, cell, out);
    for (size_t k = 0; k < n; k++) out[k] *= o[k];
}

PK_CLONES void pk_lstm_cell_backward(size_t n, const float *gates, const float *previous, const float *cell,
                                     const float *dout, float *dcell, float *d) {
    const float *i = gates, *f = gates + n, *g = gates + 2 * n, *o = gates + 3 * n;
    float *di = d, *df = d + n, *dg = d + 2 * n, *do_ = d + 3 * n;
    pk_activate(pk_tanh, n, cell, do_); // tanh(cell) stands here until its own gate's turn
    for (size_t k = 0; k < n; k++) {
        float t = do_[k];
        float slope = dcell[k] + dout[k] * o[k] * (1.0f - t * t);
        di[k] = slope * g[k] * i[k] * (1.0f - i[k]);
        df[k] = previous ? slope * previous[k] * f[k] * (1.0f - f[k]) : 0.0f;
        dg[k] = slope * i[k] * (1.0f - g[k] * g[k]);
        do_[k] = dout[k] * t * o[k] * (1.0f - o[k]);
        dcell[k] = slope * f[k];
    }
}
