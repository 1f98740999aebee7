/* Broad heads that are replaced by what does not look, fitted, and trained on. */
#include "experiments/surgery.h"

#include "experiments/fitted.h"

#include <stdlib.h>
#include <string.h>

/* Trains a model on, with the maps that are fixed now. */
static int train_on(struct basin_surgery_work *work, struct basin_bert *model,
    double *before, double *after, struct basin_diag *diag)
{
    const struct basin_lesson *lesson = &work->lesson;
    struct basin_trainer_options options = lesson->options;
    struct basin_trainer_result judged = {0}, result;
    struct basin_trainer *trainer = NULL;
    options.seed = basin_lesson_key(lesson->task, BASIN_FOR_BATCH);
    options.updates = (size_t)work->own->budget;
    options.warmup = options.updates / 10;
    options.rate = work->own->refit_rate;
    options.setting.fixed = work->fixed;
    int ret = basin_trainer_new(&trainer, model, &lesson->content.source, &options, diag);
    ret = ret != 0 ? ret : basin_lesson_judge(lesson, trainer, &judged, diag);
    *before = judged.loss;
    for (size_t i = 0; ret == 0 && i < options.updates; i++) {
        ret = basin_trainer_step(trainer, &result, diag);
    }
    ret = ret != 0 ? ret : basin_lesson_judge(lesson, trainer, &judged, diag);
    *after = judged.loss;
    basin_trainer_free(trainer);
    return ret;
}

/* Some heads, and what stands for them. */
struct place {
    const size_t *head;
    size_t n;
    enum basin_stand_in by;
};

/* Fits what stands for the heads: values in the model, and Gaussians in maps (of each
 * head), which are fixed instead of those that all heads share. */
static int fit(struct basin_surgery_work *work, const struct place *place,
    struct basin_bert *model, float *maps, double *missed, struct basin_diag *diag)
{
    size_t sequences = (size_t)work->own->fitted;
    size_t size = work->lesson.content.source.length * work->lesson.content.source.length;
    struct basin_fitted_head *heads = calloc(place->n + 1, sizeof(*heads));
    int ret = heads == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu heads", place->n)
                  : 0;
    if (ret == 0 && place->by == BASIN_STAND_IN_GAUSSIAN) {
        ret = basin_fitted_gaussians(
            &work->lesson, sequences, place->head, place->n, maps, diag);
        for (size_t i = 0; i < place->n; i++) {
            work->fixed[place->head[i]] = maps + i * size;
        }
    }
    for (size_t i = 0; ret == 0 && i < place->n; i++) {
        heads[i].head = place->head[i];
        heads[i].map = work->fixed[place->head[i]];
    }
    ret = ret != 0 ? ret
                   : basin_fitted_values(
                         &work->lesson, sequences, heads, place->n, model, diag);
    *missed = 0;
    for (size_t i = 0; ret == 0 && i < place->n; i++) {
        *missed += heads[i].missed / (double)place->n;
    }
    free(heads);
    return ret;
}

/* A copy of the model whose heads are replaced, fitted if asked, and that trains on. */
static int replace(struct basin_surgery_work *work, const struct place *place,
    double *missed, double *before, double *after, struct basin_diag *diag)
{
    size_t size = work->lesson.content.source.length * work->lesson.content.source.length;
    const struct basin_bert *trained = &work->lesson.model;
    struct basin_bert model;
    int ret = basin_bert_init(&model, &trained->shape, diag);
    if (ret != 0) {
        return ret;
    }
    memcpy(model.block, trained->block, model.n * sizeof(*model.block));
    basin_surgery_fix(work, place->head, place->n, place->by);
    float *maps = NULL;
    if (work->own->fit == BASIN_FIT_LEAST_SQUARES && place->n > 0) {
        maps = calloc(place->n * size, sizeof(*maps));
        ret = maps == NULL
                  ? basin_fail(diag, BASIN_ERR_NOMEM, "no memory for %zu maps", place->n)
                  : fit(work, place, &model, maps, missed, diag);
    }
    ret = ret != 0 ? ret : train_on(work, &model, before, after, diag);
    free(maps);
    basin_bert_free(&model);
    return ret;
}

int basin_surgery_refit(struct basin_surgery_work *work, struct basin_diag *diag)
{
    double *const *out = work->out;
    struct place place = {.head = work->broad};
    double missed, before;
    int ret = replace(work, &place, &missed, &before, out[BASIN_SURGERY_UNTOUCHED], diag);
    place.n = work->n_broad;
    for (size_t m = 0; ret == 0 && m < BASIN_STAND_INS; m++) {
        place.by = (enum basin_stand_in)m;
        bool fitted = work->own->fit == BASIN_FIT_LEAST_SQUARES;
        ret = replace(work, &place, fitted ? out[BASIN_SURGERY_MISSED_MEAN + m] : &missed,
            out[BASIN_SURGERY_MEAN_BEFORE + m], out[BASIN_SURGERY_MEAN + m], diag);
    }
    place = (struct place){work->all, work->heads, BASIN_STAND_IN_UNIFORM};
    return ret != 0
               ? ret
               : replace(work, &place, &missed, &before, out[BASIN_SURGERY_EVERY], diag);
}
