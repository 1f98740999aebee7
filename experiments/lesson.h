/* What experiments in training share: a small BERT with random weights, the task that it
 * learns, and its loss on held-out sequences. Their sections are own, tasks. */
#ifndef BASIN_EXPERIMENTS_LESSON_H
#define BASIN_EXPERIMENTS_LESSON_H

#include "base/rng.h"
#include "experiments/experiment.h"
#include "experiments/texts.h"
#include "transformer/trainer.h"

enum basin_lesson_section { BASIN_LESSON_OWN, BASIN_LESSON_TASKS };

/* The first member of an experiment's own parameters. */
struct basin_lesson_options {
    long layers, heads, hidden;
    double deviation, sharpness, waves;
    long updates, warmup, batch;
    double rate, dropout;
    long looked, judged;
};

#define BASIN_LESSON_FIELDS                                                              \
    BASIN_FIELD_INT(                                                                     \
        struct basin_lesson_options, layers, "2", 1, 64, "1", "number of layers"),       \
        BASIN_FIELD_INT(                                                                 \
            struct basin_lesson_options, heads, "4", 1, 64, "1", "heads of a layer"),    \
        BASIN_FIELD_INT(struct basin_lesson_options, hidden, "64", 1, 4096, "1",         \
            "size of the hidden states; the feed-forward network has four times as "     \
            "many"),                                                                     \
        BASIN_FIELD_REAL(struct basin_lesson_options, deviation, "0.02", BASIN_POSITIVE, \
            10, "1", "standard deviation of the initial weights"),                       \
        BASIN_FIELD_REAL(struct basin_lesson_options, sharpness, "1", 0, 1e6, "1",       \
            "multiplies the initial weights of the queries, and so the first scores"),   \
        BASIN_FIELD_REAL_OR(struct basin_lesson_options, waves, "none", "none", 1, 1e9,  \
            "1",                                                                         \
            "base of waves as initial position vectors, of this `deviation`; "           \
            "none: random ones"),                                                        \
        BASIN_FIELD_INT(struct basin_lesson_options, updates, "1000", 1, 1e8, "updates", \
            "how long it learns"),                                                       \
        BASIN_FIELD_INT(struct basin_lesson_options, warmup, "100", 0, 1e8, "updates",   \
            "in which the rate rises"),                                                  \
        BASIN_FIELD_INT(struct basin_lesson_options, batch, "32", 1, 1e6, "1",           \
            "sequences of an update"),                                                   \
        BASIN_FIELD_REAL(struct basin_lesson_options, rate, "1e-3", 0, 10, "1",          \
            "the greatest, of AdamW"),                                                   \
        BASIN_FIELD_REAL(struct basin_lesson_options, dropout, "0", 0, 0.9, "1",         \
            "share of hidden states and weights dropped"),                               \
        BASIN_FIELD_INT(struct basin_lesson_options, looked, "16", 1, 1e6, "1",          \
            "sequences at whose attention is looked"),                                   \
        BASIN_FIELD_INT(struct basin_lesson_options, judged, "64", 1, 1e6, "1",          \
            "sequences that give the loss")

extern const struct basin_kind *const basin_lesson_tasks[];

/* The sections, for an experiment whose own kind is in a NULL-terminated list. */
#define BASIN_LESSON_SECTIONS(own_kinds)                                                 \
    [BASIN_LESSON_OWN] = {.name = "", .kinds = (own_kinds)},                             \
    [BASIN_LESSON_TASKS] = {                                                             \
        .name = "tasks", .selector = "task", .kinds = basin_lesson_tasks, .list = true}, \
    {                                                                                    \
        .name = NULL                                                                     \
    }

/* What there is to learn: one of the tasks. */
struct basin_lesson_task {
    struct basin_recall_source recall;
    struct basin_text_source text, held_out;
    struct basin_task_source source, unseen; /* to learn from, and to be judged by */
    double alone;    /* nats of a hidden word to whom cannot look at others */
    double from_key; /* recall: the same, but given its key; else NAN */
};

struct basin_lesson {
    const struct basin_task *task;
    const struct basin_lesson_options *own;
    struct basin_lesson_task content;
    struct basin_bert model;
    struct basin_trainer_options options;
    struct basin_trainer *trainer;
    int32_t *id, *target; /* owned: `looked` sequences, at whose attention is looked */
    double *numbers;      /* the caller's, n_numbers, kept with checkpoints */
    size_t n_numbers;
};

/* What lessons of a plan share: the texts. */
BASIN_CHECKED int basin_lesson_open(void **shared, struct basin_diag *diag);
void basin_lesson_close(void *shared);

/* Reads the text, where the task is one, and refuses sizes that make no model or no task.
 */
BASIN_CHECKED int basin_lesson_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag);

bool basin_lesson_is_text(const struct basin_params *params);

/* Tokens of a sequence. */
size_t basin_lesson_length(const struct basin_params *params);

/* Bytes: weights, gradients and moments; what a batch leaves on its way through. */
double basin_lesson_memory(const struct basin_params *params);

/* Operations of the training. */
double basin_lesson_cost(const struct basin_params *params);

/* Weights, batches, the task's table and held-out sequences are the replicate's own, and
 * the same ones in every cell, so that settings are compared in pairs. Start it as {0};
 * free it also after a failure. The task outlives it; it must not move. */
BASIN_CHECKED int basin_lesson_init(struct basin_lesson *self, const void *shared,
    const struct basin_task *task, struct basin_diag *diag);
void basin_lesson_free(struct basin_lesson *self);

/* Random numbers of a replicate: the same ones in every cell. */
uint64_t basin_lesson_key(const struct basin_task *task, enum basin_purpose purpose);

/* Goes on where the task was, if it was kept midway; then numbers are as they were, too.
 * From now on they are kept with it. */
BASIN_CHECKED int basin_lesson_resume(
    struct basin_lesson *self, double *numbers, size_t n, struct basin_diag *diag);

/* Learns until so many updates are made. BASIN_ERR_INTERRUPTED where the task is told to
 * stop. */
BASIN_CHECKED int basin_lesson_learn(
    struct basin_lesson *self, size_t updates, struct basin_diag *diag);

/* Loss and share found of the held-out sequences by a trainer of the lesson's model. */
BASIN_CHECKED int basin_lesson_judge(const struct basin_lesson *self,
    struct basin_trainer *trainer, struct basin_trainer_result *judged,
    struct basin_diag *diag);

/* The held-out loss if fixed maps (pass.h) stand for some heads' attention. */
BASIN_CHECKED int basin_lesson_judge_fixed(const struct basin_lesson *self,
    const float *const *fixed, double *loss, struct basin_diag *diag);

#endif
