/* Attention that does not look: Gaussian averaging heads (Ramsauer et al. 2021,
 * A.5.1.5). */
#ifndef BASIN_EXPERIMENTS_AVERAGES_H
#define BASIN_EXPERIMENTS_AVERAGES_H

#include <stddef.h>

/* Position i of n, from -1 to 1. */
double basin_averages_place(size_t i, size_t n);

/* p_j = exp(-((s_j - mean) / width)^2 / 2) / z at the places s_j of n tokens. */
void basin_averages_gaussian(double mean, double width, size_t n, float *p);

#endif
