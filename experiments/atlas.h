/* What every head of a model does on a replicate's sequences: the spread of its
 * attention, or of the attention that a Performer implies on the same queries and keys,
 * by four definitions, measured in one pass over the text. */
#ifndef BASIN_EXPERIMENTS_ATLAS_H
#define BASIN_EXPERIMENTS_ATLAS_H

#include "experiments/language.h"
#include "features/feature.h"
#include "measure/spread.h"

/* Each is a number of tokens, in units of the N tokens of its sequence, so that sequences
 * of several lengths can be pooled and one set of classes fits all. */
enum basin_spread_by {
    BASIN_BY_K,
    BASIN_BY_SUPPORT,
    BASIN_BY_ENTROPY, /* exp(entropy) */
    BASIN_BY_PARTICIPATION,
    BASIN_SPREAD_DEFINITIONS
};

/* Medians over the queries of all sequences. */
struct basin_atlas_head {
    size_t index; /* of the head in its layer, from 0 */
    double k;     /* tokens */
    double median[BASIN_SPREAD_DEFINITIONS];
    double histogram[BASIN_SPREAD_BINS]; /* of k / N */
    struct {
        double k;       /* median, tokens */
        double entropy; /* median of exp(entropy) / N */
        double histogram[BASIN_SPREAD_BINS];
        double distance;   /* half the sum of absolute differences, as fractions */
        double same_class; /* fraction of queries whose k has one class for both */
    } softmax; /* of a Performer: the model's own weights of the same queries */
};

struct basin_atlas_options {
    double quantile, support_cut;
    const struct basin_feature_options *performer; /* NULL: softmax */
    bool sorted; /* the heads of a layer by median[BASIN_BY_K], ascending */
};

struct basin_atlas {
    size_t layers, heads;
    struct basin_atlas_head *head; /* owned; layers x heads */
};

/* On failure nothing is left to free. Reading maps uses the language's own buffer: not by
 * several threads at once. */
BASIN_CHECKED int basin_atlas_measure(struct basin_atlas *self,
    struct basin_language *language, const struct basin_task *task,
    const struct basin_atlas_options *options, struct basin_diag *diag);
void basin_atlas_free(struct basin_atlas *self);

#endif
