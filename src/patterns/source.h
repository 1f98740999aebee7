/* Pattern sources: where the N stored patterns of dimension d come from.
 *
 * A source is one const struct in one file and one line in the registry. Pattern i of
 * replicate r is a function of (key, r, i) alone, so the first patterns of a longer set
 * are the same patterns, and every rule meets the same ones. */
#ifndef BASIN_PATTERNS_SOURCE_H
#define BASIN_PATTERNS_SOURCE_H

#include "base/err.h"
#include "config/field.h"

#include <gsl/gsl_matrix.h>
#include <stdint.h>

/* What values patterns have: bits, so that a rule can say which it takes. */
enum basin_domain {
    BASIN_POLAR = 1,  /* -1 or +1 */
    BASIN_BINARY = 2, /* 0 or 1 */
    BASIN_CONTINUOUS = 4,
};

/* "polar (-1, +1)" and so on, for messages. */
const char *basin_domain_name(enum basin_domain domain);

struct basin_source {
    struct basin_kind kind;

    /* Dimension d and domain of its patterns. */
    size_t (*dimension)(const void *params);
    enum basin_domain (*domain)(const void *params);

    /* Side of the square picture that a pattern is, or 0 if it is none. May be NULL. */
    size_t (*side)(const void *params);

    /* Reads what has to be read once (images, a font); count is the largest number of
     * patterns that will be asked for; fails if there are fewer. Also refuses parameters
     * that do not go together. NULL: nothing to read or refuse, nor to close. */
    int (*open)(const void *params, size_t count, void **data, struct basin_diag *diag);
    void (*close)(void *data);

    /* Fills patterns (N x d). */
    int (*draw)(const void *params, const void *data, uint64_t key, uint32_t replicate,
        gsl_matrix *patterns, struct basin_diag *diag);
};

extern const struct basin_kind *basin_sources[BASIN_REGISTRY_ROOM];

/* Fields that every source has besides its own. */
struct basin_pattern_options {
    int normalize; /* enum basin_normalize */
};

enum basin_normalize {
    BASIN_NORMALIZE_NONE,
    BASIN_NORMALIZE_UNIT,          /* every pattern divided by its Euclidean norm */
    BASIN_NORMALIZE_CENTERED_UNIT, /* its mean subtracted, then unit norm */
    BASIN_NORMALIZE_COMMON,        /* all divided by the largest norm of the set */
};

extern const struct basin_kind basin_pattern_options;

static inline const struct basin_source *basin_source_of(const struct basin_kind *kind)
{
    return (const struct basin_source *)kind;
}

/* Normalises the rows in place. A row that cannot be normalised (norm 0) is an error
 * that names it. */
BASIN_CHECKED int basin_patterns_normalize(
    gsl_matrix *patterns, enum basin_normalize how, struct basin_diag *diag);

#endif
