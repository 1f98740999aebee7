/* The scalar keys of `measure`, each declared once; a statistic lists those it takes.
 *
 * Not scalars, and read elsewhere: `statistic`; `where` and `against`, selections of
 * cells (select.h); `theory` (prediction.h). */
#ifndef BASIN_CLAIMS_KEYS_H
#define BASIN_CLAIMS_KEYS_H

#include "config/field.h"

/* Empty texts were not given. */
struct basin_measure {
    const char *of, *than, *checks, *along, *between;
    double level, quantile, power, bound, slack;
    int scale;     /* enum basin_measure_scale */
    int direction; /* enum basin_direction */
    int wrong;     /* enum basin_wrong */
    bool each;
    long resamples;
};

enum basin_measure_scale { BASIN_LOG_LOG, BASIN_LOG_Y, BASIN_LOG_X, BASIN_LIN_LIN };
enum basin_direction { BASIN_INCREASING, BASIN_DECREASING };
enum basin_wrong { BASIN_WRONG_ABOVE, BASIN_WRONG_BELOW };

/* What holds for the keys that a statistic does not take. */
#define BASIN_MEASURE_EMPTY                                                              \
    {                                                                                    \
        .of = "", .than = "", .checks = "", .along = "", .between = ""                   \
    }

#define BASIN_KEY_OF                                                                     \
    BASIN_FIELD_TEXT(struct basin_measure, of, NULL, "metric of the experiment")
#define BASIN_KEY_THAN                                                                   \
    BASIN_FIELD_TEXT(struct basin_measure, than, "", "metric that `of` is compared with")
#define BASIN_KEY_CHECKS                                                                 \
    BASIN_FIELD_TEXT(struct basin_measure, checks, "",                                   \
        "metric that counts what was checked, where `of` counts violations")
#define BASIN_KEY_ALONG                                                                  \
    BASIN_FIELD_TEXT(struct basin_measure, along, NULL, "axis that a curve runs along")
#define BASIN_KEY_BETWEEN                                                                \
    BASIN_FIELD_TEXT(                                                                    \
        struct basin_measure, between, NULL, "axis with one curve for each value")
#define BASIN_KEY_LEVEL                                                                  \
    BASIN_FIELD_REAL(struct basin_measure, level, NULL, BASIN_ANY_LOW, BASIN_ANY_HIGH,   \
        "1", "level that the curve passes")
#define BASIN_KEY_QUANTILE                                                               \
    BASIN_FIELD_REAL(struct basin_measure, quantile, "0.5", 0, 1, "1", "which quantile")
#define BASIN_KEY_POWER                                                                  \
    BASIN_FIELD_REAL(struct basin_measure, power, "1", BASIN_POSITIVE, 10, "1",          \
        "the line is drawn against 1 / between^power")
#define BASIN_KEY_BOUND                                                                  \
    BASIN_FIELD_REAL(struct basin_measure, bound, "0", BASIN_ANY_LOW, BASIN_ANY_HIGH,    \
        "1", "bound that no value may pass")
#define BASIN_KEY_SLACK                                                                  \
    BASIN_FIELD_REAL(struct basin_measure, slack, "1e-9", 0, 1, "1",                     \
        "relative round-off that is not yet a violation")
#define BASIN_KEY_WRONG                                                                  \
    BASIN_FIELD_CHOICE(struct basin_measure, wrong, "above|below", "above",              \
        "side of the bound that is a violation")
#define BASIN_KEY_SCALE                                                                  \
    BASIN_FIELD_CHOICE(struct basin_measure, scale, "log-log|log-y|log-x|linear", NULL,  \
        "which axes are logarithmic")
#define BASIN_KEY_DIRECTION                                                              \
    BASIN_FIELD_CHOICE(struct basin_measure, direction, "increasing|decreasing",         \
        "increasing", "which way the curve goes")
#define BASIN_KEY_EACH                                                                   \
    BASIN_FIELD_BOOL(struct basin_measure, each, "false",                                \
        "hold for each cell or curve, not for all together")
#define BASIN_KEY_RESAMPLES                                                              \
    BASIN_FIELD_INT(struct basin_measure, resamples, "2000", 100, 1000000, "1",          \
        "resamples of the bootstrap")

#endif
