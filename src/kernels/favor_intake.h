/* How a FAVOR+ memory takes in keys and values: in blocks, whose size depends on their
 * number alone, shared out among OpenMP's threads and added in order; so the numbers do
 * not depend on threads. */
#ifndef BASIN_KERNELS_FAVOR_INTAKE_H
#define BASIN_KERNELS_FAVOR_INTAKE_H

#include "kernels/favor.h"

/* rows: r x (v + 1), row k is sum_i phi(k_i)_k (v_i, 1) without the factor 1/sqrt(r); of
 * the memory only the numbers and sizes need be set. Or BASIN_ERR_NOMEM. */
BASIN_CHECKED int basin_favor_take_in(const struct basin_favor_memory *memory,
    const double *directions, size_t direction_stride, const double *keys,
    size_t key_stride, const double *values, size_t value_stride, size_t n, bool single,
    double *rows);

#endif
