#pragma once
#include <cblas.h>

// LAPACK's singular values by divide and conquer, which the library has and its header has not.
void sgesdd_(const char *jobz, const blasint *m, const blasint *n, float *a, const blasint *lda, float *s, float *u,
             const blasint *ldu, float *vt, const blasint *ldvt, float *work, const blasint *lwork, blasint *iwork,
             blasint *info);

// Ends the threads that the library starts when it is loaded: there they look for work for a tenth of a second, on cores that somebody
// else needs. Internal, and not in every build of the library.
extern int blas_thread_shutdown_(void) __attribute__((weak));
static inline void openblas_work_alone(void) {
    openblas_set_num_threads(1);
    if (blas_thread_shutdown_) blas_thread_shutdown_();
}
