/* What has changed since a folder was filled. */
#ifndef BASIN_RUN_CHANGE_H
#define BASIN_RUN_CHANGE_H

#include "base/str.h"

/* Adds the first line of folder/config.yaml that decides numbers and reads otherwise in
 * config, the resolved configuration of now; or, where there is none, that it must be the
 * program. */
void basin_change_add(const char *folder, const char *config, struct basin_str *out);

#endif
