/* The ends of all states: fixed points, cycles, none; how many different fixed points,
 * and of which kind by their association weights. */
#include "experiments/dynamics.h"

#include "measure/geometry.h"
#include "measure/spread.h"

#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>

static void count_ends(
    const struct basin_dynamics_work *work, struct basin_dynamics_ends *ends)
{
    double steps = 0, fixed = 0, cycles = 0, longest = 1, limits = 0, from_mean = 0;
    gsl_vector_view mean = gsl_matrix_row(work->now, 0);
    basin_row_mean(work->patterns, &mean.vector);
    for (size_t j = 0; j < work->m; j++) {
        const struct basin_outcome *outcome = &work->outcome[j];
        steps += (double)outcome->steps;
        fixed += outcome->end == BASIN_END_FIXED_POINT;
        cycles += outcome->end == BASIN_END_TWO_CYCLE;
        limits += outcome->end == BASIN_END_LIMIT;
        longest = fmax(longest, (double)outcome->period);
        from_mean += basin_row_distance(work->end, j, work->now, 0);
    }
    double m = (double)work->m;
    ends->steps = steps / m;
    ends->fixed_rate = fixed / m;
    ends->two_cycle_rate = cycles / m;
    ends->longest_period = limits > 0 ? 0 : longest;
    ends->from_mean = from_mean / m / work->norm;
    ends->status = limits > 0    ? BASIN_STATUS_NOT_CONVERGED
                   : longest > 1 ? BASIN_STATUS_CYCLE
                                 : BASIN_STATUS_OK;
}

/* Whether end j is a fixed point that no earlier state ended at. */
static bool is_new(const struct basin_dynamics_work *work, size_t j)
{
    if (work->outcome[j].end != BASIN_END_FIXED_POINT) {
        return false;
    }
    for (size_t i = 0; i < j; i++) {
        if (work->outcome[i].end == BASIN_END_FIXED_POINT &&
            basin_row_distance(work->end, i, work->end, j) <=
                work->own->same * work->norm) {
            return false;
        }
    }
    return true;
}

static int count_fixed_points(const struct basin_dynamics_work *work,
    struct basin_dynamics_ends *ends, struct basin_diag *diag)
{
    const struct basin_stage *s = &work->stage;
    gsl_matrix *weights = gsl_matrix_alloc(1, s->n);
    double *k = malloc((work->m + s->n) * sizeof(*k));
    int ret = 0;
    if (weights == NULL || k == NULL) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        goto out;
    }
    for (size_t j = 0; j < work->m; j++) {
        bool counts = is_new(work, j);
        ends->fixed_points += counts;
        if (s->rule->weights == NULL) {
            continue;
        }
        gsl_matrix_view state = gsl_matrix_submatrix(work->end, j, 0, 1, s->d);
        ret = s->rule->weights(work->memory, &state.matrix, weights, diag);
        if (ret != 0) {
            goto out;
        }
        k[j] = (double)basin_spread_k(
            weights->data, s->n, work->own->spread_quantile, k + work->m);
        ends->single += counts && k[j] <= 1;
        ends->metastable += counts && k[j] > 1 && k[j] <= 0.5 * (double)s->n;
        ends->global += counts && k[j] > 1 && k[j] > 0.5 * (double)s->n;
    }
    if (s->rule->weights != NULL) {
        gsl_sort(k, 1, work->m);
        ends->k_median = gsl_stats_median_from_sorted_data(k, 1, work->m);
    }
out:
    gsl_matrix_free(weights);
    free(k);
    return ret;
}

int basin_dynamics_classify(const struct basin_dynamics_work *work,
    struct basin_dynamics_ends *ends, struct basin_diag *diag)
{
    *ends = (struct basin_dynamics_ends){0};
    count_ends(work, ends);
    return count_fixed_points(work, ends, diag);
}
