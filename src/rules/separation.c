/* Separation functions. The sparse ones are computed exactly: only logits within reach of
 * the largest are sorted, then the size of the support follows from running sums. */
#include "rules/separation.h"

#include <gsl/gsl_sort.h>
#include <math.h>

static double largest(const double *z, size_t n)
{
    double max = z[0];
    for (size_t i = 1; i < n; i++) {
        max = fmax(max, z[i]);
    }
    return max;
}

/* Of the logits at or above the cut. */
static void softmax(double *z, size_t n, double cut)
{
    double max = largest(z, n);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        z[i] = z[i] >= cut ? exp(z[i] - max) : 0;
        sum += z[i];
    }
    for (size_t i = 0; i < n; i++) {
        z[i] /= sum;
    }
}

/* Softmax of the k largest; a cut at the k-th may let in equal ones, which are removed
 * from the end. */
static void topk(double *z, size_t n, size_t k, double *scratch)
{
    gsl_sort_largest(scratch, k, z, 1, n);
    double cut = scratch[k - 1];
    size_t above = 0;
    for (size_t i = 0; i < n; i++) {
        above += z[i] > cut;
    }
    for (size_t i = 0; i < n; i++) {
        if (z[i] == cut && above++ >= k) {
            z[i] = -INFINITY;
        }
    }
    softmax(z, n, cut);
}

/* Copies those of n numbers that are above their maximum - 1 into sorted, in descending
 * order; no other can have a weight. Returns how many. */
static size_t sort_candidates(const double *z, size_t n, double *sorted)
{
    double least = largest(z, n) - 1;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (z[i] > least) {
            sorted[count++] = -z[i];
        }
    }
    gsl_sort(sorted, 1, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = -sorted[i];
    }
    return count;
}

static void subtract_max(double *z, size_t n, double factor)
{
    double max = largest(z, n);
    for (size_t i = 0; i < n; i++) {
        z[i] = factor * (z[i] - max);
    }
}

/* p = max(z - tau, 0) */
static void sparsemax(double *z, size_t n, double *sorted)
{
    subtract_max(z, n, 1);
    size_t count = sort_candidates(z, n, sorted);
    double sum = 0;
    double tau = 0;
    for (size_t k = 0; k < count; k++) {
        sum += sorted[k];
        double next = (sum - 1) / (double)(k + 1);
        if (sorted[k] <= next) {
            break;
        }
        tau = next;
    }
    for (size_t i = 0; i < n; i++) {
        z[i] = fmax(z[i] - tau, 0);
    }
}

/* p = max(z/2 - tau, 0)^2 */
static void entmax15(double *z, size_t n, double *sorted)
{
    subtract_max(z, n, 0.5);
    size_t count = sort_candidates(z, n, sorted);
    double mean = 0;
    double spread = 0; /* sum of squared deviations from the mean, as it grows */
    double tau = 0;
    for (size_t k = 0; k < count; k++) {
        double deviation = sorted[k] - mean;
        mean += deviation / (double)(k + 1);
        spread += deviation * (sorted[k] - mean);
        double next = mean - sqrt(fmax(1 - spread, 0) / (double)(k + 1));
        if (sorted[k] < next) {
            break;
        }
        tau = next;
    }
    for (size_t i = 0; i < n; i++) {
        double root = fmax(z[i] - tau, 0);
        z[i] = root * root;
    }
}

void basin_separate(
    enum basin_separation kind, size_t k, double *z, size_t n, double *scratch)
{
    switch (kind) {
    case BASIN_SOFTMAX:
        softmax(z, n, -INFINITY);
        break;
    case BASIN_SPARSEMAX:
        sparsemax(z, n, scratch);
        break;
    case BASIN_ENTMAX15:
        entmax15(z, n, scratch);
        break;
    case BASIN_TOPK:
        topk(z, n, k, scratch);
        break;
    }
}

double basin_separation_cost(
    enum basin_separation kind, size_t k, const double *p, size_t n)
{
    double size = (double)(kind == BASIN_TOPK ? k : n);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        switch (kind) {
        case BASIN_SOFTMAX:
        case BASIN_TOPK:
            sum += p[i] > 0 ? p[i] * log(size * p[i]) : 0;
            break;
        case BASIN_SPARSEMAX:
            sum += p[i] * (p[i] - 1 / size) / 2;
            break;
        case BASIN_ENTMAX15:
            sum += p[i] * (sqrt(p[i]) - sqrt(1 / size)) * 4 / 3;
            break;
        }
    }
    return sum;
}
