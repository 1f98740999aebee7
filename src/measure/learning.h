/* Change points of a learning curve: a first fall, a plateau, a sudden drop.
 *
 * loss[i] is measured after at[i] updates, at even distances. The first fall is over
 * where the share `fallen` of the way from loss[0] down to `known` is made, known being
 * what can be learnt at once (the entropy without context). The break is the steepest
 * drop after it: over windows of a twenty-fifth of the curve, at least one interval, so
 * that noise between two looks does not count for much. */
#ifndef BASIN_MEASURE_LEARNING_H
#define BASIN_MEASURE_LEARNING_H

#include <stddef.h>

struct basin_break {
    double at;        /* updates: the middle of the steepest window */
    double drop;      /* by which the loss falls in it */
    double plateau;   /* mean loss from half to three quarters of the way to the break */
    double steepness; /* drop, relative to what an even descent from the plateau to the
                       * end of the curve, over all of its length, makes in a window */
};

/* NANs where the first fall is never over. n >= 2. */
struct basin_break basin_learning_break(
    const double *at, const double *loss, size_t n, double known, double fallen);

/* Updates after which y is first below the limit; NAN if it never is. */
double basin_learning_below(const double *at, const double *y, size_t n, double limit);

#endif
