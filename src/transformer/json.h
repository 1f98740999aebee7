/* JSON of model folders: read by cJSON, with sentences that say file and line. */
#ifndef BASIN_TRANSFORMER_JSON_H
#define BASIN_TRANSFORMER_JSON_H

#include "base/err.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads an object. name is for the sentence; the caller frees *root by cJSON_Delete. */
BASIN_CHECKED int basin_json_parse(const char *name, const char *text, size_t length,
    cJSON **root, struct basin_diag *diag);
BASIN_CHECKED int basin_json_read(
    const char *path, cJSON **root, struct basin_diag *diag);

/* A number that is whole and not negative, exact as a double. */
bool basin_json_whole(const cJSON *item, size_t *value);

/* Members of an object. Fail if there is one of another type; a member that is missing or
 * null leaves the value as it is. name is for the sentence. */
BASIN_CHECKED int basin_json_size(const char *name, const cJSON *object, const char *key,
    size_t *value, struct basin_diag *diag);
BASIN_CHECKED int basin_json_real(const char *name, const cJSON *object, const char *key,
    double *value, struct basin_diag *diag);
BASIN_CHECKED int basin_json_bool(const char *name, const cJSON *object, const char *key,
    bool *value, struct basin_diag *diag);
/* The text stays owned by the object. */
BASIN_CHECKED int basin_json_text(const char *name, const cJSON *object, const char *key,
    const char **value, struct basin_diag *diag);

#endif
