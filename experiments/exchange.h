/* A trained model that retrieves otherwise: another separation function (rules/
 * separation.h) in the place of its softmax, of the same scores. */
#ifndef BASIN_EXPERIMENTS_EXCHANGE_H
#define BASIN_EXPERIMENTS_EXCHANGE_H

#include "experiments/lesson.h"
#include "rules/separation.h"

struct basin_exchange {
    double loss; /* nats: mean -ln p of the words asked for in the looked-at sequences */
    double k;    /* mean k(0.90) over all heads and queries */
};

/* top: of topk, at most the length. */
BASIN_CHECKED int basin_exchange_judge(const struct basin_lesson *lesson,
    enum basin_separation kind, size_t top, struct basin_exchange *seen,
    struct basin_diag *diag);

#endif
