#include "rows.h"

#include <math.h>

// erf(x) as an odd rational function on [-4, 4] (outside it is 1 to float precision); error below 1e-6.
PK_INLINE float erf_rational(float x) {
    x = x < -4.0f ? -4.0f : x;
    x = x > 4.0f ? 4.0f : x;
    float s = x * x;
    float p = -2.72614225801306e-10f;
    p = p * s + 2.77068142495902e-08f;
    p = p * s + -2.10102402082508e-06f;
    p = p * s + -5.69250639462346e-05f;
    p = p * s + -7.34990630326855e-04f;
    p = p * s + -2.95459980854025e-03f;
    p = p * s + -1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * s + -2.13374055278905e-04f;
    q = q * s + -1.68282697438203e-03f;
    q = q * s + -7.37332916720468e-03f;
    q = q * s + -1.42647390514189e-02f;
    return x * p / q;
}

// tanh(x) as an odd rational function on [-7.9, 7.9]; error below 1e-6.
PK_INLINE float tanh_rational(float x) {
    x = x < -7.90531110763549805f ? -7.90531110763549805f : x;
    x = x > 7.90531110763549805f ? 7.90531110763549805f : x;
    float s = x * x;
    float p = -2.76076847742355e-16f;
    p = p * s + 2.00018790482477e-13f;
    p = p * s + -8.60467152213735e-11f;
    p = p * s + 5.12229709037114e-08f;
    p = p * s + 1.48572235717979e-05f;
    p = p * s + 6.37261928875436e-04f;
    p = p * s + 4.89352455891786e-03f;
    float q = 1.19825839466702e-06f;
    q = q * s + 1.18534705686654e-04f;
    q = q * s + 2.26843463243900e-03f;
    q = q * s + 4.89352518554385e-03f;
    return x * p / q;
}

#define SQRT_HALF 0.70710678118654752440f
#define SQRT_2_OVER_PI 0.79788456080286535588f
#define INVERSE_SQRT_2PI 0.39894228040143267794f

PK_INLINE float gelu(float x) { return 0.5f * x * (1.0f + erf_rational(x * SQRT_HALF)); }
PK_INLINE float gelu_slope(float x) {
    return 0.5f * (1.0f + erf_rational(x * SQRT_HALF)) + x * INVERSE_SQRT_2PI * pk_exp(-0.5f * x * x);
}
PK_INLINE float gelu_tanh(float x) {
    return 0.5f * x * (1.0f + tanh_rational(SQRT_2_OVER_PI * (x + 0.044715f * x * x * x)));
}
PK_INLINE float gelu_tanh_slope(float x) {
    float t = tanh_rational(SQRT_2_OVER_PI * (x + 0.044715f * x * x * x));
    return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * SQRT_2_OVER_PI * (1.0f + 3.0f * 0.044715f * x * x);
}
PK_INLINE float relu(float x) { return x > 0.0f ? x : 0.0f; }
PK_INLINE float relu_slope(float x) { return x > 0.0f ? 1.0f : 0.0f; }
PK_INLINE float tanh_slope(float x) {
    float t = tanh_rational(x);
    return 1.0f - t * t;
}
PK_INLINE float silu(float x) { return x / (1.0f + pk_exp(-x)); }
PK_INLINE float silu_slope(float x) {
    float s = 1.0f / (1.0f + pk_exp(-x));
    return s * (1.0f + x * (1.0f - s));
}

PK_INLINE float sigmoid(float x) { return 1.0f / (1.0f + pk_exp(-x)); }
PK_INLINE float sigmoid_slope(float x) {
    float s = sigmoid(x);
    return s * (1.0f - s);
}

#define FORWARD(f)                                                                                                     \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) out[i] = f(pre[i]);                                                                 \
    break
#define BACKWARD(slope)                                                                                                \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) d[i] = dy[i] * slope(pre[i]);                                                       \
    break

PK_INLINE float identity(float x) { return x; }
PK_INLINE float identity_slope(float x) {
    (void)x;
    return 1.0f;
}

#define GATE(f)                                                                                                        \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) out[i] = f(gate[i]) * x[i];                                                         \
    break
#define GATE_BACKWARD(f, slope)                                                                                        \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) {                                                                                   \
        float dg = dy[i] * x[i] * slope(gate[i]);                                                                      \
        dx[i] = dy[i] * f(gate[i]);                                                                                    \
        dgate[i] = dg;                                                                                                 \
    }                                                                                                                  \
    break

PK_CLONES void pk_activate(pk_activation f, size_t n, const float *pre, float *out) {
    switch (f) {
    case pk_identity:
        if (out != pre) memcpy(out, pre, n * sizeof(float));
        break;
    case pk_gelu: FORWARD(gelu);
    case pk_gelu_tanh: FORWARD(gelu_tanh);
    case pk_relu: FORWARD(relu);
    case pk_tanh: FORWARD(tanh_rational);
    case pk_silu: FORWARD(silu);
    case pk_sigmoid: FORWARD(sigmoid);
    }
}

PK_CLONES void pk_activate_backward(pk_activation f, size_t n, const float *pre, const float *dy, float *d) {
    switch (f) {
    case pk_identity:
        if (d != dy) memcpy(d, dy, n * sizeof(float));
        break;
    case pk_gelu: BACKWARD(gelu_slope);
    case pk_gelu_tanh: BACKWARD(gelu_tanh_slope);
    case pk_relu: BACKWARD(relu_slope);
    case pk_tanh: BACKWARD(tanh_slope);
    case pk_silu: BACKWARD(silu_slope);
    case pk_sigmoid: BACKWARD(sigmoid_slope);
    }
}

