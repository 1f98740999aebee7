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

const struct basin_statistic basin_statistic_difference = {
    .name = "difference",
    .summary = "mean of `where` minus mean of `against`, paired by replicate",
    .needs = "of",
    .takes = "where|against|than",
    .pair = true,
    .method = BASIN_BY_T,
    .estimate = difference_of,
};

const struct basin_statistic basin_statistic_equivalence = {
    .name = "equivalence",
    .summary = "the same by two one-sided tests (TOST), each at the claim's confidence",
    .needs = "of",
    .takes = "where|against|than",
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

const struct basin_statistic basin_statistic_ratio = {
    .name = "ratio",
    .summary = "mean of `where` divided by mean of `against`, or of metric `than`",
    .needs = "of",
    .takes = "where|against|than|resamples",
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

const struct basin_statistic basin_statistic_ratio_to_theory = {
    .name = "ratio_to_theory",
    .summary = "measured divided by predicted, averaged over cells or for each",
    .needs = "of|theory",
    .takes = "where|each",
    .method = BASIN_BY_T,
    .miss = "the theory predicts 0",
    .estimate = ratio_to_theory_of,
};

const struct basin_statistic basin_statistic_monotone = {
    .name = "monotone",
    .summary = "every step from one value of `along` to the next, paired by replicate",
    .needs = "of|along",
    .takes = "where|direction",
    .method = BASIN_BY_T,
    .parts = BASIN_STEPS,
    .estimate = difference_of,
};
