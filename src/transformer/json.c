/* JSON of model folders: read by cJSON, with sentences that say file and line. */
#include "transformer/json.h"

#include "transformer/mapped.h"

#include <math.h>
#include <string.h>

static const double WHOLE_MAX = 9007199254740992.0; /* 2^53 */

static size_t line_of(const char *text, const char *at)
{
    size_t line = 1;
    for (; text < at; text++) {
        line += *text == '\n';
    }
    return line;
}

int basin_json_parse(const char *name, const char *text, size_t length, cJSON **root,
    struct basin_diag *diag)
{
    const char *end = text;
    *root = length == 0 ? NULL : cJSON_ParseWithLengthOpts(text, length, &end, false);
    if (*root == NULL) {
        return basin_fail(diag, BASIN_ERR_FORMAT, "%s, line %zu: this is not JSON", name,
            length == 0 ? 1 : line_of(text, end));
    }
    while (end < text + length && strchr(" \t\r\n", *end) != NULL && *end != '\0') {
        end++;
    }
    int ret = 0;
    if (end < text + length) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT,
            "%s, line %zu: something follows the end of the JSON", name,
            line_of(text, end));
    } else if (!cJSON_IsObject(*root)) {
        ret = basin_fail(diag, BASIN_ERR_FORMAT, "%s: not a JSON object {...}", name);
    }
    if (ret != 0) {
        cJSON_Delete(*root);
        *root = NULL;
    }
    return ret;
}

int basin_json_read(const char *path, cJSON **root, struct basin_diag *diag)
{
    struct basin_mapped file;
    *root = NULL;
    int ret = basin_mapped_open(&file, path, diag);
    if (ret == 0) {
        ret = basin_json_parse(path, file.bytes, file.size, root, diag);
    }
    basin_mapped_close(&file);
    return ret;
}

bool basin_json_whole(const cJSON *item, size_t *value)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) ||
        item->valuedouble > WHOLE_MAX || floor(item->valuedouble) != item->valuedouble) {
        return false;
    }
    *value = (size_t)item->valuedouble;
    return true;
}

/* The member, or NULL if it is missing or null. */
static const cJSON *member(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNull(item) ? NULL : item;
}

static int fail_type(
    const char *name, const char *key, const char *type, struct basin_diag *diag)
{
    return basin_fail(diag, BASIN_ERR_FORMAT, "%s: \"%s\" must be %s", name, key, type);
}

int basin_json_size(const char *name, const cJSON *object, const char *key, size_t *value,
    struct basin_diag *diag)
{
    const cJSON *item = member(object, key);
    if (item != NULL && !basin_json_whole(item, value)) {
        return fail_type(name, key, "a whole number, 0 or greater", diag);
    }
    return 0;
}

int basin_json_real(const char *name, const cJSON *object, const char *key, double *value,
    struct basin_diag *diag)
{
    const cJSON *item = member(object, key);
    if (item != NULL && !(cJSON_IsNumber(item) && isfinite(item->valuedouble))) {
        return fail_type(name, key, "a number", diag);
    }
    if (item != NULL) {
        *value = item->valuedouble;
    }
    return 0;
}

int basin_json_bool(const char *name, const cJSON *object, const char *key, bool *value,
    struct basin_diag *diag)
{
    const cJSON *item = member(object, key);
    if (item != NULL && !cJSON_IsBool(item)) {
        return fail_type(name, key, "true or false", diag);
    }
    if (item != NULL) {
        *value = cJSON_IsTrue(item);
    }
    return 0;
}

int basin_json_text(const char *name, const cJSON *object, const char *key,
    const char **value, struct basin_diag *diag)
{
    const cJSON *item = member(object, key);
    if (item != NULL && !cJSON_IsString(item)) {
        return fail_type(name, key, "a text", diag);
    }
    if (item != NULL) {
        *value = item->valuestring;
    }
    return 0;
}
