/* What experiments on feature maps share: their sections are own and maps. */
#ifndef BASIN_EXPERIMENTS_MAPPING_H
#define BASIN_EXPERIMENTS_MAPPING_H

#include "experiments/experiment.h"
#include "features/feature.h"

enum basin_mapping_section { BASIN_MAPPING_OWN, BASIN_MAPPING_MAPS };

/* Both sections, for an experiment whose own kind is in a NULL-terminated list. */
#define BASIN_MAPPING_SECTIONS(own_kinds, map_kinds)                                     \
    {.name = "", .kinds = (own_kinds)},                                                  \
        {.name = "maps", .kinds = (map_kinds), .list = true},                            \
    {                                                                                    \
        .name = NULL                                                                     \
    }

static inline const struct basin_feature_options *basin_mapping_options(
    const struct basin_params *params)
{
    return params->own[BASIN_MAPPING_MAPS];
}

/* struct basin_experiment's check: the map can be made. */
static inline int basin_mapping_check(
    void *shared, const struct basin_params *params, struct basin_diag *diag)
{
    (void)shared;
    return basin_feature_check(basin_mapping_options(params), diag);
}

#endif
