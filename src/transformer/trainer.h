/* Training of a BERT to find hidden words: AdamW on batches from a source.
 *
 * The whole of an experiment in training is a loop of the caller's:
 *
 *   basin_bert_init(&model, &shape, diag);
 *   basin_bert_randomize(&model, 0.02, 1, key, diag);
 *   basin_trainer_new(&trainer, &model, &source, &options, diag);
 *   while (basin_trainer_done(trainer) < options.updates) {
 *       if (basin_trainer_done(trainer) % every == 0) { look at the model }
 *       basin_trainer_step(trainer, &result, diag);
 *   }
 *
 * Between steps `model` holds the weights: show it sequences through an encoder
 * (encoder.h, whose `sharpness` is to be set to options.setting.sharpness) with a hook
 * that sees every attention map, or judge it by basin_trainer_judge.
 *
 * A batch is cut into a fixed number of parts; a part goes forward and back, `chunk`
 * sequences at a time (gradient accumulation), on one thread, and the parts' slopes are
 * added in order. So the same options and seed give the same bytes on any number of
 * threads; OpenMP gives the threads, or one in a cell whose worker is a thread already.
 * Words, dropped numbers and hidden words are functions of (seed, update, sequence), so a
 * run taken up from a checkpoint goes on with the same bytes, too. */
#ifndef BASIN_TRANSFORMER_TRAINER_H
#define BASIN_TRANSFORMER_TRAINER_H

#include "transformer/pass.h"
#include "transformer/source.h"

struct basin_trainer_options {
    uint64_t seed;
    int threads;    /* 0: as many as OpenMP gives */
    size_t batch;   /* sequences of an update */
    size_t parts;   /* that a batch is cut into: at most so many threads can help */
    size_t chunk;   /* sequences of a part at once; memory grows with it */
    size_t updates; /* at which the rate has fallen to 0 */
    size_t warmup;  /* updates in which it rises */
    double rate;    /* the greatest */
    double beta1, beta2, epsilon;
    double decay; /* of matrices; not of biases and norms */
    double clip;  /* longest slope; 0: any */
    struct basin_pass_setting setting;
    /* What each weight's rate is multiplied by, in the order of the model's block: 0
     * keeps it as it is and leaves it out of the slope's length. NULL: 1 for all. */
    const float *rates;
};

/* The usual ones: batch 32, 4 parts, chunks of 2, 1000 updates, 100 of warm-up, rate
 * 1e-3, betas 0.9 and 0.98, epsilon 1e-6, decay 0.01, clip 1, no dropout. */
struct basin_trainer_options basin_trainer_defaults(void);

/* Of an update: mean loss (nats) and share found of the words asked for, the length of
 * the slope before clipping, and the rate. */
struct basin_trainer_result {
    double loss, found, slope, rate;
    size_t asked;
};

struct basin_trainer;

/* Model, source and what options point to outlive it. Refuses options that cannot be.
 * *self is NULL on failure. */
BASIN_CHECKED int basin_trainer_new(struct basin_trainer **self, struct basin_bert *model,
    const struct basin_task_source *source, const struct basin_trainer_options *options,
    struct basin_diag *diag);
void basin_trainer_free(struct basin_trainer *self);

/* Updates made so far. */
size_t basin_trainer_done(const struct basin_trainer *self);

/* One update. BASIN_ERR_NUMERIC if the loss is no number. */
BASIN_CHECKED int basin_trainer_step(struct basin_trainer *self,
    struct basin_trainer_result *result, struct basin_diag *diag);

/* The mean loss on n sequences of a source (of the trainer's length and vocabulary), the
 * same ones for the same seed, without dropping and without learning. slope and rate are
 * 0. */
BASIN_CHECKED int basin_trainer_judge(struct basin_trainer *self,
    const struct basin_task_source *source, uint64_t seed, size_t n,
    struct basin_trainer_result *result, struct basin_diag *diag);

/* Sets rates (model->n numbers, in the order of the block) of what one head (from 0)
 * owns: its rows of query, key and value with their biases, its columns of the output.
 * So: all 0, then 1 for a few heads, to train these alone. */
void basin_trainer_rate_head(
    const struct basin_bert *model, size_t layer, size_t head, float rate, float *rates);

/* Everything that the next step depends on, and n numbers of the caller's (what was
 * measured so far), into a file, which appears whole or not at all. `identity` names the
 * run (options, source, model): a checkpoint of another one is refused. */
BASIN_CHECKED int basin_trainer_save(const struct basin_trainer *self, const char *path,
    uint64_t identity, const double *numbers, size_t n, struct basin_diag *diag);

/* Takes up a checkpoint; *found is false, and nothing changed, where there is no file.
 * BASIN_ERR_FORMAT if it is damaged or another run's. */
BASIN_CHECKED int basin_trainer_resume(struct basin_trainer *self, const char *path,
    uint64_t identity, double *numbers, size_t n, bool *found, struct basin_diag *diag);

#endif
