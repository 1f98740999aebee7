/* What all experiments share: the layout of a record. */
#include "experiments/experiment.h"

size_t basin_experiment_metrics(const struct basin_experiment *self)
{
    size_t n = 0;
    while (self->metrics[n].name != NULL) {
        n++;
    }
    return n;
}

bool basin_experiment_shape(const struct basin_experiment *self, const void *shared,
    const struct basin_params *params, size_t metric, size_t size[BASIN_METRIC_RANK])
{
    for (size_t i = 0; i < BASIN_METRIC_RANK; i++) {
        size[i] = 1;
    }
    return self->shape == NULL || self->shape(shared, params, metric, size);
}

void basin_experiment_offsets(const struct basin_experiment *self, const void *shared,
    const struct basin_params *params, uint32_t replicate, size_t *offset)
{
    size_t total = 0;
    size_t i = 0;
    for (; self->metrics[i].name != NULL; i++) {
        offset[i] = total;
        size_t size[BASIN_METRIC_RANK] = {0};
        if ((self->metrics[i].once && replicate > 0) ||
            !basin_experiment_shape(self, shared, params, i, size)) {
            continue;
        }
        size_t count = 1;
        for (size_t k = 0; k < self->metrics[i].rank; k++) {
            count *= size[k];
        }
        total += count;
    }
    offset[i] = total;
}

double basin_experiment_memory(const struct basin_experiment *self, const void *shared,
    const struct basin_params *params)
{
    return self->memory == NULL ? 0 : self->memory(shared, params);
}
