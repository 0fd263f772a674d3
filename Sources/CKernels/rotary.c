#include "rows.h"

PK_CLONES void pk_rotate(size_t rows, size_t heads, size_t half, const int32_t *places, const float *cosines,
                         const float *sines, float direction, const float *x, float *out) {
    for (size_t r = 0; r < rows; r++) {
        const float *cosine = cosines + (size_t)places[r] * half, *sine = sines + (size_t)places[r] * half;
        for (size_t h = 0; h < heads; h++) {
            size_t at = (r * heads + h) * 2 * half;
            const float *first = x + at, *second = first + half;
            float *to_first = out + at, *to_second = to_first + half;
            PK_IN_PLACE
            for (size_t c = 0; c < half; c++) {
                float a = first[c], b = second[c], s = direction * sine[c];
                to_first[c] = a * cosine[c] - b * s;
                to_second[c] = b * cosine[c] + a * s;
            }
        }
    }
}
