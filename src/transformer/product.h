/* The one form of matrix product that training needs: C = op(A) op(B), or added to C. */
#ifndef BASIN_TRANSFORMER_PRODUCT_H
#define BASIN_TRANSFORMER_PRODUCT_H

#include <gsl/gsl_cblas.h>
#include <stdbool.h>
#include <stddef.h>

/* C is m x n, the sum goes over k. What is transposed lies in memory as n x k, k x m. */
struct basin_product {
    size_t m, n, k;
    const float *a;
    size_t a_stride;
    bool a_transposed;
    const float *b;
    size_t b_stride;
    bool b_transposed;
    float *c;
    size_t c_stride;
    bool add;
};

static inline void basin_product_run(const struct basin_product *p)
{
    cblas_sgemm(CblasRowMajor, p->a_transposed ? CblasTrans : CblasNoTrans,
        p->b_transposed ? CblasTrans : CblasNoTrans, (int)p->m, (int)p->n, (int)p->k, 1,
        p->a, (int)p->a_stride, p->b, (int)p->b_stride, p->add ? 1 : 0, p->c,
        (int)p->c_stride);
}

#endif