PK_CLONES void pk_gate(pk_activation f, size_t n, const float *gate, const float *x, float *out) {
    switch (f) {
    case pk_identity: GATE(identity);
    case pk_gelu: GATE(gelu);
    case pk_gelu_tanh: GATE(gelu_tanh);
    case pk_relu: GATE(relu);
    case pk_tanh: GATE(tanh_rational);
    case pk_silu: GATE(silu);
    case pk_sigmoid: GATE(sigmoid);
    }
}

PK_CLONES void pk_gate_backward(pk_activation f, size_t n, const float *gate, const float *x, const float *dy,
                                float *dgate, float *dx) {
    switch (f) {
    case pk_identity: GATE_BACKWARD(identity, identity_slope);
    case pk_gelu: GATE_BACKWARD(gelu, gelu_slope);
    case pk_gelu_tanh: GATE_BACKWARD(gelu_tanh, gelu_tanh_slope);
    case pk_relu: GATE_BACKWARD(relu, relu_slope);
    case pk_tanh: GATE_BACKWARD(tanh_rational, tanh_slope);
    case pk_silu: GATE_BACKWARD(silu, silu_slope);
    case pk_sigmoid: GATE_BACKWARD(sigmoid, sigmoid_slope);
    }
}

#define FORWARD_BF16(f)                                                                                                \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) out[i] = pk_narrow(f(pk_widen(pre[i])));                                            \
    break
#define BACKWARD_BF16(slope)                                                                                           \
    if (half) {                                                                                                        \
        PK_IN_PLACE                                                                                                    \
        for (size_t i = 0; i < n; i++) d[i] = pk_narrow(pk_widen(half[i]) * slope(pk_widen(pre[i])));                  \
    } else {                                                                                                           \
        PK_IN_PLACE                                                                                                    \
        for (size_t i = 0; i < n; i++) d[i] = pk_narrow(dy[i] * slope(pk_widen(pre[i])));                              \
    }                                                                                                                  \
    break

PK_CLONES void pk_activate_bf16(pk_activation f, size_t n, const uint16_t *pre, uint16_t *out) {
    switch (f) {
    case pk_identity:
        if (out != pre) memcpy(out, pre, n * sizeof(uint16_t));
        break;
    case pk_gelu: FORWARD_BF16(gelu);
    case pk_gelu_tanh: FORWARD_BF16(gelu_tanh);
    case pk_relu: FORWARD_BF16(relu);
    case pk_tanh: FORWARD_BF16(tanh_rational);
    case pk_silu: FORWARD_BF16(silu);
    case pk_sigmoid: FORWARD_BF16(sigmoid);
    }
}

PK_CLONES void pk_activate_backward_bf16(pk_activation f, size_t n, const uint16_t *pre, const float *dy,
                                         const uint16_t *half, uint16_t *d) {
    switch (f) {
    case pk_identity: BACKWARD_BF16(identity_slope);
    case pk_gelu: BACKWARD_BF16(gelu_slope);
    case pk_gelu_tanh: BACKWARD_BF16(gelu_tanh_slope);
    case pk_relu: BACKWARD_BF16(relu_slope);
    case pk_tanh: BACKWARD_BF16(tanh_slope);
    case pk_silu: BACKWARD_BF16(silu_slope);
    case pk_sigmoid: BACKWARD_BF16(sigmoid_slope);
    }
}

#define GATE_BF16(f)                                                                                                   \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) out[i] = pk_narrow(f(pk_widen(gate[i])) * pk_widen(x[i]));                          \
    break
#define GATE_BACKWARD_BF16(f, slope)                                                                                   \
    PK_IN_PLACE                                                                                                        \
    for (size_t i = 0; i < n; i++) {                                                                                   \
        float g = pk_widen(gate[i]);                                                                                   \
        float dg = dy[i] * pk_widen(x[i]) * slope(g);                                                                  \
        dx[i] = dy[i] * f(g);                                                                                          \
        dgate[i] = dg;                                                                                                 \
    }                                                                                                                  \
    break

PK_CLONES void pk_gate_bf16(pk_activation f, size_t n, const uint16_t *gate, const uint16_t *x, uint16_t *out) {
    switch (f) {
    case pk_identity: GATE_BF16(identity);
    case pk_gelu: GATE_BF16(gelu);
    case pk_gelu_tanh: GATE_BF16(gelu_tanh);
    case pk_relu: GATE_BF16(relu);
    case pk_tanh: GATE_BF16(tanh_rational);
    case pk_silu: GATE_BF16(silu);
    case pk_sigmoid: GATE_BF16(sigmoid);
    }
}

PK_CLONES void pk_gate_backward_bf16(pk_activation f, size_t n, const uint16_t *gate, const uint16_t *x, const float *dy,
                                     float *dgate, float *dx) {
    switch (f) {
    case pk_identity: GATE_BACKWARD_BF16(identity, identity_slope);
    case pk_gelu: GATE_BACKWARD_BF16(gelu, gelu_slope);
    case pk_gelu_tanh: GATE_BACKWARD_BF16(gelu_tanh, gelu_tanh_slope);
    case pk_relu: GATE_BACKWARD_BF16(relu, relu_slope);
    case pk_tanh: GATE_BACKWARD_BF16(tanh_rational, tanh_slope);
    case pk_silu: GATE_BACKWARD_BF16(silu, silu_slope);
    case pk_sigmoid: GATE_BACKWARD_BF16(sigmoid, sigmoid_slope);
    }
}
