/* Keys that attention leaves out. */
#include "measure/exclusion.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <math.h>

#define LEAST_WEIGHT 1e-12
#define LEAST_SUM 1e-12

size_t basin_exclusion_keys(double *part, size_t n)
{
    double all = 0;
    for (size_t j = 0; j < n; j++) {
        all += part[j];
    }
    if (!(all > LEAST_SUM)) {
        return 0;
    }
    gsl_sort(part, 1, n);
    size_t keys = 0;
    for (double sum = 0; keys < n && sum < all / 2; keys++) {
        sum += part[n - 1 - keys];
    }
    return keys;
}

struct basin_exclusion basin_exclusion_of(
    const float *weights, size_t maps, size_t rows, size_t n, double *part, size_t *count)
{
    struct basin_exclusion seen = {0};
    for (size_t m = 0; m < maps; m++) {
        size_t most = 0;
        for (size_t j = 0; j < n; j++) {
            part[j] = 0;
            count[j] = 0;
        }
        for (size_t i = 0; i < rows; i++) {
            const float *p = weights + (m * rows + i) * n;
            for (size_t j = 0; j < n; j++) {
                double ratio = (double)n * fmax((double)p[j], LEAST_WEIGHT);
                part[j] -= log(ratio) / (double)(n * rows);
                count[j] += ratio < 0.1;
            }
        }
        for (size_t j = 0; j < n; j++) {
            most = count[j] > most ? count[j] : most;
            seen.near_zero += (double)count[j] / (double)(maps * rows * n);
        }
        seen.keys += (double)basin_exclusion_keys(part, n) / (double)maps;
        seen.avoided += (double)most / (double)(rows * maps);
    }
    return seen;
}

void basin_exclusion_shuffle(gsl_rng *r, size_t rows, size_t n, float *weights)
{
    for (size_t i = 0; i < rows; i++) {
        gsl_ran_shuffle(r, weights + i * n, n, sizeof(*weights));
    }
}
