#pragma once
#include <cblas.h>

// LAPACK's singular values by divide and conquer, which the library has and its header has not.
void sgesdd_(const char *jobz, const blasint *m, const blasint *n, float *a, const blasint *lda, float *s, float *u,
             const blasint *ldu, float *vt, const blasint *ldvt, float *work, const blasint *lwork, blasint *iwork,
             blasint *info);
