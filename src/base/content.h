/* What files hold, as an identity: to tell whether they are still the same. */
#ifndef BASIN_BASE_CONTENT_H
#define BASIN_BASE_CONTENT_H

#include "base/hash.h"

#include <stdbool.h>

/* The identity of what a path means: of a file, of those files in a folder whose names
 * match one of the patterns ("*.txt|config.json", in byte order of their names), or of
 * files separated by commas. Names are no part of it. False where there is nothing to
 * read: those who need the files say so better. */
bool basin_content_id(const char *path, const char *patterns, struct basin_id *id);

#endif
