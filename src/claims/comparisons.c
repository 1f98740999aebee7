/* Statistics that compare: two selections, a cell and a theory, a cell and the next. */
#include "claims/statistic.h"

#include <math.h>

/* Pattern sets are shared, so a replicate's difference is free of what they have in
 * common: a paired comparison. */
static double difference_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    return basin_sample_mean(&data->first, pick, n_pick) -
           basin_sample_mean(&data->second, pick, n_pick);
}

static const struct basin_field difference_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_THAN, BASIN_KEY_EACH, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_difference = {
    .kind = {"difference", "mean of `where` minus mean of `against`, paired by replicate",
        "Student's t", 1, difference_fields, sizeof(struct basin_measure)},
    .pair = true,
    .method = BASIN_BY_T,
    .estimate = difference_of,
};

static const struct basin_field equivalence_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_THAN, BASIN_KEY_EACH, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_equivalence = {
    .kind = {"equivalence",
        "the same by two one-sided tests (TOST), each at the claim's confidence",
        "Student's t", 1, equivalence_fields, sizeof(struct basin_measure)},
    .pair = true,
    .method = BASIN_BY_T,
    .one_sided = true,
    .estimate = difference_of,
};

static double ratio_of(struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    double below = basin_sample_mean(&data->second, pick, n_pick);
    return below == 0 ? NAN : basin_sample_mean(&data->first, pick, n_pick) / below;
}

static const struct basin_field ratio_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_THAN, BASIN_KEY_EACH, BASIN_KEY_RESAMPLES, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_ratio = {
    .kind = {"ratio", "mean of `where` divided by mean of `against`, or of metric `than`",
        "expanded percentiles of the bootstrap", 1, ratio_fields,
        sizeof(struct basin_measure)},
    .pair = true,
    .method = BASIN_BY_BOOTSTRAP,
    .miss = "the divisor is 0",
    .estimate = ratio_of,
};

static double ratio_to_theory_of(
    struct basin_data *data, const uint32_t *pick, size_t n_pick)
{
    struct basin_sample *first = &data->first;
    double sum = 0;
    for (size_t i = 0; i < first->n; i++) {
        struct basin_sample cell = {.n = 1, .point = &first->point[i]};
        sum += basin_sample_mean(&cell, pick, n_pick) / first->point[i].theory;
    }
    return isfinite(sum) ? sum / (double)first->n : NAN;
}

static const struct basin_field ratio_to_theory_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_EACH, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_ratio_to_theory = {
    .kind = {"ratio_to_theory",
        "measured divided by predicted, averaged over cells or for each", "Student's t",
        1, ratio_to_theory_fields, sizeof(struct basin_measure)},
    .theory = true,
    .method = BASIN_BY_T,
    .miss = "the theory predicts 0",
    .estimate = ratio_to_theory_of,
};

static const struct basin_field monotone_fields[] = {
    BASIN_KEY_OF, BASIN_KEY_ALONG, BASIN_KEY_DIRECTION, BASIN_FIELD_END};

const struct basin_statistic basin_statistic_monotone = {
    .kind = {"monotone",
        "every step from one value of `along` to the next, paired by replicate",
        "Student's t", 1, monotone_fields, sizeof(struct basin_measure)},
    .method = BASIN_BY_T,
    .parts = BASIN_STEPS,
    .estimate = difference_of,
};
