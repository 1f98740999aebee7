/* How much is stored in how large a network: parameters that many theories share. */
#ifndef BASIN_THEORY_STORAGE_H
#define BASIN_THEORY_STORAGE_H

#include "base/err.h"

struct basin_storage {
    long dimension;      /* d; -1: infinite */
    long patterns_count; /* N; -1: by load */
    double load;         /* alpha = N / d; NAN: by count */
};

/* Fields for a struct T that begins with a struct basin_storage called `stored`. */
#define BASIN_STORAGE_FIELDS(T)                                                          \
    {"dimension", BASIN_INT, offsetof(T, stored.dimension), "infinite", 2, 1e9,          \
        "infinite", "1", "number d of units"},                                           \
        {"patterns_count", BASIN_INT, offsetof(T, stored.patterns_count), "by_load", 1,  \
            1e12, "by_load", "1", "number N of stored patterns; by_load: load d"},       \
    {                                                                                    \
        "load", BASIN_REAL, offsetof(T, stored.load), "by_count", BASIN_POSITIVE, 1e9,   \
            "by_count", "patterns per unit", "load alpha = N / d"                        \
    }

/* alpha, from load or from patterns_count and dimension. */
BASIN_CHECKED int basin_storage_load(
    const struct basin_storage *self, double *load, struct basin_diag *diag);

/* d and N where both must be finite. */
BASIN_CHECKED int basin_storage_size(const struct basin_storage *self, double *dimension,
    double *patterns_count, struct basin_diag *diag);

#endif
