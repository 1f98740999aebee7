/* Change points of a learning curve. */
#include "measure/learning.h"

#include <math.h>

enum { WINDOWS = 25 }; /* in a curve */

static double mean_between(
    const double *at, const double *y, size_t n, double low, double high)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (at[i] >= low && at[i] <= high) {
            sum += y[i];
            count++;
        }
    }
    return count > 0 ? sum / (double)count : NAN;
}

struct basin_break basin_learning_break(
    const double *at, const double *loss, size_t n, double known, double fallen)
{
    struct basin_break found = {NAN, NAN, NAN, NAN};
    size_t width = n > WINDOWS ? n / WINDOWS : 1;
    size_t first = 0;
    while (first < n && loss[first] > loss[0] + fallen * (known - loss[0])) {
        first++;
    }
    for (size_t i = first; i + width < n; i++) {
        double drop = loss[i] - loss[i + width];
        if (isnan(found.drop) || drop > found.drop) {
            found.drop = drop;
            found.at = (at[i] + at[i + width]) / 2;
        }
    }
    found.plateau = mean_between(at, loss, n, found.at / 2, found.at * 3 / 4);
    double even = (found.plateau - loss[n - 1]) * (double)width / (double)(n - 1);
    found.steepness = even > 0 ? found.drop / even : NAN;
    return found;
}

double basin_learning_below(const double *at, const double *y, size_t n, double limit)
{
    for (size_t i = 0; i < n; i++) {
        if (y[i] < limit) {
            return at[i];
        }
    }
    return NAN;
}
