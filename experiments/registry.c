/* All experiments. To add one: its file, and a line in each of the two lists. */
#include "experiments/experiment.h"

extern const struct basin_experiment basin_experiment_approximation;
extern const struct basin_experiment basin_experiment_averaging;
extern const struct basin_experiment basin_experiment_bounds;
extern const struct basin_experiment basin_experiment_dynamics;
extern const struct basin_experiment basin_experiment_kernel;
extern const struct basin_experiment basin_experiment_layer;
extern const struct basin_experiment basin_experiment_retrieval;
extern const struct basin_experiment basin_experiment_scaling;
extern const struct basin_experiment basin_experiment_spread;
extern const struct basin_experiment basin_experiment_surgery;
extern const struct basin_experiment basin_experiment_training;

const struct basin_kind *basin_experiments[BASIN_REGISTRY_ROOM] = {
    &basin_experiment_retrieval.kind,
    &basin_experiment_dynamics.kind,
    &basin_experiment_spread.kind,
    &basin_experiment_averaging.kind,
    &basin_experiment_training.kind,
    &basin_experiment_surgery.kind,
    &basin_experiment_kernel.kind,
    &basin_experiment_bounds.kind,
    &basin_experiment_layer.kind,
    &basin_experiment_approximation.kind,
    &basin_experiment_scaling.kind,
    NULL,
};
