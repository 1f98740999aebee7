/* The folder of one configuration's results: <name>.h5, journal.bin, config.yaml,
 * provenance.yaml; and what is done when it holds results of another plan. */
#ifndef BASIN_RUN_FOLDER_H
#define BASIN_RUN_FOLDER_H

#include "run/run.h"

/* "folder/name"; NULL when memory is out. The caller frees it. */
char *basin_folder_path(const char *folder, const char *name);

/* "folder/<name>.h5" for the plan's name. */
char *basin_folder_result(const char *folder, const struct basin_plan *plan);

/* Makes the folder, and makes sure that its journal, if it has one, is of this plan: by
 * refusing, extending or replacing. Results of another plan are never deleted. */
BASIN_CHECKED int basin_folder_prepare(const char *folder, const struct basin_plan *plan,
    enum basin_on_change on_change, struct basin_diag *diag);

#endif
