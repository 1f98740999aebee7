/* Thresholded ("sparse") memories (Performer blog, eq. 31, 33 and 35): components on one
 * side of a value become 0 before states and patterns are compared; what is read out are
 * the patterns as they were stored.
 *
 * Thresholding shortens patterns and states and so lowers every inner product. Whether a
 * thresholded memory is better at what it is asked or only asked at another inverse
 * temperature shows when the three conventions are compared:
 *
 *   same       products of thresholded vectors as they are
 *   unit_norm  patterns and states are scaled to unit norm before they are compared,
 *              also where nothing is thresholded
 *   matched    every thresholded state is scaled so that its largest product with a
 *              thresholded pattern is that of the dense state with a dense pattern */
#ifndef BASIN_RULES_THRESHOLD_H
#define BASIN_RULES_THRESHOLD_H

#include "base/err.h"
#include "config/field.h"
#include "rules/scale.h"

#include <gsl/gsl_matrix.h>
#include <stdbool.h>

struct basin_threshold {
    double value; /* NAN: none */
    int keep;     /* enum basin_threshold_keep */
    int on;       /* enum basin_threshold_on */
    int scale;    /* enum basin_threshold_scale */
};

enum basin_threshold_keep { BASIN_KEEP_BELOW, BASIN_KEEP_ABOVE };
enum basin_threshold_on {
    BASIN_THRESHOLD_BOTH,
    BASIN_THRESHOLD_QUERY,
    BASIN_THRESHOLD_KEYS,
};
enum basin_threshold_scale {
    BASIN_THRESHOLD_SAME,
    BASIN_THRESHOLD_UNIT_NORM,
    BASIN_THRESHOLD_MATCHED,
};

/* The fields of a struct T with a member `struct basin_threshold threshold`. */
#define BASIN_THRESHOLD_FIELDS(T)                                                        \
    {"threshold", BASIN_REAL, offsetof(T, threshold.value), "none", BASIN_ANY_LOW,       \
        BASIN_ANY_HIGH, "none", "1",                                                     \
        "components on one side of this are set to 0 before patterns are compared"},     \
        {"threshold_keep", BASIN_CHOICE, offsetof(T, threshold.keep), "below", 0, 0,     \
            "below|above", "1",                                                          \
            "the side that stays: components of at most, or of at least the threshold"}, \
        {"threshold_on", BASIN_CHOICE, offsetof(T, threshold.on), "both", 0, 0,          \
            "both|query|keys", "1",                                                      \
            "what is thresholded: the state (query), the stored patterns (keys), both"}, \
    {                                                                                    \
        "threshold_scale", BASIN_CHOICE, offsetof(T, threshold.scale), "same", 0, 0,     \
            "same|unit_norm|matched", "1",                                               \
            "products are left as they are, are of vectors of unit norm (dense ones "    \
            "too), or are scaled to have the same largest one as the dense vectors"      \
    }

/* Whether patterns and states are compared just as they are, so that a rule has the
 * energy of its dense form. */
bool basin_threshold_is_plain(const struct basin_threshold *self);

/* Whether one factor turns the plain products of all (thresholded) vectors into those
 * that are compared, so that there is one effective beta. */
bool basin_threshold_keeps_scale(const struct basin_threshold *self);

/* The stored patterns as they are read out, X, and as they are compared, K. */
struct basin_keys {
    struct basin_threshold threshold;
    bool single;
    double factor; /* what multiplies the products, by `scale` */
    const gsl_matrix *X;
    const gsl_matrix *K;
    gsl_matrix *own_X;    /* NULL where X are the patterns given */
    gsl_matrix *own_K;    /* NULL where K is X */
    gsl_matrix *products; /* workspace of matched */
};

/* single: X, K and states are rounded to float. The patterns may be kept by pointer.
 * DOMAIN error if nothing is left of any pattern, or nothing to scale by. On failure
 * nothing is left to free. */
BASIN_CHECKED int basin_keys_init(struct basin_keys *self, const gsl_matrix *patterns,
    const struct basin_threshold *threshold, enum basin_product_scale scale, bool single,
    struct basin_diag *diag);
void basin_keys_free(struct basin_keys *self);

/* q: what a tile of states is compared with K as, of the same size. DOMAIN error if
 * nothing is left of a state. */
BASIN_CHECKED int basin_keys_query(struct basin_keys *self, const gsl_matrix *states,
    gsl_matrix *q, struct basin_diag *diag);

#endif
