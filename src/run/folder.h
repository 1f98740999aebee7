/* The folder of one configuration's results: <name>.h5, journal.bin, config.yaml,
 * provenance.yaml, shards/<i>-of-<n>/ with a journal each; and what is done when it holds
 * results of another plan. */
#ifndef BASIN_RUN_FOLDER_H
#define BASIN_RUN_FOLDER_H

#include "run/run.h"

#include <stdbool.h>
#include <stdint.h>

/* "folder/name"; NULL when memory is out. The caller frees it. */
char *basin_folder_path(const char *folder, const char *name);

/* "folder/<name>.h5" for the plan's name. */
char *basin_folder_result(const char *folder, const struct basin_plan *plan);

/* Makes the folder, and makes sure that its journal, if it has one, is of this plan: by
 * refusing (config, the resolved configuration, shows what has changed), extending or
 * replacing. Results of another plan are never deleted. */
BASIN_CHECKED int basin_folder_prepare(const char *folder, const struct basin_plan *plan,
    const char *config, enum basin_on_change on_change, struct basin_diag *diag);

/* Renames the folder, which holds results of that plan, and makes a new one. */
BASIN_CHECKED int basin_folder_set_aside(
    const char *folder, const struct basin_id *plan, struct basin_diag *diag);

/* "folder/shards/3-of-8"; NULL when memory is out. The caller frees it. */
char *basin_folder_shard(const char *folder, uint32_t shard, uint32_t n_shards);

/* The folders of all shards there are, sorted; free with basin_folder_shards_free. */
BASIN_CHECKED int basin_folder_shards(
    const char *folder, struct basin_text_list *shards, struct basin_diag *diag);
void basin_folder_shards_free(struct basin_text_list *shards);

/* The numbers in the name of a shard's folder. */
bool basin_folder_shard_of(const char *path, uint32_t *shard, uint32_t *n_shards);

#endif
