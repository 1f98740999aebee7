/* From a claim's data to its estimate and what is known of its error. */
#include "claims/measure.h"

#include "base/hash.h"
#include "base/rng.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More undefined resamples than this fraction, and the number itself is in doubt. */
static const double undefined_max = 0.01;

static const char *const one_replicate = "one replicate gives no interval";

static uint32_t *all_replicates(size_t n)
{
    uint32_t *pick = malloc((n + 1) * sizeof(*pick));
    for (size_t r = 0; pick != NULL && r < n; r++) {
        pick[r] = (uint32_t)r;
    }
    return pick;
}

static void by_t(struct basin_measurement *self, const struct basin_claim *claim,
    struct basin_data *data, double *single)
{
    size_t n = data->first.n_replicates;
    for (uint32_t r = 0; r < n; r++) {
        single[r] = claim->statistic->estimate(data, &r, 1);
    }
    if (n < 2) {
        self->obstacle = one_replicate;
        return;
    }
    self->found.standard_error = gsl_stats_sd(single, 1, n) / sqrt((double)n);
}

/* A mean's Wilson interval with one trial per replicate: wider than need be where a
 * replicate is itself the mean of many cues, never narrower. */
static void by_wilson(struct basin_measurement *self, const struct basin_claim *claim,
    const struct basin_data *data)
{
    const struct basin_sample *first = &data->first;
    for (size_t i = 0; i < first->n; i++) {
        for (size_t r = 0; r < first->n_replicates; r++) {
            double value = first->point[i].value[r];
            if (!(value >= 0 && value <= 1)) {
                self->obstacle = claim->statistic->miss;
            }
        }
    }
}

static int by_bootstrap(struct basin_measurement *self, const struct basin_claim *claim,
    struct basin_data *data, uint64_t seed, uint32_t *pick, struct basin_diag *diag)
{
    size_t n = data->first.n_replicates;
    size_t resamples = (size_t)claim->measure.resamples;
    if (n < 2) {
        self->obstacle = one_replicate;
        return 0;
    }
    struct basin_id id = basin_id_of(claim->head.id, strlen(claim->head.id));
    uint64_t key = basin_rng_key(seed, basin_id_number(&id), BASIN_FOR_BOOTSTRAP);
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    self->draws = malloc(resamples * sizeof(*self->draws));
    if (r == NULL || self->draws == NULL) {
        gsl_rng_free(r);
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    size_t defined = 0;
    for (size_t i = 0; i < resamples; i++) {
        basin_rng_start(r, key, i);
        for (size_t j = 0; j < n; j++) {
            pick[j] = (uint32_t)gsl_rng_uniform_int(r, n);
        }
        double value = claim->statistic->estimate(data, pick, n);
        if (!isnan(value)) {
            self->draws[defined++] = value;
        }
    }
    gsl_rng_free(r);
    if ((double)(resamples - defined) > undefined_max * (double)resamples) {
        self->obstacle = claim->statistic->miss;
    }
    gsl_sort(self->draws, 1, defined);
    self->found.draws = self->draws;
    self->found.n_draws = defined;
    return 0;
}

static bool violates(const struct basin_measure *measure, double value, double bound)
{
    double room = measure->slack * fmax(fabs(value), fabs(bound));
    return measure->wrong == BASIN_WRONG_ABOVE ? value > bound + room
                                               : value < bound - room;
}

static void count_point(struct basin_uncertainty *found,
    const struct basin_measure *measure, const struct basin_point *point, size_t n)
{
    bool counted = measure->checks[0] != '\0';
    for (size_t i = 0; i < n * point->width; i++) {
        double other = measure->bound;
        if (point->than != NULL) {
            other = point->than_width == point->width ? point->than[i]
                                                      : point->than[i / point->width];
        }
        found->hits +=
            counted ? point->value[i] : (double)violates(measure, point->value[i], other);
        found->n += counted ? other : 1;
    }
}

static void by_count(struct basin_measurement *self, const struct basin_claim *claim,
    const struct basin_data *data)
{
    self->found.n = 0;
    for (size_t i = 0; i < data->first.n; i++) {
        count_point(&self->found, &claim->measure, &data->first.point[i],
            data->first.n_replicates);
    }
    self->found.estimate = self->found.n > 0 ? self->found.hits / self->found.n : NAN;
    if (!(self->found.n > 0 && self->found.hits <= self->found.n)) {
        self->obstacle = "the counts are not violations among checks";
    }
}

static void by_range(struct basin_measurement *self, const struct basin_data *data)
{
    double low = INFINITY;
    double high = -INFINITY;
    double n = 0;
    double sum = 0;
    for (size_t i = 0; i < data->first.n; i++) {
        const struct basin_point *point = &data->first.point[i];
        for (size_t j = 0; j < data->first.n_replicates * point->width; j++) {
            low = fmin(low, point->value[j]);
            high = fmax(high, point->value[j]);
            sum += point->value[j];
            n++;
        }
    }
    self->found.low = low;
    self->found.high = high;
    self->found.n = n;
    self->found.estimate = sum / n;
}

static int measure_estimate(struct basin_measurement *self,
    const struct basin_claim *claim, struct basin_data *data, uint64_t seed,
    struct basin_diag *diag)
{
    size_t n = data->first.n_replicates;
    int ret = 0;
    uint32_t *pick = all_replicates(n);
    double *single = malloc((n + 1) * sizeof(*single));
    if (pick == NULL || single == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    self->found.estimate = claim->statistic->estimate(data, pick, n);
    if (isnan(self->found.estimate)) {
        self->obstacle = claim->statistic->miss;
    } else if (self->found.method == BASIN_BY_T) {
        by_t(self, claim, data, single);
    } else if (self->found.method == BASIN_BY_WILSON) {
        by_wilson(self, claim, data);
    } else {
        ret = by_bootstrap(self, claim, data, seed, pick, diag);
    }
out:
    free(single);
    free(pick);
    return ret;
}

int basin_measure(struct basin_measurement *self, const struct basin_claim *claim,
    struct basin_data *data, uint64_t seed, struct basin_diag *diag)
{
    *self = (struct basin_measurement){
        .found = {.method = claim->statistic->method,
            .n = (double)data->first.n_replicates},
    };
    data->measure = &claim->measure;
    int ret = basin_sample_arrange(&data->first, diag);
    if (ret == 0) {
        ret = basin_sample_arrange(&data->second, diag);
    }
    if (ret == 0) {
        ret = basin_data_prepare(data, diag);
    }
    if (ret != 0) {
        return ret;
    }
    if (claim->statistic->method == BASIN_BY_COUNT) {
        by_count(self, claim, data);
    } else if (claim->statistic->method == BASIN_BY_RANGE) {
        by_range(self, data);
    } else {
        ret = measure_estimate(self, claim, data, seed, diag);
    }
    return ret;
}

void basin_measurement_free(struct basin_measurement *self)
{
    free(self->draws);
    *self = (struct basin_measurement){0};
}
