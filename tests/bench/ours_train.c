/* Training of the benchmark's encoder on one batch again and again, a thread taking its
 * share of the batch at once, as the peer takes all of it. */
#include "ours.h"

#include "transformer/trainer.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct bench_trainer {
    const int32_t *id, *target;
    size_t sequences, length;
    size_t given;  /* sequences so far */
    size_t *count; /* given: the trainer calls with a constant context */
    struct basin_trainer *trainer;
};

/* The batch's sequences in the order in which threads come for them: a mean loss does not
 * depend on it. */
static void draw(const void *context, gsl_rng *r, int32_t *id, int32_t *target)
{
    (void)r;
    const struct bench_trainer *self = context;
    size_t i;
#pragma omp atomic capture
    i = (*self->count)++;
    size_t at = i % self->sequences * self->length;
    memcpy(id, self->id + at, self->length * sizeof(*id));
    memcpy(target, self->target + at, self->length * sizeof(*target));
}

struct bench_trainer *bench_trainer_new(struct bench_bert *bert, const int32_t *id,
    const int32_t *target, size_t sequences, size_t length, double rate, int threads)
{
    struct basin_bert *model = bench_bert_model(bert);
    struct bench_trainer *self = malloc(sizeof(*self));
    if (self == NULL) {
        return NULL;
    }
    *self = (struct bench_trainer){.id = id,
        .target = target,
        .sequences = sequences,
        .length = length,
        .count = &self->given};
    struct basin_task_source source = {length, model->shape.vocab, draw, self};
    struct basin_trainer_options options = basin_trainer_defaults();
    options.batch = sequences;
    options.parts = (size_t)threads;
    options.chunk = sequences / options.parts;
    options.warmup = 1;
    options.updates = 1000000000; /* so the rate stays what it is */
    options.rate = rate;
    omp_set_num_threads(threads);
    if (basin_trainer_new(&self->trainer, model, &source, &options, NULL) != 0) {
        free(self);
        return NULL;
    }
    return self;
}

void bench_trainer_free(struct bench_trainer *self)
{
    if (self != NULL) {
        basin_trainer_free(self->trainer);
    }
    free(self);
}

int bench_trainer_step(struct bench_trainer *self, double *loss)
{
    struct basin_trainer_result result;
    int ret = basin_trainer_step(self->trainer, &result, NULL);
    *loss = ret == 0 ? result.loss : 0;
    return ret;
}
