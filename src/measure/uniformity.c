/* Weights against averaging. */
#include "measure/uniformity.h"

#include <math.h>

double basin_jacobian_norm(const double *p, size_t n)
{
    double s2 = 0;
    double s3 = 0;
    for (size_t i = 0; i < n; i++) {
        s2 += p[i] * p[i];
        s3 += p[i] * p[i] * p[i];
    }
    return sqrt(fmax(s2 - 2 * s3 + s2 * s2, 0));
}

double basin_uniform_distance(const double *p, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += fabs(p[i] - 1 / (double)n);
    }
    return sum / 2;
}
