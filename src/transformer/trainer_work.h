/* What a trainer holds; inside of trainer.c and checkpoint.c. */
#ifndef BASIN_TRANSFORMER_TRAINER_WORK_H
#define BASIN_TRANSFORMER_TRAINER_WORK_H

#include "kernels/learn.h"
#include "transformer/trainer.h"

struct basin_trainer {
    struct basin_bert *model;
    struct basin_task_source source;
    struct basin_trainer_options options;
    const struct basin_learn_code *learn;
    size_t done; /* updates */
    int threads;
    float *first, *second;          /* owned: AdamW's moments, as the model's block */
    struct basin_bert *slope;       /* owned: of each part */
    struct basin_pass_result *part; /* owned: of each part */
    struct basin_pass **pass;       /* owned: of each thread */
    gsl_rng **random;               /* owned: of each thread */
    int32_t *id, *target;           /* owned: a chunk of each thread */
    double *squares;                /* owned: of each tile of the block */
};

#endif
