/* Separation functions. */
#include "rules/separation.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

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

static void subtract_max(double *z, size_t n, double factor)
{
    double max = largest(z, n);
    for (size_t i = 0; i < n; i++) {
        z[i] = factor * (z[i] - max);
    }
}

/* The tau at which sum max(z_i - tau, 0)^power = 1, if the largest z_i is 0. Newton's
 * method from tau = -1: the sum is convex and at least 1 there, so tau only grows, and
 * what is once below it need not be looked at again. */
static double find_tau(const double *z, size_t n, int power, double *above)
{
    size_t count = n;
    memcpy(above, z, n * sizeof(*above));
    double tau = -1;
    double next = -1;
    do {
        double sum = 0;
        double slope = 0;
        size_t kept = 0;
        tau = next;
        for (size_t i = 0; i < count; i++) {
            double over = above[i] - tau;
            if (over > 0) {
                above[kept++] = above[i];
                sum += power == 1 ? over : over * over;
                slope += power == 1 ? 1 : 2 * over;
            }
        }
        count = kept;
        next = tau + (sum - 1) / slope;
    } while (next > tau);
    return tau;
}

static void sparsemax(double *z, size_t n, double *scratch)
{
    subtract_max(z, n, 1);
    double tau = find_tau(z, n, 1, scratch);
    for (size_t i = 0; i < n; i++) {
        z[i] = fmax(z[i] - tau, 0);
    }
}

static void entmax15(double *z, size_t n, double *scratch)
{
    subtract_max(z, n, 0.5);
    double tau = find_tau(z, n, 2, scratch);
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
