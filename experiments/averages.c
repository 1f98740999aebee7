/* Gaussian averaging heads. */
#include "experiments/averages.h"

#include <math.h>

double basin_averages_place(size_t i, size_t n)
{
    double half = (double)(n - 1) / 2;
    return ((double)i - half) / half;
}

static double bell(double mean, double width, size_t j, size_t n)
{
    double z = (basin_averages_place(j, n) - mean) / width;
    return exp(-z * z / 2);
}

void basin_averages_gaussian(double mean, double width, size_t n, float *p)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += bell(mean, width, j, n);
    }
    for (size_t j = 0; j < n; j++) {
        p[j] = (float)(bell(mean, width, j, n) / sum);
    }
}
