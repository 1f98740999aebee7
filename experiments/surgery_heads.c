/* The heads of a trained model: which are broad, what stands for them, and what is lost
 * where they only average. */
#include "experiments/surgery.h"

#include "experiments/averages.h"
#include "experiments/gaze.h"
#include "measure/spread.h"

#include <gsl/gsl_randist.h>
#include <stdlib.h>

void basin_surgery_free(struct basin_surgery_work *work)
{
    basin_lesson_free(&work->lesson);
    free(work->all);
    free(work->broad);
    free(work->others);
    free(work->chosen);
    for (size_t i = 0; i < BASIN_STAND_INS; i++) {
        free(work->map[i]);
    }
    free(work->fixed);
    if (work->r != NULL) {
        gsl_rng_free(work->r);
    }
}

int basin_surgery_init(struct basin_surgery_work *work, const void *shared,
    const struct basin_task *task, struct basin_diag *diag)
{
    int ret = basin_lesson_init(&work->lesson, shared, task, diag);
    if (ret != 0) {
        return ret;
    }
    size_t length = work->lesson.content.source.length;
    work->heads = work->lesson.model.shape.layers * work->lesson.model.shape.heads;
    work->all = calloc(work->heads, sizeof(size_t));
    work->broad = calloc(work->heads, sizeof(size_t));
    work->others = calloc(work->heads, sizeof(size_t));
    work->chosen = calloc(work->heads, sizeof(size_t));
    work->fixed = calloc(work->heads, sizeof(*work->fixed));
    work->r = gsl_rng_alloc(basin_rng_philox);
    bool all = work->all != NULL && work->broad != NULL && work->others != NULL &&
               work->chosen != NULL && work->fixed != NULL && work->r != NULL;
    for (size_t m = 0; m < BASIN_STAND_INS; m++) {
        work->map[m] = calloc(length * length, sizeof(float));
        all = all && work->map[m] != NULL;
    }
    if (!all) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu heads", work->heads);
    }
    for (size_t h = 0; h < work->heads; h++) {
        work->all[h] = h;
    }
    basin_rng_start(work->r, basin_lesson_key(task, BASIN_FOR_ORDER), 0);
    for (size_t i = 0; i < length; i++) {
        for (size_t j = 0; j < length; j++) {
            work->map[BASIN_STAND_IN_UNIFORM][i * length + j] = 1 / (float)length;
        }
        work->map[BASIN_STAND_IN_IDENTITY][i * length + i] = 1;
        basin_averages_gaussian(basin_averages_place(i, length), 1, length,
            work->map[BASIN_STAND_IN_GAUSSIAN] + i * length);
    }
    return 0;
}

int basin_surgery_find_broad(struct basin_surgery_work *work, struct basin_diag *diag)
{
    const struct basin_lesson *lesson = &work->lesson;
    struct basin_gaze gaze;
    struct basin_gaze_seen seen = {.k_median = calloc(work->heads, sizeof(double))};
    if (seen.k_median == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu heads", work->heads);
    }
    int ret = basin_gaze_init(&gaze, &lesson->model, lesson->id, NULL,
        (size_t)lesson->own->looked, lesson->content.source.length, diag);
    ret = ret != 0 ? ret : basin_gaze_look(&gaze, &seen, diag);
    for (size_t c = 0; c < 4; c++) {
        *work->out[BASIN_SURGERY_SHARE_I + c] = 0;
    }
    size_t broadest = 0;
    for (size_t h = 0; ret == 0 && h < work->heads; h++) {
        int class = basin_spread_class(seen.k_median[h], lesson->content.source.length);
        *work->out[BASIN_SURGERY_SHARE_I + class - 1] += 1 / (double)work->heads;
        broadest = seen.k_median[h] > seen.k_median[broadest] ? h : broadest;
        if (class <= 2) {
            work->broad[work->n_broad++] = h;
        } else {
            work->others[work->n_others++] = h;
        }
    }
    *work->out[BASIN_SURGERY_BROAD] = (double)work->n_broad;
    if (work->n_broad == 0 && work->own->operation != BASIN_REMOVE) {
        work->broad[work->n_broad++] = broadest;
    }
    basin_gaze_free(&gaze);
    free(seen.k_median);
    return ret;
}

void basin_surgery_fix(struct basin_surgery_work *work, const size_t *head, size_t n,
    enum basin_stand_in map)
{
    for (size_t h = 0; h < work->heads; h++) {
        work->fixed[h] = NULL;
    }
    for (size_t i = 0; i < n; i++) {
        work->fixed[head[i]] = work->map[map];
    }
}

static int rise_without(struct basin_surgery_work *work, const size_t *head, size_t n,
    double *rise, struct basin_diag *diag)
{
    basin_surgery_fix(work, head, n, BASIN_STAND_IN_UNIFORM);
    int ret = basin_lesson_judge_fixed(&work->lesson, work->fixed, rise, diag);
    *rise -= *work->out[BASIN_SURGERY_LOSS];
    return ret;
}

int basin_surgery_remove(struct basin_surgery_work *work, struct basin_diag *diag)
{
    size_t n = work->n_broad < work->n_others ? work->n_broad : work->n_others;
    size_t draws = (size_t)work->own->draws;
    double rise = 0;
    *work->out[BASIN_SURGERY_REPLACED] = (double)n;
    *work->out[BASIN_SURGERY_RISE_BROAD] = 0;
    *work->out[BASIN_SURGERY_RISE_OTHERS] = 0;
    int ret = rise_without(
        work, work->broad, work->n_broad, work->out[BASIN_SURGERY_RISE_ALL], diag);
    for (size_t i = 0; ret == 0 && n > 0 && i < draws; i++) {
        gsl_ran_choose(
            work->r, work->chosen, n, work->broad, work->n_broad, sizeof(size_t));
        ret = rise_without(work, work->chosen, n, &rise, diag);
        *work->out[BASIN_SURGERY_RISE_BROAD] += rise / (double)draws;
        gsl_ran_choose(
            work->r, work->chosen, n, work->others, work->n_others, sizeof(size_t));
        ret = ret != 0 ? ret : rise_without(work, work->chosen, n, &rise, diag);
        *work->out[BASIN_SURGERY_RISE_OTHERS] += rise / (double)draws;
    }
    return ret;
}
