/* What the operations of surgery share: its parameters and metrics, a trained model and
 * its heads. */
#ifndef BASIN_EXPERIMENTS_SURGERY_H
#define BASIN_EXPERIMENTS_SURGERY_H

#include "experiments/lesson.h"

enum basin_surgery_operation {
    BASIN_REMOVE,
    BASIN_REFIT,
    BASIN_EXCHANGE,
    BASIN_EXCLUDE,
    BASIN_ANY_OPERATION
};

enum basin_surgery_fit { BASIN_FIT_NONE, BASIN_FIT_LEAST_SQUARES };

struct basin_surgery {
    struct basin_lesson_options lesson; /* the first */
    int operation;                      /* enum basin_surgery_operation */
    long draws, budget, fitted, top, shuffles;
    double refit_rate;
    int fit; /* enum basin_surgery_fit */
};

/* The operation that has it, its name, its unit, what it is. */
#define BASIN_SURGERY_METRICS(X)                                                         \
    X(ANY_OPERATION, LOSS, "loss", "nats",                                               \
        "mean -ln p of held-out hidden words, as trained")                               \
    X(ANY_OPERATION, BROAD, "broad_heads", "1", "heads in classes I and II")             \
    X(ANY_OPERATION, SHARE_I, "share_1", "1", "share of the heads in class I")           \
    X(ANY_OPERATION, SHARE_II, "share_2", "1", "share of the heads in class II")         \
    X(ANY_OPERATION, SHARE_III, "share_3", "1", "share of the heads in class III")       \
    X(ANY_OPERATION, SHARE_IV, "share_4", "1", "share of the heads in class IV")         \
    X(REMOVE, REPLACED, "replaced", "1",                                                 \
        "heads of rise_broad and of rise_others: the fewer of both kinds")               \
    X(REMOVE, RISE_BROAD, "rise_broad", "nats",                                          \
        "by which averaging in random broad heads raises the loss")                      \
    X(REMOVE, RISE_OTHERS, "rise_others", "nats",                                        \
        "by which averaging in as many random others raises the loss")                   \
    X(REMOVE, RISE_ALL, "rise_all_broad", "nats",                                        \
        "by which averaging in all broad heads raises the loss")                         \
    X(REFIT, UNTOUCHED, "loss_untouched", "nats", "loss after training on")              \
    X(REFIT, MEAN, "loss_mean", "nats", "the same, broad heads average uniformly")       \
    X(REFIT, IDENTITY, "loss_identity", "nats", "the same, broad heads do not mix")      \
    X(REFIT, GAUSSIAN, "loss_gaussian", "nats", "the same, broad heads are Gaussian")    \
    X(REFIT, EVERY, "loss_every_mean", "nats", "the same, every head averages")          \
    X(REFIT, MEAN_BEFORE, "before_mean", "nats", "loss_mean before training on")         \
    X(REFIT, IDENTITY_BEFORE, "before_identity", "nats",                                 \
        "loss_identity before training on")                                              \
    X(REFIT, GAUSSIAN_BEFORE, "before_gaussian", "nats",                                 \
        "loss_gaussian before training on")                                              \
    X(REFIT, MISSED_MEAN, "missed_mean", "1",                                            \
        "share of the variance of broad heads that averages of fitted values miss")      \
    X(REFIT, MISSED_IDENTITY, "missed_identity", "1", "that a fitted linear layer does") \
    X(REFIT, MISSED_GAUSSIAN, "missed_gaussian", "1", "that fitted Gaussians do")        \
    X(EXCHANGE, LOSS_SOFTMAX, "loss_softmax", "nats", "loss of the looked-at sequences") \
    X(EXCHANGE, LOSS_SPARSEMAX, "loss_sparsemax", "nats", "the same with sparsemax")     \
    X(EXCHANGE, LOSS_ENTMAX15, "loss_entmax15", "nats", "the same with 1.5-entmax")      \
    X(EXCHANGE, LOSS_TOPK, "loss_topk", "nats", "the same with the top scores alone")    \
    X(EXCHANGE, K_SOFTMAX, "k_softmax", "tokens", "mean k of all heads and queries")     \
    X(EXCHANGE, K_SPARSEMAX, "k_sparsemax", "tokens", "the same with sparsemax")         \
    X(EXCHANGE, K_ENTMAX15, "k_entmax15", "tokens", "the same with 1.5-entmax")          \
    X(EXCHANGE, K_TOPK, "k_topk", "tokens", "the same with the top scores alone")        \
    X(EXCLUDE, EXCLUDED, "excluded", "tokens",                                           \
        "keys whose exclusion explains half of KL(u||p) in broad heads")                 \
    X(EXCLUDE, EXCLUDED_NULL, "excluded_null", "tokens",                                 \
        "the same where every query has its keys in another order")                      \
    X(EXCLUDE, EXCLUDING, "excluding", "1",                                              \
        "share of the broad heads with fewer of them than in every random order")        \
    X(EXCLUDE, NEAR_ZERO, "near_zero", "1",                                              \
        "share of the broad heads' weights below 1/(10 L)")                              \
    X(EXCLUDE, AVOIDING, "avoiding", "1",                                                \
        "share of the broad heads in which more queries have such a weight for one "     \
        "key than in every random order")

enum basin_surgery_metric {
#define BASIN_SURGERY_ENUM(operation, id, name, unit, summary) BASIN_SURGERY_##id,
    BASIN_SURGERY_METRICS(BASIN_SURGERY_ENUM)
#undef BASIN_SURGERY_ENUM
        BASIN_SURGERY_METRICS_N
};

/* Weights that do not look; the order of the metrics. */
enum basin_stand_in {
    BASIN_STAND_IN_UNIFORM,
    BASIN_STAND_IN_IDENTITY,
    BASIN_STAND_IN_GAUSSIAN,
    BASIN_STAND_INS
};

struct basin_surgery_work {
    const struct basin_surgery *own;
    struct basin_lesson lesson;
    size_t heads;                 /* of all layers */
    size_t *all, *broad, *others; /* owned: numbers of heads of each kind */
    size_t n_broad, n_others;
    size_t *chosen;              /* owned */
    float *map[BASIN_STAND_INS]; /* owned; length x length */
    const float **fixed;         /* owned: a map, or NULL, of each head */
    gsl_rng *r;                  /* owned */
    double *const *out;          /* of each metric */
};

/* own and out are set, all else is 0. Free it also after a failure. */
BASIN_CHECKED int basin_surgery_init(struct basin_surgery_work *work, const void *shared,
    const struct basin_task *task, struct basin_diag *diag);
void basin_surgery_free(struct basin_surgery_work *work);

/* Sorts the trained heads into broad ones and others. */
BASIN_CHECKED int basin_surgery_find_broad(
    struct basin_surgery_work *work, struct basin_diag *diag);

/* Puts one map in the place of some heads, and nothing in that of the others. */
void basin_surgery_fix(struct basin_surgery_work *work, const size_t *head, size_t n,
    enum basin_stand_in map);

/* The operations. */
BASIN_CHECKED int basin_surgery_remove(
    struct basin_surgery_work *work, struct basin_diag *diag);
BASIN_CHECKED int basin_surgery_refit(
    struct basin_surgery_work *work, struct basin_diag *diag);

#endif
